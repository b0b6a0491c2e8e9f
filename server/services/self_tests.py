"""Asking for the leak self-test, its results, and laying out and clearing away the canaries.

The test itself asks doors over HTTP and belongs to `server.probe`. The gate carries out what these functions
write into the event log: it knows the identities' keys, shows them what they are granted, and forgets all of it.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from server.database import Transaction
from server.domain.actors import Member
from server.domain.errors import Conflict, Missing
from server.domain.ideas import Contribution
from server.domain.jams import Charter, Forum, Jam
from server.domain.self_test import CANARIES, HOSTS, JAM, PLACES, Kind, Report, SelfTest
from server.domain.sentences import later
from server.domain.uris import new_id
from server.services import people
from server.services.house import House
from server.services.text import render
from server.storage import audit, events, recalls
from server.storage import self_tests as rows

# A test that has not ended by then was killed; one without a result for so long is no comfort any more.
LONGEST = timedelta(minutes=5)
STALE = timedelta(hours=3)
UNDER_WAY = later("A self-test is under way. Its result is here in a minute.")


@dataclass(frozen=True, slots=True)
class Canaries:
    """What stands while a test runs: forums by place, canaries by kind, and who wrote them."""

    forums: dict[str, Forum]
    ideas: dict[Kind, Contribution]
    author: Member


async def ask(house: House, by: Member) -> SelfTest:
    """Have a test run soon; where one is asked for or under way, that one stands."""
    by.require("rules")
    for state in ("running", "asked"):
        if (known := await rows.in_state(house.store, state)) is not None:
            return known
    async with house.store.transaction() as change:
        made = await rows.insert(change, "asked", by.id, house.now().timestamp())
    found = await rows.by_id(house.store, made)
    assert found is not None
    return found


async def next_asked(house: House) -> SelfTest | None:
    return await rows.in_state(house.store, "asked")


async def begin(house: House, asked: SelfTest | None = None, by: Member | None = None) -> SelfTest:
    """Begin a test that was asked for, or another; raise Conflict while one is under way or not cleared away yet."""
    await _give_up_old(house)
    if await rows.in_state(house.store, "running") is not None:
        raise Conflict(UNDER_WAY)
    if await rows.canary_jam(house.store) is not None:
        raise Conflict("The gate has not cleared the last self-test away yet. Start the gate.")
    now = house.now().timestamp()
    async with house.store.transaction() as change:
        if await change.fetch_value("SELECT 1 FROM self_tests WHERE state = 'running'"):
            raise Conflict(UNDER_WAY)
        test_id = asked.id if asked else await rows.insert(change, "asked", by.id if by else "", now)
        if not await rows.move(change, test_id, "asked", "running", now):
            raise Conflict(UNDER_WAY)
    found = await rows.by_id(house.store, test_id)
    assert found is not None
    return found


async def _give_up_old(house: House) -> None:
    """End what was killed in the middle."""
    running = await rows.in_state(house.store, "running")
    if running is not None and running.begun_at and house.now() - running.begun_at > LONGEST:
        await end(house, running, Report(notes=("It was stopped before it ended.",)))


async def end(house: House, test: SelfTest, report: Report) -> SelfTest:
    """Write down what came of a test, in the audit chain too."""
    now = house.now().timestamp()
    async with house.store.transaction() as change:
        await rows.end(change, test.id, report, now)
        await audit.put(change, test.asked_by, f"self-test {report.state}", str(test.id), now)
    found = await rows.by_id(house.store, test.id)
    assert found is not None
    return found


async def lay_out(house: House, keys: dict[str, str]) -> Canaries:
    """Write the canaries, and have the gate know who will ask for them: identity → public key as PEM."""
    author = await _author(house)
    now = house.now()
    jam = Jam(
        id=new_id(), slug=JAM, title=JAM, charter=Charter(), state="open", opens_at=now,
        closes_at=now + timedelta(hours=1), host="", created_at=now,
    )  # fmt: skip
    forums = {name: _forum(house, jam, name, now) for name in PLACES}
    ideas = {kind: _idea(house, forums[CANARIES[kind].place], kind, author) for kind in CANARIES}
    async with house.store.transaction() as change:
        await rows.lay_out(change, jam, list(forums.values()), list(ideas.values()))
        at = house.now().timestamp()
        told = {"keys": keys, "forums": [forum.id for forum in forums.values()]}
        await events.append(change, "SelfTestBegun", jam.id, told, at)
        for made in ideas.values():
            await events.append(change, "CanaryPosted", made.id, {"version": 1}, at)
    return Canaries(forums, ideas, author)


def _forum(house: House, jam: Jam, name: str, now: datetime) -> Forum:
    slug = f"canary-{secrets.token_hex(8)}"
    return Forum(
        id=new_id(), jam_id=jam.id, jam_slug=jam.slug, slug=slug, title=secrets.token_hex(12),
        question=secrets.token_hex(12), audience=PLACES[name].audience, label="GREEN",
        peers=tuple(HOSTS[reader] for reader in PLACES[name].readers), uri=house.addresses.forum_uri(new_id()),
        host="", handle=f"@{slug}@{house.addresses.edge_host}", joined=True, created_at=now,
    )  # fmt: skip


def _idea(house: House, forum: Forum, kind: Kind, author: Member) -> Contribution:
    """Make a canary: its words are nothing but two numbers that nobody can guess."""
    title, text = secrets.token_hex(12), secrets.token_hex(12)
    made = Contribution(
        id=new_id(), kind="idea", uri=house.addresses.object_uri(new_id()), jam_id=forum.jam_id, forum_id=forum.id,
        thread_id="", parent_id="", author_id=author.id, author_name=author.name, author_handle=author.handle,
        author_unit=author.unit, author_host="", title=title, text=text, html=render(text),
        label=CANARIES[kind].label, intent="", builds_on="", version=1, deleted=False, activity_uri="",
        created_at=house.now(), edited_at=None,
    )  # fmt: skip
    return replace(made, thread_id=made.id)


async def _author(house: House) -> Member:
    """Return the first active admin, in whose name the canaries stand."""
    after = ""
    while page := await people.list_people(house, after):
        for member in page:
            if member.role == "admin" and member.active:
                return member
        after = page[-1].username
    raise Missing("admin", "no active admin")


async def withdraw(house: House, canaries: Canaries) -> None:
    """Take one canary back from everybody, and end the ex-partner's standing: what both held must not be served."""
    withdrawn, former = canaries.ideas["withdrawn"], canaries.forums["former"]
    now = house.now().timestamp()
    async with house.store.transaction() as change:
        await recalls.put(change, withdrawn.id, "", "", now)
        await events.append(change, "CanaryRecalled", withdrawn.id, {"peer": "", "thread": withdrawn.id}, now)
        await rows.close_forum(change, former.id)
        await events.append(change, "CanaryForumClosed", former.id, {"host": HOSTS["ex-partner"]}, now)


