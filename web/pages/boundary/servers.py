"""Every server that we know: how it does, how we stand to it, and what can be done about either."""

from __future__ import annotations

from collections.abc import Awaitable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import get_args

from aiohttp import hdrs, web

from federation.outside import deliveries, peers
from federation.outside.peers import Peer
from server.domain.errors import NotAllowed, Refusal, SignInNeeded
from server.domain.servers import KINDS, STANDINGS, Kind, Outsider, Server, Standing
from server.services import servers
from server.services.servers import Imported
from web.answers import go, show
from web.forms import read_form, wrong_of
from web.language import _, later
from web.ledger import ledger_of
from web.pages.boundary.duty import SECTION, duty_holder
from web.views import Choice

MOST = 500
KIND_WORDS: dict[Kind, str] = {
    "": later("as it says itself"),
    "marmalade": "Marmalade",
    "forum": later("forum software"),
    "microblog": later("microblog"),
    "unknown": later("unknown"),
}
STANDING_WORDS: dict[Standing, str] = {
    "": later("free"),
    "limited": later("limited"),
    "suspended": later("shut out"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerLine:
    """One server. `waiting` counts deliveries, the oldest of them made at `oldest_at`; `given_up` are dead letters;
    `is_lacking` where some of them waited longer than 30 days.
    """

    host: str
    software: str
    kinds: tuple[Choice, ...]
    standing: Standing
    standing_words: str
    note: str
    waiting: int
    oldest_at: datetime | None
    given_up: int
    is_lacking: bool
    success_at: datetime | None
    failure_at: datetime | None
    answer: str
    action: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ServersPage:
    servers: tuple[ServerLine, ...]
    people: tuple[Outsider, ...]
    may_change: bool
    find: str = ""
    more: int = 0
    imported: Imported | None = None
    values: Mapping[str, str] = field(default_factory=dict)
    wrong: Mapping[str, str] = field(default_factory=dict)


async def show_servers(request: web.Request) -> web.Response:
    """GET /boundary/servers?find="""
    return await _page(request, {}, {}, 200)


async def _page(
    request: web.Request,
    typed: Mapping[str, str],
    wrong: Mapping[str, str],
    status: int,
    imported: Imported | None = None,
) -> web.Response:
    house, member = await duty_holder(request)
    may = member.may("partners")
    said = {one.host: one for one in await servers.list_servers(house, member)} if may else {}
    ledger = await ledger_of(request)
    known = {one.host: one for one in await peers.peers(ledger)} if ledger is not None else {}
    backlog = await deliveries.backlog(ledger) if ledger is not None else {}
    given_up = await deliveries.given_up(ledger) if ledger is not None else {}
    lacking = await deliveries.to_resync(ledger) if ledger is not None else set()
    find = request.query.get("find", "").strip().lower()
    hosts = sorted(host for host in said.keys() | known.keys() | backlog.keys() if find in host)
    page = ServersPage(
        servers=tuple(
            _line(
                host, said.get(host), known.get(host), backlog.get(host, (0, 0.0)), given_up.get(host, 0),
                is_lacking=host in lacking,
            )
            for host in hosts[:MOST]
        ),
        people=tuple(await servers.list_outsiders(house, member)) if may else (),
        may_change=may,
        find=find,
        more=max(0, len(hosts) - MOST),
        imported=imported,
        values={key: typed.get(key, "") for key in ("host", "note", "uri")},
        wrong=wrong,
    )
    return show(request, "servers.html", page, status=status, section=SECTION)


def _line(
    host: str, said: Server | None, peer: Peer | None, backlog: tuple[int, float], given_up: int,
    *, is_lacking: bool,
) -> ServerLine:
    kind = said.kind if said else ""
    own: Kind = peer.kind if peer and not peer.fixed else "unknown"
    standing = said.standing if said else ""
    return ServerLine(
        host=host,
        software=peer.software if peer else "",
        kinds=tuple(
            Choice(value=one, words=_(KIND_WORDS[one]) if one else f"{_(KIND_WORDS[one])}: {_(KIND_WORDS[own])}",
                   chosen=one == kind)
            for one in KINDS
        ),
        standing=standing,
        standing_words=_(STANDING_WORDS[standing]),
        note=said.note if said else "",
        waiting=backlog[0],
        oldest_at=_at(backlog[1] or None),
        given_up=given_up,
        is_lacking=is_lacking,
        success_at=_at(peer.success_at if peer else None),
        failure_at=_at(peer.failure_at if peer and peer.failures else None),
        answer=peer.answer if peer else "",
        action=f"/boundary/servers/{host}",
    )  # fmt: skip


def _at(seconds: float | None) -> datetime | None:
    return datetime.fromtimestamp(seconds, UTC) if seconds else None


async def say(request: web.Request) -> web.Response:
    """POST /boundary/servers/{host}: `standing` or `kind`, or `again` to send what was given up."""
    house, member = await duty_holder(request)
    form, host = await read_form(request), request.match_info["host"]
    if "again" in form:
        await servers.send_again(house, member, host)
        return go(request, "/boundary/servers", "saved")
    return await _said(request, host, form)


async def add(request: web.Request) -> web.Response:
    """POST /boundary/servers: the same for a server that is named in the form."""
    form = await read_form(request)
    return await _said(request, form.get("host", ""), form)


async def _said(request: web.Request, host: str, form: Mapping[str, str]) -> web.Response:
    house, member = await duty_holder(request)
    standing = next((one for one in STANDINGS if one == form.get("standing")), None)
    kind = next((one for one in get_args(Kind) if one == form.get("kind")), None)
    said = servers.say(house, member, host, standing=standing, kind=kind, note=form.get("note"))
    return await _settle(request, form, said) or go(request, "/boundary/servers", "saved")


async def say_of(request: web.Request) -> web.Response:
    """POST /boundary/servers/people: how one person elsewhere stands with us."""
    house, member = await duty_holder(request)
    form = await read_form(request)
    standing: Standing = next((one for one in STANDINGS if one == form.get("standing")), "")
    said = servers.say_of(house, member, form.get("uri", ""), standing, form.get("note", ""))
    return await _settle(request, form, said) or go(request, "/boundary/servers", "saved")


async def take_list(request: web.Request) -> web.Response:
    """POST /boundary/servers/list: a list as other software exports it, pasted."""
    house, member = await duty_holder(request)
    form = await read_form(request)
    usual: Standing = next((one for one in STANDINGS if one == form.get("usual")), "suspended")
    imported: list[Imported] = []

    async def take() -> None:
        imported.append(await servers.take_list(house, member, form.get("list", ""), usual))

    return await _settle(request, form, take()) or await _page(request, {}, {}, 200, imported[0])


async def _settle(request: web.Request, form: Mapping[str, str], work: Awaitable[object]) -> web.Response | None:
    """Do something; return the page again, with what was typed, where it is refused."""
    try:
        await work
    except (NotAllowed, SignInNeeded):
        raise
    except Refusal as refusal:
        return await _page(request, form, wrong_of(refusal), refusal.status)
    return None


async def download_list(request: web.Request) -> web.Response:
    """GET /boundary/servers/list.csv"""
    house, member = await duty_holder(request)
    headers = {hdrs.CONTENT_DISPOSITION: 'attachment; filename="servers.csv"'}
    return web.Response(text=await servers.give_list(house, member), content_type="text/csv", headers=headers)
