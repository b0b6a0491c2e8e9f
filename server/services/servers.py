"""Limiting and shutting out other servers and single people on them; sending again what they did not take.

A suspended server is refused before anything of it is read, and gets nothing of what its people followed. What comes
from a limited one waits for a reviewer. What is said of a domain holds for the servers below it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from server.database import Transaction
from server.domain.actors import Member
from server.domain.errors import Conflict, Invalid
from server.domain.servers import KINDS, STANDINGS, Kind, Outsider, Server, Standing, parents_of, read_list, write_list
from server.domain.uris import HOST
from server.services.house import House
from server.services.text import clean_line
from server.storage import events, servers
from server.storage import partners as partner_rows

LONGEST_NOTE = 500


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of a list: how many servers changed, how many stood so already, and what was left out and why."""

    changed: int
    same: int
    problems: tuple[str, ...]


async def say(
    house: House,
    by: Member,
    host: str,
    *,
    standing: Standing | None = None,
    kind: Kind | None = None,
    note: str | None = None,
) -> Server:
    """Say how we stand to a server, or what it runs; what is None stays. Raises Invalid, or Conflict for partners."""
    by.require("partners")
    host = host.strip().lower()
    if not HOST.fullmatch(host) or len(host) > 255:
        raise Invalid("host", "A server is named by host name, with its port where it has one, as in jam.example.")
    if standing is not None and standing not in STANDINGS:
        raise Invalid("standing", "A server is limited, suspended, or neither.")
    if kind is not None and kind not in KINDS:
        raise Invalid("kind", "A kind is one of %(kinds)s.", kinds=tuple(filter(None, KINDS)))
    why = clean_line(note, "note", LONGEST_NOTE, required=False) if note is not None else None
    if standing:
        await _require_stranger(house, host)
    async with house.store.transaction() as change:
        known = await servers.by_host(change, host) or Server(
            host=host, standing="", kind="", note="", changed_at=house.now()
        )
        made = replace(
            known,
            standing=known.standing if standing is None else standing,
            kind=known.kind if kind is None else kind,
            note=known.note if why is None else why,
            changed_at=house.now(),
        )
        await _put(house, change, by, known, made)
    return made


async def _require_stranger(house: House, host: str) -> None:
    """Raise Conflict for ourselves and for those with whom there is a partnership: that is paused or ended instead."""
    if host in parents_of(house.addresses.edge_host):
        raise Conflict("That is this server.")
    for partner in await partner_rows.all_of(house.store):
        if partner.state != "removed" and host in parents_of(partner.host):
            raise Conflict(
                "%(host)s is a partner. Pause or end the partnership; then it can be shut out.", host=partner.host
            )


async def _put(house: House, change: Transaction, by: Member, known: Server, made: Server) -> None:
    await servers.put(change, made)
    now = house.now().timestamp()
    data = {"host": made.host, "standing": made.standing, "before": known.standing, "kind": made.kind}
    await events.append(change, "ServerChanged", "", data, now)
    act = f"server {made.standing or 'free'}" if made.standing != known.standing else "describe server"
    await events.audit(change, by.id, act, made.host, now)


async def standing_of(house: House, host: str) -> Server | None:
    """Return what was said of a server: of itself or of the nearest domain above it that stands out."""
    names = parents_of(host)
    found = {one.host: one for one in await servers.among(house.store, names) if one.standing}
    return next((found[name] for name in names if name in found), None)


async def list_servers(house: House, reader: Member) -> list[Server]:
    reader.require("partners")
    return await servers.all_of(house.store)


async def take_list(house: House, by: Member, text: str, usual: Standing = "suspended") -> Imported:
    """Take over a list of servers (CSV, as Mastodon exports its domain blocks). What is said of others here stays.

    With the `usual` standing "" it is a list of those who are to be free again.
    """
    by.require("partners")
    lines, problems = read_list(text, usual)
    changed = same = 0
    for line in lines:
        known = await servers.by_host(house.store, line.host)
        if (known.standing if known else "") == line.standing:
            same += 1
            continue
        try:
            await say(house, by, line.host, standing=line.standing, note=line.note or None)
        except Conflict as refusal:
            problems.append(f"{line.host}: {refusal.public}")
            continue
        changed += 1
    return Imported(changed, same, tuple(problems))


async def give_list(house: House, by: Member) -> str:
    """Return what is limited and suspended here as a list for others."""
    return write_list(await list_servers(house, by))


async def say_of(house: House, by: Member, uri: str, standing: Standing, note: str = "") -> Outsider:
    """Limit or shut out one actor elsewhere, by its id, or neither any more."""
    by.require("partners")
    uri = uri.strip()
    parts = urlsplit(uri)
    if parts.scheme not in ("https", "http") or not parts.netloc or len(uri) > 2_000:
        raise Invalid("uri", "A person elsewhere is named by the address of their actor, like https://one.example/u/ann.")
    if parts.netloc == house.addresses.edge_host:
        raise Conflict("That is somebody of ours.")
    if standing not in STANDINGS:
        raise Invalid("standing", "Somebody is limited, suspended, or neither.")
    made = Outsider(
        uri=uri,
        standing=standing,
        note=clean_line(note, "note", LONGEST_NOTE, required=False),
        changed_at=house.now(),
    )
    async with house.store.transaction() as change:
        await servers.put_outsider(change, made)
        facts = {"standing": standing}
        await events.append(change, "OutsiderChanged", "", facts, house.now().timestamp())
        await events.audit(change, by.id, f"outsider {standing or 'free'}", uri[:200], house.now().timestamp())
    return made


async def shut_out_by_name(house: House) -> list[str]:
    """Return the ids of the actors elsewhere whom an admin shut out: for the gate."""
    return [one.uri for one in await servers.outsiders(house.store) if one.standing == "suspended"]


async def list_outsiders(house: House, reader: Member) -> list[Outsider]:
    reader.require("partners")
    return await servers.outsiders(house.store)


async def bars(house: House, uri: str, host: str) -> tuple[Standing, str]:
    """Return how somebody elsewhere stands with us, and why: the stricter of theirs and their server's."""
    person, server = await servers.outsider(house.store, uri), await standing_of(house, host)
    said = {one.standing for one in (person, server) if one is not None}
    if "suspended" in said:
        return "suspended", "An admin shut out its author or their server."
    if "limited" in said:
        return "limited", "What comes from its author or their server waits for a reviewer: an admin limited it."
    return "", ""


async def send_again(house: House, by: Member, host: str) -> None:
    """Have everything that was given up for a server sent once more, as far as it may still have it."""
    by.require("partners")
    now = house.now().timestamp()
    async with house.store.transaction() as change:
        await events.append(change, "ResendAsked", "", {"host": host}, now)
        await events.audit(change, by.id, "send again", host, now)
