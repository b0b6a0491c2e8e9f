"""Who holds what of ours, and taking it back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from urllib.parse import urlencode

from aiohttp import web

from federation.outside import ledger, recalls
from federation.outside.ledger import FIRST, Holding, Place, place_of, uri_of_crossing
from federation.outside.store import Ledger
from server.domain.actors import Member
from server.domain.crossings import EVERYONE
from server.domain.errors import Missing
from server.domain.ideas import Contribution
from server.domain.recalls import UNANSWERED, recall_sentence
from server.services import crossings, guises, holds, ideas_read
from server.services.house import House
from server.services.text import excerpt, plain
from web.answers import go, show
from web.cards import url_of
from web.forms import read_form
from web.gate import NoOutside, caught_up
from web.language import say
from web.ledger import ledger_of
from web.pages.boundary import ledger_views as views
from web.pages.boundary.duty import SECTION, duty_holder
from web.people import names_of_hosts
from web.reach import name_of
from web.threads import state_words
from web.views import Choice

ROWS = 50
SOFTWARE = {
    "marmalade": say("runs Marmalade: it will sign what it does"),
    "forum": say("runs forum software: no more than its server’s answer will be known"),
    "microblog": say("runs a microblog: no more than its server’s answer will be known"),
    "unknown": say("runs something unknown: no more than its server’s answer will be known"),
}


async def ledger_holder(request: web.Request) -> tuple[House, Member, Ledger]:
    """The house, a person who may read the ledger, and the store where it is; raises NoOutside without one."""
    house, member = await duty_holder(request)
    member.require("ledger")
    outside = await ledger_of(request)
    if outside is None:
        raise NoOutside("The ledger is not open in this process. Ask the one that serves the gate.")
    return house, member, outside


async def count_unanswered(outside: Ledger) -> int:
    found = await recalls.counts(outside)
    return sum(number for state, number in found.items() if state in UNANSWERED)


async def show_ledger(request: web.Request) -> web.Response:
    """GET /boundary/ledger?peer=&object=&after="""
    house, member, outside = await ledger_holder(request)
    names = await names_of_hosts(house)
    peer, object_uri = request.query.get("peer", "").strip(), request.query.get("object", "").strip()
    made = await ideas_read.by_uri(house, object_uri) if object_uri else None
    if made is not None and not await ideas_read.shown_to(house, member, {made.id: made}):
        raise Missing("crossing", f"{member.id} asked for the ledger of hidden {made.id}")
    objects = await guises.all_public_uris(house, made) if made else [object_uri] if object_uri else []
    lines = await ledger.holdings(outside, objects, peer, ROWS + 1, _read_place(request.query.get("after", "")))
    page = views.LedgerPage(
        rows=tuple(await _rows(house, member, lines[:ROWS], names)),
        peers=peer_choices(names, peer),
        peer=peer,
        object_uri=object_uri,
        heading=_heading(made, peer, names),
        sentence=say("Every copy of ours that stands outside: who has it, how it came there, and what became of it."),
        older_url=_older("/boundary/ledger", lines, peer=peer, object=object_uri),
        unanswered=await count_unanswered(outside),
        waiting_holds=await holds.count_waiting(house),
        recall_all_url=_recall_all(lines, made),
    )
    return show(request, "ledger.html", page, section=SECTION)


def _heading(made: Contribution | None, peer: str, names: Mapping[str, str]) -> str:
    if made is not None:
        return say("Who holds “%(title)s”", title=words_of(made))
    return say("What %(peer)s holds of ours", peer=name_of(peer, names)) if peer else say("Who holds what of ours")


def words_of(made: Contribution | None) -> str:
    """A contribution in a few words, as a table names it."""
    return (made.title or excerpt(plain(made.html), 90) if made else "") or say("Deleted")


def peer_choices(names: Mapping[str, str], peer: str) -> tuple[Choice, ...]:
    hosts = dict.fromkeys([EVERYONE, *names, *([peer] if peer else [])])
    return (
        Choice(value="", words=say("Anybody"), chosen=not peer),
        *(Choice(value=one, words=name_of(one, names), chosen=one == peer) for one in hosts),
    )


def _recall_all(lines: Sequence[Holding], made: Contribution | None) -> str:
    """Where one object is taken back from everybody, while anybody may still read it."""
    standing = [line for line in lines if line.revoked_at is None]
    return f"/ideas/{made.id}/recall" if made is not None and not made.deleted and standing else ""


def _read_place(after: str) -> Place:
    released_at, _, rest = after.partition("_")
    id_, _, peer = rest.partition("_")
    try:
        return float(released_at), int(id_), peer
    except ValueError:
        return FIRST


def _older(path: str, lines: Sequence[Holding], **kept: str) -> str:
    if len(lines) <= ROWS:
        return ""
    after = "_".join(map(str, place_of(lines[ROWS - 1])))
    return f"{path}?{urlencode({**{key: value for key, value in kept.items() if value}, 'after': after})}"


async def _rows(
    house: House, member: Member, lines: Sequence[Holding], names: Mapping[str, str]
) -> list[views.LedgerRow]:
    known = await ideas_read.shown_to(
        house, member, await ideas_read.by_uris(house, list({line.uri for line in lines}))
    )
    behind = await crossings.verdicts_behind(house, list({made.id for made in known.values()}))
    found = []
    for line in lines:
        made = known.get(line.uri)
        if made is not None:
            found.append(_row(line, made, behind.get((made.id, line.audience), ("", ())), names))
    return found


def _row(
    line: Holding, made: Contribution, behind: tuple[str, tuple[str, ...]], names: Mapping[str, str]
) -> views.LedgerRow:
    verdict_id, rules = behind
    standing = line.revoked_at is None and not made.deleted
    peer = f"?peer={line.peer}" if line.peer != line.audience else ""
    return views.LedgerRow(
        object_words=words_of(made),
        object_url="" if made.deleted else url_of(made),
        object_uri=line.uri,
        ledger_url=f"/boundary/ledger?{urlencode({'object': line.uri})}",
        receiver=name_of(line.peer, names),
        version_words=_version_words(line),
        verdict="redacted" if line.uri != made.uri else "allowed",
        state_words=state_words(line),
        times=_times(line),
        rules=rules,
        why_url=f"/boundary/crossings/{verdict_id}" if verdict_id else "",
        recall_url=f"/boundary/ledger/{line.id}/recall{peer}" if standing else "",
        receipt_url=f"/boundary/ledger/recalls/{line.asked.id}" if line.asked else "",
    )


def _version_words(line: Holding) -> str:
    if line.held_version and line.held_version < line.version:
        return say("has version %(held_version)s of %(version)s", held_version=line.held_version, version=line.version)
    return say("version %(version)s", version=line.held_version or line.version)


def _times(line: Holding) -> tuple[tuple[str, datetime], ...]:
    """What happened to a copy, in order."""
    asked = line.asked if line.recall else None
    found = [
        ("released", line.released_at),
        (say("has it since"), line.since),
        ("withdrawn", line.revoked_at),
        (say("asked to delete"), asked.asked_at if asked else None),
        *(recall_times(asked) if asked else ()),
    ]
    return tuple((words, datetime.fromtimestamp(at, UTC)) for words, at in found if at is not None)


def recall_times(recall: recalls.Recall) -> tuple[tuple[str, float | None], ...]:
    """When a holder's answers came, as (words, unix seconds)."""
    ended = {"refused": "refused", "unreachable": "given up"}.get(recall.state, "")
    return (
        (say("taken by its server"), recall.accepted_at),
        (say("acknowledged, signed"), recall.acknowledged_at),
        (say("purged, signed"), recall.purged_at),
        *(((ended, recall.ended_at),) if ended else ()),
    )