async def clear(house: House) -> None:
    """Have the gate forget everything of the canaries; `tidy` removes them here once it has."""
    if await rows.canary_jam(house.store) is None:
        return
    async with house.store.transaction() as change:
        await _say_over(house, change)


async def _say_over(house: House, change: Transaction) -> None:
    forums, objects = await rows.uris(house.store)
    told = {"forums": forums, "objects": objects}
    await events.append(change, "SelfTestEnded", "", told, house.now().timestamp())


async def tidy(house: House, dealt_with: int) -> bool:
    """Remove canaries that the gate has forgotten; `dealt_with` is its last event. Return whether none is left.

    What a killed test left is ended first. Nothing is removed before the gate has passed all that speaks of it.
    """
    await _give_up_old(house)
    jam = await rows.canary_jam(house.store)
    if jam is None:
        return True
    if await rows.in_state(house.store, "running") is not None:
        return False
    over = await rows.newest_event(house.store, "SelfTestEnded")
    if over < await rows.newest_event(house.store, "SelfTestBegun"):
        await clear(house)
        return False
    if dealt_with < over:
        return False
    async with house.store.transaction() as change:
        await rows.clear(change)
    return True


async def find(house: House, test_id: int) -> SelfTest:
    found = await rows.by_id(house.store, test_id)
    if found is None:
        raise Missing("self-test", f"no self-test {test_id}")
    return found


async def latest(house: House, limit: int = 20) -> list[SelfTest]:
    """Return the newest tests, those that are asked for or under way included."""
    return await rows.newest(house.store, limit)


async def last_result(house: House) -> SelfTest | None:
    """Return the last test that passed or failed."""
    return await rows.last_ended(house.store, with_result=True)


async def last_ended(house: House) -> SelfTest | None:
    """Return the last test that ended, with a result or without."""
    return await rows.last_ended(house.store)


async def alarm(house: House) -> str:
    """Return what is wrong with the self-test, as a sentence for the head of the console; "" where all is well."""
    last, result = await last_ended(house), await last_result(house)
    if last is not None and last.state == "failed":
        return "The last leak self-test found words outside that must stay inside."
    if result is not None and result.state == "failed":
        return "A leak self-test found words outside that must stay inside, and none has passed since."
    since = (result.ended_at if result else None) or await _began(house)
    if since is not None and house.now() - since > STALE:
        hours = int((house.now() - since).total_seconds() // 3600)
        return f"The leak self-test has come to no result for {hours} hours."
    return ""


async def _began(house: House) -> datetime | None:
    """Return when the organisation began: until then no test can be missed."""
    found = await events.after(house.store, 0, 1)
    return found[0].at if found else None
