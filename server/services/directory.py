"""Finding one's own people, and the units they belong to. For admins."""

from __future__ import annotations

from dataclasses import dataclass

from server.domain.actors import DUTIES, ROLES, Member, Role
from server.domain.errors import Conflict, Invalid, Missing
from server.services.house import House
from server.services.text import clean_line
from server.storage import events, people


@dataclass(frozen=True, slots=True)
class RoleShare:
    """A role, what it may do besides taking part, and how many of our active people have it."""

    role: Role
    duties: tuple[str, ...]
    people: int


async def find_people(
    house: House, by: Member, words: str = "", unit: str = "", role: str = "", after: str = "", limit: int = 50
) -> list[Member]:
    """Return people by username whose name or username holds some words, of a unit and a role where given."""
    by.require("people")
    return await people.search(house.store, words.strip().lstrip("@"), unit, role, after, limit)


async def obtain_person(house: House, by: Member, username: str) -> Member:
    """Return one of our people, active or not, or raise Missing."""
    by.require("people")
    found = await people.by_username(house.store, username)
    if found is None:
        raise Missing("person", f"{by.id} asked for {username}")
    return found


async def list_units(house: House, by: Member) -> dict[str, int]:
    """Return unit → how many active people it has; "" stands for those without one."""
    by.require("people")
    return await people.unit_sizes(house.store)


async def rename_unit(house: House, by: Member, old: str, new: str) -> int:
    """Give a unit another name, or merge it into the one that bears it; return how many people it moved."""
    by.require("people")
    name = clean_line(new, "new", 100, required=False)
    if not old:
        raise Invalid("old", "Those without a unit are given one by one, or by a table.")
    if name == old:
        raise Conflict("That is its name already.")
    now = house.now().timestamp()
    async with house.store.transaction() as change:
        moved = await people.move_unit(change, old, name)
        if not moved:
            raise Missing("unit", f"no unit {old!r}")
        for member_id in moved:
            await events.append(change, "MemberAdded", member_id, {}, now)
            await events.audit(change, by.id, "change unit", member_id, now)
    return len(moved)


async def list_roles(house: House, by: Member) -> list[RoleShare]:
    """Return the roles that our people can have."""
    by.require("people")
    return [
        RoleShare(role, tuple(sorted(DUTIES[role])), await people.count_by_role(house.store, role))
        for role in ROLES[1:]
    ]
