"""What `doctor` looks at. Each check says what it found and, where something is wrong, how to mend it."""

from __future__ import annotations

import asyncio
import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from server.database.inspect import look_at
from server.database.modes import is_shared
from server.domain.errors import Refusal
from server.probe.own_edge import networks_of
from server.services import audit, explain, holds, log, rules, self_tests, widening
from server.services.checkpoints import SecondPlace
from server.services.house import House
from server.services.widening import Lack
from server.settings import Network, Organisation, Settings

if TYPE_CHECKING:
    from federation.outside.store import Books, Outside
    from federation.transport import Transport

State = Literal["ok", "note", "broken"]
WIDE = {4: 8, 6: 7}
LEAST_DISK, GOOD_DISK = 200_000_000, 2_000_000_000
OLD_DELIVERY = 3600.0
SKEW = 60.0
EARLIEST = datetime(2026, 1, 1, tzinfo=UTC).timestamp()


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at. `fix` says what to do, "" where all is well."""

    name: str
    state: State
    said: str
    fix: str = ""


def check_store(name: str, path: Path, migrations: str) -> Finding:
    """Look at one store's file: there, private, sound, of a known schema."""
    if not path.exists():
        return Finding(
            name, "broken", f"The {name} store {path} is missing.", "Restore the last backup, or run init again."
        )
    found = look_at(path, migrations)
    if found.faults:
        return Finding(
            name, "broken", f"{path} is damaged: {found.faults[0]}.", "Stop the server and restore the last backup."
        )
    if found.unknown:
        newer = f"{path} was written by a newer version ({', '.join(found.unknown)})."
        return Finding(name, "broken", newer, "Start that version, or restore the backup made before the upgrade.")
    if path.stat().st_mode & (0o007 if is_shared(path.parent) else 0o077):
        right = "660" if is_shared(path.parent) else "600"
        return Finding(name, "broken", f"Others may read {path}.", f"chmod {right} {path}")
    if found.pending:
        pending = f"{path} is sound; {', '.join(found.pending)} will be applied at the next start."
        return Finding(name, "note", pending, "Make a backup, then start the server.")
    return Finding(name, "ok", f"{path} is sound, schema {found.applied}.")


async def check_provider(settings: Settings) -> Finding:
    """Ask the identity provider for its description and keys."""
    provider = settings.identity_provider
    if provider is None:
        return Finding("sign-in", "ok", "No identity provider is set: people sign in with passwords and links.")
    if wrong := await provider.look():
        return Finding("sign-in", "broken", f"{provider.issuer}: {wrong}.", "Mend the MARMALADE_OIDC_ settings.")
    return Finding("sign-in", "ok", f"People may sign in with {provider.issuer}.")


async def check_mail(settings: Settings) -> Finding:
    """Connect to the mail server and sign in, without sending anything."""
    mailing = settings.mailing
    if mailing is None:
        return Finding("mail", "ok", "No mail server is set, so no mail is sent. The inbox has everything.")
    where = f"{mailing.host}:{mailing.port}"
    if wrong := await mailing.look():
        return Finding("mail", "broken", f"{where} does not take us: {wrong}", "Mend the MARMALADE_SMTP_ settings.")
    if mailing.security == "none" and mailing.host not in ("localhost", "127.0.0.1", "::1"):
        said = f"{where} takes our mail, but everybody on the way can read it."
        return Finding("mail", "note", said, "Set MARMALADE_SMTP_SECURITY to starttls or tls.")
    return Finding(
        "mail", "ok", f"{where} takes our mail ({mailing.security}), for {', '.join(sorted(mailing.domains))}."
    )


def check_disk(settings: Settings) -> Finding:
    """Look at the room left where the inside store is, bytes."""
    free = shutil.disk_usage(settings.inside_path.parent).free
    said = f"{free / 1e9:.1f} GB free at {settings.inside_path.parent}."
    if free < LEAST_DISK:
        return Finding("disk", "broken", said, "Make room: soon nothing can be written.")
    return Finding("disk", "note", said, "Make room soon.") if free < GOOD_DISK else Finding("disk", "ok", said)


def check_networks(settings: Settings) -> Iterator[Finding]:
    """Look for peer networks so wide that the check of addresses means nothing."""
    for network in settings.peer_networks:
        if network.prefixlen < WIDE[network.version]:
            said = f"MARMALADE_PEER_NETWORKS lets the server dial all of {network}, inside addresses among them."
            yield Finding("settings", "note", said, "Name the networks that peers really live in.")


