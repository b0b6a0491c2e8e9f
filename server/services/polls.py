"""Quick polls. A poll is a reply in the thread of an idea: it has that reply's author, label, verdicts and end.

Who sees the thread sees the poll; all votes count alike, whoever's server they come from.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from server.database import Transaction
from server.domain.actors import Member
from server.domain.errors import Invalid, Missing, NotAllowed
from server.domain.events import EventKind
from server.domain.ideas import Contribution
from server.domain.jams import Jam
from server.domain.polls import LONGEST_CHOICE, TELL_SECONDS, Counts, Poll, check_choices, words_of
from server.services import ideas, ideas_read
from server.services.house import House
from server.services.text import clean_line
from server.services.voices import is_own
from server.storage import contributions, events, hosting, jams, polls

LONGEST_QUESTION = 500


@dataclass(frozen=True, slots=True)
class Answered:
    """A poll with what one reader chose in it, by position."""

    poll: Poll
    chosen: tuple[int, ...]


async def may_ask(house: House, by: Member, idea: Contribution) -> bool:
    """Say whether somebody may put a poll to an idea: its author, the forum's hosts, and whoever moderates."""
    if not (by.active and by.is_local) or idea.kind != "idea":
        return False
    hosts = await hosting.hosts(house.store, idea.jam_id)
    hosting_it = any((host.forum_id, host.member_id) == (idea.forum_id, by.id) for host in hosts)
    return await is_own(house, by, idea) or by.may("moderate") or hosting_it


async def ask(
    house: House,
    by: Member,
    idea: Contribution,
    question: str,
    choices: Sequence[str],
    *,
    ends_at: datetime,
    multiple: bool = False,
    hidden: bool = False,
    label: str | None = None,
) -> Contribution:
    """Put a poll to an idea; return the reply that it is. It ends with the jam at the latest.

    Raises NotAllowed, JamNotOpen, Invalid (question, choices, ends_at, label).
    """
    if not await may_ask(house, by, idea):
        raise NotAllowed("Its author, a host or a facilitator can put a poll to an idea.", f"{by.id} polls {idea.id}")
    jam = await _jam(house, idea)
    jam.require_open(house.now())
    asked = clean_line(question, "question", LONGEST_QUESTION)
    named = check_choices(
        [line for one in choices if (line := clean_line(one, "choices", LONGEST_CHOICE, required=False))]
    )
    _check_end(ends_at, jam, house.now())
    if (twice := await _asked_already(house, by, idea, asked, named)) is not None:
        return twice
    async with house.store.transaction() as change:
        made = await ideas.reply(house, by, idea, words_of(asked, named), label=label)
        await polls.insert(
            change, made.id, asked, named, multiple=multiple, hidden=hidden, ends_at=ends_at, closed_at=None,
            counts=Counts(votes=(0,) * len(named), voters=0, at=house.now()),
        )  # fmt: skip
        await _note(house, change, "PollAsked", made, by=made.author_id)
    return made


async def _asked_already(
    house: House, by: Member, idea: Contribution, question: str, choices: tuple[str, ...]
) -> Contribution | None:
    """Return the very same poll of theirs that is open in this thread: a form that was sent twice asks once."""
    for poll in await polls.of_thread(house.store, idea.id):
        if (poll.question, poll.choices) == (question, choices) and poll.is_open(house.now()):
            made = await contributions.by_id(house.store, poll.contribution_id)
            if made is not None and await is_own(house, by, made):
                return made
    return None


def _check_end(ends_at: datetime, jam: Jam, now: datetime) -> None:
    if ends_at.tzinfo is None or ends_at <= now:
        raise Invalid("ends_at", "A poll ends in the future.")
    if ends_at > jam.closes_at:
        raise Invalid(
            "ends_at", "A poll ends when the jam closes at the latest: %(closes_at)s.", closes_at=jam.closes_at
        )


async def obtain(house: House, reader: Member, contribution_id: str) -> tuple[Contribution, Poll]:
    """Return a poll and the reply that it is, for somebody who may read it, or raise Missing."""
    made = await ideas_read.obtain(house, reader, contribution_id)
    poll = await polls.by_id(house.store, made.id)
    if poll is None or (made.hidden and not made.text):
        raise Missing("poll", f"{made.id} is no poll that {reader.id} may read")
    return made, poll


async def polls_of(house: House, reader: Member, idea_id: str) -> dict[str, Answered]:
    """Return the polls in the thread of an idea, by the id of the reply that each is, with the reader's choice."""
    idea = await ideas_read.obtain(house, reader, idea_id)
    found = await polls.of_thread(house.store, idea.thread_id)
    if not reader.may("moderate"):
        shown = {one.id for one in await contributions.by_ids(house.store, [one.contribution_id for one in found])}
        found = [one for one in found if one.contribution_id in shown]
    chosen = await polls.chosen_by(house.store, reader.id, [one.contribution_id for one in found]) if found else {}
    return {one.contribution_id: Answered(one, chosen.get(one.contribution_id, ())) for one in found}


