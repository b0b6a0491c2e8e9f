"""Signing in at our edge with the account of one's own server: what has to fit before anybody is believed."""

from __future__ import annotations

from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import aiohttp
import pytest

from tests.federation.conftest import OpenHome
from tests.federation.home_server import HomeServer
from tests.federation.organisation import Organisation
from tests.federation.visiting import Browser, Page


@dataclass
class Door:
    """Acme's edge, one home server, and somebody's browser."""

    acme: Organisation
    home: HomeServer
    ann: Browser

    async def begun(self, address: str = "") -> str:
        """Go as far as the home server's consent; return where it sends the browser back to, within our edge."""
        there = await self.ann.go_there(address or f"@ann@{self.home.host}")
        assert there.status == 303, there.text
        return within(await self.ann.agree(there))

    async def is_let_in(self) -> bool:
        """Whether anybody is signed in: by the page, and by the store."""
        rows = await self.acme.outside.store.fetch("SELECT * FROM visits")
        shown = "Sign out" in (await self.ann.get("/")).text
        assert shown == bool(rows)
        return shown

    async def turned_away(self, path: str, status: int) -> Page:
        back = await self.ann.get(path)
        assert back.status == status, back.text
        assert not await self.is_let_in()
        return back


def within(url: str) -> str:
    return urlsplit(url)._replace(scheme="", netloc="").geturl()


def changed(path: str, **changes: str | None) -> str:
    parts = urlsplit(path)
    query = {name: value for name, (value,) in parse_qs(parts.query).items()} | changes
    return parts._replace(query=urlencode({k: v for k, v in query.items() if v is not None})).geturl()


@pytest.fixture
async def door(acme: Organisation, open_home: OpenHome, stack: AsyncExitStack) -> Door:
    session = await stack.enter_async_context(aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()))
    return Door(acme, await open_home(), Browser(acme, session))


