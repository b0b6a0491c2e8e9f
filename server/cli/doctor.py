"""`doctor`: is everything as it should be, and does anything leak?"""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import click

from server.app import second_place
from server.cli import checks, modes
from server.cli.checks import Finding
from server.cli.home import as_json, at_home, open_house, open_ledger, open_sealed, run
from server.cli.show import print_json, print_table, progress
from server.database import DatabaseError
from server.domain.errors import Refusal
from server.probe.own_edge import networks_of
from server.services.checkpoints import SecondPlace
from server.settings import Settings, SettingsError, read_organisation


@click.command()
@click.option("--leaks", is_flag=True, help="Ask every door of the running edge for what must stay inside.")
@at_home
@as_json
def doctor(leaks: bool, home: Path, as_json: bool) -> None:
    """Look over home, secrets, stores, gate, deliveries, disk, clock and addresses; say how to mend what is wrong.

    --leaks puts canary ideas with unguessable words inside, which no page shows, asks every door of the edge as
    anybody, as a stranger, as a partner and as an ex-partner, and looks for those words, and for others that stand
    inside only, in every answer. Nothing of it is left afterwards. The server must be running.
    """
    found = run(_leaks(home)) if leaks else run(_look(home))
    broken = sum(one.state == "broken" for one in found)
    if as_json:
        print_json({"sound": not broken, "findings": [asdict(one) for one in found]})
    else:
        print_table(("", "what", "found", "what to do"), [(one.state, one.name, one.said, one.fix) for one in found])
    if broken:
        raise SystemExit(1)


async def _look(home: Path) -> list[Finding]:
    organisation, settings = read_organisation(home), Settings.from_env(home)
    found = [Finding("home", "ok", f"{organisation.name} lives in {home}.")]
    found += checks.check_networks(settings)
    found += modes.check_modes(settings)
    found += modes.check_secrets(settings)
    with progress("Looking", 3) as meter:
        stores = [
            checks.check_store("inside", settings.inside_path, "server.storage.migrations"),
            checks.check_store("outside", settings.outside_path, "federation.outside.migrations"),
        ]
        meter.step()
        found += [*stores, checks.check_disk(settings)]
        if all(one.state == "ok" for one in stores):
            found += await _look_within(home)
            if not [one for one in found if one.name == "secrets" and one.state == "broken"]:
                found.append(await _look_at_seals(home))
        meter.step()
        found.append(await checks.check_mail(settings))
        found.append(await checks.check_provider(settings))
        found += await _look_outward(settings, home)
        meter.step()
    return found


async def _look_within(home: Path) -> list[Finding]:
    """Open both stores, which are sound and up to date, and look at what they hold."""
    try:
        async with open_house(home) as house, open_ledger(home) as ledger:
            inside = list(await checks.check_inside(house, _second_place(home)))
            return [*inside, await checks.check_gate(house, ledger), *await checks.check_deliveries(ledger)]
    except (DatabaseError, Refusal) as error:
        said = error.public if isinstance(error, Refusal) else str(error)
        return [Finding("stores", "broken", said, "Mend that first, then run doctor again.")]


def _second_place(home: Path) -> SecondPlace | None:
    """Return the second place, None where its key is missing or damaged: that is told elsewhere."""
    try:
        return second_place(Settings.from_env(home), make=False)
    except SettingsError:
        return None


async def _look_at_seals(home: Path) -> Finding:
    async with open_sealed(home) as outside:
        return await checks.check_seals(outside)


async def _look_outward(settings: Settings, home: Path) -> list[Finding]:
    from federation.transport import Transport

    organisation = read_organisation(home)
    urls = (organisation.addresses.inside_url, organisation.addresses.edge_url)
    own = tuple(network for url in urls for network in networks_of(url))
    async with Transport((*settings.peer_networks, *own), total_seconds=5.0) as transport:
        return list(await checks.check_addresses(settings, organisation, transport))


async def _leaks(home: Path) -> list[Finding]:
    from server.cli.leaks import find_leaks

    return await find_leaks(home)
