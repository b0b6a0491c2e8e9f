"""Where a jam comes from and what grew from it, as its lobby shows it."""

from __future__ import annotations

from dataclasses import dataclass

from server.domain.actors import Member
from server.domain.jams import Jam
from server.services.carrying import lineage_of
from server.services.house import House
from server.services.rehearsals import rehearsal_of
from web.answers import head_of
from web.language import _
from web.people import Names, author_of
from web.views import Link, Person


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkedIdea:
    """An idea of another server that stands where it stood; this jam builds on it."""

    idea: Link
    author: Person


@dataclass(frozen=True, slots=True, kw_only=True)
class LineageView:
    """`words` say how it came from `origin`; each of `grown` came from this jam."""

    words: str = ""
    origin: Link | None = None
    grown: tuple[Link, ...] = ()
    linked: tuple[LinkedIdea, ...] = ()
    rehearsal: bool = False

    @property
    def tells(self) -> bool:
        return bool(self.origin or self.grown or self.linked)


async def draw_lineage(house: House, reader: Member, jam: Jam, names: Names) -> LineageView:
    found = await lineage_of(house, reader, jam)
    words = {"clone": _("Made like"), "second": _("Goes on from"), "rehearsal": _("Rehearsal of")}
    kind = found.origin.kind if found.origin else ""
    return LineageView(
        words=words.get(kind, ""),
        origin=_link(found.origin_jam) if found.origin_jam else None,
        grown=tuple(_link(later) for one, later in found.grown if one.kind == "second"),
        linked=tuple(
            LinkedIdea(idea=Link(text=made.title, url=f"/ideas/{made.id}"), author=author_of(made, names))
            for made in found.linked
        ),
        rehearsal=kind == "rehearsal",
    )


async def link_rehearsal(house: House, by: Member, jam: Jam) -> Link | None:
    """The rehearsal of a jam that stands, for its organisers."""
    found = await rehearsal_of(house, by, jam)
    return _link(found) if found else None


def _link(jam: Jam) -> Link:
    return Link(text=jam.title, url=head_of(jam, jam.state).url)
