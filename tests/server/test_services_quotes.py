"""Quotes: what stands inside is not told to those who were not granted it, by way of somebody else's words."""

from __future__ import annotations

from dataclasses import replace

from server.boundary.rules import Conditions, write_rules
from server.domain.crossings import Verdict
from server.domain.ideas import Contribution
from server.domain.jams import Forum
from server.services import crossings, ideas, judging, partners, quotes, rules
from server.services.judging import Draft, Judged
from tests.server.services_world import World

SECRET = "The press in hall three stands idle every Monday because nobody checks the oil filter"
QUOTE = "I heard that the press in hall three stands idle every Monday, is that so?"


async def hold_quotes_of_everybody(world: World) -> None:
    """Have what our own people repeat held as well, as an admin may."""
    _, table = await rules.rules_in_force(world.house)
    guard = replace(table.by_id["G-quote"], conditions=Conditions(findings=frozenset({"quote"})))
    await rules.apply_rules(world.house, await world.admin(), write_rules(table.with_rules(guard)), alone=True)


async def judged(world: World, made: Contribution) -> dict[str, Verdict]:
    """Judge something as the gate does, keep what was decided, and return it by audience."""
    verdicts = await judging.judge(world.house, await judging.draft_of(world.house, made))
    await crossings.record_verdicts(world.house, [Judged(made.id, made.version, "Create", tuple(verdicts))])
    return {verdict.audience: verdict for verdict in verdicts}


async def would_quote(world: World, forum: Forum, text: str = QUOTE) -> bool:
    """Say whether carol's words would count as a quote for everyone, without writing them."""
    draft = Draft(forum, await world.person("carol"), "A thought", text, "GREEN")
    return quoting({one.audience: one for one in await judging.judge(world.house, draft)})["*"]


def quoting(verdicts: dict[str, Verdict]) -> dict[str, bool]:
    return {audience: '"quote"' in verdict.facts for audience, verdict in verdicts.items()}


async def test_words_of_an_inside_forum_wait_when_somebody_repeats_them_in_public(world: World):
    inside, public = await world.forum("inner", "inside"), await world.forum("open", "public")
    await judged(world, await world.idea(inside, text=SECRET))
    # By default our own people decide what they repeat; the finding is there for rules to ask about.
    draft = Draft(public, await world.person("carol"), "A thought", QUOTE, "GREEN")
    (unheld,) = await judging.judge(world.house, draft)
    assert (unheld.verdict, '"quote"' in unheld.facts) == ("allowed", True)
    await hold_quotes_of_everybody(world)
    said = await judged(world, await world.idea(public, text=QUOTE))
    assert (said["*"].verdict, said["*"].rules) == ("held", ("G-quote",))
    short = await judged(world, await world.idea(public, text="Does the press in hall three stand still?"))
    assert short["*"].verdict == "allowed"


async def test_each_audience_is_asked_what_it_was_granted(world: World):
    admin = await world.admin()
    await partners.add_partner(world.house, admin, "globex.example", "partner", "GREEN")
    await partners.add_partner(world.house, admin, "kunde.example", "customer", "GREEN")
    shared = await world.forum("shared", "partners")
    public = await world.forum("open", "public")
    await judged(world, await world.idea(shared, text=SECRET))
    said = quoting(await judged(world, await world.idea(public, text=QUOTE)))
    assert said == {"*": True, "globex.example": False, "kunde.example": True}


async def test_what_may_be_read_by_everyone_may_be_quoted_everywhere(world: World):
    inside, public = await world.forum("inner", "inside"), await world.forum("open", "public")
    await judged(world, await world.idea(public, text=SECRET))
    # Somebody inside has quoted the public words too: that does not make them a secret.
    await judged(world, await world.idea(inside, text=f"Look at this: {SECRET}"))
    assert not await would_quote(world, public)
    assert await would_quote(world, public, f"Look, look at this: {SECRET}")


