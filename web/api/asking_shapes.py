"""Bodies and answers about what the crowd is asked."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from msgspec import Meta

from server.domain.ideas import Contribution
from server.domain.polls import Poll
from server.services.polls import Answered, seen_by
from web.api.idea_shapes import Name
from web.api.shapes import Answer, Body

Positions = Annotated[list[int], Meta(max_length=12)]


class NewPoll(Body, frozen=True, kw_only=True):
    """`ends_at` lies between now and the end of the jam; `hidden` keeps results from who has not voted."""

    question: str
    choices: Annotated[list[str], Meta(max_length=50)]
    ends_at: datetime
    multiple: bool = False
    hidden: bool = False
    label: Name | None = None


class Vote(Body, frozen=True, kw_only=True):
    """`choices` are positions, counted from 0."""

    choices: Positions


class PollChoice(Answer, frozen=True, kw_only=True):
    """`votes` is null while results are hidden from the caller."""

    name: str
    votes: int | None
    chosen: bool


class PollAnswer(Answer, frozen=True, kw_only=True):
    """A poll is a reply: `id` and `uri` are the reply's. `closed_at` is null until its end is written down."""

    id: str
    uri: str
    idea_id: str
    question: str
    choices: list[PollChoice]
    multiple: bool
    hidden: bool
    voters: int
    open: bool
    ends_at: datetime
    closed_at: datetime | None
    host: str


def show_poll(made: Contribution, answered: Answered, now: datetime) -> PollAnswer:
    """Return a poll as its reader may see it."""
    poll: Poll = answered.poll
    votes = seen_by(poll, now, voted=bool(answered.chosen)).counts.votes
    return PollAnswer(
        id=made.id,
        uri=made.uri,
        idea_id=poll.thread_id,
        question=poll.question,
        choices=[
            PollChoice(name=name, votes=votes[at] if votes else None, chosen=at in answered.chosen)
            for at, name in enumerate(poll.choices)
        ],
        multiple=poll.multiple,
        hidden=poll.hidden,
        voters=poll.counts.voters,
        open=poll.is_open(now),
        ends_at=poll.ends_at,
        closed_at=poll.closed_at,
        host=poll.author_host,
    )
