"""The first steps of an organisation, each looked at as it really stands; what is not wanted can be put aside."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlsplit

from server.domain.actors import Member
from server.domain.errors import Missing
from server.domain.sentences import say, together
from server.services.house import House
from server.storage import audit, events, people
from server.storage import partners as partner_rows

StepKey = Literal["organisation", "sign-in", "mail", "partner", "practice"]
StepState = Literal["done", "todo", "aside"]
KEYS: tuple[StepKey, ...] = ("organisation", "sign-in", "mail", "partner", "practice")
ASIDE, AGAIN = "put step aside", "take step up"
HERE = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True, slots=True)
class Step:
    """One step: `said` is what was found, with what to do where it is not done."""

    key: StepKey
    state: StepState
    said: str


NO_MAIL = (
    False,
    say("No mail server is set: people are told in their inbox alone (docs/operators.md, MARMALADE_SMTP_)."),
)


async def first_steps(house: House, by: Member, mail: tuple[bool, str] = NO_MAIL) -> list[Step]:
    """Look at each step now. `mail` says whether the mail server takes us, and what was found. For admins."""
    by.require("people")
    aside = await _aside(house)
    found = {
        "organisation": _organisation(house),
        "sign-in": await _sign_in(house),
        "mail": mail,
        "partner": await _partner(house),
        "practice": await _practice(house),
    }
    return [
        Step(key, "done" if found[key][0] else "aside" if key in aside else "todo", found[key][1]) for key in KEYS
    ]


def _organisation(house: House) -> tuple[bool, str]:
    addresses = house.addresses
    for url in (addresses.inside_url, addresses.edge_url):
        parts = urlsplit(url)
        if parts.scheme != "https" and (parts.hostname or "") not in HERE:
            return False, say(
                "%(url)s is not https: what people type can be read on the way. Put TLS before it.", url=url
            )
    where = say(
        "%(name)s: inside at %(inside)s, for the world at %(edge)s.",
        name=house.name,
        inside=addresses.inside_url,
        edge=addresses.edge_url,
    )
    if addresses.edge_url.startswith("https"):
        return True, where
    return True, together(where, say("Good for trying out on this machine."))


async def _sign_in(house: House) -> tuple[bool, str]:
    ready, admins = await people.count_with_password(house.store), await people.count_by_role(house.store, "admin")
    said = say("%(ready)s can sign in with a password; %(admins)s of all are admins.", ready=ready, admins=admins)
    if ready < 2:
        return False, together(said, say("Invite at least one other person, and see them come in."))
    if admins < 2:
        return False, together(said, say("Make a second one, so that nobody is locked out when you are away."))
    return True, said


async def _partner(house: House) -> tuple[bool, str]:
    known = [one for one in await partner_rows.all_of(house.store) if one.state != "removed"]
    if not known:
        return False, say("No partner yet: no other organisation shares a forum with you.")
    return True, say("%(n)s written down, %(name)s first.", n=len(known), name=known[0].name or known[0].host)


async def _practice(house: House) -> tuple[bool, str]:
    if await audit.found(house.store, act="make rehearsal jam", limit=1):
        return True, say("You have rehearsed a jam.")
    return False, say("No jam was rehearsed yet. Draft one from a template, then rehearse it in its settings.")


async def _aside(house: House) -> set[str]:
    """Return the steps that were put aside and not taken up again."""
    deeds = [*await audit.found(house.store, act=ASIDE), *await audit.found(house.store, act=AGAIN)]
    last = {deed.subject_id: deed.act for deed in sorted(deeds, key=lambda deed: deed.seq)}
    return {key for key, act in last.items() if act == ASIDE}


async def put_aside(house: House, by: Member, key: str, *, aside: bool = True) -> None:
    """Put a step aside, or take it up again; the audit chain remembers it."""
    by.require("people")
    if key not in KEYS:
        raise Missing("step", f"no step {key}")
    async with house.store.transaction() as change:
        await events.audit(change, by.id, ASIDE if aside else AGAIN, key, house.now().timestamp())
