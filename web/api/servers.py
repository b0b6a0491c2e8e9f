"""Other servers over the API: how they do, how we stand to them."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from federation.outside import deliveries, peers
from federation.outside.store import LEDGER
from server.domain.servers import Kind, Outsider, Server, Standing
from server.services import servers
from web.api.calls import Call
from web.api.jam_shapes import NoWords
from web.api.paging import slice_of
from web.api.shapes import Answer, Body, Page, Paging


class ServerWords(Body, frozen=True, kw_only=True):
    """How we stand to a server and what it is treated as; what is left out stays."""

    standing: Standing | None = None
    kind: Kind | None = None
    note: str | None = None


class ServerAnswer(Answer, frozen=True, kw_only=True):
    """A server. Times are unix seconds; `lag` is the age in seconds of the oldest delivery that waits."""

    host: str
    standing: Standing
    kind: str
    kind_is_ours: bool
    note: str
    software: str
    waiting: int
    lag: float
    given_up: int
    needs_resync: Annotated[bool, Meta(description="it lacks what could not be delivered within 30 days")]
    failures: int
    success_at: float | None
    failure_at: float | None
    answer: str


class OutsiderWords(Body, frozen=True, kw_only=True):
    """How one actor elsewhere stands with us, by its id."""

    uri: str
    standing: Standing
    note: str = ""


class OutsiderAnswer(Answer, frozen=True, kw_only=True):
    uri: str
    standing: Standing
    note: str


class ServerList(Body, frozen=True, kw_only=True):
    """A list of servers as other software exports it (CSV)."""

    list: str
    usual: Annotated[Standing, Meta(description="of those without a severity of their own")] = "suspended"


class ListAnswer(Answer, frozen=True, kw_only=True):
    changed: int
    same: int
    problems: list[str]


async def list_servers(call: Call, query: Paging) -> Page[ServerAnswer]:
    return slice_of(await _all(call), query, lambda one: one)


async def _all(call: Call) -> list[ServerAnswer]:
    said = {one.host: one for one in await servers.list_servers(call.house, call.member)}
    ledger = call.request.config_dict.get(LEDGER)
    if ledger is None or not await ledger.is_there():
        return [_show(one.host, one, None, (0, 0.0), 0, 0.0) for one in said.values()]
    known = {one.host: one for one in await peers.peers(ledger)}
    backlog, given_up = await deliveries.backlog(ledger), await deliveries.given_up(ledger)
    lacking = await deliveries.to_resync(ledger)
    hosts = sorted(said.keys() | known.keys() | backlog.keys())
    now = call.house.now().timestamp()
    return [
        _show(
            host, said.get(host), known.get(host), backlog.get(host, (0, 0.0)), given_up.get(host, 0), now,
            needs_resync=host in lacking,
        )
        for host in hosts
    ]


def _show(
    host: str, said: Server | None, peer: peers.Peer | None, backlog: tuple[int, float], given_up: int, now: float,
    *, needs_resync: bool = False,
) -> ServerAnswer:  # fmt: skip
    return ServerAnswer(
        host=host,
        standing=said.standing if said else "",
        kind=(said.kind if said else "") or (peer.kind if peer else "unknown"),
        kind_is_ours=bool(said and said.kind),
        note=said.note if said else "",
        software=peer.software if peer else "",
        waiting=backlog[0],
        lag=max(0.0, now - backlog[1]) if backlog[0] else 0.0,
        given_up=given_up,
        needs_resync=needs_resync,
        failures=peer.failures if peer else 0,
        success_at=peer.success_at if peer else None,
        failure_at=peer.failure_at if peer else None,
        answer=peer.answer if peer else "",
    )


async def put_server(call: Call, body: ServerWords) -> ServerAnswer:
    made = await servers.say(
        call.house, call.member, call.path["host"], standing=body.standing, kind=body.kind, note=body.note
    )
    return next(one for one in await _all(call) if one.host == made.host)


async def send_again(call: Call, body: NoWords) -> None:
    await servers.send_again(call.house, call.member, call.path["host"])


async def take_list(call: Call, body: ServerList) -> ListAnswer:
    done = await servers.take_list(call.house, call.member, body.list, body.usual)
    return ListAnswer(changed=done.changed, same=done.same, problems=list(done.problems))


async def list_people(call: Call, query: Paging) -> Page[OutsiderAnswer]:
    return slice_of(await servers.list_outsiders(call.house, call.member), query, _person)


async def put_person(call: Call, body: OutsiderWords) -> OutsiderAnswer:
    return _person(await servers.say_of(call.house, call.member, body.uri, body.standing, body.note))


def _person(one: Outsider) -> OutsiderAnswer:
    return OutsiderAnswer(uri=one.uri, standing=one.standing, note=one.note)
