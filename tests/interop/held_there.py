"""The journeys of our people in a forum that a real server of other software holds.

They build on one another, and on nothing of the other journeys.
"""

from __future__ import annotations

from typing import Any

from tests.interop.journeys import Stage, feature, need
from tests.interop.mastodon_api import Status, words_of
from tests.interop.ours import Refused, Thing
from tests.interop.until import until


@feature("A forum there is joined from here (Follow, Accept)", "held join")
async def join(stage: Stage) -> None:
    handle = stage.found["held handle"] = await stage.person.own_forum()
    await stage.ours.ask("POST", "/forums", {"handle": f"@{handle}"})
    slug, _, host = handle.partition("@")

    async def look() -> Thing | None:
        listed = (await stage.ours.ask("GET", "/forums"))["data"]
        return next((one for one in listed if (one["slug"], one["host"]) == (slug, host) and one["joined"]), None)

    stage.found["held"] = await until("the forum among those that we joined", look)


@feature("A thread begun in it there appears here, with title and words", "held thread")
async def thread(stage: Stage) -> None:
    begun = stage.found["held begun"] = await stage.person.begin("Quiet hours", "From two to four, everywhere.")

    async def look() -> Thing | None:
        return next((one for one in await _ideas(stage) if one["title"] == "Quiet hours"), None)

    made = stage.found["held thread"] = await until("the thread here", look)
    need("From two to four" in made["text"], f"the words: {made['text']!r}")
    need(made["author"]["host"] == stage.peer.host, f"the author's server: {made['author']}")
    need(begun, "nothing was begun")


async def _ideas(stage: Stage) -> list[Thing]:
    found: list[Thing] = (await stage.ours.ask("GET", f"/forums/{stage.found['held']['id']}/ideas"))["data"]
    return found


@feature("An answer given there stands under it here", "held answer")
async def answer(stage: Stage) -> None:
    stage.found["held said"] = await stage.person.write("Mornings are better", stage.found["held begun"])
    stage.found["held answer"] = await _answer_here(stage, "Mornings are better")


async def _answer_here(stage: Stage, words: str) -> Thing:
    async def look() -> Thing | None:
        return await stage.ours.answer_with(stage.found["held thread"], words)

    return await until(f"the answer here: {words}", look)


@feature("What our people answer is shown there", "held reply")
async def reply(stage: Stage) -> None:
    made = stage.found["held reply"] = await stage.ours.reply(stage.found["held answer"], "Which mornings?")
    shown = await _shown_there(stage, made["uri"], "Which mornings?")
    need(stage.ours.host in str(shown), f"the author's server: {shown}")


async def _shown_there(stage: Stage, uri: str, words: str) -> Status:
    async def look() -> Status | None:
        shown = await stage.person.held_has(uri)
        return shown if shown and words in words_of(shown) else None

    return await until(f"there: {words}", look)


@feature("What our people begin is shown there, with title and words", "held idea")
async def idea(stage: Stage) -> None:
    made = await stage.ours.idea("A bell at noon", "So that **everybody** eats.", stage.found["held"])
    stage.found["held idea"] = made
    shown = await _shown_there(stage, made["uri"], "everybody")
    need(shown.get("title") == "A bell at noon", f"the title: {shown}")


@feature("Our people's support counts there; taken back, it does not", "held support")
async def support(stage: Stage) -> None:
    made, begun = stage.found["held thread"], stage.found["held begun"]
    before = await stage.person.votes(begun)
    await stage.ours.ask("PUT", f"/ideas/{made['id']}/marks/support", {})

    async def counts(wanted: int) -> bool:
        return await stage.person.votes(begun) == wanted

    await until("the vote counts there", lambda: counts(before + 1))
    await stage.ours.ask("DELETE", f"/ideas/{made['id']}/marks/support")
    await until("the vote is taken back there", lambda: counts(before))


@feature("Votes given there for an idea of ours count here", "held votes")
async def votes(stage: Stage) -> None:
    made = stage.found["held idea"]
    shown = await stage.person.held_has(made["uri"])
    need(shown, "the idea is not there")
    await stage.person.like(shown or {})

    async def liked(wanted: int) -> bool:
        return bool((await stage.ours.read(made))["support"] == wanted)

    await until("the vote counts here", lambda: liked(1))
    await stage.person.like(shown or {}, undo=True)
    await until("the vote is taken back here", lambda: liked(0))


@feature("Edits there are shown here, and ours there", "held edits")
async def edits(stage: Stage) -> None:
    await stage.person.edit(stage.found["held said"], "Mornings are better, and cheaper")
    await _answer_here(stage, "and cheaper")
    made = stage.found["held idea"]
    words = {"title": "A bell at one", "text": "So that everybody rests."}
    await stage.ours.ask("PATCH", f"/ideas/{made['id']}", words)
    shown = await _shown_there(stage, made["uri"], "rests")
    need(shown.get("title") == "A bell at one", f"the title: {shown}")


@feature("What is deleted there is gone here, and ours there", "held deletes")
async def deletes(stage: Stage) -> None:
    made = stage.found["held reply"]
    await stage.ours.ask("DELETE", f"/ideas/{made['id']}")

    async def gone_there() -> bool:
        return await stage.person.held_has(made["uri"]) is None

    await until("our answer gone there", gone_there)
    await stage.person.delete(stage.found["held said"])

    async def gone_here() -> bool:
        return await stage.ours.answer_with(stage.found["held thread"], "Mornings are better") is None

    await until("their answer gone here", gone_here)


@feature("A thread that a moderator there locks is locked here, until it is opened again", "held lock")
async def lock(stage: Stage) -> None:
    made = stage.found["held thread"]

    async def locked(wanted: bool) -> bool:
        return ((await stage.ours.read(made))["lock"] is not None) == wanted

    await stage.person.lock(stage.found["held begun"], locked=True)
    await until("the thread is locked here", lambda: locked(True))
    try:
        await stage.ours.reply(made, "Too late?")
        need(False, "it was answered here all the same")
    except Refused as refused:
        need("locked" in str(refused), f"the refusal: {refused}")
    await stage.person.lock(stage.found["held begun"], locked=False)
    await until("the thread is open here", lambda: locked(False))


@feature("Whom a moderator there bans for a while is told so here, and may write after it", "held ban")
async def ban(stage: Stage) -> None:
    made = stage.found["held thread"]
    await stage.person.ban(stage.found["held idea"]["uri"], seconds=25)

    async def told() -> bool:
        try:
            await stage.ours.reply(made, "Am I heard?")
        except Refused as refused:
            return "take nothing of yours" in str(refused)
        return False

    await until("our person is told", told)

    async def heard() -> bool:
        try:
            return bool(await stage.ours.reply(made, "Again?"))
        except Refused:
            return False

    await until("our person may write again", heard)


@feature("A thread that a moderator there removes is gone here", "held removal")
async def removal(stage: Stage) -> None:
    begun = await stage.person.begin("Off the point", "Something that goes.")

    async def here() -> list[Any]:
        return [one for one in await _ideas(stage) if one["title"] == "Off the point" and not one["deleted"]]

    await until("the thread here", here)
    await stage.person.remove(begun)

    async def gone() -> bool:
        return not await here()

    await until("the thread gone here", gone)