# --- taking back ---


async def confirm_recall(request: web.Request) -> web.Response:
    """GET /boundary/ledger/{crossing}/recall?peer=: what it will do, before it is done."""
    house, member, outside = await ledger_holder(request)
    names = await names_of_hosts(house)
    made, peer = await _to_recall(request, house, member, outside, request.query.get("peer", "").strip())
    uris = await guises.uris_with(house, made)
    asks = await recalls.would_ask(outside, uris, peer or None)
    page = views.AskPage(
        object_words=words_of(made),
        whom=name_of(peer, names) if peer else say("everyone outside"),
        sentence=recall_sentence(len(asks)),
        objects=len(uris),
        asks=tuple((name_of(host, names), SOFTWARE[kind]) for host, kind in asks.items()),
        action=f"/boundary/ledger/{request.match_info['crossing']}/recall",
        peer=peer,
        back_url="/boundary/ledger",
        unanswered=await count_unanswered(outside),
        waiting_holds=await holds.count_waiting(house),
    )
    return show(request, "ask_recall.html", page, section=SECTION)


async def _to_recall(
    request: web.Request, house: House, member: Member, outside: Ledger, peer: str
) -> tuple[Contribution, str]:
    """What a ledger line is about, and the server that a recall of it concerns, "" for everybody."""
    found = await uri_of_crossing(outside, int(request.match_info["crossing"]))
    made = await ideas_read.by_uri(house, found[0]) if found else None
    if found is None or made is None or made.deleted or not await ideas_read.shown_to(house, member, {made.id: made}):
        raise Missing("crossing")
    return made, found[1] if found[1] != EVERYONE else peer


async def recall_crossing(request: web.Request) -> web.Response:
    """POST /boundary/ledger/{crossing}/recall: take one object back from the line's audience, or from `peer` alone."""
    house, member, outside = await ledger_holder(request)
    form = await read_form(request)
    made, peer = await _to_recall(request, house, member, outside, form.get("peer", "").strip())
    await crossings.recall(house, member, made, peer)
    done = "recalled" if await caught_up(house, outside) else "recalling"
    return go(request, f"/boundary/ledger?{urlencode({'object': made.uri})}", done)