async def test_a_label_a_recall_and_a_held_edit_hide_words_as_well(world: World):
    public = await world.forum("open", "public")
    admin = await world.admin()
    amber = await world.idea(public, text=SECRET, label="AMBER")
    assert (await judged(world, amber))["*"].verdict == "denied"
    assert await would_quote(world, public)
    await ideas.delete(world.house, admin, amber)
    open_idea = await world.idea(public, text=SECRET)
    await judged(world, open_idea)
    assert not await would_quote(world, public)
    await crossings.recall(world.house, admin, open_idea)
    assert await would_quote(world, public)


async def test_an_edit_that_waits_is_not_quoted_though_the_words_before_it_stand(world: World):
    public, bob = await world.forum("open", "public"), await world.person("bob")
    idea = await world.idea(public, text="Harmless words.")
    await judged(world, idea)
    edited = await ideas.edit(world.house, bob, idea, f"{SECRET}. Ask ann@acme.example")
    assert (await judged(world, edited))["*"].verdict == "held"
    assert await would_quote(world, public)


async def test_what_the_gate_has_not_judged_yet_is_judged_for_the_question(world: World):
    inside, public = await world.forum("inner", "inside"), await world.forum("open", "public")
    await world.idea(public, text=SECRET)
    assert not await would_quote(world, public)
    await world.idea(public, text="My key is AKIAIOSFODNN7EXAMPLE and my words are these eight words of mine")
    said = await judged(world, await world.idea(public, text="Bob says: my words are these eight words of mine"))
    assert quoting(said) == {"*": True}
    await world.idea(inside, text="Nobody outside has to know how many people work in hall seven")
    said = await judged(world, await world.idea(public, text="nobody outside has to know how many people work there"))
    assert quoting(said) == {"*": True}


async def test_who_waits_for_a_reviewer_may_say_it_better_meanwhile(world: World):
    public, bob = await world.forum("open", "public"), await world.person("bob")
    waiting = await judged(world, await world.idea(public, text=f"{SECRET}. Ask ann@acme.example"))
    assert waiting["*"].verdict == "held"
    assert quoting(await judged(world, await world.idea(public, bob, text=SECRET))) == {"*": False}
    other = f"{SECRET}. Says bob, who does not want to tell us how he came to know of all that."
    await judged(world, await world.idea(public, bob, text=f"{other} bob@acme.example"))
    assert await would_quote(world, public, other)


async def test_two_threads_that_quote_each_other_come_to_an_end(world: World):
    public, bob = await world.forum("open", "public"), await world.person("bob")
    first = await world.idea(public, text=SECRET)
    second = await world.idea(public, text=f"{SECRET} too")
    await ideas.reply(world.house, bob, first, f"As said there: {SECRET} too")
    last = await ideas.reply(world.house, bob, second, f"As said there: {SECRET}")
    assert quoting(await judged(world, last)) == {"*": False}


async def test_prints_go_with_the_words(world: World):
    inside, public = await world.forum("inner", "inside"), await world.forum("open", "public")
    bob = await world.person("bob")
    secret = await world.idea(inside, text=SECRET)
    changed = await ideas.edit(world.house, bob, secret, "Something else altogether.")
    assert not await would_quote(world, public)
    await ideas.edit(world.house, bob, changed, SECRET)
    assert await would_quote(world, public)
    await ideas.delete(world.house, bob, secret)
    kept = await world.house.store.fetch_value("SELECT count(*) FROM printed WHERE contribution_id = ?", (secret.id,))
    assert kept == 0


async def test_a_store_from_before_the_prints_is_filled(world: World):
    inside, public = await world.forum("inner", "inside"), await world.forum("open", "public")
    await world.idea(inside, text=SECRET)
    async with world.house.store.transaction() as change:
        await change.execute("DELETE FROM fingerprints")
        await change.execute("DELETE FROM printed")
    assert not await would_quote(world, public)
    assert await quotes.fill_prints(world.house) == 1
    assert await quotes.fill_prints(world.house) == 0
    assert await would_quote(world, public)
