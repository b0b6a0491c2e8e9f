"""Jams from templates: those that come with the server, files that people share, and jams as they are."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from functools import cache
from pathlib import Path

from server.domain.actors import Member
from server.domain.errors import Conflict
from server.domain.jam_templates import ForumPlan, Template, read_template, write_template
from server.domain.jams import Charter, Jam
from server.domain.lineage import OriginKind
from server.services import forums, jams
from server.services.house import House
from server.storage import events, lineage, memberships, people
from server.storage import jams as jam_rows

FOLDER = Path(__file__).parent / "jam_templates"
BUILT_IN = ("ideas", "values", "partners", "second")


@cache
def built_in() -> dict[str, Template]:
    """Return the templates that come with the server, by name."""
    return {name: read_template((FOLDER / f"{name}.toml").read_text("utf-8")) for name in BUILT_IN}


async def template_of(house: House, by: Member, jam: Jam) -> Template:
    """Return a jam as a template, its forums with the partners that they name; no people, no dates."""
    by.require("jams")
    if jam.id in await memberships.jams_apart(house.store):
        raise Conflict("A jam for the people on a list is not copied: its copy would be there for everybody.")
    own = [forum for forum in await forums.list_forums(house, by, jam) if forum.is_local]
    return Template(
        title=jam.title,
        days=max(1, -(-int((jam.closes_at - jam.opens_at).total_seconds()) // 86_400)),
        charter=jam.charter,
        forums=tuple(
            ForumPlan(
                slug=one.slug,
                title=one.title,
                question=one.question,
                audience=one.audience,
                label=one.label,
                peers=one.peers,
                names=one.names,
            )
            for one in own
        ),
    )


async def save_template(house: House, by: Member, jam: Jam) -> str:
    """Return a jam as a file to share: without partners' names.

    A forum for named partners is written down as an inside one: without the names it would be open to all partners.
    """
    template = await template_of(house, by, jam)
    shared = tuple(replace(one, audience="inside", peers=()) if one.peers else one for one in template.forums)
    return write_template(replace(template, forums=shared))


async def found_jam(
    house: House,
    by: Member,
    template: Template,
    slug: str,
    opens_at: datetime,
    closes_at: datetime,
    *,
    title: str = "",
    charter: Charter | None = None,
    origin: tuple[Jam, OriginKind] | None = None,
) -> Jam:
    """Draft a jam with the forums of a template, all or nothing.

    A forum whose name is taken gets the jam's short name behind its own: outside there is one namespace.
    """
    by.require("jams")
    if origin is not None and await lineage.is_rehearsal(house.store, origin[0].id):
        raise Conflict("Nothing is made of a rehearsal: it leaves no trace when it is removed.")
    if origin is not None and origin[0].id in await memberships.jams_apart(house.store):
        raise Conflict("A jam for the people on a list is not copied: its copy would be there for everybody.")
    taken = set[str]()
    async with house.store.transaction() as change:
        jam = await jams.create_jam(
            house, by, slug, title or template.title, charter or template.charter, opens_at, closes_at
        )
        for plan in template.forums:
            name = await _free(house, plan.slug, slug, taken)
            await forums.create_forum(
                house,
                by,
                jam,
                name,
                plan.title,
                plan.question,
                plan.audience,
                plan.label,
                plan.peers,
                plan.names,
            )
            taken.add(name)
        if origin is not None:
            now = house.now().timestamp()
            await lineage.put_origin(change, jam.id, origin[0].id, origin[1], now)
            await events.audit(change, by.id, f"make {origin[1]} jam", jam.id, now)
    return jam


async def _free(house: House, slug: str, jam_slug: str, taken: set[str]) -> str:
    """Return a forum's name, changed where another forum or a person bears it."""
    tries = [slug, f"{slug[:31].rstrip('-')}-{jam_slug[:30].strip('-')}"]
    tries += [f"{tries[1][:58].rstrip('-')}-{number}" for number in range(2, 100)]
    for name in tries:
        handle = f"@{name}@{house.addresses.edge_host}"
        if name in taken or await people.by_username(house.store, name):
            continue
        if not await jam_rows.forum_by_handle(house.store, handle):
            return name
    return slug


async def clone_jam(house: House, by: Member, jam: Jam, slug: str, opens_at: datetime, closes_at: datetime) -> Jam:
    """Draft a jam like another: its charter and forums, with their partners; none of its people or words."""
    template = await template_of(house, by, jam)
    return await found_jam(house, by, template, slug, opens_at, closes_at, origin=(jam, "clone"))


async def second_jam(
    house: House, by: Member, jam: Jam, slug: str, opens_at: datetime, closes_at: datetime, title: str = ""
) -> Jam:
    """Draft the converging jam that follows another: a shortlist and its objections, inside to begin with."""
    template = built_in()["second"]
    titled = replace(template, title=title or f"{jam.title[:180]}, second round")
    return await found_jam(house, by, titled, slug, opens_at, closes_at, origin=(jam, "second"))
