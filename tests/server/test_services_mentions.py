"""Naming people: who is meant, who is suggested, and what others learn of it."""

from __future__ import annotations

from server.services import ideas, log, mentions, people
from tests.server.services_world import World


async def met(world: World, username: str) -> None:
    """Have somebody from another server take part here."""
    uri = f"https://globex.example/people/{username}"
    await people.meet(world.house, uri, username, "globex.example", username.title(), uri)


async def _handles(world: World, text: str) -> list[str]:
    return [one.handle for one in await mentions.named_in(world.house, text)]


async def test_handles_name_people_and_addresses_and_code_do_not(world: World) -> None:
    await world.person("bob")
    await world.person("carol")
    await met(world, "zoe")
    assert await _handles(world, "Ask @bob, (@carol) and @zoe@globex.example. And @bob again.") == [
        "@bob",
        "@carol",
        "@zoe@globex.example",
    ]
    others = "Write to me@bob, see https://x.example/@bob or `@bob`, @nobody, @bob@other.example."
    assert await _handles(world, others) == []
    assert await _handles(world, "```\n@bob\n```\n@carol") == ["@carol"]


async def test_a_mention_is_an_event_of_ids_and_an_edit_tells_only_of_new_ones(world: World) -> None:
    bob, carol = await world.person("bob"), await world.person("carol")
    idea = await world.idea(await world.forum(), bob, text="What does @carol say?")
    found = (await log.events_after(world.house, 0, 1000))[-1]
    assert found.data["mentions"] == [carol.id]
    assert [one.id for one in (await mentions.mentioned(world.house, [idea.id]))[idea.id]] == [carol.id]
    await ideas.edit(world.house, bob, idea, "What do @carol and @bob say?")
    found = (await log.events_after(world.house, 0, 1000))[-1]
    assert found.data["mentions"] == [bob.id]


async def test_people_are_suggested_by_name_and_handle_our_own_first(world: World) -> None:
    bob = await world.person("bob")
    await met(world, "bertha")
    await world.person("carol")

    async def told(begun: str) -> list[str]:
        return [one.handle for one in await mentions.suggest(world.house, bob, begun)]

    assert await told("b") == ["@bob", "@bertha@globex.example"]
    assert await told("@CAR") == ["@carol"]
    assert await told("%") == []
    assert await told("") == []
