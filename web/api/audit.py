"""The audit chain and its checkpoints over the API."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from msgspec import Meta

from server.domain.audit import Checkpoint, Deed
from server.keys import SECOND_PLACE
from server.services import audit, people
from server.services.house import House
from web.api.calls import Call
from web.api.paging import read_count, slice_of
from web.api.shapes import Answer, Page, Paging, Thing


class AuditQuery(Paging, frozen=True, kw_only=True):
    act: Annotated[str, Meta(max_length=40, description="acts that begin so, as `apply rules`")] = ""
    by: Annotated[str, Meta(max_length=128, description="username of who did it")] = ""
    subject: Annotated[str, Meta(max_length=255, description="id, host or number of what it is about")] = ""


class AuditRow(Thing, frozen=True, kw_only=True):
    """One act. `by` is null for the server itself; `hash` covers the row and the hash of the row before it."""

    seq: int
    at: datetime
    at_seconds: float
    by: str | None
    member_id: str
    act: str
    subject_id: str
    hash: str


class CheckpointAnswer(Answer, frozen=True, kw_only=True):
    """`count` rows up to number `seq` stood at `at`; the signature is Ed25519 over the other members (see docs)."""

    seq: int
    count: int
    hash: str
    at: float
    before: str
    key: str
    signature: str


class AuditState(Answer, frozen=True, kw_only=True):
    """Whether the chain holds, by itself and by its checkpoints in both places. `faults` are sentences."""

    holds: bool
    faults: list[str]
    rows: int
    checkpoints: int
    last: CheckpointAnswer | None
    open_rows: int
    open_since: datetime | None
    stale: bool
    second_place: str
    key: str


async def list_rows(call: Call, query: AuditQuery) -> Page[AuditRow]:
    person = (await people.person(call.house, query.by.lstrip("@"))).id if query.by else ""
    before = _number(query.after)
    found = await audit.list_deeds(
        call.house, call.member, act=query.act, member_id=person, subject_id=query.subject, before=before,
        limit=query.limit + 1,
    )  # fmt: skip
    kept = found[: query.limit]
    return Page(
        data=[await _row(call.house, deed) for deed in kept],
        next=str(kept[-1].seq) if len(found) > len(kept) else None,
    )


def _number(after: str) -> int:
    if after and not (after.isascii() and after.isdigit() and len(after) < 16):
        read_count(after)
    return int(after or 0)


async def _row(house: House, deed: Deed) -> AuditRow:
    by = await people.member_by_id(house, deed.member_id) if deed.member_id else None
    return AuditRow(
        id=str(deed.seq), uri=None, url=f"{house.addresses.inside_url}/boundary/audit?before={deed.seq + 1}",
        seq=deed.seq, at=datetime.fromtimestamp(deed.at, UTC), at_seconds=deed.at, by=by.username if by else None,
        member_id=deed.member_id, act=deed.act, subject_id=deed.subject_id, hash=deed.hash,
    )  # fmt: skip


async def read_state(call: Call) -> AuditState:
    call.member.require("audit")
    state = await audit.examine(call.house, call.request.config_dict.get(SECOND_PLACE))
    return AuditState(
        holds=state.holds, faults=list(state.faults), rows=state.rows, checkpoints=state.checkpoints,
        last=_checkpoint(state.last) if state.last else None, open_rows=state.open_rows, open_since=state.open_since,
        stale=state.stale, second_place=state.place, key=state.key,
    )  # fmt: skip


async def list_checkpoints(call: Call, query: Paging) -> Page[CheckpointAnswer]:
    call.member.require("audit")
    found = await audit.list_checkpoints(call.house)
    return slice_of(found, query, _checkpoint)


def _checkpoint(one: Checkpoint) -> CheckpointAnswer:
    return CheckpointAnswer(
        seq=one.seq, count=one.count, hash=one.hash, at=one.at, before=one.before, key=one.key,
        signature=one.signature,
    )  # fmt: skip
