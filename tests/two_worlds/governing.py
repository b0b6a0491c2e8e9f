"""What admins do: forums, people, partners, rules, jams."""

from __future__ import annotations

import json
from datetime import timedelta
from random import Random
from typing import Literal

from server.domain.agreements import NamedForum, Terms
from server.domain.jams import Audience
from server.services import agreements, jams, partners, people, rules, shadow
from tests.two_worlds.history import Step
from tests.two_worlds.tables import make_table, written
from tests.two_worlds.worlds import CANARY, World


def _slug(made: World, what: str) -> str:
    return f"{what}{made.number}-{CANARY.lower()}" + ("-longer" if made.twin else "")


async def draft_jam(made: World, step: Step) -> None:
    made.veiled[made.number] = "forums"
    if not (step.apart and made.twin):
        jam = await made.acme.jam(_slug(made, "draft"), opened=False)
        made.veil((await made.acme.forum(_slug(made, "in-draft"), jam=jam)).uri, "forums")


async def hidden_forum(made: World, step: Step) -> None:
    made.veiled[made.number] = "forums"
    if not (step.apart and made.twin):
        audience: Audience = "inside" if step.which % 2 else "partners"
        forum = await made.acme.forum(_slug(made, "f"), audience, peers=(made.other.host,))
        made.veil(forum.uri, "forums")


async def new_member(made: World, step: Step) -> None:
    if not (step.apart and made.twin):
        name = f"new{made.number}{CANARY}{'x' * made.twin}"
        await made.acme.member(name, name=made.words("member"), consent=step.which % 2 == 0)


async def new_partner(made: World, step: Step) -> None:
    if not (step.apart and made.twin):
        tier = "customer" if step.which % 2 else "partner"
        await made.acme.partner(f"{CANARY.lower()}{made.number}{'x' * made.twin}.example", tier)


async def agreement(made: World, step: Step) -> None:
    """Have a server that the observer knows nothing of offer an agreement, and accept it."""
    if step.apart and made.twin:
        return
    host = f"{CANARY.lower()}{made.number}{'x' * made.twin}.example"
    them, now = f"https://{host}/actor", made.acme.house.now()
    terms = Terms(
        forums=(NamedForum("*", CANARY),), direction="both", clearance="GREEN", retention_days=0, onward="anyone",
        tier="partner", starts_at=now, ends_at=now + timedelta(days=1),
    )  # fmt: skip
    parties = [them, made.acme.house.addresses.server_uri]
    document = json.dumps({"id": f"https://{host}/1", "parties": parties})
    asked = await agreements.take_offer(made.acme.house, host, f"https://{host}/1", 1, terms, document)
    await agreements.accept(made.acme.house, made.acme.admin, asked.id)


async def pause_other(made: World, step: Step) -> None:
    """Pause the other partner: for a moment in one world alone, or alike in both, for then it is missed."""
    house, admin = made.acme.house, made.acme.admin
    if not step.apart:
        state: Literal["active", "paused"] = "active" if step.which % 2 else "paused"
        await partners.change_partner(house, admin, made.other.host, state=state)
    elif not made.twin:
        await partners.change_partner(house, admin, made.other.host, state="paused")
        await made.acme.idle()
        await partners.change_partner(house, admin, made.other.host, state="active")


async def change_other(made: World, step: Step) -> None:
    """Clear the other partner for more, alike in both: what it says in a closed forum bears that label from then on."""
    house, admin, host = made.acme.house, made.acme.admin, made.other.host
    await partners.change_partner(house, admin, host, clearance="AMBER")
    if not (step.apart and made.twin):
        await partners.change_partner(house, admin, host, name=made.words("partner"))


async def rules_about_others(made: World, step: Step) -> None:
    """A guard about the other partner: what it keeps from it is missed in its answers, unless it is hidden itself."""
    if step.apart and made.twin:
        return
    stored, _ = await rules.rules_in_force(made.acme.house)
    guard = f'\n[[rule]]\nid = "G-{made.number}"\nkind = "guard"\ndirection = "out"\nto = "{made.other.host}"\n'
    guard += f'effect = "deny"\nnote = "{made.words("rule")}"\n'
    if step.apart:
        guard += f'forum = "{made.setting.forums["pilot"].key}"\n'
    await rules.apply_rules(made.acme.house, made.acme.admin, stored.text + guard, alone=True)


async def table(made: World, step: Step) -> None:
    """Put the next table of the history in force."""
    number = 1 + sum(one.what == "table" for one in made.history.steps[: made.number])
    await apply_table(made, number)


async def apply_table(made: World, number: int) -> None:
    """Put a table in force, some of them in half a minute: then the clock does it."""
    text, house = written(made.history.table(number), made.names), made.acme.house
    starts_at = house.now() + timedelta(seconds=30) if number % 2 else None
    await rules.apply_rules(house, made.acme.admin, text, made.words("note"), alone=True, starts_at=starts_at)


async def try_out(made: World, step: Step) -> None:
    """Try another table in the shadow, where it decides nothing."""
    if not (step.apart and made.twin):
        text = written(make_table(Random(step.which + made.twin)), made.names)
        await shadow.start_shadow(made.acme.house, made.acme.admin, text, made.words("note"))


async def agree(made: World, step: Step) -> None:
    """Agree with the observer's server on its forums, or end that: it only narrows, and it happens alike in both."""
    if made.history.observer == "stranger" or made.number >= made.history.leaves_at():
        return
    house, host = made.acme.house, made.watcher.host
    for one in await agreements.list_agreements(house, made.acme.admin, host):
        if one.state == "active":
            await agreements.end(house, made.acme.admin, one.id, made.words("reason"))
            return
    now, uri = house.now(), f"{made.watcher.url}/agreements/{made.number}"
    named = [forum for name, forum in made.setting.forums.items() if name in ("open", "closed", "lab")]
    terms = Terms(
        forums=tuple(NamedForum(one.uri, one.title) for one in named[step.which % 2 :]), direction="both",
        clearance="GREEN", retention_days=0, onward="anyone", tier="partner", starts_at=now,
        ends_at=now + timedelta(minutes=(5, 600)[step.who % 2]),
    )  # fmt: skip
    document = json.dumps({"id": uri, "parties": [made.watcher.server, house.addresses.server_uri]})
    asked = await agreements.take_offer(house, host, uri, made.number + 1, terms, document)
    await agreements.accept(house, made.acme.admin, asked.id)


async def consent(made: World, step: Step) -> None:
    member = made.setting.named[step.who % len(made.setting.named)]
    await people.change_member(made.acme.house, member, member, consent=step.which % 3 == 0)


async def change_observer(made: World, step: Step) -> None:
    """Change the observer's clearance, pause it or resume it, where it is a partner."""
    if made.history.observer == "stranger" or made.number >= made.history.leaves_at():
        return
    host, house, admin = made.watcher.host, made.acme.house, made.acme.admin
    if step.what == "pause observer":
        await partners.change_partner(house, admin, host, state="active" if step.which % 2 else "paused")
    else:
        await partners.change_partner(house, admin, host, clearance=("GREEN", "AMBER")[step.which % 2])


async def close(made: World, step: Step) -> None:
    jam = next(one for one in await jams.list_jams(made.acme.house, made.acme.admin) if one.slug == "better")
    if step.which % 3 == 0:
        await jams.freeze_jam(made.acme.house, made.acme.admin, jam)
    else:
        await jams.extend_jam(made.acme.house, made.acme.admin, jam, jam.closes_at.replace(microsecond=step.which))
