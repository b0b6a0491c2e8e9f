"""How the API answers what is wrong, missing, hidden or hostile."""

from __future__ import annotations

import asyncio
import io
import json
import re
from urllib.parse import quote

import msgspec
import pytest
from aiohttp import hdrs
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from yarl import URL

from server.services import people
from server.services.house import House
from tests.web.api.api_house import Caller, Client, MakeForum, Things, new_jam
from web.api.routes import ROUTES, Route


async def test_nothing_is_answered_without_a_token(client: Client):
    for route in ROUTES:
        path = "/api/v1" + re.sub(r"{\w+}", "x", route.path)
        async with client.request(route.method, path) as answer:
            assert answer.status == 401, f"{route.method} {route.path}"
            assert answer.headers[hdrs.WWW_AUTHENTICATE] == "Bearer"
            assert answer.content_type == "application/problem+json"


async def test_a_token_that_is_unknown_or_ill_formed_is_refused(client: Client, ada: Caller):
    for given_ in ("Bearer nonsense", "Bearer", f"Basic {ada.token}", f"Bearer {ada.token} x", ada.token):
        async with client.get("/api/v1/me", headers={"Authorization": given_}) as answer:
            assert answer.status == 401
            assert answer.headers[hdrs.WWW_AUTHENTICATE] == 'Bearer error="invalid_token"'
    async with client.get("/api/v1/me", headers={"Authorization": f"bearer  {ada.token}"}) as answer:
        assert answer.status == 200


async def test_a_token_ends_with_its_owners_standing(house: House, ada: Caller, bob: Caller):
    await people.change_member(house, ada.member, bob.member, active=False)
    await bob("GET", "/me", status=401)


async def test_a_browsers_cookie_opens_nothing(house: House, client: Client):
    member = await people.add_member(house, "carol")
    begun = await people.sign_in_by_link(house, await people.make_link(house, member))
    async with client.get("/api/v1/me", cookies={"jam-80": begun.cookie, "__Host-jam": begun.cookie}) as answer:
        assert answer.status == 401


async def test_hidden_and_missing_read_the_same(bob: Caller, idea: Things):
    await bob("DELETE", f"/ideas/{idea['id']}", status=204)
    deleted = await bob("GET", f"/ideas/{idea['id']}", status=404)
    missing = await bob("GET", f"/ideas/{'0' * 32}", status=404)
    assert deleted == missing


async def test_a_wrong_method_is_told_the_right_ones(ada: Caller):
    async with ada.client.delete("/api/v1/jams", headers={"Authorization": f"Bearer {ada.token}"}) as answer:
        assert answer.status == 405
        assert set(answer.headers[hdrs.ALLOW].split(",")) == {"GET", "HEAD", "POST"}
        assert (await answer.json(content_type=None))["title"] == "Method Not Allowed"


async def test_an_unknown_address_is_a_problem_document(ada: Caller):
    assert (await ada("GET", "/nowhere", status=404))["status"] == 404


async def test_what_is_not_json_is_400(ada: Caller):
    lone_surrogate = "\ud800".encode("utf-8", "surrogatepass")
    for text in ("{", "[1", "nul", '{"slug": "a" "b"}', lone_surrogate, "[" * 9000):
        await ada("POST", "/jams", status=400, data=text, headers={"Content-Type": "application/json"})


async def test_other_media_types_are_415(ada: Caller):
    for media in ("text/plain", "application/x-www-form-urlencoded", "application/toml", "multipart/form-data"):
        await ada("POST", "/jams", status=415, data=b"slug=a", headers={"Content-Type": media})


async def test_too_large_a_body_is_413(ada: Caller):
    large = io.BytesIO(json.dumps({"slug": "x" * 1_100_000}).encode())
    await ada("POST", "/jams", status=413, data=large, headers={"Content-Type": "application/json"})


async def test_too_long_a_text_is_413(bob: Caller, make_forum: MakeForum):
    await make_forum()
    await bob("POST", "/forums/boxes/ideas", {"title": "Long", "text": "x" * 50_001}, 413)


async def test_a_member_that_is_unknown_missing_or_ill_typed_is_named(ada: Caller):
    unknown = await ada("POST", "/jams", new_jam(colour="red"), 422)
    assert unknown["field"] == "colour"
    missing = await ada("POST", "/jams", {"slug": "x"}, 422)
    assert missing["field"] == "title"
    nested = await ada("POST", "/jams", new_jam(charter={"question": 5}), 422)
    assert nested["field"] == "charter.question"
    naive = await ada("POST", "/jams", new_jam(opens_at="2026-11-23T09:00:00"), 422)
    assert naive["field"] == "opens_at"
    assert (await ada("POST", "/jams", [], 422))["field"] == "body"


