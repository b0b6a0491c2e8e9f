"""Changing a forum that is there: its name, question and place, whether it takes new ideas, and whom it is for."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from server.boundary.rules import forum_rules
from server.database import Transaction
from server.domain.actors import Member
from server.domain.errors import Conflict, Invalid
from server.domain.jams import AUDIENCES, Audience, Forum, Jam
from server.domain.sentences import say
from server.services.forums import RULE_TITLE, forum_and_jam, hosts_in, mirror_key, require_closable
from server.services.house import House
from server.services.labels import label_of
from server.services.rules import swap_rules
from server.services.text import clean_line, clean_text
from server.storage import contributions, events, jams

WORDS_STAND = say(
    "People have written here for those whom it was for, under its label: neither changes any more."
    " Make another forum, and move there what belongs there."
)
OPENED = say(
    "The jam has opened, and others may have found this forum: whom it is for changes no more. Make another forum."
)
NAME_STAYS = say("A forum keeps its short name: rules, addresses and other servers know it by that.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """What is to change of a forum; None stays as it is. `place` counts from 1 among the forums of the jam."""

    title: str | None = None
    question: str | None = None
    place: int | None = None
    takes_ideas: bool | None = None
    slug: str | None = None
    audience: Audience | None = None
    peers: tuple[str, ...] | None = None
    label: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Fixed:
    """Why whom a forum is for, and its label, can be changed no more: sentences, "" where they can."""

    audience: str = ""
    label: str = ""


async def fixed(house: House, forum: Forum, jam: Jam) -> Fixed:
    """Say what of a forum can be changed no more, and why."""
    if await contributions.stand_in(house.store, forum.id):
        return Fixed(audience=WORDS_STAND, label=WORDS_STAND)
    return Fixed(audience=OPENED if jam.state != "draft" else "")


async def change_forum(house: House, by: Member, forum: Forum, wish: Changes) -> Forum:
    """Change a forum of ours, all or nothing; return it as it is now. Raises Invalid, or Conflict with the reason."""
    by.require("jams")
    _, jam = await forum_and_jam(house, forum.id)
    if not forum.is_local:
        raise Conflict("The server that holds this forum decides about it.")
    if jam.state_at(house.now()) == "archived":
        raise Conflict("This jam is archived; nothing in it changes any more.")
    values = await _values(house, forum, jam, wish)
    order = await _order(house, forum, wish.place)
    now = house.now().timestamp()
    async with house.store.transaction() as change:
        if values:
            await jams.update_forum(forum.id, **values)
            await events.append(change, "ForumChanged", forum.id, {"jam": forum.jam_id, "forum": forum.id}, now)
        for place, one in enumerate(order, 1):
            await jams.update_forum(one.id, place=place)
        if {"audience", "peers"} & values.keys():
            await _swap_rules(house, change, by, forum, wish)
        for act in _acts(values, bool(order)):
            await events.audit(change, by.id, act, forum.id, now)
    return (await forum_and_jam(house, forum.id))[0]


async def _values(house: House, forum: Forum, jam: Jam, wish: Changes) -> dict[str, object]:
    """Return the columns that change."""
    if wish.slug is not None and wish.slug != forum.slug:
        raise Conflict(NAME_STAYS)
    values: dict[str, object] = {}
    if wish.title is not None and (title := clean_line(wish.title, "title")) != forum.title:
        values["title"] = title
    if wish.question is not None:
        question = clean_text(wish.question, "question", required=False)
        values |= {"question": question} if question != forum.question else {}
    if wish.takes_ideas is not None and wish.takes_ideas != (forum.closed_at is None):
        values["closed_at"] = None if wish.takes_ideas else house.now().timestamp()
    return values | await _for_whom(house, forum, jam, wish)


async def _for_whom(house: House, forum: Forum, jam: Jam, wish: Changes) -> dict[str, object]:
    if wish.audience is not None and wish.audience not in AUDIENCES:
        raise Invalid("audience", "An audience is one of %(audiences)s.", audiences=tuple(AUDIENCES))
    if forum.members_only:
        require_closable(wish.audience or forum.audience, forum.names)
    values: dict[str, object] = {}
    if wish.audience is not None and wish.audience != forum.audience:
        values["audience"] = wish.audience
    if wish.peers is not None and set(hosts_in(wish.peers)) != set(forum.peers):
        values["peers"] = json.dumps(hosts_in(wish.peers))
    if wish.label is not None and (label := label_of(wish.label)) != forum.label:
        values["label"] = label
    if values:
        stays = await fixed(house, forum, jam)
        if why := (stays.label if values.keys() == {"label"} else stays.audience):
            raise Conflict(why)
    return values


async def _order(house: House, forum: Forum, place: int | None) -> Sequence[Forum]:
    """Return the forums of a jam in their new order; none where it stays."""
    if place is None:
        return ()
    known = await jams.forums(house.store, forum.jam_id)
    if not 1 <= place <= len(known):
        raise Invalid("place", "A place lies between 1 and %(last)s.", last=len(known))
    order = [one for one in known if one.id != forum.id]
    order.insert(place - 1, forum)
    return () if [one.id for one in order] == [one.id for one in known] else order


async def _swap_rules(house: House, change: Transaction, by: Member, forum: Forum, wish: Changes) -> None:
    audience = wish.audience or forum.audience
    peers = forum.peers if wish.peers is None else hosts_in(wish.peers)
    key, title = mirror_key(forum), RULE_TITLE if forum.members_only else forum.title
    came = {rule.id for rule in forum_rules(key, title, "public")}
    rules = forum_rules(key, title, audience, peers)
    await swap_rules(house, change, by, came, rules, f"Forum {title} is now for {audience}")


def _acts(values: dict[str, object], ordered: bool) -> list[str]:
    """Return what the audit says of a change."""
    acts = ["change forum"] if values.keys() - {"closed_at"} else []
    if "closed_at" in values:
        acts.append("close forum to ideas" if values["closed_at"] else "open forum to ideas")
    return [*acts, *(["order forums"] if ordered else [])]