async def vote(house: House, by: Member, made: Contribution, positions: Sequence[int]) -> Answered:
    """Vote, or change one's vote while the poll is open. Raises Conflict after the end, Invalid for no such choice.

    On another server's poll that takes several answers, answers can be added but not taken back: its server is told
    of each by itself, and there is no word for taking one back.
    """
    (await _jam(house, made)).require_open(house.now())
    async with house.store.transaction() as change:
        poll = await polls.by_id(change, made.id)
        if poll is None or made.hidden:
            raise Missing("poll", f"{made.id} is no poll")
        poll.require_open(house.now())
        chosen = poll.check_choice(positions)
        keep = bool(poll.author_host) and poll.multiple
        before = (await polls.chosen_by(change, by.id, [made.id])).get(made.id, ())
        if await polls.vote(change, made.id, by.id, chosen, house.now().timestamp(), keep=keep):
            new = [one for one in chosen if one not in before]
            await _note(house, change, "PollVoted", made, by=by.id, new=new)
    found = await polls.by_id(house.store, made.id)
    assert found is not None
    return Answered(found, (await polls.chosen_by(house.store, by.id, [made.id])).get(made.id, ()))


async def vote_from_elsewhere(house: House, by: Member, made: Contribution, position: int) -> None:
    """Take one answer of another server's person: each counts once, and in a poll of one answer the last one does."""
    (await _jam(house, made)).require_open(house.now())
    async with house.store.transaction() as change:
        poll = await polls.by_id(change, made.id)
        if poll is None or made.hidden:
            raise Missing("poll", f"{made.id} is no poll")
        poll.require_open(house.now())
        chosen = poll.check_choice([position])
        if await polls.vote(change, made.id, by.id, chosen, house.now().timestamp(), keep=poll.multiple):
            await _note(house, change, "PollVoted", made, by=by.id, new=list(chosen))


async def end(house: House, by: Member, made: Contribution) -> None:
    """End a poll before its time: its asker may, and whoever moderates."""
    own = await is_own(house, by, made)
    if not own:
        by.require("moderate")
    if not made.is_local:
        raise NotAllowed("A poll of another server ends there.", f"{by.id} ends {made.uri}")
    now = house.now().timestamp()
    async with house.store.transaction() as change:
        await polls.cut_short(change, made.id, now)
        await events.audit(change, made.author_id if own else by.id, "end poll", made.id, now)
    await count_polls(house)


async def count_polls(house: House) -> int:
    """Write down what is told outside of polls: at most once a minute while votes come, and at the end."""
    now = house.now()
    due = await polls.due(house.store, now.timestamp(), (now - timedelta(seconds=TELL_SECONDS)).timestamp())
    for id_ in due:
        async with house.store.transaction() as change:
            poll = await polls.by_id(change, id_)
            made = await contributions.by_id(change, id_)
            if poll is None or made is None or poll.closed_at is not None:
                continue
            jam = await jams.jam_by(house.store, made.jam_id)
            over = not poll.is_open(now) or jam is None or jam.state_at(now) != "open"
            closed_at = min(poll.ends_at, now) if over else None
            await polls.tell(change, id_, poll.counts, closed_at=closed_at, now=now.timestamp())
            await _note(house, change, "PollEnded" if over else "PollCounted", made)
    return len(due)


@dataclass(frozen=True, slots=True, kw_only=True)
class Theirs:
    """A poll as another server states it. `votes` and `voters` are what it counted, 0 where it does not say."""

    question: str
    choices: tuple[str, ...]
    multiple: bool
    ends_at: datetime | None
    closed_at: datetime | None
    votes: tuple[int, ...]
    voters: int


async def take_theirs(house: House, made: Contribution, theirs: Theirs) -> None:
    """Keep another server's poll beside the words that it came in, or what it counts by now.

    Where its answers have changed it is another poll: what our people chose before does not stand.
    """
    now = house.now()
    counts = Counts(votes=theirs.votes, voters=theirs.voters, at=now)
    jam = await _jam(house, made)
    ends_at = min(theirs.ends_at or jam.closes_at, jam.closes_at)
    async with house.store.transaction() as change:
        known = await polls.by_id(change, made.id)
        if known is not None and known.choices != theirs.choices:
            await polls.empty(change, made.id)
            known = None
        if known is None:
            await polls.insert(
                change, made.id, theirs.question, theirs.choices, multiple=theirs.multiple, hidden=False,
                ends_at=ends_at, closed_at=theirs.closed_at, counts=counts,
            )  # fmt: skip
            return
        told = (known.told.votes, known.told.voters, known.closed_at is None)
        same = told == (counts.votes, counts.voters, theirs.closed_at is None)
        await polls.tell(change, made.id, counts, closed_at=theirs.closed_at, now=now.timestamp())
        await _note(house, change, "PollEnded" if theirs.closed_at else "PollCounted", made, same=same)


async def poll_of(house: House, made: Contribution) -> Poll | None:
    """Return the poll that a reply is, or None: for the gate."""
    return await polls.by_id(house.store, made.id)


async def _jam(house: House, made: Contribution) -> Jam:
    jam = await jams.jam_by(house.store, made.jam_id)
    if jam is None:
        raise Missing("jam")
    return jam


async def _note(house: House, change: Transaction, kind: EventKind, made: Contribution, **data: object) -> None:
    facts = {"jam": made.jam_id, "forum": made.forum_id, "thread": made.thread_id, **data}
    await events.append(change, kind, made.id, facts, house.now().timestamp())


def seen_by(poll: Poll, now: datetime, *, voted: bool) -> Poll:
    """Return a poll as a reader may see it: without counts where they are hidden from them."""
    if poll.shows_counts(now, voted=voted):
        return poll
    return replace(poll, counts=Counts(votes=(), voters=poll.counts.voters, at=poll.counts.at))
