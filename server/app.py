"""The composition root: builds every part by hand, in order, for the roles that this process plays.

inside: the browser and API listener, and the jam clock; of the outside it reads the ledger, without any key.
gate: release and admit. edge: the world's listener, look-ups and deliveries, without ever opening the inside
store. analytics: themes. Only gate and edge load the release key and the seal of our actors' keys.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Literal
from urllib.parse import urlsplit

import structlog
from aiohttp import web

from server.beside import Beside, worth_it
from server.database import Database, View
from server.domain.errors import Refusal
from server.domain.events import Event
from server.precedence import NOBODY_WAITS, Precedence
from server.settings import Organisation, Settings, read_organisation, secret
from server.worker import REST_SECONDS, keep_at

if TYPE_CHECKING:
    from federation.edge.setup import ServerSigner
    from federation.outside.store import Ledger, Outside
    from server.domain.public_themes import PublicTheme, Said
    from server.services.checkpoints import SecondPlace
    from server.services.house import House

Role = Literal["all", "inside", "gate", "edge", "analytics"]
ROLES: tuple[Role, ...] = ("all", "inside", "gate", "edge", "analytics")
LONGEST_FORM = 1_000_000
LONGEST_LINE = 128 * 1024
"""Bytes of a request's first line inside: what is similar to a text is asked for with GET, of ten thousand letters."""
log = structlog.get_logger("server")


class CannotListen(Refusal):
    """An address is taken or not ours."""


@dataclass(frozen=True, slots=True)
class Listener:
    """An application and where it listens."""

    app: web.Application
    host: str
    port: int
    longest_line: int = 8_190


@dataclass(slots=True)
class Work:
    """What a process does: applications to serve and workers to keep at work, which stand back for those who wait."""

    listeners: list[Listener] = field(default_factory=list)
    precedence: Precedence = NOBODY_WAITS
    workers: list[tuple[str, Callable[[], Awaitable[int]], float]] = field(default_factory=list)


def address_of(url: str, override: str = "") -> tuple[str, int]:
    """Return host and port to listen on: those of a URL, or HOST:PORT given instead."""
    parts = urlsplit(f"//{override}" if override else url)
    try:
        port = parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError as error:
        raise CannotListen(f"{override or url!r} has no usable port.") from error
    if not parts.hostname:
        raise CannotListen(f"{override!r} is no address to listen on; write HOST:PORT.")
    return parts.hostname, port


@contextlib.asynccontextmanager
async def open_inside(settings: Settings, *, create: bool = False) -> AsyncIterator[Database]:
    """Open the inside store, its schema brought up to date."""
    if not create and not settings.inside_path.exists():
        raise Refusal(f"The inside store {settings.inside_path} is missing: restore it, or run init.")
    store = await Database.open(settings.inside_path, "server.storage.rows", migrations="server.storage.migrations")
    try:
        yield store
    finally:
        await store.close()


def second_place(settings: Settings, *, make: bool = True) -> SecondPlace:
    """Return where checkpoints of the audit chain are kept, with the key that signs them, made where it is missing."""
    from server.domain.audit import AuditKey
    from server.services.checkpoints import SecondPlace

    key = AuditKey(secret(settings.inside_secrets_path, "audit.key", make=make))
    return SecondPlace(settings.checkpoints_path, key, settings.makes_checkpoints_folder)


@contextlib.asynccontextmanager
async def open_outside(settings: Settings, organisation: Organisation) -> AsyncIterator[Outside]:
    """Open the outside store with its keys: for gate and edge, and for verbs that do their work."""
    from federation.outside.released import Sealer
    from federation.outside.store import Outside

    store = await Database.open(
        settings.outside_path, "federation.outside.rows", migrations="federation.outside.migrations"
    )
    try:
        yield Outside(
            store,
            Sealer(secret(settings.secrets_path, "release.key")),
            organisation.addresses,
            organisation.name,
            secret(settings.secrets_path, "seal.key"),
        )
    finally:
        await store.close()


@contextlib.contextmanager
def open_ledger(settings: Settings) -> Iterator[Ledger]:
    """Open the outside store to be read, without any key. It need not be there yet."""
    from federation.outside.store import Ledger

    view = View(settings.outside_path, "federation.outside.migrations")
    try:
        yield Ledger(view)
    finally:
        view.close()


