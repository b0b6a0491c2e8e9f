"""Bodies and answers about the ledger: who holds what of ours, and what became of recalls."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from msgspec import Meta

from federation.outside.ledger import Holding
from federation.outside.recalls import Recall
from server.domain.recalls import CAUSE_WORDS, Cause, RecallState, state_sentence
from server.services.house import House
from web.api.shapes import Answer, Body, Paging, Query, Thing

ObjectName = Annotated[str, Meta(max_length=2000, description="id or URI of a contribution, or any URI of ours")]
PeerName = Annotated[str, Meta(max_length=300, description="a host, or * for everybody")]
StateChoice = Literal[
    "", "unanswered", "queued", "accepted", "acknowledged", "purged", "unreachable", "refused", "silent"
]


class CrossingsQuery(Paging, frozen=True, kw_only=True):
    object: ObjectName = ""
    peer: PeerName = ""


class RecallAnswer(Thing, frozen=True, kw_only=True):
    """One server that was asked to delete one object; `id` names it for `/boundary/recalls`.

    `state`: queued, accepted (its server took the request), acknowledged and purged (it signed so), unreachable,
    refused, silent (a Marmalade server that took it and never signed). `kind` is what it runs; other software than
    Marmalade ends at accepted. `digest` is the SHA-256 of the Delete as sent, `activity_uri` its id. `statements`
    names the signed statements that came; `/boundary/recalls/{id}` has them whole.
    """

    object_uri: str
    peer: str
    kind: str
    state: RecallState
    words: str
    cause: Cause
    cause_words: str
    rounds: int
    activity_uri: str
    digest: str
    asked_at: datetime
    accepted_at: datetime | None
    acknowledged_at: datetime | None
    purged_at: datetime | None
    ended_at: datetime | None
    answer: str
    statements: list[str]


class RecallWhole(Answer, frozen=True, kw_only=True):
    """A recall with the holder's signed statements as they came (null for what did not come)."""

    recall: RecallAnswer
    acknowledged: dict[str, Any] | None
    purged: dict[str, Any] | None


class CrossingAnswer(Thing, frozen=True, kw_only=True):
    """One object that one server ("*": anybody) was granted, sent, came for, or passed on.

    `how` is the surest of `ways`: delivered, queued, fetched, announced or granted. `version` is the newest that
    was released to the audience, `held_version` the newest that this server is known to have (0: none known), `since`
    when it first had one. `recall` is the state of a withdrawal ("" when none was asked), `asked` all about it.
    """

    type: str
    audience: str
    peer: str
    version: int
    how: str
    ways: list[str]
    held_version: int
    since: datetime | None
    released_at: datetime
    revoked_at: datetime | None
    recall: str
    asked: RecallAnswer | None


class RecallFrom(Body, frozen=True, kw_only=True):
    """`peer` narrows the recall of something public to one server."""

    peer: Annotated[str, Meta(max_length=300)] = ""


class RecallPlanQuery(Query, frozen=True, kw_only=True):
    peer: Annotated[str, Meta(max_length=300, description="one server alone; everybody unless given")] = ""


class Recipient(Answer, frozen=True, kw_only=True):
    peer: str
    kind: str


class RecallPlan(Answer, frozen=True, kw_only=True):
    """What a recall would do, before it is done: `objects` are withdrawn, the servers in `asks` asked to delete."""

    sentence: str
    objects: int
    asks: list[Recipient]


class RecallsQuery(Paging, frozen=True, kw_only=True):
    state: Annotated[StateChoice, Meta(description="unanswered: queued, unreachable, refused or silent")] = ""
    object: ObjectName = ""
    peer: PeerName = ""


def show_crossing(house: House, holding: Holding, page: str) -> CrossingAnswer:
    return CrossingAnswer(
        id=str(holding.id),
        uri=holding.uri,
        url=page,
        type=holding.type,
        audience="public" if holding.audience == "*" else holding.audience,
        peer=holding.peer,
        version=holding.version,
        how=holding.how,
        ways=list(holding.ways),
        held_version=holding.held_version,
        since=_moment(holding.since),
        released_at=datetime.fromtimestamp(holding.released_at, UTC),
        revoked_at=_moment(holding.revoked_at),
        recall=holding.recall,
        asked=show_recall(house, holding.asked) if holding.asked else None,
    )


def show_recall(house: House, recall: Recall) -> RecallAnswer:
    came = {"acknowledged": recall.has_acknowledgement, "purged": recall.has_purge}
    return RecallAnswer(
        id=str(recall.id),
        uri=recall.activity_uri or None,
        url=f"{house.addresses.inside_url}/boundary/ledger/recalls/{recall.id}",
        object_uri=recall.object_uri,
        peer=recall.host,
        kind=recall.kind,
        state=recall.state,
        words=state_sentence(recall.state, recall.kind, recall.answer),
        cause=recall.cause,
        cause_words=CAUSE_WORDS[recall.cause],
        rounds=recall.rounds,
        activity_uri=recall.activity_uri,
        digest=recall.digest,
        asked_at=datetime.fromtimestamp(recall.asked_at, UTC),
        accepted_at=_moment(recall.accepted_at),
        acknowledged_at=_moment(recall.acknowledged_at),
        purged_at=_moment(recall.purged_at),
        ended_at=_moment(recall.ended_at),
        answer=recall.answer,
        statements=[name for name, here in came.items() if here],
    )


def _moment(seconds: float | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)
