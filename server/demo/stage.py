"""What the story and the check share: people, places, and how to find one thing on two servers."""

from __future__ import annotations

from dataclasses import dataclass, field

from federation.transport import Transport
from server.demo.api import Answer, Person, Refused, until
from server.demo.people import Cast
from server.demo.sites import Site


@dataclass(frozen=True, slots=True)
class Made:
    """A contribution that the demo posted: its URI, and that of its thread's idea."""

    uri: str
    thread_uri: str
    forum: str
    organisation: str
    id: str


@dataclass(slots=True)
class Stage:
    """The running organisations. `forums` maps (organisation, forum slug) to the local id of the forum there."""

    sites: dict[str, Site]
    cast: Cast
    transport: Transport
    jam_id: str = ""
    forums: dict[tuple[str, str], str] = field(default_factory=dict)
    handles: dict[str, str] = field(default_factory=dict)
    _ids: dict[tuple[str, str], str] = field(default_factory=dict)

    def organisations_in(self, forum: str) -> list[str]:
        """Return the organisations that have a forum or a mirror of it."""
        return [organisation for organisation, slug in self.forums if slug == forum]

    async def post_idea(
        self, author: Person, forum: str, title: str, text: str, *, label: str | None = None, builds_on: str = ""
    ) -> Answer:
        """Post an idea at the author's own server; the answer says what crosses."""
        body: dict[str, object] = {"title": title, "text": text}
        if label:
            body["label"] = label
        if builds_on:
            body["builds_on"] = builds_on
        made = await author.post(f"/forums/{self.forums[author.site.key, forum]}/ideas", **body)
        self._ids[author.site.key, made["uri"]] = made["id"]
        return made

    async def post_reply(self, author: Person, forum: str, thread_uri: str, parent_uri: str, text: str) -> Answer:
        """Answer something, at the author's own server, once it has arrived there."""
        idea_id = await self.local_id(author, forum, thread_uri)

        async def post() -> Answer | None:
            try:
                return await author.post(f"/ideas/{idea_id}/replies", text=text, in_reply_to=parent_uri)
            except Refused as refused:
                if refused.status == 422:
                    return None  # What is answered has not come yet.
                raise

        return await until(f"{author.site.name} holds {parent_uri} to answer it", post)

    async def mark(self, person: Person, forum: str, thread_uri: str, mark: str = "support") -> None:
        idea_id = await self.local_id(person, forum, thread_uri)
        await person.put(f"/ideas/{idea_id}/marks/{mark}")

    async def local_id(self, person: Person, forum: str, idea_uri: str, seconds: float = 20.0) -> str:
        """Return the local id of an idea at a person's server, waiting until it has arrived there."""
        site = person.site

        async def look() -> str | None:
            if (site.key, idea_uri) not in self._ids:
                page = await person.get(f"/forums/{self.forums[site.key, forum]}/ideas?limit=50")
                self._ids |= {(site.key, one["uri"]): one["id"] for one in page["data"]}
            if (site.key, idea_uri) not in self._ids:
                for one in await person.list(f"/forums/{self.forums[site.key, forum]}/ideas"):
                    self._ids[site.key, one["uri"]] = one["id"]
            return self._ids.get((site.key, idea_uri))

        return await until(f"{site.name} holds {idea_uri}", look, seconds)

    async def thread(self, person: Person, forum: str, idea_uri: str) -> Answer:
        """Read a whole thread at a person's server."""
        return await person.get(f"/ideas/{await self.local_id(person, forum, idea_uri)}")

    async def join(self, organisation: str, forum: str) -> None:
        """Let an organisation ask for one of Acme's forums, and wait until it is in."""
        admin, handle = self.cast.admin(organisation), self.handles[forum]
        await admin.post("/forums", handle=handle)

        async def joined() -> str | None:
            for one in await admin.list("/forums"):
                if one["handle"] == handle and one["joined"]:
                    return str(one["id"])
            return None

        name = self.sites[organisation].name
        self.forums[organisation, forum] = await until(f"{name} joins {handle}", joined, 30.0)
