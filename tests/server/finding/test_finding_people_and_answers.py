"""What was answered already is found before it is asked again, and who knows is found by what they answered."""

from __future__ import annotations

from server.domain.expertise import Evidence, weigh
from server.services import ideas, marking, resembling
from server.services.experts import who_knows
from tests.server.services_world import World

# (as it was asked, its answer, as somebody else asks it later)
QUESTIONS = [
    (
        "Who owns the returnable crates?",
        "Logistics does, ask for the crate desk.",
        "returnable crates, who is the owner?",
    ),
    (
        "How do I order recycled paper tape?",
        "Through the shop, number 4711.",
        "where can I order paper tape that is recycled",
    ),
    ("Can we film in the packing hall?", "Yes, with a badge from security.", "Filming in the packing hall: allowed?"),
    ("Is there a budget for prototypes?", "Two thousand for each team.", "budget for building prototypes"),
    ("Which glue is safe for food?", "The water-based one.", "What glue may touch food?"),
    ("Where do broken pallets go?", "To the carpenters on Thursdays.", "Where should I bring broken pallets"),
    ("Do customers return the boxes?", "About a third does.", "How many boxes do customers return?"),
    ("Who signs off new suppliers?", "Purchasing, within a week.", "new suppliers: who signs?"),
    ("How long does cardboard last in rain?", "An hour at most.", "cardboard in the rain, how long?"),
    ("May interns drive the forklift?", "Only with the licence.", "Are interns allowed on the forklift?"),
]


async def test_of_ten_questions_asked_again_in_other_words_the_answer_is_among_the_first_three(world: World):
    forum, bob, cleo = await world.forum(), await world.person("bob"), await world.person("cleo")
    for number in range(40):
        await world.idea(
            forum, title=f"How about box {number}?", text="What if we could do this in another way, who knows?"
        )
    answers = {}
    for asked, answer, _ in QUESTIONS:
        made = await world.idea(forum, bob, title=asked, text="I could not find it.", intent="question")
        await ideas.reply(world.house, cleo, made, "I wonder too.")
        answers[asked] = (await ideas.reply(world.house, cleo, made, answer, intent="answer")).id
    found = 0
    for asked, _, again in QUESTIONS:
        told = await resembling.answered(world.house, await world.person("reader"), again)
        found += answers[asked] in [one.answer.id for one in told]
    assert found >= 9, f"{found} of 10"


async def test_a_question_without_an_answer_is_not_called_answered(world: World):
    forum = await world.forum()
    made = await world.idea(forum, title="Who owns the crates?", text="?", intent="question")
    await ideas.reply(world.house, await world.person("cleo"), made, "Good question about crates.")
    assert await resembling.answered(world.house, await world.person("reader"), "who owns the crates") == []


async def test_a_marked_answer_goes_before_a_supported_one(world: World):
    forum, cleo = await world.forum(), await world.person("cleo")
    made = await world.idea(forum, title="Who owns the crates?", text="?", intent="question")
    liked = await ideas.reply(world.house, cleo, made, "Nobody.", intent="answer")
    right = await ideas.reply(world.house, cleo, made, "Logistics.", intent="answer")
    await marking.mark(world.house, await world.person("dan"), liked, "support")
    assert (await resembling.answered(world.house, cleo, "who owns crates"))[0].answer.id == liked.id
    async with world.house.store.transaction() as change:
        await change.execute("UPDATE contributions SET best = 1 WHERE id = ?", (right.id,))
    assert (await resembling.answered(world.house, cleo, "who owns crates"))[0].answer.id == right.id


async def test_who_answers_well_is_found_before_who_writes_much(world: World):
    forum = await world.forum()
    loud, knows, fan = await world.person("loud"), await world.person("knows"), await world.person("fan")
    made = await world.idea(forum, title="Who repairs broken pallets?", text="?", intent="question")
    for number in range(15):
        await ideas.reply(world.house, loud, made, f"Pallets, pallets, broken pallets! {number}")
    answer = await ideas.reply(world.house, knows, made, "The carpenters do.", intent="answer")
    for one in (fan, await world.person("dan"), await world.person("eve")):
        await marking.mark(world.house, one, answer, "support")
    found = await who_knows(world.house, fan, "broken pallets")
    assert found[0].member.username == "knows"
    assert found[0].evidence[0].id == answer.id, "though its own words name no pallet"
    assert "fan" not in [one.member.username for one in await who_knows(world.house, fan, "broken pallets")]


def test_one_good_answer_weighs_more_than_many_that_nobody_needed():
    assert weigh([Evidence(6.0, "a")]) > weigh([Evidence(1.0, str(n)) for n in range(50)])
