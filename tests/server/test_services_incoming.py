"""What comes in: its label, its facts, and what the rules make of it before anything becomes of it."""

from __future__ import annotations

import json

import pytest

from server.boundary.facts import Facts
from server.domain.actors import Member
from server.domain.errors import Conflict, Invalid
from server.domain.ideas import Attached
from server.services import ideas, incoming, partners, people, rules
from server.services.attached import UNKNOWN_BYTES
from server.services.ideas import Origin
from server.services.incoming import label_of
from tests.server.services_world import World, hello

GLOBEX = "globex.example"


async def eve(world: World, name: str = "Eve Other", username: str = "eve", host: str = GLOBEX) -> Member:
    return await people.meet(world.house, f"https://{host}/{username}", username, host, name, "")


async def facts(world: World, wish: incoming.Incoming) -> Facts:
    return Facts.from_json(json.loads((await incoming.judge_incoming(world.house, wish)).facts))


async def add(world: World, table: str) -> None:
    stored, _ = await rules.rules_in_force(world.house)
    await rules.apply_rules(world.house, await world.admin(), f"{stored.text}\n[[rule]]\n{table}\n", alone=True)


async def test_a_stated_label_holds_and_an_unknown_one_is_refused(world: World):
    forum = await world.forum()
    assert str(await label_of(world.house, GLOBEX, forum, "amber+legal", is_public=True)) == "AMBER+legal"
    assert str(await label_of(world.house, GLOBEX, forum, "TLP:GREEN>organisation", is_public=True)) == (
        "GREEN>organisation"
    )
    for unknown in ("PURPLE", "GREEN+", "AMBER>mars", "A" * 300):
        with pytest.raises(Invalid, match="none that we know"):
            await label_of(world.house, GLOBEX, forum, unknown, is_public=True)


async def test_without_a_label_public_words_bear_the_forums_and_others_the_level_their_server_is_cleared_for(
    world: World,
):
    admin, public = await world.admin(), await world.forum()
    closed = await world.forum("plans", "partners")
    await partners.add_partner(world.house, admin, GLOBEX, "partner", "AMBER+legal")
    assert str(await label_of(world.house, GLOBEX, public, is_public=True)) == "GREEN"
    assert str(await label_of(world.house, GLOBEX, closed, is_public=False)) == "AMBER"
    assert str(await label_of(world.house, "else.example", public, is_public=False)) == "GREEN"
    root = await world.idea(public, label="AMBER+hr")
    assert str(await label_of(world.house, GLOBEX, public, "CLEAR", is_public=True, above=root)) == (
        "AMBER+hr"
    )


async def test_what_is_labelled_above_its_servers_clearance_is_refused(world: World):
    forum, author = await world.forum(), await eve(world)
    wish = hello(author, forum, label=await label_of(world.house, GLOBEX, forum, "AMBER", is_public=True))
    verdict = await incoming.judge_incoming(world.house, wish)
    assert verdict.verdict == "denied"
    assert "cleared" in verdict.reason


async def test_detectors_look_at_what_comes_in(world: World):
    forum, author = await world.forum(), await eve(world)
    found = await facts(world, hello(author, forum, "Write to carol@acme.example or +44 20 7946 0958."))
    assert found.findings == {"email", "phone"}
    assert (await incoming.judge_incoming(world.house, hello(author, forum, "a@b.example"))).verdict == "allowed"
    await add(world, 'id = "G-mail"\nkind = "guard"\ndirection = "in"\nfindings = ["email"]\neffect = "hold"')
    verdict = await incoming.judge_incoming(world.house, hello(author, forum, "a@b.example"))
    assert (verdict.verdict, verdict.rules) == ("held", ("G-mail",))
    assert "email" in verdict.found


async def test_words_of_ours_that_its_server_was_not_granted_are_a_quote(world: World):
    inside, forum, author = await world.forum("inner", "inside"), await world.forum(), await eve(world)
    await world.idea(inside, text="The press in hall three stands idle every Monday because of the oil filter")
    quote = hello(author, forum, "I know that the press in hall three stands idle every Monday!")
    assert (await facts(world, quote)).findings == {"quote"}