async def run(settings: Settings, role: Role, inside_listen: str = "", edge_listen: str = "") -> None:
    """Play a role until cancelled. The edge alone needs nothing of the inside, not even its file."""
    organisation = read_organisation(settings.home)
    async with contextlib.AsyncExitStack() as stack:
        work = Work()
        outside: Outside | None = None
        if role in ("all", "gate", "edge"):
            outside = await stack.enter_async_context(open_outside(settings, organisation))
        if role in ("all", "edge"):
            assert outside is not None
            await stack.enter_async_context(_edge(work, settings, outside, edge_listen))
        if role != "edge":
            store = await stack.enter_async_context(open_inside(settings))
            ledger = stack.enter_context(open_ledger(settings))
            house = make_house(store, organisation, settings.undo_window, names_key(settings))
            if role in ("all", "inside"):
                house = _with_nearness(house)
                _add_inside(work, house, ledger, settings, inside_listen)
            await _inside_roles(work, role, house, outside, settings.home)
        await _serve(stack, work, role)


def make_house(
    store: Database,
    organisation: Organisation,
    undo_window: timedelta = timedelta(0),
    names_key: bytes | None = None,
) -> House:
    """Build what every service needs."""
    from server.services.house import House

    return House(store, organisation.name, organisation.addresses, undo_window=undo_window, names_key=names_key)


def _with_nearness(house: House) -> House:
    """Return the house with what knows texts that mean the same: asked by those who write."""
    from analytics.nearness import Nearest

    return replace(house, nearness=Nearest(lambda: house))


def names_key(settings: Settings) -> bytes:
    """Return the key under which the names behind voices are sealed, made where it is missing."""
    return secret(settings.names_path, "names.key", make=True)


async def _inside_roles(work: Work, role: Role, house: House, outside: Outside | None, home: Path) -> None:
    if role in ("all", "gate"):
        assert outside is not None
        await _add_gate(work, house, outside)
    if role == "all" and worth_it():
        work.workers.append(("analytics", Beside(home, "analytics").run_once, REST_SECONDS))
    elif role in ("all", "analytics"):
        from analytics.meanings import MeaningWorker
        from analytics.why import WhyWorker
        from analytics.worker import ThemeWorker

        drawn = ThemeWorker(house, precedence=work.precedence)
        work.workers.append(("themes", drawn.run_once, 0.5))
        work.workers.append(("why people comment", WhyWorker(house, drawn).run_once, 1.0))
        work.workers.append(("meanings", MeaningWorker(house, drawn).run_once, 0.5))


def _add_inside(work: Work, house: House, ledger: Ledger, settings: Settings, listen: str) -> None:
    from federation.outside.store import LEDGER
    from server.keys import HOUSE, IDENTITY_PROVIDER, MAILING, SECOND_PLACE
    from server.probe.worker import SelfTestWorker
    from server.services.agreements import follow_agreements
    from server.services.checkpoints import keep_checkpoints
    from server.services.holds import settle_decisions
    from server.services.hours import follow_hours
    from server.services.jams import follow_clock
    from server.services.polls import count_polls
    from server.services.ranking import Spreads
    from server.services.rule_times import RuleClock
    from server.services.rule_versions import activate_due
    from server.services.streams import watch_silence
    from server.services.telling import tell
    from server.services.undo import settle_due
    from web.api.setup import add_api
    from web.health import add_health
    from web.keys import EXPOSURES, TEMPLATES
    from web.mailing import Postbox
    from web.setup import add_web

    place = second_place(settings)
    app = web.Application(client_max_size=LONGEST_FORM)
    app[HOUSE] = house
    app[LEDGER] = ledger
    app[SECOND_PLACE] = place
    if settings.mailing is not None:
        app[MAILING] = settings.mailing
    if settings.identity_provider is not None:
        app[IDENTITY_PROVIDER] = settings.identity_provider
    add_web(app)
    add_api(app)
    add_health(app)
    work.listeners.append(Listener(app, *address_of(house.addresses.inside_url, listen), LONGEST_LINE))

    rule_clock = RuleClock(house)

    async def follow_time() -> int:
        done = await follow_clock(house) + await activate_due(house) + await follow_agreements(house)
        return done + await rule_clock.run_once()

    work.workers.append(("jam clock", follow_time, 1.0))
    tests = SelfTestWorker(house, ledger, settings.peer_networks)
    work.workers.append(("self-test", tests.run_once, 1.0))
    work.workers.append(("checkpoints", lambda: keep_checkpoints(house, place), 5.0))
    work.workers.append(("polls", lambda: count_polls(house), 1.0))
    work.workers.append(("undo", lambda: settle_due(house), 0.5))
    work.workers.append(("host hours", lambda: follow_hours(house), 1.0))
    work.workers.append(("decisions", lambda: settle_decisions(house), 0.5))
    work.workers.append(("notices", lambda: tell(house), 0.5))
    if settings.mailing is not None:
        work.workers.append(("mails", Postbox(house, settings.mailing, app[TEMPLATES]).run_once, 15.0))
    work.workers.append(("work streams", lambda: watch_silence(house), 60.0))
    work.workers.append(("spreads", Spreads(house).run_once, 1.0))
    work.workers.append(("exposures", lambda: app[EXPOSURES].write(house), 5.0))


