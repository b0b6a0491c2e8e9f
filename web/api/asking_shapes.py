"""Bodies and answers about what the crowd is asked."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from msgspec import Meta

from server.domain.ideas import Contribution
from server.domain.polls import Poll
from server.domain.ratings import Spread
from server.domain.statements import Opinion, Result, Statement, StatementState
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


class AxisSpread(Answer, frozen=True, kw_only=True):
    """How an idea is rated on one axis: `counts` of 1, 2, 3, 4 and 5; `mine` is the caller's rating, 0 for none."""

    axis: str
    counts: list[int]
    raters: int
    median: float | None
    mine: int


class NewRatings(Body, frozen=True, kw_only=True):
    """`values` maps axes to 1 to 5, or to 0 to take one's rating back; what is left out stays."""

    values: Annotated[dict[str, int], Meta(max_length=20)]


class AxesBody(Body, frozen=True, kw_only=True):
    """An empty list stands for the usual axes."""

    axes: Annotated[list[str], Meta(max_length=50)]


class AxesAnswer(Answer, frozen=True, kw_only=True):
    axes: list[str]


class NewStatement(Body, frozen=True, kw_only=True):
    """`sources` are ids or URIs of the ideas and replies that it is drawn from."""

    text: str
    sources: Annotated[list[Name], Meta(max_length=50)]


class StatementAnswer(Answer, frozen=True, kw_only=True):
    """State: proposed, approved, declined. `note` says why it was declined."""

    id: str
    text: str
    sources: list[str]
    state: StatementState
    author_id: str
    made_at: datetime
    note: str


class Turn(Answer, frozen=True, kw_only=True):
    """What to answer next; `statement` is null once all are answered."""

    statement: StatementAnswer | None
    answered: int
    total: int


class OpinionBody(Body, frozen=True, kw_only=True):
    vote: Opinion


class DecisionBody(Body, frozen=True, kw_only=True):
    """`note` is needed to decline."""

    decision: Literal["approve", "decline"]
    note: str = ""


class Cell(Answer, frozen=True, kw_only=True):
    """How many of a unit, of a server, or of all (`kind` is "all") agreed, passed and disagreed."""

    kind: str
    name: str
    people: int
    agree: int
    passed: int
    disagree: int


class ResultAnswer(Answer, frozen=True, kw_only=True):
    """`cells` leaves out groups of fewer than five people, and all where fewer than five answered.

    `says` is what it belongs to: agreed, refused, divides, or unclear.
    """

    statement: StatementAnswer
    people: int
    cells: list[Cell]
    left_out: bool
    says: Literal["agreed", "refused", "divides", "unclear"]
    mine: str


def show_statement(made: Statement) -> StatementAnswer:
    return StatementAnswer(
        id=made.id, text=made.text, sources=list(made.sources), state=made.state, author_id=made.author_id,
        made_at=made.made_at, note=made.note,
    )  # fmt: skip


def show_result(result: Result, mine: str, *, divides: bool) -> ResultAnswer:
    whole = [("all", "", result.whole)] if result.whole else []
    says: Literal["agreed", "refused", "divides", "unclear"] = "divides" if divides else "unclear"
    if result.is_agreed or result.is_refused:
        says = "agreed" if result.is_agreed else "refused"
    return ResultAnswer(
        statement=show_statement(result.statement),
        people=result.people,
        cells=[
            Cell(kind=kind, name=name, people=one.people, agree=one.agree, passed=one.passed, disagree=one.disagree)
            for kind, name, one in [*whole, *result.groups]
        ],
        left_out=result.left_out,
        says=says,
        mine=mine,
    )


def show_spread(spread: Spread) -> AxisSpread:
    return AxisSpread(
        axis=spread.axis,
        counts=list(spread.counts),
        raters=spread.raters,
        median=spread.median,
        mine=spread.mine,
    )
