"""A forum for the people on its list alone: to everybody else the API answers as if it had never been made."""

from __future__ import annotations

import asyncio
import json
import re
import secrets

from aiohttp import ClientResponse

from server.services.house import House
from server.services.telling import tell
from tests.web.api.api_house import Caller, Client, Enter, Things, new_jam
from tests.web.api.test_api_stream import listening
from web.api.routes import ROUTES

CANARY = "zanzibar"
OPEN = frozenset({"/openapi.json", "/docs"})


async def a_closed_forum(ada: Caller, enter: Enter) -> dict[str, str]:
    """A jam with one forum for its members alone, with an idea, a reply, a poll, a flag and a saved statement."""
    await ada("POST", "/jams", new_jam("apart", title=f"Jam {CANARY}"))
    forum = await ada(
        "POST", "/jams/apart/forums",
        {"slug": "quiet", "title": f"Forum {CANARY}", "audience": "inside", "members_only": True},
    )  # fmt: skip
    await ada("POST", "/jams/apart/open")
    dora = await enter("dora", unit="Deep")
    await ada("PUT", f"/forums/{forum['id']}/members/dora")
    words = {"title": f"Idea {CANARY}", "text": f"Words {CANARY}, said to @eve and @finn."}
    idea = await dora("POST", f"/forums/{forum['id']}/ideas", words)
    reply = await dora("POST", f"/ideas/{idea['id']}/replies", {"text": f"Reply {CANARY}"})
    await ada("POST", f"/ideas/{reply['id']}/flags", {"reason": f"Flag {CANARY}"})
    case = (await ada("GET", "/jams/apart/cases"))["data"][0]
    decisions = (await ada("GET", "/boundary/decisions"))["data"]
    return {
        "jam": forum["jam_id"], "forum": forum["id"], "id": idea["id"], "case": case["id"], "poll": reply["id"],
        "decision": decisions[0]["id"] if decisions else "0" * 32,
    }  # fmt: skip


async def answer_to(caller: Caller, method: str, path: str) -> tuple[int, str]:
    headers = {"Authorization": f"Bearer {caller.token}"}
    given = {"json": {}} if method != "GET" else {}
    answer: ClientResponse
    async with caller.client.request(method, f"/api/v1{path}", headers=headers, **given) as answer:
        # A stream that begins to answer at all has told too much already.
        text = "" if answer.content_type == "text/event-stream" else await answer.text()
        return answer.status, text


async def test_no_address_of_the_api_tells_a_closed_forum_from_one_that_never_was(
    house: House, client: Client, ada: Caller, bob: Caller, enter: Enter
):
    known = await a_closed_forum(ada, enter)
    await tell(house)
    readers = [bob, await enter("eve", "facilitator"), await enter("finn", "reviewer"), await enter("gil", "analyst")]
    for route in ROUTES:
        if route.path in OPEN:
            continue
        names = re.findall(r"{(\w+)", route.path)
        real, unknown = ({name: ids.get(name, "0" * 32) for name in names} for ids in (known, _unknown(known)))
        if not set(names) & known.keys() and route.method != "GET":
            continue
        for reader in readers:
            status, text = await answer_to(reader, route.method, _path(route.path, real))
            assert CANARY not in text.casefold(), (route.method, route.path, reader.member.username)
            again = await answer_to(reader, route.method, _path(route.path, unknown))
            for name in names:
                text, again = text.replace(real[name], "…"), (again[0], again[1].replace(unknown[name], "…"))
            assert (status, _timeless(text)) == (again[0], _timeless(again[1])), (route.method, route.path)
            if set(names) & known.keys():
                assert status in (403, 404, 422), (route.method, route.path, status)


def _unknown(known: dict[str, str]) -> dict[str, str]:
    return {name: secrets.token_hex(16) for name in known}


def _path(path: str, ids: dict[str, str]) -> str:
    return re.sub(r"{(\w+)[^}]*}", lambda found: ids[found[1]], path)


def _timeless(text: str) -> str:
    return re.sub(r"\d{4}-\d\d-\d\dT[^\"]*", "T", text)