async def check_audit(house: House, place: SecondPlace | None) -> list[Finding]:
    """Look at the whole audit chain, and at what the checkpoints in both places know of it."""
    state = await audit.examine(house, place)
    fix = "Keep copies of the store and of that folder, and compare them with your backups (docs/operators.md, Audit)."
    found = [Finding("audit", "broken", fault, fix) for fault in state.faults]
    if not found:
        found.append(Finding("audit", "ok", f"The audit chain holds. Its checkpoints are signed with {state.key}."))
    what = f"{state.checkpoints} checkpoints in {state.place}, {state.open_rows} rows since the last"
    if state.stale and state.open_since:
        said = f"{what}, waiting since {state.open_since:%Y-%m-%d %H:%M} UTC."
        found.append(Finding("checkpoints", "note", said, "Start the server; its log says what stops it."))
    else:
        found.append(Finding("checkpoints", "ok", f"{what}."))
    return found


async def check_self_test(house: House) -> Finding:
    """Look at what the last leak self-test of the server found."""
    wrong, last = await self_tests.alarm(house), await self_tests.last_ended(house)
    if wrong:
        state: State = "broken" if "found words" in wrong else "note"
        return Finding("self-test", state, wrong, "Boundary → Self-test says what; `doctor --leaks` asks now.")
    if last is None or last.ended_at is None:
        return Finding("self-test", "ok", "No leak self-test was run so far: the server runs one every hour.")
    said = f"The last leak self-test ({last.ended_at:%Y-%m-%d %H:%M} UTC) {last.state}."
    return Finding("self-test", "ok", said.replace("inconclusive", "came to no result"))


async def check_inside(house: House, place: SecondPlace | None) -> Iterator[Finding]:
    """Look at the rules, the audit chain, the clock and the queue of the inside."""
    found: list[Finding] = []
    try:
        stored, _ = await rules.rules_in_force(house)
        found.append(Finding("rules", "ok", f"Version {stored.version} of the rules is in force."))
        found += [_lacking(one) for one in await widening.lacking(house)]
    except Refusal as refusal:
        found.append(Finding("rules", "broken", refusal.public, "Run init again: it writes the default rules."))
    found += await check_audit(house, place)
    found.append(await check_self_test(house))
    found.append(_replayed(await explain.replay_all(house)))
    newest = await log.newest_event(house)
    last = await log.events_after(house, newest - 1, 1) if newest else []
    found.append(_clock(last[0].at.timestamp() if last else 0.0))
    waiting = await holds.count_waiting(house)
    if waiting:
        found.append(Finding("holds", "note", f"{waiting} things wait for a reviewer.", "Open Boundary → Holds."))
    return iter(found)


def _lacking(one: Lack) -> Finding:
    said = f"Rule {one.rule.id} was made before {', '.join(one.acts)} was told; what says so is refused."
    return Finding("rules", "note", said, "Open Boundary: it shows what widening the rule would change.")


def _replayed(done: explain.Replayed) -> Finding:
    """Say whether what was decided comes out the same when it is decided again."""
    name, of = "explanations", f"{done.count:,} kept decisions"
    if done.otherwise:
        said = f"{len(done.otherwise)} of {of} come out otherwise when decided again, such as {done.otherwise[0]}."
        fix = "Keep a copy of the store: a version of the rules or a decision was altered, or the engine has a fault."
        return Finding(name, "broken", said, fix)
    older = f" {done.not_kept:,} are from before decisions were kept whole." if done.not_kept else ""
    reworded = f" {done.reworded:,} are worded otherwise by this version." if done.reworded else ""
    return Finding(name, "ok", f"{of} replay: each comes out as it did.{older}{reworded}")