async def test_the_right_answer_lets_in_and_leaves_no_token_anywhere(
    door: Door, caplog: pytest.LogCaptureFixture, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    path = await door.begun()
    back = await door.ann.get(path)
    assert (back.status, back.location) == (303, "/")
    assert await door.is_let_in()
    (token,) = door.home.revoked
    assert door.home.tokens == {}
    held = next(value for name, value in door.ann.jar.items() if name.startswith("visit-"))
    await door.acme.outside.store.checkpoint()
    (secret,) = [one["secret"] for one in door.home.clients.values()]
    for file in (tmp_path / "Acme").rglob("*"):
        found = file.read_bytes() if file.is_file() else b""
        assert not any(one.encode() in found for one in (token, held, secret)), file
    said = capsys.readouterr()
    assert not any(one in caplog.text + said.out + said.err for one in (token, held, secret))
    (line,) = [one for one in back.cookies if one.startswith("visit-") and "Max-Age=43200" in one]
    assert "HttpOnly" in line
    assert "SameSite=Lax" in line
    assert "Path=/" in line


async def test_an_edge_on_https_hands_out_host_cookies():
    from federation.edge.visits import cookie_name

    assert cookie_name("https://jam.example") == "__Host-visit"
    assert cookie_name("https://jam.example", "attempt") == "__Host-attempt"
    assert cookie_name("http://127.0.0.1:8000") == "visit-8000"


@pytest.mark.parametrize("changes", [{"state": "another"}, {"state": None}, {"state": "ü"}])
async def test_an_answer_with_another_state_lets_nobody_in(door: Door, changes: dict[str, str | None]):
    path = await door.begun()
    await door.turned_away(changed(path, **changes), 401)
    # It was good once: the right state comes too late.
    await door.turned_away(path, 401)
    assert door.home.tokens == {}


@pytest.mark.parametrize("changes", [{"code": None}, {"code": None, "error": "access_denied"}])
async def test_whoever_does_not_agree_there_is_not_signed_in_here(door: Door, changes: dict[str, str | None]):
    back = await door.turned_away(changed(await door.begun(), **changes), 401)
    assert "You were not signed in there" in back.text


async def test_an_answer_is_good_once_in_one_browser_and_for_ten_minutes(door: Door):
    path = await door.begun()
    other = Browser(door.acme, door.ann.session)
    assert (await other.get(path)).status == 401
    door.acme.wait(601)
    await door.turned_away(path, 401)
    path = await door.begun()
    jar = dict(door.ann.jar)
    assert (await door.ann.get(path)).status == 303
    again = Browser(door.acme, door.ann.session, jar)
    assert (await again.get(path)).status == 401


async def test_an_answer_of_another_server_than_the_one_it_was_begun_with_lets_nobody_in(
    door: Door, open_home: OpenHome
):
    other = await open_home()
    path = await door.begun()
    at_other = Browser(door.acme, door.ann.session)
    there = await at_other.go_there(f"@ann@{other.host}")
    elsewhere = within(await at_other.agree(there))
    assert urlsplit(path).path != urlsplit(elsewhere).path
    # The code of one server at the address of the other, whose state is known to whoever mixes them up.
    mixed = changed(elsewhere, state=parse_qs(urlsplit(path).query)["state"][0])
    await door.turned_away(mixed, 401)
    assert other.tokens == {}
    assert other.codes
    assert door.home.codes


@pytest.mark.parametrize(("stated", "status"), [("https://evil.example", 401), ("", 401), (None, 401), ("right", 303)])
async def test_a_server_that_names_itself_in_its_answers_has_to_name_itself(
    door: Door, stated: str | None, status: int
):
    door.home.says(authorization_response_iss_parameter_supported=True)
    path = changed(await door.begun(), iss=f"{door.home.url}/" if stated == "right" else stated)
    assert (await door.ann.get(path)).status == status
    assert await door.is_let_in() == (status == 303)


async def test_a_wrong_name_counts_also_where_a_server_never_said_that_it_gives_one(door: Door):
    await door.turned_away(changed(await door.begun(), iss="https://evil.example"), 401)


@pytest.mark.parametrize(
    "account",
    [
        {"acct": "eve@elsewhere.example"},
        {"acct": "ann@127.0.0.1:1"},
        {"acct": "nobody"},
        {"acct": None},
        {"acct": "../ann"},
        {"url": "https://elsewhere.example/@ann"},
        {"url": None},
        {"uri": "https://elsewhere.example/users/ann"},
    ],
)
async def test_an_account_that_is_not_the_actor_of_that_very_server_lets_nobody_in(
    door: Door, account: dict[str, Any]
):
    path = await door.begun()
    door.home.account = account
    await door.turned_away(path, 502)
    assert door.home.revoked


async def test_an_actor_of_another_server_or_another_name_lets_nobody_in(door: Door, open_home: OpenHome):
    other = await open_home()
    path = await door.begun(door.home.host)
    door.home.named["ann"] = f"{other.url}/users/ann"
    door.home.account = {"url": f"{other.url}/users/ann", "uri": f"{other.url}/users/ann"}
    await door.turned_away(path, 502)
    path = await door.begun(door.home.host)
    door.home.named["ann"] = f"{door.home.url}/users/bob"
    door.home.account = {"url": f"{door.home.url}/users/bob", "uri": f"{door.home.url}/users/bob"}
    await door.turned_away(path, 502)


async def test_whoever_signs_in_there_as_somebody_else_is_told_so(door: Door):
    there = await door.ann.go_there(f"@ann@{door.home.host}")
    door.home.who = "bob"
    back = await door.turned_away(within(await door.ann.agree(there)), 401)
    assert "somebody else" in back.text


async def test_a_code_that_was_asked_for_by_another_browser_proves_nothing(door: Door):
    mine, theirs = await door.begun(), Browser(door.acme, door.ann.session)
    there = await theirs.go_there(f"@bob@{door.home.host}")
    door.home.who = "bob"
    stolen = parse_qs(urlsplit(await theirs.agree(there)).query)["code"][0]
    await door.turned_away(changed(mine, code=stolen), 502)


@pytest.mark.parametrize(
    "changes",
    [
        {"issuer": "https://elsewhere.example"},
        {"issuer": None},
        {"token_endpoint": "https://elsewhere.example/token"},
        {"token_endpoint": "http://127.0.0.1:1/token"},
        {"authorization_endpoint": "javascript:alert(1)"},
        {"authorization_endpoint": ["x"]},
        {"app_registration_endpoint": "http://169.254.169.254/latest"},
        {"revocation_endpoint": "file:///etc/passwd"},
        {"padding": "x" * 1_100_000},
    ],
)
async def test_a_server_that_leads_elsewhere_is_not_followed(door: Door, changes: dict[str, Any]):
    door.home.says(**changes)
    answer = await door.ann.go_there(f"@ann@{door.home.host}")
    assert answer.status == 422
    assert "could not be asked" in answer.text
    assert door.home.clients == {}
    assert f'value="@ann@{door.home.host}"' in answer.text


@pytest.mark.parametrize(
    "address",
    ["", "@", "ann", "@ann@", "@ann@10.0.0.1", "10.0.0.1", "@ann@169.254.169.254", "@ann@127.0.0.1:1", "localhost:25",
     "@ann@evil.example/x", "ann@a@b", "@ann@[::1]", "https://user@127.0.0.1", "x" * 1000, "\u202e@ann"],
)  # fmt: skip
async def test_what_is_no_address_or_none_that_we_dial_begins_nothing(door: Door, address: str):
    answer = await door.ann.go_there(address)
    assert answer.status == 422
    assert door.ann.jar == {}


async def test_an_address_leads_nowhere_else_than_to_the_server_that_was_named_or_our_own_pages(door: Door):
    for wanted in ("https://evil.example", "//evil.example", "/\\evil.example", "/sign-in", "/objects/../x"):
        back = await door.ann.get(within(await door.ann.agree(await door.ann.go_there(door.home.host, wanted))))
        assert back.location == "/"


async def test_we_register_once_and_again_where_we_were_forgotten(door: Door):
    await door.ann.sign_in(door.home)
    await door.ann.sign_in(door.home)
    assert len(door.home.clients) == 1
    path = await door.begun()
    door.home.clients["client-0"]["secret"] = "another"
    assert (await door.ann.get(path)).status == 502
    assert (await door.ann.sign_in(door.home)).status == 303
    assert len(door.home.clients) == 2


@pytest.mark.parametrize(("offered", "asked"), [(["read", "profile"], "profile"), (["read"], "read:accounts")])
async def test_the_least_is_asked_that_tells_who_somebody_is(door: Door, offered: list[str], asked: str):
    door.home.says(scopes_supported=offered)
    assert (await door.ann.sign_in(door.home)).status == 303
    assert door.home.scopes == [asked]


async def test_a_visit_ends_after_twelve_hours_and_by_signing_out_in_one_s_own_browser(door: Door):
    await door.ann.sign_in(door.home)
    page = await door.ann.get("/")
    assert page.headers["cache-control"] == "private, no-store"
    for form, headers in (
        ({}, {}),
        ({"csrf": "wrong"}, {}),
        ({"csrf": page.hidden("csrf")}, {"Origin": "https://evil.example"}),
        ({"csrf": page.hidden("csrf")}, {"Sec-Fetch-Site": "cross-site"}),
    ):
        assert (await door.ann.post("/sign-out", form, **headers)).status == 403
    assert await door.is_let_in()
    held = dict(door.ann.jar)
    assert (await door.ann.post("/sign-out", {"csrf": page.hidden("csrf")})).status == 303
    assert not await door.is_let_in()
    door.ann.jar.update(held)
    assert not await door.is_let_in()
    await door.ann.sign_in(door.home)
    door.acme.wait(12 * 3600 + 1)
    assert "Sign out" not in (await door.ann.get("/")).text


async def test_no_other_site_s_page_begins_it(door: Door):
    form = {"address": f"@ann@{door.home.host}"}
    for headers in ({"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}, {"Origin": "null"}):
        assert (await door.ann.post("/sign-in", form, **headers)).status == 403
    assert door.home.asked == []


async def test_a_server_that_tells_nobody_for_less_is_asked_for_more_once_the_person_was_told(door: Door):
    """Takahē knows no scope below `read`. Whoever signs in first is told so, and goes there again if they like."""
    door.home.tells_for = "read"
    back = await door.turned_away(await door.begun(), 401)
    assert "only to whoever may read all that is yours" in back.text
    assert f'value="@ann@{door.home.host}"' in back.text
    assert (await door.ann.get(await door.begun())).status == 303
    assert await door.is_let_in()
    assert door.home.scopes == ["read:accounts", "read"]
    assert len(door.home.revoked) == 2, "both tokens were given back"
    assert not door.home.tokens


async def test_nobody_is_sent_round_in_a_circle_for_a_server_that_tells_for_nothing(door: Door):
    door.home.tells_for = "everything"
    await door.turned_away(await door.begun(), 401)
    for _ in range(2):
        await door.turned_away(await door.begun(), 502)
    assert door.home.scopes == ["read:accounts", "read", "read"]


async def test_a_server_that_says_which_scopes_it_knows_is_asked_for_no_more(door: Door):
    door.home.says()
    door.home.tells_for = "read"
    for _ in range(2):
        await door.turned_away(await door.begun(), 502)
    assert door.home.scopes == ["profile", "profile"]
