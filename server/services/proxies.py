"""Words entered for somebody without access, at a kiosk or in a workshop: no account is made for them.

To the boundary the words are those of whoever enters them. The absent person's name never crosses by itself, and
where it stands in anybody's words it is found like the name of somebody who has not agreed to be named.
"""

from __future__ import annotations

from server.domain.actors import Member
from server.domain.errors import Conflict, Invalid
from server.domain.ideas import Absent, Contribution, Intent
from server.domain.jams import Forum
from server.services import ideas, ideas_read
from server.services.forums import forum_and_jam
from server.services.house import House
from server.services.text import clean_line
from server.storage import events, proxies

LONGEST_NAME = 100


async def enter_idea(
    house: House, by: Member, forum: Forum, absent: Absent, title: str, text: str, *, consents: bool,
    label: str | None = None,
) -> Contribution:  # fmt: skip
    """Post an idea in the words of somebody absent, who agreed to that. Takes the duty to moderate."""
    _require_named(forum)
    person = _checked(by, absent, f"{title}\n{text}", consents)
    async with house.store.transaction():
        made = await ideas.post_idea(house, by, forum, title, text, label=label)
        await _write(house, by, made, person)
    return made


async def enter_reply(
    house: House, by: Member, parent: Contribution, absent: Absent, text: str, *, consents: bool,
    label: str | None = None, intent: Intent = "",
) -> Contribution:  # fmt: skip
    """Answer in the words of somebody absent, who agreed to that."""
    _require_named((await forum_and_jam(house, parent.forum_id))[0])
    person = _checked(by, absent, text, consents)
    async with house.store.transaction():
        made = await ideas.reply(house, by, parent, text, label=label, intent=intent)
        await _write(house, by, made, person)
    return made


def _require_named(forum: Forum) -> None:
    if forum.names != "named":
        raise Conflict("Nobody is named in this forum, so no words are entered here in another's name.")


def _checked(by: Member, absent: Absent, words: str, consents: bool) -> Absent:
    by.require("moderate")
    name = clean_line(absent.name, "name", LONGEST_NAME)
    if not consents:
        raise Invalid("consents", "Ask first: their words go in only if they agree.")
    if name.casefold() in words.casefold():
        raise Invalid("text", "Leave their name out of the words: it is shown beside them, and stays inside.")
    return Absent(name, clean_line(absent.place, "place", LONGEST_NAME, required=False))


async def _write(house: House, by: Member, made: Contribution, person: Absent) -> None:
    now = house.now().timestamp()
    async with house.store.transaction() as change:
        await proxies.insert(change, made.id, person, by.id, now)
        await events.audit(change, by.id, "enter for another", made.id, now)


async def absent_in(house: House, reader: Member, idea: Contribution) -> dict[str, Absent]:
    """Return whose words were entered in a thread, by contribution: for our own people alone."""
    found = await ideas_read.obtain(house, reader, idea.id)
    return await proxies.of_thread(house.store, found.thread_id)