def _clock(newest_at: float) -> Finding:
    now = time.time()
    shown = datetime.fromtimestamp(now, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
    fix = "Set the clock (NTP): signatures an hour off are refused everywhere."
    if now < EARLIEST:
        return Finding("clock", "broken", f"The clock says {shown}, which is long past.", fix)
    if newest_at > now + SKEW:
        ahead = newest_at - now
        return Finding(
            "clock", "broken", f"The newest event lies {ahead:.0f} seconds ahead of the clock ({shown}).", fix
        )
    return Finding("clock", "ok", f"The clock says {shown}.")


async def check_gate(house: House, books: Books, seconds: float = 1.5) -> Finding:
    """Look whether the gate keeps up with the event log, watching it for a moment where it does not."""
    from federation.gate.release import behind

    before = await behind(house, books)
    if before == 0:
        return Finding("gate", "ok", "The gate has dealt with every event.")
    await asyncio.sleep(seconds)
    after = await behind(house, books)
    if after < before:
        return Finding("gate", "ok", f"The gate is {after} events behind and catching up.")
    said = f"The gate is {after} events behind and not moving: nothing new crosses."
    return Finding("gate", "note", said, "Start the server, or `serve --role gate`; its log says what stops it.")


async def check_deliveries(books: Books) -> Iterator[Finding]:
    """Look at what waits for each peer and what could not be delivered."""
    from federation.outside import deliveries, peers

    now = time.time()
    found: list[Finding] = []
    known = {one.host: one for one in await peers.peers(books)}
    backlog = await deliveries.backlog(books)
    for host, (waiting, oldest) in sorted(backlog.items()):
        one = known.get(host)
        answer = f" Last answer: {one.answer}" if one and one.answer else ""
        said = f"{waiting} deliveries wait for {host}, the oldest since {(now - oldest) / 60:.0f} minutes.{answer}"
        if one is not None and one.state != "active":
            found.append(Finding("deliveries", "note", f"{said} It is {one.state}.", f"partner resume {host}"))
        elif now - oldest > OLD_DELIVERY:
            found.append(Finding("deliveries", "note", said, f"Ask whoever runs {host}; they are tried for 30 days."))
        else:
            found.append(Finding("deliveries", "ok", said))
    dead: dict[str, int] = {}
    for letter in await deliveries.dead(books, 10_000):
        dead[letter.host] = dead.get(letter.host, 0) + 1
    for host, count in sorted(dead.items()):
        said = f"{count} deliveries to {host} were given up."
        found.append(Finding("deliveries", "note", said, f"`ledger --peer {host}` shows what it holds."))
    if not found:
        found.append(Finding("deliveries", "ok", "Nothing waits to be delivered."))
    return iter(found)


async def check_seals(outside: Outside) -> Finding:
    """Look whether everything that stands outside was written by the gate as it stands."""
    from federation.outside import crossings

    if found := await crossings.unsealed(outside):
        said = f"{len(found)} rows outside do not bear the gate's seal, {found[0]} among them: forged, or damaged."
        fix = "They are served to nobody. Look who could write the outside store; keep a copy, then restore a backup."
        return Finding("seals", "broken", said, fix)
    return Finding("seals", "ok", "Everything that stands outside bears the gate's seal.")


async def check_addresses(settings: Settings, organisation: Organisation, transport: Transport) -> Iterator[Finding]:
    """Look at both addresses: of the right kind, resolvable, and answered by a server."""
    from federation.transport import TransportError

    found: list[Finding] = []
    addresses = organisation.addresses
    if addresses.edge_url == addresses.inside_url:
        fix = "Make a home with two addresses: employees and the world must not share one."
        found.append(Finding("addresses", "broken", "Inside and edge have the same address.", fix))
    if addresses.edge_url.startswith("http:") and not _in_networks(addresses.edge_url, settings.peer_networks):
        said = f"The edge address {addresses.edge_url} is plain http: no other server will speak to it."
        found.append(
            Finding("addresses", "note", said, "Put TLS in front of it and make a home with its https address.")
        )
    for name, url in (("inside", addresses.inside_url), ("edge", addresses.edge_url)):
        try:
            answer = await transport.get(f"{url}/livez", {})
        except TransportError as error:
            said = f"Nobody answers at the {name} address {url} ({type(error).__name__})."
            found.append(Finding("addresses", "note", said, "Start the server; check name, port and proxy."))
            continue
        if answer.status == 200:
            found.append(Finding("addresses", "ok", f"The {name} address {url} answers."))
        else:
            said = f"The {name} address {url} answers {answer.status} to /livez."
            found.append(
                Finding("addresses", "broken", said, "Look who listens there, and whether a proxy alters paths.")
            )
    return iter(found)


def _in_networks(url: str, networks: tuple[Network, ...]) -> bool:
    return any(
        network.version == own.version and own.network_address in network
        for own in networks_of(url)
        for network in networks
    )