async def test_limits_and_cursors_are_checked(ada: Caller):
    for query in ("limit=0", "limit=201", "limit=many", "after=nan", "after=x", "after=1e999"):
        refused = await ada("GET", f"/jams?{query}", status=422)
        assert refused["field"] == query.partition("=")[0]
    await ada("GET", "/jams?limit=200&colour=red")
    assert (await ada("GET", "/search", status=422))["field"] == "q"


async def test_a_name_that_is_taken_is_a_conflict(ada: Caller, jam: Things):
    await ada("POST", "/jams", new_jam(), 409)


async def test_answers_carry_the_headers_of_the_inside(ada: Caller):
    async with ada.client.get("/api/v1/me", headers={"Authorization": f"Bearer {ada.token}"}) as answer:
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
        assert "no-store" in answer.headers[hdrs.CACHE_CONTROL]


async def test_words_of_the_indexs_own_language_are_only_words(bob: Caller, idea: Things):
    for words in ("\x00", "a\x00b", '"', "a*", "NEAR(", "-", "' OR", "a AND", "*", "(", "^a", "title:a"):
        await bob("GET", "/search", params={"q": words})
        await bob("GET", "/similar", params={"text": words * 4})


@pytest.mark.parametrize("opens_at", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"])
async def test_times_beyond_any_calendar_are_refused(ada: Caller, opens_at: str):
    refused = await ada("POST", "/jams", new_jam(opens_at=opens_at), 422)
    assert refused["field"] == "opens_at"


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=40),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
WORDS = st.text(st.characters(codec="utf-8"), max_size=30)
TIMES = st.datetimes(timezones=st.timezones()).map(lambda at: at.isoformat()) | st.sampled_from(
    ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "2026-11-23T09:00:00Z"]
)
MEMBERS = st.sampled_from(
    sorted({field.encode_name for route in ROUTES if route.body for field in msgspec.structs.fields(route.body)})
)
BODIES = st.dictionaries(MEMBERS, WORDS | TIMES | VALUES, max_size=8) | VALUES
PARTS = WORDS.filter(lambda part: part not in (".", "..")) | st.sampled_from(
    ["packaging", "boxes", "support", "best", "1", "0", "-1", "9" * 30, "globex.example", "%00", "a/b", "' OR 1=1 --"]
)
QUERIES = st.dictionaries(
    st.sampled_from(["limit", "after", "q", "text", "forum", "object", "peer", "state"]),
    WORDS | st.just('" AND * ('),
    max_size=4,
)


async def ask(caller: Caller, route: Route, parts: list[str], query: dict[str, str], body: bytes, media: str) -> int:
    left = iter(parts)
    path = re.sub(r"{\w+}", lambda _: quote(next(left), safe="") or "x", route.path)
    url = URL(f"/api/v1{path}", encoded=True).with_query(query)
    headers = {"Authorization": f"Bearer {caller.token}", "Content-Type": media}
    async with caller.client.request(route.method, url, data=body, headers=headers) as answer:
        if not route.is_stream:
            text = await answer.text()
            assert "Traceback" not in text
            if answer.status >= 400:
                assert json.loads(text)["status"] == answer.status
        return answer.status


async def test_junk_never_breaks_the_server(ada: Caller, idea: Things):
    """Whatever is sent to whatever address, the answer is a result or a refusal, never a fault."""
    loop = asyncio.get_running_loop()

    def run() -> None:
        @settings(max_examples=250, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
        @given(
            st.sampled_from([route for route in ROUTES if not route.is_stream]),
            st.lists(PARTS | st.sampled_from([idea["id"]]), min_size=2, max_size=2),
            QUERIES,
            BODIES.map(lambda body: json.dumps(body).encode()) | st.binary(max_size=60),
            st.sampled_from(["application/json"] * 6 + ["application/toml", "text/plain", ";;;"]),
        )
        def junk(route: Route, parts: list[str], query: dict[str, str], body: bytes, media: str) -> None:
            status = asyncio.run_coroutine_threadsafe(ask(ada, route, parts, query, body, media), loop).result(30)
            assert status < 500, f"{route.method} {route.path} answered {status}"

        junk()

    await asyncio.to_thread(run)


async def test_a_problem_is_said_in_the_language_that_is_asked_for_and_in_english_to_programs(
    client: Client, ada: Caller
):
    asked = {"Authorization": f"Bearer {ada.token}"}
    for more, language, said in (
        ({}, "en", "There is no such idea here."),
        ({"Accept-Language": "de"}, "de", "Diese Idee gibt es hier nicht."),
        ({"Cookie": "language=de"}, "en", "There is no such idea here."),
    ):
        async with client.get("/api/v1/ideas/nothing", headers={**asked, **more}) as answer:
            assert answer.headers["Content-Language"] == language
            assert "Accept-Language" in answer.headers["Vary"]
            assert (await answer.json(content_type=None))["detail"] == said
