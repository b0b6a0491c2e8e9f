"""A forum for the people on its list alone: to everybody else the API answers as if it had never been made."""

from __future__ import annotations

import asyncio
import json
import re
import secrets
from datetime import timedelta

from aiohttp import ClientResponse

from server.services import forums, ideas, people
from server.services.house import House
from server.services.ideas import Origin
from server.services.telling import tell
from tests.web.api.api_house import SOON, Caller, Client, Enter, Things, new_jam
from tests.web.api.test_api_stream import listening
from web.api.routes import ROUTES

CANARY = "zanzibar"
OPEN = frozenset({"/openapi.json", "/docs"})


async def a_closed_forum(ada: Caller, enter: Enter) -> dict[str, str]:
    """A jam with one forum for its members alone, with an idea and all that hangs on one."""
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
    later = [(SOON + timedelta(hours=hours)).isoformat() for hours in (1, 2)]
    stream = await ada(
        "POST", "/jams/apart/streams", {"title": f"Stream {CANARY}", "purpose": f"Purpose {CANARY}", "owner": "dora"}
    )
    room = await ada(
        "POST", f"/ideas/{idea['id']}/rooms",
        {"title": f"Room {CANARY}", "task": "Talk.", "members": ["dora"], "owed_by": "dora", "due_at": later[0]},
    )  # fmt: skip
    hour = await ada(
        "POST", "/jams/apart/hours",
        {"forum": forum["id"], "host": "dora", "title": f"Hour {CANARY}", "starts_at": later[0], "ends_at": later[1]},
    )  # fmt: skip
    shift = await ada("POST", "/jams/apart/shifts", {"username": "ada", "starts_at": later[0], "ends_at": later[1]})
    return {
        "stream": stream["id"], "room": room["id"], "hour": hour["id"], "shift": shift["id"],
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


async def test_what_is_done_in_a_closed_forum_is_neither_told_nor_counted_in_the_log(
    ada: Caller, enter: Enter, idea: Things
):
    eve = await enter("eve", "facilitator")
    known = await a_closed_forum(ada, enter)
    await ada("PUT", f"/ideas/{known['id']}/marks/emerging", {"reason": f"Reason {CANARY}"})
    await ada("PUT", f"/ideas/{idea['id']}/marks/emerging", {"reason": "Look."})
    told = (await eve("GET", "/moderation"))["data"]
    assert known["id"] not in {one["subject_id"] for one in told}
    assert idea["id"] in {one["subject_id"] for one in told}
    # Numbered among themselves: those of the whole chain would tell how much else was done.
    assert [one["number"] for one in told] == list(range(len(told), 0, -1))
    older = (await eve("GET", "/moderation?limit=1"))["next"]
    assert (await eve("GET", f"/moderation?limit=1&after={older}"))["data"] == told[1:2]


async def test_how_alike_something_is_does_not_tell_what_words_stand_in_a_closed_forum(
    ada: Caller, bob: Caller, enter: Enter, idea: Things
):
    """How rare a word is counts for likeness, and a word that stands there often would show."""
    asked = "/similar?text=Paper%20straws%20and%20tape"
    for text in ("Straws of paper.", "Tape of cloth.", "Boxes of tin.", "Bags of jute."):
        await bob("POST", f"/forums/{idea['forum_id']}/ideas", {"title": text, "text": text})
    before = await bob("GET", asked)
    assert before["data"]
    known = await a_closed_forum(ada, enter)
    for number in range(9):
        words = {"title": f"Straws {number}", "text": "Straws, straws and straws."}
        await ada("POST", f"/forums/{known['forum']}/ideas", words)
    assert await bob("GET", asked) == before
    assert await bob("GET", "/experts?q=straws") == {"data": []}


async def test_what_hangs_on_a_closed_forum_is_missing_in_the_words_for_what_never_was(
    house: House, ada: Caller, enter: Enter
):
    known = await a_closed_forum(ada, enter)
    eve = await enter("eve", "facilitator")
    milestone = await ada("POST", f"/streams/{known['stream']}/milestones", {"title": "Ask.", "due_on": "2027-01-31"})
    for method, path, name in (
        ("GET", "/streams", known["stream"]), ("PUT", "/milestones", milestone["id"]), ("GET", "/rooms", known["room"]),
        ("GET", "/hours", known["hour"]), ("DELETE", "/shifts", known["shift"]),
    ):  # fmt: skip
        body = {"done": True} if method == "PUT" else None
        there = await eve(method, f"{path}/{name}", body, status=404)
        assert there == await eve(method, f"{path}/{secrets.token_hex(16)}", body, status=404), path


async def test_people_met_in_a_closed_forum_alone_are_not_among_those_known_of_their_server(
    house: House, ada: Caller, enter: Enter, idea: Things
):
    known = await a_closed_forum(ada, enter)
    closed, opened = [await forums.obtain_forum(house, ada.member, one) for one in (known["forum"], idea["forum_id"])]
    for name, places in (("gus", [closed]), ("olga", [opened]), ("both", [closed, opened]), ("silent", [])):
        guest = await people.meet(house, f"https://globex.example/{name}", name, "globex.example", name, "")
        for place in places:
            uri = f"https://globex.example/{name}/{place.slug}"
            await ideas.post_idea(house, guest, place, "A", "Words.", origin=Origin(uri, f"{uri}/1", "<p>Words.</p>"))
    assert (await people.count_by_host(house))["globex.example"] == 2
