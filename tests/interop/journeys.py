"""The journeys of somebody on a microblog, feature by feature: each function is one line of the table.

A function returns when its feature was seen at both ends, and raises NotSeen (or an error of either server's API)
otherwise. They run in this order and build on one another.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.interop.mastodon_api import ApiError, Person, Status, words_of
from tests.interop.ours import Ours, Refused, Thing
from tests.interop.peers.base import Peer
from tests.interop.proxy import Proxies
from tests.interop.seen import Report, Sight
from tests.interop.until import NotSeen, until


@dataclass
class Stage:
    """Both ends of a journey, and what came of it so far."""

    ours: Ours
    peer: Peer
    person: Person
    proxies: Proxies
    found: dict[str, Any] = field(default_factory=dict)

    def passed(self, host: str, method: str, path: str = "") -> list[Any]:
        return [one for one in self.proxies.passed if one.host == host and one.method == method and path in one.path]


Step = Callable[[Stage], Awaitable[None]]
STEPS: list[tuple[str, str, Step]] = []
#: What ends something that others build on, in this order.
LAST = ("rotation", "rotation_answer", "sign in", "unfollow", "late", "late read")


# What software without forums does not know.
FORUMS_KNOW = ("against", "pin", "lock")


def feature(words: str, key: str = "") -> Callable[[Step], Step]:
    """Enter a function into the table under these words; `key` is what a peer may lack."""

    def enter(step: Step) -> Step:
        STEPS.append((words, key or step.__name__, step))
        return step

    return enter


async def play(stage: Stage, only: str = "") -> Report:
    """Play all journeys, or those with the keys in `only`; return what was seen."""
    report = Report(stage.peer.name, stage.peer.version)
    chosen = {"find", *only.split(",")}
    for words, key, step in sorted(STEPS, key=lambda step: LAST.index(step[1]) if step[1] in LAST else -1):
        if only and key not in chosen:
            continue
        if (key.startswith("held") or key in FORUMS_KNOW) and not stage.peer.holds_forums:
            sight = Sight(words, "not tried", "it is no forum software")
        elif "forum" not in stage.found and not key.startswith("held") and key != "find":
            sight = Sight(words, "not tried", "the forum was not found")
        elif key in stage.peer.lacks:
            sight = Sight(words, "not tried", stage.peer.lacks[key])
        else:
            sight = await _look(words, step, stage, stage.peer.limits.get(key, ""))
        print(f"  {sight.word:9}  {words}" + (f"  ({sight.why})" if sight.why else ""), flush=True)
        report.sights.append(sight)
    return report


async def _look(words: str, step: Step, stage: Stage, limit: str) -> Sight:
    try:
        await stage.peer.let_a_day_pass()
        await step(stage)
    except (NotSeen, Refused, ApiError, KeyError) as error:
        why = f"builds on what was not seen: {error}" if isinstance(error, KeyError) else str(error)
        return Sight(words, "not seen", limit or why, known=bool(limit))
    return Sight(words, "seen")


def need(truth: object, what: str) -> None:
    if not truth:
        raise NotSeen(what)


@feature("A forum is found by its handle (WebFinger, Group)")
async def find(stage: Stage) -> None:
    async def look() -> Status | None:
        return await stage.person.find(stage.ours.handle)

    stage.found["forum"] = await until("the search shows the forum", look)


@feature("The forum is followed, and accepts at once")
async def follow(stage: Stage) -> None:
    await stage.person.follow(stage.found["forum"])

    async def look() -> bool:
        return await stage.person.follows(stage.found["forum"])

    await until("the forum is followed", look)

    async def accepted() -> bool:
        posts = stage.passed(stage.peer.host, "POST")
        return any(one.activity.get("type") == "Accept" and one.status < 300 for one in posts)

    await until("our Accept is taken", accepted)


@feature("A new idea appears in the timeline, with title and words")
async def idea_appears(stage: Stage) -> None:
    made = stage.found["idea"] = await stage.ours.idea("Fewer lifts", "Let us **walk** to the third floor.")
    stage.found["shown"] = await shown_there(stage, made)
    said = words_of(stage.found["shown"])
    need("walk" in said, f"the words that are shown: {said!r}")
    if "title" in stage.found["shown"]:
        need(stage.found["shown"]["title"] == "Fewer lifts", f"the title: {stage.found['shown']['title']!r}")


async def shown_there(stage: Stage, made: Thing) -> Status:
    async def look() -> Status | None:
        return await stage.person.timeline_has(made["uri"])

    return await until("the idea in the timeline", look)


@feature("A reply from there is shown in the thread, under its author's handle")
async def reply_arrives(stage: Stage) -> None:
    text = f"@{stage.ours.handle} Stairs are healthy"
    stage.found["reply"] = await stage.person.write(text, stage.found["shown"])

    async def look() -> Thing | None:
        return await stage.ours.answer_with(stage.found["idea"], "Stairs are healthy")

    reply = stage.found["their reply"] = await until("the reply in the thread", look)
    need(reply["author"]["host"] == stage.peer.host, f"the author's server: {reply['author']}")


@feature("An answer to that reply reaches its author")
async def answer_reaches(stage: Stage) -> None:
    made = stage.found["answer"] = await stage.ours.reply(stage.found["their reply"], "Which stairs, though?")

    async def look() -> bool:
        return await stage.person.notified_of(made["uri"])

    await until("a notification of our answer", look)


@feature("A favourite counts as support; taken back, it does not")
async def like(stage: Stage) -> None:
    idea, shown = stage.found["idea"], stage.found["shown"]
    await stage.person.like(shown)

    async def liked() -> bool:
        return bool((await stage.ours.read(idea))["support"] == 1)

    async def unliked() -> bool:
        return bool((await stage.ours.read(idea))["support"] == 0)

    await until("the favourite counts here", liked)
    await stage.person.like(shown, undo=True)
    await until("the favourite is taken back here", unliked)


@feature("Given anew after that, it counts again", "like again")
async def like_again(stage: Stage) -> None:
    idea, shown = stage.found["idea"], stage.found["shown"]

    async def supported(wanted: int) -> bool:
        return bool((await stage.ours.read(idea))["support"] == wanted)

    for _ in range(2):
        # NodeBB's votes are told apart by the second in which they are signed.
        await asyncio.sleep(2)
        await stage.person.like(shown)
        await until("the favourite counts here", lambda: supported(1))
        await stage.person.like(shown, undo=True)
        await until("the favourite is taken back here", lambda: supported(0))


@feature("A vote against it takes that person's support back, and counts for nothing", "against")
async def against(stage: Stage) -> None:
    idea = await stage.ours.idea("Longer lifts", "For the tall.")
    shown = await shown_there(stage, idea)
    await stage.person.like(shown)

    async def supported(wanted: int) -> bool:
        return bool((await stage.ours.read(idea))["support"] == wanted)

    await until("the vote counts here", lambda: supported(1))
    await stage.person.dislike(shown)
    await until("the vote is taken back here", lambda: supported(0))


@feature("An edit of the reply is shown here")
async def edit_there(stage: Stage) -> None:
    text = f"@{stage.ours.handle} Stairs are healthy and cheap"
    await stage.person.edit(stage.found["reply"], text)

    async def look() -> Thing | None:
        return await stage.ours.answer_with(stage.found["idea"], "healthy and cheap")

    await until("the edited words in the thread", look)


@feature("An edit of the idea is shown there")
async def edit_here(stage: Stage) -> None:
    idea = stage.found["idea"]
    await stage.ours.ask(
        "PATCH", f"/ideas/{idea['id']}", {"text": "Let us walk to the *fourth* floor.", "title": "No lifts"}
    )

    async def look() -> bool:
        shown = await stage.person.timeline_has(idea["uri"])
        return "fourth" in words_of(shown) if shown else False

    await until("the edited words there", look)


@feature("The reply, deleted there, is gone here")
async def delete_there(stage: Stage) -> None:
    await stage.person.delete(stage.found["reply"])

    async def look() -> bool:
        return await stage.ours.answer_with(stage.found["idea"], "Stairs are healthy") is None

    await until("the reply gone from the thread", look)


@feature("Somebody there begins a thread (a microblog: by mentioning the forum)")
async def thread_from_there(stage: Stage) -> None:
    await stage.person.write(
        f"@{stage.ours.handle} Bicycles for everybody\n\nWith baskets.", forum=stage.found["forum"]
    )

    async def look() -> Thing | None:
        return next((one for one in await stage.ours.ideas() if "Bicycles" in one["title"] + one["text"]), None)

    made = await until("their idea in the forum", look)
    need(made["author"]["host"] == stage.peer.host, f"the author's server: {made['author']}")


@feature("A poll asked here is shown there; a vote there counts here", "poll")
async def poll(stage: Stage) -> None:
    ends = (datetime.now(UTC) + timedelta(hours=2)).isoformat()
    words = {"question": "Which floor first?", "choices": ["First", "Second"], "ends_at": ends}
    made = await stage.ours.ask("POST", f"/ideas/{stage.found['idea']['id']}/polls", words)
    uri = made["uri"]

    async def look() -> Status | None:
        return await stage.person.timeline_has(uri)

    shown = await until("the poll in the timeline", look)
    need(shown.get("poll"), f"no poll in what is shown: {sorted(shown)}")
    await stage.person.vote(shown, 1)

    async def counted() -> bool:
        found = await stage.ours.ask("GET", f"/polls/{made['id']}")
        return any(one.get("votes") == 1 for one in found["choices"])

    await until("the vote counts here", counted)


@feature("A report there makes a case here", "report")
async def report(stage: Stage) -> None:
    await stage.person.report(stage.found["shown"], "This is not kind.")

    async def look() -> bool:
        return any("not kind" in str(one) for one in await stage.ours.cases())

    await until("a case with the words of the report", look)


@feature("What a facilitator here tells of a reply reaches the moderators there", "our report")
async def report_from_here(stage: Stage) -> None:
    await stage.person.write(f"@{stage.ours.handle} Something rude", stage.found["shown"])

    async def look() -> Thing | None:
        return await stage.ours.answer_with(stage.found["idea"], "Something rude")

    rude = await until("the rude reply in the thread", look)
    case = await stage.ours.ask("POST", f"/ideas/{rude['id']}/flags", {"reason": "Rude."})
    words = {"decision": "tell", "note": "Please look at this reply."}
    await stage.ours.ask("POST", f"/cases/{case['id']}/decide", words)

    async def reported() -> bool:
        return await stage.person.sees_report("Please look at this reply.")

    await until("the report among those there", reported)


@feature("What a facilitator removes is gone there")
async def removal(stage: Stage) -> None:
    made = await stage.ours.idea("Rude words", "Something that will be removed.")
    await shown_there(stage, made)
    await stage.ours.ask("POST", f"/ideas/{made['id']}/hide", {"note": "Off limits."})
    await gone_there(stage, made)


async def gone_there(stage: Stage, made: Thing) -> None:
    async def look() -> bool:
        return await stage.person.timeline_has(made["uri"]) is None

    await until("it is gone from the timeline", look)


@feature("What a facilitator here marks is pinned there, until it is marked no longer", "pin")
async def pin(stage: Stage) -> None:
    made = await stage.ours.idea("A pin", "Something to build on.")
    await shown_there(stage, made)

    async def pinned(wanted: bool) -> bool:
        found = await stage.person.timeline_has(made["uri"])
        return found is not None and bool(found["pinned"]) == wanted

    await stage.ours.ask("PUT", f"/ideas/{made['id']}/marks/best", {"reason": "Three units ask."})
    await until("it is pinned there", lambda: pinned(True))
    await stage.ours.ask("DELETE", f"/ideas/{made['id']}/marks/best")
    await until("it is pinned there no longer", lambda: pinned(False))


@feature("A thread that a facilitator here locks is locked there, until it is opened again", "lock")
async def lock(stage: Stage) -> None:
    made = await stage.ours.idea("In circles", "Something that is said again and again.")
    await shown_there(stage, made)

    async def locked(wanted: bool) -> bool:
        found = await stage.person.timeline_has(made["uri"])
        return found is not None and bool(found["locked"]) == wanted

    await stage.ours.ask("PUT", f"/ideas/{made['id']}/lock", {"reason": "It turns in circles."})
    await until("it is locked there", lambda: locked(True))
    await stage.ours.ask("DELETE", f"/ideas/{made['id']}/lock")
    await until("it is open there", lambda: locked(False))


@feature("An idea deleted by its author is gone there")
async def delete_here(stage: Stage) -> None:
    made = await stage.ours.idea("A slip", "Something that its author takes back.")
    await shown_there(stage, made)
    await stage.ours.ask("DELETE", f"/ideas/{made['id']}")
    await gone_there(stage, made)


@feature("A forum for partners is not there for them: the 404 of what never was")
async def closed(stage: Stage) -> None:
    made = await stage.ours.idea("For partners", "Nobody else reads this.", stage.ours.closed)
    handle = f"{stage.ours.closed['slug']}@{stage.ours.host}"
    need(await stage.person.find(handle) is None, "the search shows the closed forum")
    for uri in (made["uri"], stage.ours.closed["uri"]):
        need(await stage.person.open(uri) is None, "an address of the closed forum opens")
    asked = [one for one in stage.passed(stage.ours.host, "GET") if stage.ours.closed["uri"].endswith(one.path)]
    asked += [one for one in stage.passed(stage.ours.host, "GET", "webfinger") if stage.ours.closed["slug"] in one.path]
    need(asked, "the peer asked us for nothing of the closed forum")
    need(all(one.status == 404 for one in asked), f"answered with {[one.status for one in asked]}")


@feature("After `keys rotate` ideas still arrive")
async def rotation(stage: Stage) -> None:
    await asyncio.to_thread(stage.ours.command, "keys", "rotate")
    made = await stage.ours.idea("After the keys", "Signed anew.")
    await shown_there(stage, made)


@feature("After `keys rotate` an answer still reaches its author")
async def rotation_answer(stage: Stage) -> None:
    await stage.person.write(f"@{stage.ours.handle} Who keeps the keys?", stage.found["shown"])

    async def look() -> Thing | None:
        return await stage.ours.answer_with(stage.found["idea"], "keeps the keys")

    made = await stage.ours.reply(await until("the reply in the thread", look), "The porter does.")

    async def told() -> bool:
        return await stage.person.notified_of(made["uri"])

    await until("a notification of our answer", told)


@feature("Our requests carry signatures that are accepted")
async def signed(stage: Stage) -> None:
    posts = stage.passed(stage.peer.host, "POST", "inbox")
    taken = [one for one in posts if one.form and one.status < 300]
    need(taken, "none of our deliveries was taken")
    fetched = [one for one in stage.passed(stage.peer.host, "GET") if one.form and one.status == 200]
    need(fetched, "none of our signed GETs was answered")


@feature("Their GETs are signed, and answered")
async def signed_there(stage: Stage) -> None:
    asked = [one for one in stage.passed(stage.ours.host, "GET") if one.form and one.status == 200]
    need([one for one in asked if not one.agent.startswith("Marmalade")], "no signed GET of theirs was answered")


@feature("They sign with RFC 9421, and it is taken", "rfc9421")
async def their_messages(stage: Stage) -> None:
    posts = [one for one in stage.passed(stage.ours.host, "POST") if one.form == "rfc9421" and one.status < 300]
    need(posts, "no activity of theirs was signed so and taken")
    asked = [one for one in stage.passed(stage.ours.host, "GET") if one.form == "rfc9421" and one.status == 200]
    need([one for one in asked if not one.agent.startswith("Marmalade")], "no GET of theirs was signed so and answered")


@feature("Where they ask for RFC 9421 (401, Accept-Signature), we sign so, and it is taken", "rfc9421")
async def our_messages(stage: Stage) -> None:
    await stage.person.takes_messages_only()
    forms: list[list[tuple[str, int]]] = []
    for title in ("In the new form", "In the new form again"):
        made = await stage.ours.idea(title, "Signed as they ask.")
        await shown_there(stage, made)

        async def taken(uri: str = made["uri"]) -> list[tuple[str, int]]:
            posts = [one for one in stage.passed(stage.peer.host, "POST", "inbox") if uri in one.said]
            return [(one.form, one.status) for one in posts] if any(one.status < 300 for one in posts) else []

        forms.append(await until("a delivery that is taken", taken))
    need(forms[0][0] == ("cavage", 401) and forms[0][-1][0] == "rfc9421", f"first: {forms[0]}")
    need(all(form == "rfc9421" for form, _ in forms[1]), f"what was taken last comes first: {forms[1]}")


@feature("Once unfollowed, nothing comes any more")
async def unfollow(stage: Stage) -> None:
    await stage.person.unfollow(stage.found["forum"])

    async def undone() -> bool:
        posts = stage.passed(stage.ours.host, "POST")
        return any(one.activity.get("type") == "Undo" and "Follow" in one.said and one.status < 300 for one in posts)

    await until("their Undo of the Follow", undone)

    await asyncio.sleep(2)
    made = await stage.ours.idea("Unheard", "Nobody there follows any more.")
    await asyncio.sleep(6)
    heard = [one for one in stage.passed(stage.peer.host, "POST") if made["uri"] in one.said]
    need(not heard, "the next idea was sent all the same")
