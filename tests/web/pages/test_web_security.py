from __future__ import annotations

import re
import socket
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import structlog
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from server.keys import HOUSE
from server.services import ideas, ideas_read, people
from web import csrf
from web.answers import own_path
from web.routes import GET
from web.security import CONTENT_SECURITY_POLICY
from web.session import cookie_name
from web.setup import add_web

PLACES = {
    "{verdict}": "0" * 32,
    "{host}": "globex.example",
    "{jam}": "better",
    "{forum:[0-9a-f]{32}}": "forum",
    "{idea}": "idea",
    "{secret}": "secret",
    "{theme}": "t1",
    r"{crossing:\d{1,18}}": "1",
    r"{recall:\d{1,18}}": "1",
    "{statement}": "purged",
    "{file}": "0" * 32,
    "{kind}": "emerging",
}


async def _paths(site: Any) -> list[str]:
    made = await ideas.post_idea(site.house, site.mara, site.own_house, "A title", "A text")
    places = {**PLACES, "{forum:[0-9a-f]{32}}": site.logistics.id, "{idea}": made.id}
    found = []
    for path in GET:
        for name, value in places.items():
            path = path.replace(name, value)
        # Of all else in braces there is nothing.
        found.append(re.sub(r"\{\w+(:[^/]*)?\}", "0" * 32, path))
    return [path for path in found if not path.endswith("/stream")]


async def test_every_page_carries_the_policy_and_its_companions(site: Any) -> None:
    browser = await site.browser(site.mara)
    for path in [*await _paths(site), "/nowhere", "/static/nothing.css", "/livez"]:
        answer, text = await browser.get(path)
        # The ledger is not open in this process.
        assert answer.status in (200, 303, 401, 404, 503), (path, answer.status)
        assert answer.headers["Content-Security-Policy"] == CONTENT_SECURITY_POLICY, path
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Referrer-Policy"] == "same-origin"
        assert answer.headers["Cross-Origin-Opener-Policy"] == "same-origin"
        assert answer.headers["Cache-Control"] == "private, no-store", path
        assert "Traceback" not in text


async def test_nothing_is_shown_to_somebody_who_is_not_signed_in(site: Any) -> None:
    browser = await site.browser()
    for path in await _paths(site):
        # A feed and a wall are for their secret addresses, an invitation for its link.
        if path.startswith(("/sign-in", "/welcome/", "/join/", "/feeds/", "/unsubscribe/", "/wall/")):
            continue
        answer, text = await browser.get(path)
        assert answer.status == 303, path
        assert answer.headers["Location"].startswith("/sign-in"), path
        assert text == ""
    stream, _ = await browser.get("/jams/better/stream")
    assert stream.status == 303


async def test_the_wrong_method_is_told_which_one_is_right(site: Any) -> None:
    browser = await site.browser(site.mara)
    answer, _ = await browser.post("/boundary")
    assert answer.status == 405
    assert answer.headers["Allow"] == "GET,HEAD"


# --- forms of other sites ---------------------------------------------------------------------------


async def test_a_form_of_another_site_changes_nothing(site: Any) -> None:
    browser = await site.browser(site.mara)
    path = f"/forums/{site.own_house.id}/ideas"
    words = {"title": "Planted", "text": "Planted", "csrf": browser.csrf}
    for headers in (
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "none"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {},
    ):
        answer = await browser.client.post(path, data=words, headers=headers, allow_redirects=False)
        assert answer.status == 403, headers
    assert await ideas_read.list_ideas(site.house, site.mara, site.own_house) == []


async def test_a_form_of_this_site_is_taken_by_its_origin_where_the_browser_says_no_more(site: Any) -> None:
    browser = await site.browser(site.mara)
    origin = str(site.server.make_url("/")).rstrip("/")
    answer = await browser.client.post(
        f"/forums/{site.own_house.id}/ideas",
        data={"title": "Mine", "text": "Mine", "csrf": browser.csrf},
        headers={"Origin": origin},
        allow_redirects=False,
    )
    assert answer.status == 303


@pytest.mark.parametrize(
    "token",
    ["", "x", "é", "AAAA", csrf.mask_token(csrf.derive_token("somebody else"))],
    ids=["none", "short", "odd", "wrong", "another-persons"],
)
async def test_a_form_without_the_token_of_the_session_is_refused(site: Any, token: str) -> None:
    browser = await site.browser(site.mara)
    browser.csrf = token
    answer, text = await browser.post(f"/forums/{site.own_house.id}/ideas", title="No", text="No")
    assert answer.status == 403
    assert "Look at it once more and send it again." in text


def test_a_token_looks_different_on_every_page_and_means_the_same() -> None:
    token = csrf.derive_token("secret")
    masked = {csrf.mask_token(token) for _ in range(50)}
    assert len(masked) == 50
    assert all(csrf.token_matches(one, token) for one in masked)


# --- sessions ---------------------------------------------------------------------------------------


