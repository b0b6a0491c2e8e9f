"""What do we hold of theirs, and letting go of it, over the API."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Literal

from msgspec import Meta

from federation.outside import held as outside_held
from federation.outside.held import Kept
from server.domain.agreements import Agreement
from server.domain.errors import Missing
from server.domain.ideas import Contribution
from server.services import held, ideas_read
from server.services.text import excerpt, plain
from web.api.calls import Call
from web.api.idea_shapes import contribution_page
from web.api.paging import page_of, read_time
from web.api.shapes import Answer, Body, Page, Paging
from web.gate import caught_up

FamilyName = Literal["contributions", "received", "fetched", "actors"]


class HeldQuery(Paging, frozen=True, kw_only=True):
    """`peer` names the server; `family` what is listed."""

    peer: Annotated[str, Meta(max_length=300, description="host name, with its port where it has one")]
    family: FamilyName = "contributions"


class HeldAnswer(Answer, frozen=True, kw_only=True):
    """One thing of theirs. `id` is local ("" for what has none), `title` its beginning, `bytes` its size.

    `state` tells what became of a received activity; `since` when it came, or was last fetched.
    """

    id: str
    uri: str
    url: str
    family: FamilyName
    type: str
    title: str
    state: str
    bytes: int
    since: datetime


class PileAnswer(Answer, frozen=True, kw_only=True):
    """How much there is of one family; bytes are 0 for contributions, whose words stand in our own form."""

    family: FamilyName
    number: int
    bytes: int
    oldest_at: datetime | None


class AgreementTerms(Answer, frozen=True, kw_only=True):
    """Under which agreement it is held, if any: `retention_days` is how long it may be kept after the end."""

    id: str
    version: int
    in_force: bool
    retention_days: int
    onward: str
    ends_at: datetime


class HeldSummary(Answer, frozen=True, kw_only=True):
    peer: str
    people: int
    piles: list[PileAnswer]
    agreement: AgreementTerms | None


class PurgeWish(Body, frozen=True, kw_only=True):
    """`object` is the id or URI of one contribution; everything of the server's unless given."""

    object: Annotated[str, Meta(max_length=2000)] = ""


async def list_held(call: Call, query: HeldQuery) -> Page[HeldAnswer]:
    call.member.require("ledger")
    host, before = held.clean_host(call.house, query.peer), read_time(query.after)
    if query.family == "contributions":
        found = await held.list_held(call.house, call.member, host, before, query.limit + 1)
        return page_of(found, query, lambda one: _contribution(call, one), lambda one: repr(one.created_at.timestamp()))
    kept = await outside_held.listed(call.ledger, host, query.family, before, query.limit + 1)
    return page_of(kept, query, _kept, lambda one: repr(one.at))


def _contribution(call: Call, made: Contribution) -> HeldAnswer:
    return HeldAnswer(
        id=made.id,
        uri=made.uri,
        url=contribution_page(call.house, made),
        family="contributions",
        type="Article" if made.kind == "idea" else "Note",
        title=made.title or excerpt(plain(made.html), 90),
        state="standing",
        bytes=len(made.text.encode()),
        since=made.created_at,
    )


def _kept(one: Kept) -> HeldAnswer:
    return HeldAnswer(
        id="",
        uri=one.uri,
        url=one.about_uri or one.uri,
        family=one.family,
        type=one.type,
        title="",
        state=one.state,
        bytes=one.size,
        since=datetime.fromtimestamp(one.at, UTC),
    )


async def read_held(call: Call) -> HeldSummary:
    call.member.require("ledger")
    inside = await held.held_inside(call.house, call.member, call.path["host"])
    piles = [
        PileAnswer(family="contributions", number=inside.contributions, bytes=0, oldest_at=inside.oldest_at),
        *(
            PileAnswer(
                family=one.family,
                number=one.number,
                bytes=one.size,
                oldest_at=None if one.oldest_at is None else datetime.fromtimestamp(one.oldest_at, UTC),
            )
            for one in await outside_held.piles(call.ledger, inside.host)
        ),
    ]
    return HeldSummary(
        peer=inside.host, people=inside.people, piles=piles, agreement=_terms(call, inside.agreement)
    )


def _terms(call: Call, agreement: Agreement | None) -> AgreementTerms | None:
    if agreement is None:
        return None
    return AgreementTerms(
        id=agreement.id,
        version=agreement.version,
        in_force=agreement.in_force(call.house.now()),
        retention_days=agreement.terms.retention_days,
        onward=agreement.terms.onward,
        ends_at=agreement.terms.ends_at,
    )


async def purge_held(call: Call, body: PurgeWish) -> HeldSummary:
    """Let go of a server's words, or of one contribution; answers what is left once the gate has done its part."""
    if body.object:
        made = await ideas_read.by_id(call.house, body.object) or await ideas_read.by_uri(call.house, body.object)
        if made is None:
            raise Missing("contribution", f"no {body.object}")
        await held.purge_contribution(call.house, call.member, call.path["host"], made)
    else:
        await held.purge(call.house, call.member, call.path["host"])
    await caught_up(call.house, call.ledger)
    return await read_held(call)
