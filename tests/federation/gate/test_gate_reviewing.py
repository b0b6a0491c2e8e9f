"""A changed table, partner or consent: what is skipped because it is in line is what the slow way would not touch."""

from __future__ import annotations

import asyncio
import tempfile
from collections import Counter
from contextlib import AsyncExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as some

from federation.gate import reviewing
from federation.gate.plan import Gateway
from federation.gate.release import Release
from federation.outside import crossings as released
from server.domain.events import Event
from server.services import crossings, forums, holds, ideas, ideas_read, partners, people, rules
from tests.federation.conftest import MakeOrganisation
from tests.federation.organisation import Organisation, found, open_store

GUARDS = {
    "public": 'to = "tier:public"\neffect = "deny"',
    "globex": 'to = ["globex.example"]\neffect = "deny"',
    "square": 'direction = "out"\nforum = ["better/square"]\neffect = "deny"',
    "hold mail": 'direction = "out"\nfindings = ["email"]\neffect = "hold"',
    "redact mail": 'direction = "out"\nfindings = ["email"]\neffect = "redact"\nredactions = ["email"]',
    "first": 'direction = "out"\nfirst_crossing = true\neffect = "hold"',
    "replies": 'direction = "out"\nlength = "<10"\neffect = "deny"',
    "unnamed": 'direction = "out"\nconsent = false\neffect = "deny"',
}
STEPS = [*(f"guard {name}" for name in GUARDS), "no guard", "consent off", "consent on", "partner in", "partner out",
         "partner paused", "partner back", "recall", "recall from globex", "release holds", "relabel", "edit", "reply",
         "idea", "mail", "new colleague"]  # fmt: skip


def guard(name: str) -> str:
    return f'\n[[rule]]\nid = "G-x"\nkind = "guard"\n{GUARDS[name]}\n'


async def live(acme: Organisation, table: str, step: str, number: int) -> None:
    """Let one thing happen inside. `table` is the rule table as it was at first."""
    house, admin = acme.house, acme.admin
    zoe = await people.person(house, "zoe")
    every = [
        made for forum in await forums.forums_of(house, "") for made in await ideas_read.standing_in(house, [forum.id])
    ]
    one = every[number % len(every)]
    author = await people.member_by_id(house, one.author_id)
    assert author is not None
    match step.split(" ", 1):
        case ["guard", name]:
            await rules.apply_rules(house, admin, f"{table}{guard(name)}", alone=True)
        case ["no", _]:
            await rules.apply_rules(house, admin, table, alone=True)
        case ["consent", choice]:
            await people.change_member(house, zoe, zoe, consent=choice == "on")
        case ["partner", "in"]:
            await acme.partner("globex.example")
        case ["partner", state] if await partners.find_partner(house, "globex.example"):
            words: dict[str, Any] = {"out": "removed", "paused": "paused", "back": "active"}
            await partners.change_partner(house, admin, "globex.example", state=words[state])
        case ["recall"]:
            await crossings.recall(house, admin, one)
        case ["recall", _]:
            await crossings.recall(house, admin, one, "globex.example")
        case ["release", _]:
            for hold in await holds.list_holds(house, await people.person(house, "rita")):
                await holds.release(house, await people.person(house, "rita"), hold.id)
        case ["relabel"]:
            await ideas.edit(house, author, one, one.text, label="AMBER")
        case ["edit"]:
            await ideas.edit(house, author, one, f"{one.text} More words, {number}.")
        case ["reply"]:
            await acme.reply(one, f"Words {number}.", zoe)
        case ["mail"]:
            await acme.reply(one, f"Write to bob{number}@example.org, or ask Ida Ilves.", zoe)
        case ["new", _]:
            await people.add_member(house, f"ida{number}", "Ida Ilves", consent=False)
        case _:
            forum = (await forums.forums_of(house, ""))[number % 2]
            await acme.idea(forum, f"An idea that is numbered {number}.", zoe, title=f"Idea {number}")


async def picture(gate: Gateway) -> dict[str, Counter[tuple[Any, ...]]]:
    """Return all that the gate decides and writes; ids made at random are told by what they stand for."""
    outside, inside = gate.outside.store, gate.house.store
    names = {row["uri"]: f"{row['contribution_id']}/{row['form']}" for row in await inside.fetch("SELECT * FROM twins")}
    for row in await inside.fetch("SELECT * FROM pseudonyms"):
        names[row["uri"]] = f"{row['member_id']} in {row['thread_id']}"
    queries = {
        "documents": (
            outside,
            "SELECT uri, version, audience, kind, revoked_at IS NULL FROM crossings WHERE type NOT IN"
            " ('Announce', 'Create', 'Delete', 'Update')",
        ),
        "activities": (
            outside,
            "SELECT subject_uri, version, audience, kind, type, revoked_at IS NULL FROM crossings WHERE type IN"
            " ('Announce', 'Create', 'Delete', 'Update')",
        ),
        "deliveries": (outside, "SELECT host, object_uri, version, act, state FROM deliveries"),
        "recalls": (outside, "SELECT object_uri, host, state, cause, rounds FROM recalls"),
        "holds": (inside, "SELECT contribution_id, version, state, rules, part FROM holds"),
        "verdicts": (
            inside,
            "SELECT contribution_id, version, audience, act, effect, rules, reason, rule_set FROM verdicts",
        ),
        "twins": (inside, "SELECT contribution_id, form FROM twins"),
    }
    return {
        name: Counter(tuple(names.get(value, value) for value in row.values()) for row in await store.fetch(query))
        for name, (store, query) in queries.items()
    }