async def test_signing_in_begins_a_new_session_and_leads_back(site: Any) -> None:
    await people.set_password(site.house, site.jonas, "correct horse")
    browser = await site.browser()
    answer, _ = await browser.post("/sign-in", username="jonas", password="correct horse", next="/jams/better")
    assert answer.status == 303
    assert answer.headers["Location"] == "/jams/better"
    cookie = answer.cookies["jam-8101"]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    first = cookie.value
    await browser.get("/")
    answer, _ = await browser.post("/sign-in", username="jonas", password="correct horse")
    assert answer.cookies["jam-8101"].value != first
    assert await people.session(site.house, first) is None


async def test_a_wrong_password_and_an_unknown_name_read_the_same(site: Any) -> None:
    browser = await site.browser()
    sentences = set()
    for name in ("jonas", "nobody"):
        answer, text = await browser.post("/sign-in", username=name, password="wrong password")
        assert answer.status == 401
        assert f'value="{name}"' in text
        sentences.add(text.replace(name, ""))
    assert len(sentences) == 1


async def test_signing_out_ends_the_session(site: Any) -> None:
    browser = await site.browser(site.jonas)
    answer, _ = await browser.post("/sign-out")
    assert answer.headers["Location"].startswith("/sign-in")
    answer, _ = await browser.get("/")
    assert answer.status == 303


async def test_looking_at_a_one_time_link_does_not_spend_it(site: Any) -> None:
    secret = await people.make_link(site.house, site.jonas)
    browser = await site.browser()
    for _ in range(3):
        answer, _ = await browser.get(f"/welcome/{secret}")
        assert answer.status == 200
    answer, text = await browser.post(f"/welcome/{secret}", password="short")
    assert answer.status == 422
    assert "at least 8 characters" in text
    answer, _ = await browser.post(f"/welcome/{secret}", password="a good long one")
    assert answer.status == 303
    answer, text = await browser.get("/")
    assert "Jonas Lindqvist" in text
    other = await site.browser()
    answer, text = await other.post(f"/welcome/{secret}", password="another good one")
    assert answer.status == 401
    assert "used already" in text


async def test_a_password_that_anyone_would_try_does_not_lose_the_link(site: Any) -> None:
    secret = await people.make_link(site.house, site.jonas)
    browser = await site.browser()
    answer, text = await browser.post(f"/welcome/{secret}", password="marmalade")
    assert answer.status == 422
    fresh = text.split('action="/welcome/')[1].split('"')[0]
    answer, _ = await browser.post(f"/welcome/{fresh}", password="a good long one")
    assert answer.status == 303


@pytest.mark.parametrize("url", ["//evil.example", "https://evil.example", "/\\evil.example", "evil", "/a\nb", ""])
def test_nobody_is_sent_to_another_site(url: str) -> None:
    assert own_path(url) == "/"


def test_the_cookie_is_bound_to_the_host_on_https_and_to_the_port_without() -> None:
    assert cookie_name("https://jam.acme.example") == "__Host-jam"
    assert cookie_name("http://127.0.0.1:8101") == "jam-8101"
    assert cookie_name("http://127.0.0.1:8201") == "jam-8201"


async def test_https_brings_a_secure_cookie_and_strict_transport(tmp_path: Path, make_house: Any) -> None:
    house = await make_house(tmp_path, "https://jam.acme.example")
    member = await people.add_member(house, "mara", "Mara")
    await people.set_password(house, member, "correct horse")
    app = web.Application()
    app[HOUSE] = house
    add_web(app)
    async with TestClient(TestServer(app)) as client:
        answer = await client.post(
            "/sign-in",
            data={"username": "mara", "password": "correct horse"},
            headers={"Sec-Fetch-Site": "same-origin"},
            allow_redirects=False,
        )
        assert answer.headers["Strict-Transport-Security"] == "max-age=63072000; includeSubDomains"
        cookie = answer.cookies["__Host-jam"]
        assert cookie["secure"]
        assert cookie["path"] == "/"
        assert not cookie["domain"]
    await house.store.close()


async def test_a_fault_says_nothing_of_itself(site: Any) -> None:
    browser = await site.browser(site.mara)
    object.__setattr__(site.house, "shelf", SimpleNamespace(book=None, key="", secret_detail=1))
    await site.house.store.close()
    answer, text = await browser.get("/jams/better")
    assert answer.status == 503
    assert "sqlite" not in text.lower()
    assert answer.headers["Content-Security-Policy"] == CONTENT_SECURITY_POLICY


async def test_whoever_leaves_before_the_stream_begins_is_no_fault(site: Any) -> None:
    browser = await site.browser(site.mara)
    name = cookie_name(site.house.addresses.inside_url)
    cookie = browser.client.session.cookie_jar.filter_cookies(site.server.make_url("/"))[name].value
    request = f"GET /jams/better/stream HTTP/1.1\r\nHost: a\r\nCookie: {name}={cookie}\r\n\r\n".encode()
    with structlog.testing.capture_logs() as said:
        for _ in range(3):
            with socket.create_connection(("127.0.0.1", site.server.port)) as line:
                line.sendall(request)
                line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
            # Served in this very process: it looks at the next request only when this one is dealt with.
            assert (await browser.get("/livez"))[0].status == 200
    assert [one for one in said if one["log_level"] == "error"] == []
