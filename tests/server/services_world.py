"""What the tests of the services are made of: a clock to turn, and people, jams and forums."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from server.boundary.labels import Label
from server.domain.actors import Member, Role
from server.domain.ideas import Contribution
from server.domain.jams import Audience, Charter, Forum, Jam
from server.domain.search import Sought
from server.domain.uris import Addresses
from server.services import finding, forums, ideas, jams, people
from server.services.house import House
from server.services.incoming import Incoming

ADDRESSES = Addresses("http://edge.acme.example", "http://inside.acme.example")
START = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
WHOLE = Charter(question="How?", promise="We build it.", off_limits="Jobs.", decide_by="2027-01-31")


@dataclass
class Time:
    """A clock that stands still until it is turned."""

    now: datetime = START

    def __call__(self) -> datetime:
        return self.now

    def pass_by(self, **span: float) -> None:
        self.now += timedelta(**span)


def hello(author: Member, forum: Forum, text: str = "Hello.", **more: Any) -> Incoming:
    """What a person elsewhere says in a forum: an idea of theirs, sent by their own server."""
    usual = {"act": "Create", "thing": "idea", "label": Label.parse(forum.label), "peer": author.host}
    return Incoming(author=author, forum=forum, text=text, **{**usual, **more})


async def words_found(house: House, reader: Member, query: str) -> list[Contribution]:
    """What a search for words finds, best first."""
    return [hit.made for hit in (await finding.search(house, reader, Sought(query=query), limit=200)).hits]


@dataclass
class World:
    """An organisation with whom and what a test needs, each made once by name."""

    house: House
    time: Time
    people: dict[str, Member] = field(default_factory=dict)

    async def person(self, username: str, role: Role = "member", unit: str = "", **more: Any) -> Member:
        if username not in self.people:
            self.people[username] = await people.add_member(self.house, username, username.title(), unit, role, **more)
        return self.people[username]

    async def admin(self) -> Member:
        return await self.person("ada", "admin")

    async def jam(self, slug: str = "packaging", charter: Charter = WHOLE, *, draft: bool = False) -> Jam:
        admin = await self.admin()
        ends = self.time.now + timedelta(days=3)
        made = await jams.create_jam(self.house, admin, slug, slug.title(), charter, self.time.now, ends)
        return made if draft else await jams.open_jam(self.house, admin, made)

    async def forum(
        self, slug: str = "boxes", audience: Audience = "public", jam: Jam | None = None, **more: Any
    ) -> Forum:
        made_in = jam or await self.jam(f"jam-{slug}")
        admin = await self.admin()
        return await forums.create_forum(self.house, admin, made_in, slug, slug.title(), "", audience, **more)

    async def forums(self) -> list[Forum]:
        return await forums.forums_of(self.house, "")

    async def idea(self, forum: Forum, author: Member | None = None, **more: Any) -> Contribution:
        words = {"title": "Paper tape", "text": "Use paper tape.", **more}
        return await ideas.post_idea(self.house, author or await self.person("bob"), forum, **words)
