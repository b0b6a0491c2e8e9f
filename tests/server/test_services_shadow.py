"""A table in the shadow: it looks at everything that is decided, with its own detectors, and decides nothing."""

from __future__ import annotations

from dataclasses import replace

import pytest

from server.domain.crossings import Verdict
from server.domain.errors import Conflict, NotAllowed
from server.domain.ideas import Contribution
from server.services import crossings, incoming, judging, people, rule_versions, rules, shadow
from server.services.house import Rulebook
from tests.server.services_world import World, hello

GLOBEX = "globex.example"
NO_BOXES = '\n[[rule]]\nid = "G-boxes"\nkind = "guard"\ndirection = "out"\nforum = "jam-boxes/boxes"\neffect = "deny"\n'
NO_MAIL = '\n[[rule]]\nid = "G-globex"\nkind = "guard"\ndirection = "in"\nfrom = "globex.example"\neffect = "deny"\n'


async def decide(world: World, made: Contribution, act: str = "Create") -> list[Verdict]:
    """Judge and keep the verdicts, as the gate does."""
    verdicts = await judging.judge(world.house, await judging.draft_of(world.house, made))
    judged = judging.Judged(made.id, made.version, act, tuple(verdicts))
    await crossings.record_verdicts(world.house, [judged])
    return verdicts


async def text_of(world: World) -> str:
    return (await rules.rules_in_force(world.house))[0].text


async def test_the_shadow_counts_what_it_would_have_decided_otherwise_and_decides_nothing(world: World):
    forum, other, admin = await world.forum(), await world.forum("tape"), await world.admin()
    stored, _ = await shadow.start_shadow(world.house, admin, await text_of(world) + NO_BOXES, "A week, to see.")
    assert stored.state == "shadow"
    for made_in in (forum, forum, other):
        said = await decide(world, await world.idea(made_in))
        assert [one.verdict for one in said] == ["allowed"]
    report = await shadow.report(world.house)
    assert report is not None
    assert (report.judged, report.otherwise, report.opening) == (3, 2, 0)
    assert report.sentence == "It would have decided 2 of 3 otherwise, 0 more openly."
    assert {(one.before, one.after, one.rules) for one in report.differences} == {("allowed", "denied", ("G-boxes",))}
    assert (await rules.rules_in_force(world.house))[0].version != stored.version


async def test_the_shadow_looks_with_its_own_detectors(world: World):
    forum, admin = await world.forum(), await world.admin()
    text = await text_of(world)
    await rules.apply_rules(world.house, admin, 'code_names = ["Project Lynx"]\n' + text)
    await shadow.start_shadow(world.house, admin, 'code_names = ["Bluebird"]\n' + text)
    for words, before, after in (
        ("About Project Lynx.", "held", "allowed"),
        ("About Bluebird.", "allowed", "held"),
        ("Plain words.", "allowed", None),
    ):
        said = await decide(world, await world.idea(forum, text=words))
        tried = said[0].tried
        assert said[0].verdict == before
        assert tried is not None
        assert (tried.verdict if tried.differs else None) == after
        assert tried.opens is (words == "About Project Lynx.")


async def test_what_is_decided_anew_is_counted_once_and_forgotten_where_it_no_longer_differs(world: World):
    forum, admin = await world.forum(), await world.admin()
    idea = await world.idea(forum)
    await shadow.start_shadow(world.house, admin, await text_of(world) + NO_BOXES)
    await decide(world, idea)
    await decide(world, idea)
    report = await shadow.report(world.house)
    assert report is not None
    assert (report.judged, report.otherwise) == (1, 1)
    await crossings.recall(world.house, admin, idea)
    await decide(world, idea)
    report = await shadow.report(world.house)
    assert report is not None
    assert (report.judged, report.otherwise) == (1, 0)


async def test_what_comes_in_is_looked_at_too(world: World):
    forum, admin = await world.forum("plans", "public"), await world.admin()
    eve = await people.meet(world.house, f"https://{GLOBEX}/eve", "eve", GLOBEX, "Eve", "")
    await shadow.start_shadow(world.house, admin, await text_of(world) + NO_MAIL)
    verdict = await incoming.judge_incoming(world.house, hello(eve, forum))
    await incoming.record_incoming(world.house, f"https://{GLOBEX}/1", "Create", verdict)
    report = await shadow.report(world.house)
    assert report is not None
    assert [(one.act, one.after) for one in report.differences] == [("in Create", "denied")]


async def test_a_shadow_that_fails_touches_nothing_and_counts_as_refusing(world: World):
    forum, admin = await world.forum(), await world.admin()
    stored, _ = await shadow.start_shadow(world.house, admin, await text_of(world))
    book = await world.house.rulebook()
    assert book.shadow is not None

    class Broken(Rulebook):
        @property
        def rules(self) -> object:  # type: ignore[override]
            raise ZeroDivisionError

    broken = object.__new__(Broken)
    for name in ("version", "detectors", "shadow"):
        object.__setattr__(broken, name, getattr(book.shadow, name))
    world.house.shelf.book = replace(book, shadow=broken)
    said = await decide(world, await world.idea(forum))
    assert said[0].verdict == "allowed"
    assert said[0].tried is not None
    assert (said[0].tried.verdict, said[0].tried.reason) == ("denied", shadow.FAULT)
    # A table of another version of the software that no longer reads is left out, and nothing else changes.
    async with world.house.store.transaction() as change:
        await change.execute("UPDATE rule_sets SET text = 'no TOML' WHERE version = ?", (stored.version,))
    world.house.shelf.key = ()
    assert (await world.house.rulebook()).shadow is None
    assert [one.verdict for one in await decide(world, await world.idea(forum))] == ["allowed"]


async def test_one_table_at_a_time_is_in_the_shadow_and_it_ends_when_somebody_says_so(world: World):
    admin, text = await world.admin(), await text_of(world)
    with pytest.raises(Conflict):
        await shadow.end_shadow(world.house, admin)
    first, _ = await shadow.start_shadow(world.house, admin, text)
    second, change = await shadow.start_shadow(world.house, admin, text + NO_BOXES)
    assert any("G-boxes" in line for line in change.diff)
    assert (await rules.version_of(world.house, first.version)).state == "retired"
    assert [one.version for one in await rules.versions_in(world.house, "shadow")] == [second.version]
    with pytest.raises(NotAllowed):
        await shadow.end_shadow(world.house, await world.person("bob"))
    await shadow.end_shadow(world.house, admin)
    assert await shadow.report(world.house) is None
    assert (await world.house.rulebook()).shadow is None
    for version in (first.version, second.version):
        with pytest.raises(Conflict):
            await rule_versions.approve_rules(world.house, admin, version)