async def dealt_with(acme: Organisation, *, slowly: bool) -> dict[str, Counter[tuple[Any, ...]]]:
    """Let a copy of the gate deal with what is left in the log; return what stands then."""
    with tempfile.TemporaryDirectory() as folder:
        await acme.house.store.backup(Path(folder) / "inside.sqlite")
        await acme.outside.store.backup(Path(folder) / "outside.sqlite")
        inside, store = await open_store(Path(folder), "inside"), await open_store(Path(folder), "outside")
        gate = Gateway(
            replace(acme.house, store=inside, shelf=type(acme.house.shelf)()),
            replace(acme.outside, store=store),
            acme.gate.make_pair,
        )
        plain = reviewing._is_in_line
        if slowly:
            reviewing._is_in_line = lambda *_: False
        try:
            while await Release(gate, fail).run_once():
                pass
            return await picture(gate)
        finally:
            reviewing._is_in_line = plain
            await inside.close()
            await store.close()


def fail(event: Event, error: Exception) -> None:
    raise error


class Blank:
    """What organisations are made from: blank stores and key pairs."""

    def __init__(self, folder: Path, pairs: list[tuple[str, str]]) -> None:
        self.folder, self.pairs = folder, pairs


@pytest.fixture(scope="session")
def blank(blank_organisation: Path, key_pairs: list[tuple[str, str]]) -> Blank:
    return Blank(blank_organisation, key_pairs)


async def check(blank: Blank, history: list[tuple[str, int]]) -> None:
    async with AsyncExitStack() as stack:
        with tempfile.TemporaryDirectory() as folder:
            acme = await found(stack, Path(folder), blank.folder, "Acme", blank.pairs)
            await acme.member("zoe", name="Zoe Zuckerfrau")
            await acme.member("rita", "reviewer")
            square, friends = await acme.forum("square", "public"), await acme.forum("friends", "partners")
            table = (await rules.rules_in_force(acme.house))[0].text
            await acme.partner("globex.example")
            zoe = await people.person(acme.house, "zoe")
            for forum in (square, friends):
                idea = await acme.idea(forum, "A first idea, with enough words.", zoe)
                await acme.reply(idea, "A reply.")
            await acme.idle()
            for step, number in history:
                await live(acme, table, step, number)
                if step.split(" ")[0] in ("guard", "no", "consent", "partner"):
                    quick, slow = await dealt_with(acme, slowly=False), await dealt_with(acme, slowly=True)
                    for name, rows in quick.items():
                        assert rows == slow[name], (step, name, rows - slow[name], slow[name] - rows)
                await acme.idle()
            assert not acme.faults


@pytest.mark.slow
@settings(
    max_examples=4, deadline=None, derandomize=True, database=None, report_multiple_bugs=False,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
    phases=(Phase.explicit, Phase.generate),
)  # fmt: skip
@given(history=some.lists(some.tuples(some.sampled_from(STEPS), some.integers(0, 9)), min_size=4, max_size=6))
def test_whatever_happened_the_quick_way_ends_where_the_slow_way_ends(blank: Blank, history: list[tuple[str, int]]):
    asyncio.run(check(blank, history))


async def test_what_is_in_line_is_left_alone_and_the_rest_is_not(organise: MakeOrganisation):
    acme = await organise()
    square, friends = await acme.forum("square", "public"), await acme.forum("friends", "partners")
    await acme.partner("globex.example")
    shown = [await acme.idea(forum, f"Words {number}.") for number in range(3) for forum in (square, friends)]
    await acme.idle()
    slow: list[str] = []
    plain = reviewing.bring_in_line

    async def counted(gate: Any, plan: Any, made: Any, *more: Any) -> None:
        slow.append(made.id)
        await plain(gate, plan, made, *more)

    reviewing.bring_in_line = counted
    try:
        stored, _ = await rules.rules_in_force(acme.house)
        await rules.apply_rules(acme.house, acme.admin, stored.text + guard("square"), alone=True)
        await acme.idle()
    finally:
        reviewing.bring_in_line = plain
    assert set(slow) == {made.id for made in shown[::2]}
    assert [await released.audiences_of(acme.outside, made.uri) for made in shown[::2]] == [[]] * 3
    assert [await released.audiences_of(acme.outside, made.uri) for made in shown[1::2]] == [["globex.example"]] * 3
    said = {verdict.rule_set for made in shown for verdict in await crossings.verdicts_of(acme.house, acme.admin, made)}
    assert said == {(await rules.rules_in_force(acme.house))[0].version}, "verdicts name the table in force"