async def _add_gate(work: Work, house: House, outside: Outside) -> None:
    from federation.gate.actors import show_server
    from federation.gate.admit import Admit
    from federation.gate.boundary_change import tell_outsiders
    from federation.gate.joining import follow_found
    from federation.gate.plan import Gateway
    from federation.gate.purging import Purge
    from federation.gate.release import Release
    from federation.gate.votes import Votes
    from server.services.quotes import fill_prints

    # Nothing is judged before all that stands inside can be recognised.
    while await fill_prints(house):
        pass
    gate = Gateway(house, outside)
    await show_server(gate)
    await tell_outsiders(gate)
    release = Release(gate, _not_crossed)
    work.workers += [
        ("release", release.run_once, REST_SECONDS),
        ("admit", Admit(gate, work.precedence).run_once, REST_SECONDS),
        ("joining", lambda: follow_found(gate), REST_SECONDS),
        ("purges", Purge(gate).run_once, REST_SECONDS),
        ("votes", Votes(gate).run_once, 1.0),
    ]


def _not_crossed(event: Event, error: Exception) -> None:
    log.error("an event let nothing cross", seq=event.seq, kind=event.kind, why=type(error).__name__)


@contextlib.asynccontextmanager
async def _edge(work: Work, settings: Settings, outside: Outside, listen: str) -> AsyncIterator[None]:
    from federation.edge.setup import ServerSigner, make_edge
    from federation.transport import Transport

    signer = ServerSigner(outside)
    async with Transport(settings.peer_networks, user_agent=f"Marmalade (+{outside.addresses.edge_url})") as transport:
        edge = make_edge(outside, transport, signer, _draw)
        work.precedence = edge.precedence
        work.listeners.append(Listener(edge.app, *address_of(outside.addresses.edge_url, listen)))
        work.workers += [
            ("server key", lambda: _load_server_key(signer), 1.0),
            ("look-ups", edge.lookup.run_once, REST_SECONDS),
            ("deliveries", edge.deliverer.run_once, REST_SECONDS),
            ("readings", edge.reader.run_once, 1.0),
        ]
        try:
            yield
        finally:
            await edge.drawings.close()
            await edge.reader.close()
            await edge.deliverer.close()
            await edge.lookup.close()


def _draw(said: Sequence[Said]) -> tuple[PublicTheme, ...]:
    """Find the themes of what everybody may read. The analysis is loaded when somebody first asks for them."""
    from analytics.granted import draw

    return draw(said)


async def _load_server_key(signer: ServerSigner) -> int:
    await signer.load()
    return 0


async def _serve(stack: contextlib.AsyncExitStack, work: Work, role: Role) -> None:
    """Listen, keep the workers at work, and on the way out stop in the reverse order."""
    for listener in work.listeners:
        runner = web.AppRunner(
            listener.app, access_log=None, shutdown_timeout=5.0, max_line_size=listener.longest_line
        )
        await runner.setup()
        stack.push_async_callback(runner.cleanup)
        try:
            await web.TCPSite(runner, listener.host, listener.port).start()
        except OSError as error:
            raise CannotListen(
                f"Cannot listen on {listener.host}:{listener.port}: {error.strerror}. Is another server running there?"
            ) from error
        log.info("listening", host=listener.host, port=listener.port)
    log.info("ready", role=role, workers=[name for name, _, _ in work.workers])
    async with asyncio.TaskGroup() as group:
        for name, run_once, rest in work.workers:
            group.create_task(keep_at(name, run_once, rest, work.precedence), name=name)
        if not work.workers:
            await asyncio.Event().wait()
