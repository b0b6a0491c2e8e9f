"""Similar ideas by meaning and words: of what the writer may see alone, with what people say of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.corpus import clean
from analytics.meanings import MeaningWorker
from analytics.nearness import LAST, Nearest
from analytics.points import SIZE, SOME, Points
from analytics.vectors import SentenceEncoder, Vectors, sentence_encoder, unit
from server.domain.errors import Missing
from server.domain.likeness import FEWEST, USUAL, joined, learn
from server.services import forums, ideas, jams, likeness, people, resembling
from server.services.resembling import READ
from tests.analytics.town import WHOLE, Town

BUILT = [
    ("Cycle paths along the river", "Bicycle lanes beside the water, kept apart from cars."),
    ("Soup on Mondays", "A bowl of hot soup in the canteen at the start of the week."),
    ("Solar panels on hall two", "Photovoltaics on the roof would halve the electricity bill."),
    ("A mentor for each apprentice", "Experienced colleagues look after trainees in their first year."),
    ("Quiet rooms", "Places in which nobody talks, for work that needs silence."),
    ("Lend tools to each other", "Share drills and saws between the workshops."),
    ("Buses after ten at night", "Late shifts need public transport home."),
    ("Childcare in the holidays", "Look after children while schools are closed."),
    ("Fewer meetings", "One afternoon each week without any meeting."),
    ("Repair old machines", "Mend what breaks instead of buying anew."),
    ("Plant trees in the yard", "Shade for breaks in summer."),
    ("Languages over lunch", "Learn Polish and German from one another while eating."),
    ("Cheaper tickets for trains", "The company pays half of a rail pass."),
]


async def settle(town: Town) -> tuple[Any, MeaningWorker]:
    """Return a worker that has caught up, with the house that asks what is near."""
    themes = town.worker()
    worker = MeaningWorker(town.house, themes)
    await run(town, themes, worker)
    near = Nearest(lambda: town.house)
    assert await near.ready()
    town.house = replace(town.house, nearness=near)
    return themes, worker


async def run(town: Town, themes: Any, worker: MeaningWorker) -> None:
    await town.catch_up(themes)
    while await worker.run_once():
        pass


async def post(town: Town, title: str, text: str, forum: Any = None, **more: Any) -> Any:
    return await ideas.post_idea(town.house, town.ada, forum or town.forum, title, text, **more)


async def test_what_says_the_same_in_other_words_and_languages_is_found(town: Town):
    made = [await post(town, title, text) for title, text in BUILT]
    await settle(town)
    for text, wanted in (
        ("Safe routes for cyclists at the riverside", made[0]),
        ("Busse nach zehn Uhr abends, damit die Spätschicht heimkommt", made[6]),
    ):
        found = await resembling.similar(town.house, town.ada, text, None)
        assert [one.id for one in found][:1] == [wanted.id], text
    assert await resembling.similar(town.house, town.ada, "Quarterly tax audit of the Lisbon branch", None) == []


async def test_nothing_is_found_by_meaning_that_the_writer_may_not_see(town: Town):
    apart = await jams.create_jam(town.house, town.ada, "few", "Few", WHOLE, town.jam.opens_at, town.jam.closes_at)
    few = await forums.create_forum(town.house, town.ada, apart, "in", "In", "?", "inside", members_only=True)
    await jams.open_jam(town.house, town.ada, apart)
    secret = await post(town, *BUILT[0], forum=few)
    shown = await post(town, "Bicycle lanes by the water", "Kept apart from cars.")
    themes, worker = await settle(town)
    bea = await people.add_member(town.house, "bea", "Bea", "Sales")
    text = "Safe cycle lanes beside the water"
    assert {one.id for one in await resembling.similar(town.house, bea, text, None)} == {shown.id}
    assert secret.id in {one.id for one in await resembling.similar(town.house, town.ada, text, None)}
    await ideas.delete(town.house, town.ada, shown)
    assert await resembling.similar(town.house, bea, text, None) == [], "before any worker has looked"
    await run(town, themes, worker)
    assert shown.id not in await likeness.versions_kept(town.house), "its meaning is gone as well"
    with pytest.raises(Missing):
        await likeness.not_similar(town.house, bea, town.forum.id, secret.id, text)


async def test_what_somebody_finds_not_similar_is_kept_for_them_and_that_draft_alone(town: Town):
    old = await post(town, *BUILT[0])
    themes, worker = await settle(town)
    bea = await people.add_member(town.house, "bea", "Bea", "Sales")
    text = "Bicycle lanes beside the river"
    await likeness.not_similar(town.house, bea, town.forum.id, old.id, text)
    await likeness.not_similar(town.house, bea, town.forum.id, old.id, text)
    assert await resembling.similar(town.house, bea, text, None, subject=town.forum.id) == []
    assert await resembling.similar(town.house, town.ada, text, None, subject=town.forum.id) == [old]
    new = await ideas.post_idea(town.house, bea, town.forum, "Bicycle lanes", text)
    await run(town, themes, worker)
    kept = await town.house.store.fetch("SELECT member_id, subject_id, other_id, score FROM unlike")
    assert [(row["member_id"], row["subject_id"], row["other_id"]) for row in kept] == [(bea.id, new.id, old.id)]
    assert kept[0]["score"] > USUAL, "it counts against the threshold"
    assert old in await resembling.similar(town.house, bea, text, None, subject=town.forum.id), "the next idea is new"


async def test_the_threshold_is_learnt_from_what_people_build_on_each_other(town: Town):
    for title, text in BUILT:
        base = await post(town, title, text)
        await post(town, f"More on: {title}", f"{text} And where it is needed most.", builds_on=base.id)
    await settle(town)
    learnt = await likeness.last_learnt(town.house)
    assert learnt is not None
    assert learnt.links == len(BUILT)
    assert await resembling.threshold(town.house) == learnt.least


async def test_a_question_that_was_answered_is_found_in_other_words(town: Town):
    (idea,) = await town.say("A place for bicycles.")
    asked = await ideas.reply(town.house, town.ada, idea, "Who pays for repairs of the bicycles?", intent="question")
    answer = await ideas.reply(town.house, town.ada, asked, "The works council does.", intent="answer")
    await settle(town)
    found = await resembling.answered(town.house, town.ada, "Who covers the cost when a bike has to be mended?")
    assert [(one.question.id, one.answer.id) for one in found] == [(asked.id, answer.id)]


def test_a_threshold_parts_what_is_alike_from_what_is_not():
    assert learn([0.7] * FEWEST, [0.2] * FEWEST) == USUAL
    assert 0.42 < learn([0.5] * FEWEST, [0.42] * FEWEST) <= 0.5
    assert 0.62 < learn([0.9] * FEWEST, [0.62] * FEWEST) <= 0.75
    assert learn([0.9] * (FEWEST - 1), [0.6]) == USUAL
    assert learn([0.9] * FEWEST, []) == USUAL


async def test_what_is_found_is_what_comparing_all_ideas_finds(town: Town):
    """The words of each idea near by count, however many others, written later, share rarer ones."""
    made = [await post(town, title, text) for title, text in BUILT]
    made += [await post(town, f"Zebra {number}", f"Zebra zebra {number}.") for number in range(READ + 5)]
    await settle(town)
    encoder = sentence_encoder()
    assert encoder is not None
    kept = await likeness.vectors_of(town.house, [one.id for one in made])
    lie = {id_: np.frombuffer(raw, dtype=np.float16).astype(np.float32) for id_, raw in kept.items()}
    for text in ("Bicycle lanes beside the river, with a zebra crossing", "Hot soup for zebra watchers", "Zebra 7"):
        asked = unit(encoder.encode([clean(text)]))[0]
        scores = {
            one.id: joined(float(lie[one.id] @ asked), await resembling.shared_words(town.house, text, one))
            for one in made
            if one.id in lie
        }
        wanted = sorted((score for score in scores.values() if score >= USUAL), reverse=True)[:5]
        found = await resembling.similar_with(town.house, town.ada, text, None)
        assert wanted
        assert [score for score, _ in found] == pytest.approx(wanted, abs=1e-5), text
        assert all(score == pytest.approx(scores[one.id], abs=1e-5) for score, one in found)


async def test_how_alike_something_is_by_meaning_tells_nothing_of_words_in_a_closed_forum(town: Town):
    for title, text in BUILT:
        await post(town, title, text)
    await settle(town)
    bea = await people.add_member(town.house, "bea", "Bea", "Sales")
    text = "Bicycle lanes beside the river, with solar panels above"
    before = await resembling.similar_with(town.house, bea, text, None)
    apart = await jams.create_jam(town.house, town.ada, "few", "Few", WHOLE, town.jam.opens_at, town.jam.closes_at)
    few = await forums.create_forum(town.house, town.ada, apart, "in", "In", "?", "inside", members_only=True)
    await jams.open_jam(town.house, town.ada, apart)
    for number in range(9):
        await post(town, f"Bicycle {number}", "Bicycle, bicycle.", forum=few)
    assert before
    assert await resembling.similar_with(town.house, bea, text, None) == before


async def test_what_is_asked_for_again_is_not_encoded_again(town: Town):
    """A page asks what is similar in its forum, and what is similar anywhere."""
    await post(town, *BUILT[0])
    await settle(town)
    read = list[str]()

    class Counting(SentenceEncoder):
        def encode(self, texts: Sequence[str]) -> Vectors:
            read.extend(texts)
            return super().encode(texts)

    encoder = Counting()
    house = replace(town.house, nearness=Nearest(lambda: house, lambda: encoder))
    assert await house.nearness.ready()
    read.clear()
    first = await resembling.similar_with(house, town.ada, "Bicycle lanes", town.forum)
    assert first
    assert await resembling.similar_with(house, town.ada, "Bicycle lanes", None) == first
    for number in range(LAST):
        await resembling.similar(house, town.ada, f"Draft {number}", None)
    assert await resembling.similar_with(house, town.ada, "Bicycle lanes", None) == first
    assert read.count("Bicycle lanes") == 2, "only the last texts are kept"


@given(
    seed=st.integers(0, 2**32 - 1), many=st.integers(1, 300), jams=st.integers(1, 6), wanted=st.sets(st.integers(0, 7))
)
def test_few_vectors_are_found_exactly_as_by_comparing_all(seed: int, many: int, jams: int, wanted: set[int]):
    chance = np.random.default_rng(seed)
    vectors = unit(chance.standard_normal((many, SIZE)).astype(np.float32))
    groups = chance.integers(0, jams, many)
    points = Points()
    for number in chance.permutation(many).tolist():
        points.put(str(number), "elsewhere", -vectors[number])
        points.put(str(number), str(groups[number]), vectors[number])
    asked = unit(chance.standard_normal((1, SIZE)).astype(np.float32))[0]
    cosines = vectors @ asked
    mine = [number for number in range(many) if groups[number] in wanted]
    best = sorted(mine, key=lambda number: -cosines[number])[:40]
    told = points.nearest(asked, {str(group) for group in wanted}, 40)
    assert set(told) == {str(number) for number in best}
    assert told == pytest.approx({str(number): float(cosines[number]) for number in best}, abs=1e-5)


@pytest.mark.parametrize("few", [3, 60])
def test_of_a_small_jam_among_very_many_ideas_all_nearest_are_found(few: int):
    chance = np.random.default_rng(few)
    vectors = unit(chance.standard_normal((SOME + few, SIZE)).astype(np.float32))
    points = Points()
    for number, row in enumerate(vectors):
        points.put(str(number), "small" if number >= SOME else "large", row)
    mine = vectors[SOME:] @ vectors[0]
    best = {str(SOME + place) for place in np.argsort(-mine)[:40].tolist()}
    assert set(points.nearest(vectors[0], {"small"}, 40)) == best


def test_what_is_said_later_about_something_else_is_found_as_well():
    """Which numbers say most is not learnt from the first texts alone."""
    chance = np.random.default_rng(7)
    spans = [np.linalg.qr(chance.standard_normal((SIZE, 100)))[0].T for _ in range(2)]
    said = [chance.standard_normal((many, 100)) @ span for many, span in zip((SOME, SOME + 500), spans, strict=True)]
    vectors = unit(np.concatenate(said).astype(np.float32))
    points = Points()
    for number, row in enumerate(vectors):
        points.put(str(number), "jam", row)
    hits = 0
    for asked in vectors[-50:]:
        best = {str(place) for place in np.argsort(-(vectors @ asked))[:5].tolist()}
        hits += len(best & set(points.nearest(asked, {"jam"}, 40)))
    assert hits >= 245


def test_among_very_many_vectors_the_nearest_are_found_as_by_comparing_all():
    chance = np.random.default_rng(5)
    kinds = chance.standard_normal((90, SIZE))
    said = kinds[chance.integers(0, 90, SOME + 500)] + 0.8 * chance.standard_normal((SOME + 500, SIZE))
    vectors = unit(said.astype(np.float32))
    points = Points()
    for number, row in enumerate(vectors[:-100]):
        points.put(str(number), "here" if number % 2 else "there", row.astype(np.float16))
    hits = 0
    for asked in vectors[-100:]:
        found = points.nearest(asked, {"there"}, 40)
        assert all(int(id_) % 2 == 0 for id_ in found)
        assert set(points.cosines(asked, {"there"}, {"1", "2", "unknown"})) == {"2"}
        best = 2 * np.argsort(-(vectors[:-100:2] @ asked))[:5]
        hits += len(set(map(str, best.tolist())) & set(found))
    assert hits >= 490
