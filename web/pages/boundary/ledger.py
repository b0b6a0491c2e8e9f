"""Who holds what of ours, and taking it back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from aiohttp import web

from federation.outside.ledger import Holding, holdings, uri_of_crossing
from server.domain.actors import Member
from server.domain.crossings import EVERYONE
from server.domain.errors import Missing
from server.services import crossings, holds, ideas
from server.services.house import House
from server.services.text import excerpt, plain
from web.answers import go, show
from web.cards import url_of
from web.ledger import ledger_of
from web.pages.boundary import views
from web.pages.boundary.duty import SECTION, duty_holder
from web.pages.boundary.views import LedgerRow
from web.people import names_of_hosts
from web.reach import name_of
from web.threads import state_words
from web.views import Choice


async def show_ledger(request: web.Request) -> web.Response:
    """GET /boundary/ledger?peer=&object="""
    house, member = await duty_holder(request)
    member.require("ledger")
    names = await names_of_hosts(house)
    peer, object_uri = request.query.get("peer", ""), request.query.get("object", "")
    ledger = await ledger_of(request)
    found = await holdings(ledger, [object_uri] if object_uri else [], peer, 200) if ledger is not None else []
    rows = [await _holding(house, member, one, names) for one in found]
    hosts = dict.fromkeys([EVERYONE, *names, *([peer] if peer else [])])
    everyone = Choice(value="", words="Anybody", chosen=not peer)
    page = views.LedgerPage(
        rows=tuple(row for row in rows if row is not None),
        peers=(
            everyone,
            *(Choice(value=one, words=name_of(one, names), chosen=one == peer) for one in hosts),
        ),
        peer=peer,
        object_uri=object_uri,
        older_url="",
        sentence="Every copy of ours that stands outside: who has it, by which rules, and what became of it.",
        waiting_holds=await holds.count_waiting(house),
    )
    return show(request, "ledger.html", page, section=SECTION)


async def _holding(house: House, reader: Member, one: Holding, names: Mapping[str, str]) -> LedgerRow | None:
    made = await ideas.by_uri(house, one.uri)
    if made is None:
        # Actors and collections are no words of anybody's.
        return None
    given = {verdict.audience: verdict for verdict in await crossings.verdicts_of(house, reader, made)}
    verdict = given.get(one.audience)
    standing = one.revoked_at is None and not one.recall
    return LedgerRow(
        object_words=made.title or excerpt(plain(made.html), 90) or "Deleted",
        object_url=url_of(made) if not made.deleted else "",
        object_uri=one.uri,
        receiver=name_of(one.peer, names),
        version=one.version,
        verdict="redacted" if one.uri != made.uri else "allowed",
        state=one.how,
        state_words=state_words(one),
        at=datetime.fromtimestamp(one.released_at, UTC),
        rules=verdict.rules if verdict else (),
        why_url=f"/boundary/crossings/{verdict.id}" if verdict and verdict.id else "",
        recall_action=f"/boundary/ledger/{one.id}/recall" if standing and not made.deleted else "",
    )


async def recall_crossing(request: web.Request) -> web.Response:
    """POST /boundary/ledger/{crossing}/recall: take one object back from one audience."""
    house, member = await duty_holder(request)
    ledger = await ledger_of(request)
    found = await uri_of_crossing(ledger, int(request.match_info["crossing"])) if ledger is not None else None
    made = await ideas.by_uri(house, found[0]) if found else None
    if found is None or made is None:
        raise Missing("crossing")
    await crossings.recall(house, member, made, "" if found[1] == EVERYONE else found[1])
    return go(request, "/boundary/ledger", "recalled")
