"""What do we hold of theirs? And letting go of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from urllib.parse import urlencode

from aiohttp import web

from federation.outside import held as outside_held
from federation.outside.held import FAMILIES, Kept
from federation.outside.store import Ledger
from server.domain.actors import Member
from server.domain.agreements import Agreement
from server.domain.ideas import Contribution
from server.language.figures import day as in_words
from server.services import held, holds
from server.services.held import HeldInside
from server.services.house import House
from web.answers import go, show
from web.cards import url_of
from web.gate import caught_up
from web.language import say, spoken
from web.pages.boundary import ledger_views as views
from web.pages.boundary.duty import SECTION
from web.pages.boundary.ledger import ROWS, count_unanswered, ledger_holder, words_of
from web.people import names_of_hosts
from web.reach import name_of

PILE_WORDS = {
    "contributions": say("Ideas and replies"),
    "received": say("Received activities"),
    "fetched": say("Fetched documents"),
    "actors": say("Actors’ documents"),
}


async def show_held(request: web.Request) -> web.Response:
    """GET /boundary/held?peer=&family=&after=: all servers, or one of them."""
    house, member, outside = await ledger_holder(request)
    names = await names_of_hosts(house)
    peer = request.query.get("peer", "").strip()
    if not peer:
        page = await _overview(house, member, outside, names)
        return show(request, "held_all.html", page, section=SECTION)
    family = request.query.get("family", "contributions")
    family = family if family in PILE_WORDS else "contributions"
    return show(request, "held.html", await _one(request, peer, family), section=SECTION)


async def _overview(house: House, member: Member, outside: Ledger, names: Mapping[str, str]) -> views.HeldAllPage:
    inside, received = await held.hosts_inside(house, member), await outside_held.hosts(outside)
    hosts = sorted(inside.keys() | received.keys() | names.keys(), key=lambda host: name_of(host, names).casefold())
    return views.HeldAllPage(
        rows=tuple(
            views.HeldHost(
                name=name_of(host, names),
                contributions=inside.get(host, 0),
                received=received.get(host, 0),
                url=f"/boundary/held?{urlencode({'peer': host})}",
            )
            for host in hosts
        ),
        unanswered=await count_unanswered(outside),
        waiting_holds=await holds.count_waiting(house),
    )


async def _one(request: web.Request, peer: str, family: str) -> views.HeldPage:
    house, member, outside = await ledger_holder(request)
    names = await names_of_hosts(house)
    inside = await held.held_inside(house, member, peer)
    rows, older = await _rows(house, member, outside, inside.host, family, request.query.get("after", ""))
    piles = await _piles(outside, inside)
    return views.HeldPage(
        name=name_of(inside.host, names),
        piles=tuple(
            views.HeldPile(
                words=PILE_WORDS[key],
                number=number,
                size_words=_size(size) if size else "",
                oldest_at=oldest,
                chosen=key == family,
                url=f"/boundary/held?{urlencode({'peer': inside.host, 'family': key})}",
            )
            for key, number, size, oldest in piles
        ),
        rows=rows,
        people=inside.people,
        agreement=_agreement_words(inside.agreement, house),
        older_url=older and f"/boundary/held?{urlencode({'peer': inside.host, 'family': family, 'after': older})}",
        purge_url=f"/boundary/held/{inside.host}/purge" if any(number for _, number, _, _ in piles) else "",
        unanswered=await count_unanswered(outside),
        waiting_holds=await holds.count_waiting(house),
    )


async def _piles(outside: Ledger, inside: HeldInside) -> list[tuple[str, int, int, datetime | None]]:
    """Return (family, number, bytes, since when) of all that is held of a server."""
    return [
        ("contributions", inside.contributions, 0, inside.oldest_at),
        *(
            (one.family, one.number, one.size, _moment(one.oldest_at))
            for one in await outside_held.piles(outside, inside.host)
        ),
    ]


def _moment(seconds: float | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)


def _size(size: int) -> str:
    return f"{size / 1e6:,.1f} MB" if size >= 1_000_000 else f"{max(1, round(size / 1e3))} kB"


def _agreement_words(agreement: Agreement | None, house: House) -> str:
    if agreement is None:
        return say("No agreement with this server is in force.")
    force = say("in force") if agreement.in_force(house.now()) else say("accepted, not in force now")
    days = agreement.terms.retention_days
    kept = (
        say("after its end it may be kept %(days)s days", days=days)
        if days
        else say("it may not be kept after the end")
    )
    return say(
        "Agreement, version %(version)s, %(force)s until %(ends_at)s; %(kept)s.",
        version=agreement.version,
        force=force,
        ends_at=in_words(agreement.terms.ends_at.date(), spoken()),
        kept=kept,
    )


async def _rows(
    house: House, member: Member, outside: Ledger, host: str, family: str, after: str
) -> tuple[tuple[views.HeldRow, ...], str]:
    """Return a page of rows, and the cursor of the next ("" at the end)."""
    try:
        before = float(after) if after else None
    except ValueError:
        before = None
    chosen = next((one for one in FAMILIES if one == family), None)
    if chosen is None:
        made = await held.list_held(house, member, host, before, ROWS + 1)
        return tuple(map(_contribution, made[:ROWS])), _cursor([one.created_at.timestamp() for one in made])
    kept = await outside_held.listed(outside, host, chosen, before, ROWS + 1)
    return tuple(map(_kept, kept[:ROWS])), _cursor([one.at for one in kept])


def _cursor(times: Sequence[float]) -> str:
    return repr(times[ROWS - 1]) if len(times) > ROWS else ""


def _contribution(made: Contribution) -> views.HeldRow:
    return views.HeldRow(
        words=words_of(made), url=url_of(made), type=made.kind, state=made.author_handle, size_words="",
        at=made.created_at,
    )  # fmt: skip


def _kept(one: Kept) -> views.HeldRow:
    return views.HeldRow(
        words=one.uri, url="", type=one.type, state=one.state, size_words=_size(one.size),
        at=datetime.fromtimestamp(one.at, UTC),
    )  # fmt: skip


async def confirm_purge(request: web.Request) -> web.Response:
    """GET /boundary/held/{host}/purge: what it will do, before it is done."""
    house, member, outside = await ledger_holder(request)
    inside = await held.held_inside(house, member, request.match_info["host"])
    piles = await _piles(outside, inside)
    page = views.PurgePage(
        name=name_of(inside.host, await names_of_hosts(house)),
        lines=tuple(f"{PILE_WORDS[family]}: {number:,}" for family, number, _, _ in piles if number),
        action=f"/boundary/held/{inside.host}/purge",
        back_url=f"/boundary/held?{urlencode({'peer': inside.host})}",
        waiting_holds=await holds.count_waiting(house),
    )
    return show(request, "ask_purge.html", page, section=SECTION)


async def purge(request: web.Request) -> web.Response:
    """POST /boundary/held/{host}/purge"""
    house, member, outside = await ledger_holder(request)
    host = held.clean_host(house, request.match_info["host"])
    await held.purge(house, member, host)
    done = "purged" if await caught_up(house, outside) else "purging"
    return go(request, f"/boundary/held?{urlencode({'peer': host})}", done)