@pytest.mark.parametrize(
    ("name", "username", "alike"),
    [
        ("Ada Adminson", "x", True),
        ("\u0410d\u0430 Adminson", "x", True),
        ("Adminson, Ada", "x", True),
        ("Ada Adm1nson", "x", True),
        ("Ada Adminsom", "x", True),
        ("\u0430da", "x", True),
        ("Somebody", "ada-adminson", True),
        ("Ada", "ada", False),
        ("Ida Sorensen", "ida", False),
    ],
)
async def test_a_name_like_one_of_our_peoples_is_noticed(world: World, name: str, username: str, alike: bool):
    forum = await world.forum()
    await people.add_member(world.house, "ada-adminson", "Ada Adminson", "IT")
    author = await eve(world, name, username)
    assert ("lookalike" in (await facts(world, hello(author, forum))).findings) is alike


async def test_rules_tell_ideas_from_replies_and_marks(world: World):
    forum, author, admin = await world.forum(), await eve(world), await world.admin()
    await partners.add_partner(world.house, admin, GLOBEX, "customer")
    await add(
        world,
        'id = "G-answers"\nkind = "guard"\nfrom = ["tier:customer"]\nthing = ["idea"]\neffect = "deny"\n'
        'note = "Customers may reply and vote, not propose."',
    )
    said = {
        thing: (await incoming.judge_incoming(world.house, hello(author, forum, thing=thing, act=act))).verdict
        for thing, act in (("idea", "Create"), ("reply", "Create"), ("mark", "Like"))
    }
    assert said == {"idea": "denied", "reply": "allowed", "mark": "allowed"}
    stranger = await eve(world, host="else.example")
    assert (await incoming.judge_incoming(world.house, hello(stranger, forum))).verdict == "allowed"


async def test_attachments_are_counted_as_they_are_stated_and_an_unknown_size_is_above_all(world: World):
    forum, author = await world.forum(), await eve(world)
    some = Attached(2, frozenset({"image/png", ""}), 3_000)
    found = await facts(world, hello(author, forum, attached=some))
    assert (found.attachments, found.attachment_bytes) == (2, 3_000)
    assert found.attachment_types == {"image/png", "application/octet-stream"}
    await add(
        world,
        'id = "G-large"\nkind = "guard"\ndirection = "in"\nattachment_bytes = ">5MB"\neffect = "deny"',
    )
    said = [
        (await incoming.judge_incoming(world.house, hello(author, forum, attached=one))).verdict
        for one in (some, Attached(1, frozenset({"image/png"}), None))
    ]
    assert said == ["allowed", "denied"]
    assert (await facts(world, hello(author, forum, attached=Attached(1, frozenset({""}), None)))).attachment_bytes == (
        UNKNOWN_BYTES
    )


async def test_the_nth_of_an_author_is_counted_by_jam(world: World):
    forum, author, other = await world.forum(), await eve(world), await world.forum("other")
    assert (await facts(world, hello(author, forum))).nth == 1
    origin = Origin("https://g/1", "https://g/c", "x")
    made = await ideas.post_idea(world.house, author, forum, "One", "", origin=origin)
    assert (await facts(world, hello(author, forum))).nth == 2
    assert (await facts(world, hello(author, other))).nth == 1
    world.time.pass_by(hours=1)
    assert (await facts(world, hello(author, forum, act="Update", changes=made))).nth == 1


async def test_a_follow_needs_no_accept_but_a_guard_can_hold_or_deny_it(world: World):
    forum, author = await world.forum(), await eve(world)
    assert (await incoming.judge_follow(world.house, author, GLOBEX, forum)).verdict == "allowed"
    await add(
        world,
        'id = "G-first"\nkind = "guard"\nfrom = ["tier:stranger"]\nthing = ["forum"]\neffect = "hold"\napprovals = 2',
    )
    verdict = await incoming.judge_follow(world.house, author, GLOBEX, forum)
    assert (verdict.verdict, verdict.rules, verdict.approvals) == ("held", ("G-first",), 2)
    await add(world, f'id = "G-never"\nkind = "guard"\nfrom = ["{GLOBEX}"]\nact = ["Follow"]\neffect = "deny"')
    assert (await incoming.judge_follow(world.house, author, GLOBEX, forum)).verdict == "denied"


async def test_a_thread_has_a_bottom_for_what_comes_from_elsewhere(world: World):
    forum, bob = await world.forum(), await world.person("bob")
    made = await world.idea(forum)
    for _ in range(ideas.DEEPEST):
        made = await ideas.reply(world.house, bob, made, "And?")
    sent = Origin("https://jam.globex.example/1", "https://jam.globex.example/create/1", "<p>And?</p>")
    with pytest.raises(Conflict, match="deep"):
        await ideas.reply(world.house, bob, made, "And?", origin=sent)
    assert (await ideas.reply(world.house, bob, made, "And?")).parent_id == made.id
