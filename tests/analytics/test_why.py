"""What replies are meant as: said by people, guessed by a machine that learnt from them alone."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest

from analytics import intents
from analytics.why import WhyWorker
from server.domain.ideas import Contribution
from server.services import forums, ideas, jams, people, reasons
from tests.analytics.town import WHOLE, Town

PLACES = [
    "the bridge",
    "the station",
    "hall seven",
    "the canteen",
    "the yard",
    "the east wing",
    "our branch",
    "the night shift",
]
SAID = {
    "question": (
        "Who would pay for {}?", "When would it begin at {}?", "How many people use {} in a week?",
        "Has anybody asked the crew of {}?", "What happens to {} in winter?", "Could we do it without {}?",
    ),
    "concern": (
        "I am afraid that this costs far too much for {}.", "That is dangerous: somebody gets hurt at {}.",
        "This will fail, the people of {} do not want it.", "It takes space away from {}, and we have none.",
        "The noise at {} would be unbearable.", "I doubt it; {} is too old for that.",
    ),
    "evidence": (
        "A survey of 2023 counted 412 people at {}, see https://example.org/survey.",
        "Figures of last year: 38 % less waste at {}, https://example.org/report.",
        "The measurement shows 21 degrees on average in {} (https://example.org/data).",
        "According to the audit of 2022, {} lost 1,200 hours, https://example.org/audit.",
        "See table 4 of https://example.org/study: 57 % of those at {} agree.",
        "Statistics of 2021: 9 of 10 accidents happened near {}, https://example.org/count.",
    ),
}  # fmt: skip


def replies(intent: str, count: int) -> list[str]:
    made = (sentence.format(place) for place, sentence in itertools.product(PLACES, SAID[intent]))
    return list(itertools.islice(made, count))


async def settle(town: Town, themes: Any, why: WhyWorker) -> None:
    await town.catch_up(themes)
    while await why.run_once():
        pass


async def discuss(
    town: Town, marks: int, unmarked: int = 2, by: str = "bea"
) -> tuple[Contribution, dict[str, list[Contribution]]]:
    """Have an idea with so many marked replies of each kind, and some that are not marked."""
    (idea,) = await town.say("Covered benches at every stop, with a light and a timetable.")
    bea = await people.add_member(town.house, by, by.title(), "Sales")
    left: dict[str, list[Contribution]] = {intent: [] for intent in SAID}
    for number in range(marks + unmarked):
        for intent in SAID:
            text = replies(intent, marks + unmarked)[number]
            kind = intent if number < marks else ""
            made = await ideas.reply(town.house, bea, idea, text, intent=kind)  # type: ignore[arg-type]
            if not kind:
                left[intent].append(made)
    return idea, left


async def test_guesses_come_from_marks_are_never_counted_as_said_and_end_when_somebody_says(town: Town):
    themes = town.worker()
    why = WhyWorker(town.house, themes)
    _, left = await discuss(town, marks=22)
    await settle(town, themes, why)
    found = await reasons.read_why(town.house, town.ada, town.jam)
    assert found.learnt is not None
    assert found.learnt.guesses
    assert found.learnt.right >= intents.RIGHT
    assert found.whole.said == {"idea": 0, "evidence": 22, "experience": 0, "concern": 22, "question": 22, "answer": 0}
    assert sum(found.whole.guessed.values()) + found.whole.unjudged == 6
    assert found.whole.guessed["question"] >= 1
    guessed = await reasons.evidence(town.house, town.ada, town.jam, "", "question", "machine")
    assert guessed.total == len(guessed.found) == found.whole.guessed["question"]
    assert {made.id for made, _, _ in guessed.found} <= {one.id for one in left["question"]}
    assert all(found.learnt.least <= sure <= 1 for _, _, sure in guessed.found)
    said = await reasons.evidence(town.house, town.ada, town.jam, "", "question", "people", limit=200)
    assert said.total == len(said.found) == 22
    # What is taken back is counted no more, whether the worker has seen it or not.
    await ideas.delete(town.house, town.ada, guessed.found[0][0])
    after = await reasons.read_why(town.house, town.ada, town.jam)
    assert after.whole.guessed["question"] == found.whole.guessed["question"] - 1
    # An edit ends the guess about the earlier wording until it is looked at anew.
    one = left["concern"][0]
    await ideas.edit(town.house, await people.person(town.house, "bea"), one, "Thanks to all.")
    meant = {each.id for each, _, _ in (await reasons.evidence(town.house, town.ada, town.jam, "", "", "nobody")).found}
    assert one.id in meant


async def test_a_restart_ends_with_the_same_guesses(town: Town):
    themes = town.worker()
    await discuss(town, marks=20)
    await settle(town, themes, WhyWorker(town.house, themes))
    before = await reasons.guesses_of(town.house, town.jam.id)
    async with town.house.store.transaction() as change:
        await change.execute("DELETE FROM guesses")
    await settle(town, themes, WhyWorker(town.house, themes))
    assert await reasons.guesses_of(town.house, town.jam.id) == before
    assert len(before) == 6


async def test_few_marks_teach_nothing_and_nothing_is_guessed(town: Town):
    themes = town.worker()
    await discuss(town, marks=5)
    await settle(town, themes, WhyWorker(town.house, themes))
    found = await reasons.read_why(town.house, town.ada, town.jam)
    assert found.learnt is not None
    assert (found.learnt.guesses, found.learnt.marks) == (False, 15)
    assert (sum(found.whole.guessed.values()), found.whole.unjudged) == (0, 6)


async def test_marks_of_a_closed_jam_teach_nothing_elsewhere(town: Town):
    themes = town.worker()
    why = WhyWorker(town.house, themes)
    (idea,) = await town.say("Covered benches at every stop, with a light and a timetable.")
    await ideas.reply(town.house, town.ada, idea, replies("question", 1)[0])
    apart = await jams.create_jam(town.house, town.ada, "few", "Few", WHOLE, town.jam.opens_at, town.jam.closes_at)
    forum = await forums.create_forum(town.house, town.ada, apart, "in", "In", "?", "inside", members_only=True)
    await jams.open_jam(town.house, town.ada, apart)
    secret = await ideas.post_idea(town.house, town.ada, forum, "Among us", "Benches for the few of us, please.")
    for intent in SAID:
        for text in replies(intent, 16):
            await ideas.reply(town.house, town.ada, secret, text, intent=intent)  # type: ignore[arg-type]
    await settle(town, themes, why)
    learnt = (await reasons.read_why(town.house, town.ada, town.jam)).learnt
    assert learnt is not None
    assert learnt.marks == 0


def test_marks_without_any_pattern_let_it_say_nothing():
    chance = np.random.default_rng(1)
    meanings = chance.normal(size=(160, 512)).astype(np.float32)
    marks = chance.choice(["concern", "question", "answer"], 160).tolist()
    judge = intents.learn(meanings, np.zeros((160, 7)), marks, 5)
    assert judge is not None
    assert judge.least > 1
    assert all(intent == "" for intent, _ in judge.judge(meanings[:5], np.zeros((5, 7))))


@pytest.mark.parametrize(
    ("marks", "learnt_from"), [(0, 0), (39, 0), (40, 40), (49, 40), (50, 50), (63, 63), (1000, 929)]
)
def test_it_learns_anew_at_steps_that_the_number_of_marks_alone_decides(marks: int, learnt_from: int):
    assert intents.step(marks) == learnt_from
