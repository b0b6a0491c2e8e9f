"""Votes of other servers' people in our polls, and other servers' polls as we keep them."""

from __future__ import annotations

from typing import Any

from federation.gate.arrival import ADMITTED, Arrival, Outcome
from federation.gate.plan import Gateway
from federation.gate.routing import parsed
from federation.outside import crossings
from federation.vocabulary.questions import names_of, read_ballot
from server.boundary.labels import Label
from server.domain.actors import Member
from server.domain.ideas import Contribution, Linked
from server.services import files, forums, polls
from server.services.incoming import Incoming
from server.services.polls import Theirs
from server.services.text import clean_text


async def admit_vote(
    arrival: Arrival, author: Member, target: Contribution, poll_uri: str, answer: str, reader: str = ""
) -> Outcome:
    """Take a vote: judged like a mark of support, and counted by the words that its server was granted of the poll,
    or whoever votes, as `reader`.

    Answers that stand only in somebody else's copy are none: to guess one tells nothing.
    """
    gate = arrival.gate
    if not target.is_local or arrival.relay is not None:
        return Outcome("ignored", "The poll's own server counts its votes.")
    granted = await crossings.find(gate.outside, poll_uri, reader or arrival.peer)
    names = names_of(parsed(granted.document.body)) if granted is not None else ()
    if answer not in names:
        return Outcome("refused", "That is none of the answers of this poll.")
    forum, _ = await forums.forum_and_jam(gate.house, target.forum_id)
    wish = Incoming(
        author=author,
        peer=arrival.peer,
        forum=forum,
        act="Create",
        thing="mark",
        label=Label.parse(target.label),
        text=answer,
        changes=target,
    )
    if outcome := await arrival.judge(wish):
        return outcome
    await polls.vote_from_elsewhere(gate.house, author, target, names.index(answer))
    return ADMITTED


async def take_ballot(gate: Gateway, made: Contribution, document: dict[str, Any]) -> None:
    """Keep what another server's Question asks and has counted beside the reply or idea that it came in as."""
    ballot = read_ballot(document)
    if ballot is None or made.is_local:
        return
    asked = _question(made, len(ballot.names))
    await polls.take_theirs(
        gate.house,
        made,
        Theirs(
            question=asked,
            choices=ballot.names,
            multiple=ballot.multiple,
            ends_at=ballot.ends_at,
            closed_at=ballot.closed_at,
            votes=ballot.votes or (),
            voters=ballot.voters or 0,
        ),
    )


def _question(made: Contribution, answers: int) -> str:
    """Return the words of a poll without its answers, which are its last lines."""
    lines = [line for line in made.text.splitlines() if line.strip()]
    return clean_text("\n".join(lines[:-answers]), required=False) or made.title


async def only_counts(gate: Gateway, known: Contribution, words: str, label: str, linked: tuple[Linked, ...]) -> bool:
    """Say whether an Update of a poll changes nothing of what it says, nor what is attached to it."""
    same = clean_text(words, required=False) == known.text and label == known.label
    same = same and linked == await files.linked_to(gate.house, known)
    return same and await polls.poll_of(gate.house, known) is not None