async def test_whoever_is_not_on_the_list_finds_nothing_and_is_told_nothing(house: House, ada: Caller, enter: Enter):
    await ada("POST", "/jams", new_jam("open"))
    eve, finn = await enter("eve", "facilitator"), await enter("finn", "reviewer")
    known = await a_closed_forum(ada, enter)
    await tell(house)
    for reader in (eve, finn):
        assert [jam["slug"] for jam in (await reader("GET", "/jams"))["data"]] == ["open"]
        assert (await reader("GET", "/forums"))["data"] == []
        assert (await reader("GET", "/inbox"))["data"] == []
        assert CANARY not in json.dumps(await reader("GET", f"/search?q={CANARY}"))
        assert (await reader("GET", "/boundary/decisions", status=403 if reader is eve else 200)).get("data", []) == []
    await ada("PUT", f"/forums/{known['forum']}/members/eve")
    assert (await eve("GET", f"/ideas/{known['id']}"))["title"] == f"Idea {CANARY}"
    assert CANARY in json.dumps(await eve("GET", f"/search?q={CANARY}"))


async def test_lists_are_kept_by_organisers_and_by_facilitators_who_are_on_them(
    ada: Caller, bob: Caller, enter: Enter
):
    forum = (await a_closed_forum(ada, enter))["forum"]
    eve, dora = await enter("eve", "facilitator"), ada
    for path in (f"/forums/{forum}/members/bob", f"/forums/{forum}/members/eve"):
        await eve("PUT", path, status=404)
    await ada("PUT", f"/forums/{forum}/members/eve")
    await eve("PUT", f"/forums/{forum}/members/bob")
    await bob("PUT", f"/forums/{forum}/members/ada", status=403)
    await bob("DELETE", f"/forums/{forum}/members/eve", status=403)
    listed = (await bob("GET", f"/forums/{forum}/members"))["data"]
    assert [one["handle"] for one in listed] == ["@dora", "@eve", "@bob"]
    await bob("DELETE", f"/forums/{forum}/members/bob")
    await bob("GET", f"/forums/{forum}/members", status=404)
    acts = [one["act"] for one in (await dora("GET", "/boundary/audit"))["data"]]
    assert acts.count("put on list") == 3
    assert "leave list" in acts


async def test_whoever_is_taken_off_the_list_reads_no_further_event(ada: Caller, bob: Caller, enter: Enter):
    known = await a_closed_forum(ada, enter)
    await ada("PUT", f"/forums/{known['forum']}/members/bob")
    async with listening(bob, "apart") as stream:
        await ada("POST", f"/ideas/{known['id']}/replies", {"text": "Still with us."})
        assert (await stream.next())[1] == "ReplyPosted"
        await ada("DELETE", f"/forums/{known['forum']}/members/bob")
        await ada("POST", f"/ideas/{known['id']}/replies", {"text": "Without Bob."})
        try:
            frame = await stream.next()
        except (EOFError, asyncio.IncompleteReadError):
            frame = None
        assert frame is None
    await bob("GET", "/jams/apart/events", status=404)


async def test_a_closed_forum_stands_alone_in_its_jam_is_never_for_everyone_and_is_not_copied(
    ada: Caller, enter: Enter, idea: Things
):
    known = await a_closed_forum(ada, enter)
    open_jam, closed = idea["jam_id"], {"slug": "more", "title": "More", "members_only": True}
    await ada("POST", f"/jams/{open_jam}/forums", {**closed, "audience": "inside"}, status=409)
    await ada("POST", "/jams/apart/forums", {**closed, "audience": "public"}, status=422)
    await ada("POST", "/jams/apart/forums", {**closed, "audience": "partners", "names": "sealed"}, status=422)
    await ada("PATCH", f"/forums/{known['forum']}", {"audience": "public"}, status=422)
    await ada("PATCH", f"/forums/{known['forum']}", {"audience": "partners"}, status=409)
    await ada("POST", "/jams/apart/forums", {"slug": "second", "title": "Second"}, status=409)
    times = {name: new_jam()[name] for name in ("opens_at", "closes_at")}
    await ada("POST", "/jams/apart/clone", {"slug": "copy", **times}, status=409)
    await ada("GET", "/jams/apart/template", status=409)
    await ada("POST", "/jams/apart/rehearsal", status=409)
    await ada("POST", f"/forums/{idea['forum_id']}/carry", {"ideas": [known["id"]]}, status=409)
    built = {"title": "On it", "text": "Builds on it.", "builds_on": known["id"]}
    await ada("POST", f"/forums/{idea['forum_id']}/ideas", built, status=404)
    await ada("POST", f"/forums/{known['forum']}/ideas", {**built, "builds_on": idea["id"]}, status=409)
