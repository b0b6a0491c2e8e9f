from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from analytics.corpus import Document
from analytics.emerging import CROWDS, Burst, Watch, crowds
from analytics.live import LiveThemes
from analytics.vectors import unit


def play(live, documents):
    """Write documents one by one, refreshing when due."""
    for document in documents:
        live.add(document)
        if live.due():
            live.refresh()
    return live


@pytest.fixture(scope="module")
def snapshot(write, begin):
    return play(begin(), write(310)).dump()


@pytest.fixture
def live(snapshot, resume):
    return resume(snapshot)


def told(live):
    return replace(live.report(), seconds=0.0)


def test_a_document_is_placed_and_counted_at_once(live, write):
    before = {theme.id: theme.size for theme in live.report().themes}
    theme = live.add(Document("new", "Solar panels on the roof of the garage would save electricity", "someone"))
    after = {theme.id: theme.size for theme in live.report().themes}
    assert theme is not None
    assert after[theme] == before[theme] + 1
    assert live.report().assignment["new"] == theme


def test_before_the_first_refresh_nothing_has_a_theme(begin):
    live = begin()
    assert live.add(Document("a", "Solar panels on the roof")) is None
    assert live.report().assignment == {"a": None}


def test_a_refresh_is_due_after_an_eighth_more_and_at_the_latest_after_two_hundred(write, begin):
    live = begin()
    due = []
    for number, document in enumerate(write(310), start=1):
        live.add(document)
        if live.due():
            due.append(number)
            live.refresh()
    assert due[:4] == [10, 22, 34, 46]
    assert all(12 <= later - before <= max(12, later // 8) for before, later in pairwise(due))
    assert not live.due()
    live.new, live.shelf.row_of = 199, dict.fromkeys(map(str, range(4_000)), 0)
    assert not live.due()
    live.new = 200
    assert live.due()


def test_themes_keep_their_ids_colours_and_most_of_their_words_over_a_refresh(live, write):
    before = {theme.id: theme for theme in live.report().themes}
    stood = live.report().assignment
    play(live, write(200, seed=7, start=310))
    after = {theme.id: theme for theme in live.report().themes}
    assert set(before) <= set(after)
    assert all(after[name].hue == before[name].hue for name in before)
    moved = sum(live.report().assignment[name] != theme for name, theme in stood.items())
    assert moved / len(stood) < 0.1
    shared = [len(set(before[n].words) & set(after[n].words)) / 10 for n in before]
    assert sum(shared) / len(shared) > 0.7


def test_every_birth_and_split_is_logged(live):
    born = {change.theme for change in live.events if change.kind in ("birth", "split")}
    gone = {change.theme for change in live.events if change.kind == "merge"}
    assert {theme.id for theme in live.report().themes} == born - gone


def test_a_removed_document_is_gone_from_words_quotes_sizes_and_snapshot(live):
    secret = "Zanzibarium"
    for number in range(25):
        live.add(Document(f"secret-{number}", f"{secret} reactors hum in cellar number {number}", f"p{number}"))
    live.refresh()
    assert any(secret.lower() in theme.words for theme in live.report().themes)
    for number in range(25):
        live.remove(f"secret-{number}")
    report = live.report()
    assert not any(secret.lower() in theme.words or secret in theme.label for theme in report.themes)
    assert not any(name.startswith("secret") for theme in report.themes for name in theme.representative)
    assert not any(name.startswith("secret") for name in report.assignment)
    assert sum(theme.size for theme in report.themes) == 310
    assert secret.lower().encode() not in live.dump().lower()


def test_removing_what_is_not_there_changes_nothing(live):
    before = told(live)
    live.remove("nobody")
    assert told(live) == before


def test_a_changed_document_moves_to_where_its_new_text_belongs(live):
    first = live.add(Document("x", "Solar panels on the roof would save electricity in the garage"))
    second = live.change(Document("x", "Vegetarian lunch in the canteen would waste less food on Mondays"))
    assert first != second
    assert live.report().assignment["x"] == second


def test_adding_a_known_id_changes_it_and_counts_it_once(live):
    live.add(Document("x", "Solar panels on the roof would save electricity"))
    total = sum(theme.size for theme in live.report().themes)
    live.add(Document("x", "A heat pump would save electricity"))
    assert sum(theme.size for theme in live.report().themes) == total


def test_a_snapshot_goes_on_bit_for_bit_as_the_original_would(write, begin, resume):
    original = play(begin(), write(210))
    original.remove(write(1)[0].id)
    copy = resume(original.dump())
    for live in (original, copy):
        play(live, write(120, seed=9, start=210))
    assert copy.dump() == original.dump()
    assert told(copy) == told(original)


def test_the_same_events_give_the_same_themes(write, begin):
    assert play(begin(), write(60)).dump() == play(begin(), write(60)).dump()


@pytest.mark.parametrize("data", [b"", b"nonsense", b"PK\x03\x04broken"])
def test_bytes_that_are_no_snapshot_are_refused(data, resume):
    with pytest.raises(ValueError, match="not a snapshot"):
        resume(data)


@pytest.fixture(scope="module")
def settled(write, begin):
    return play(begin(), write(650)).dump()


def test_an_emerging_theme_is_announced_and_becomes_a_theme_of_its_own(write, settled, resume):
    live = resume(settled)
    known = {theme.id for theme in live.report().themes}
    places = ["lobby", "yard", "north hall", "stairs", "office", "meeting room"]
    for number, usual in enumerate(write(250, seed=5, start=650)):
        live.add(usual)
        if number % 8 == 0:
            text = f"Drones deliver parcels to the {places[number // 8 % 6]}, no driver for {number} steps"
            live.add(Document(f"drone-{number}", text, f"person {number}", f"idea-{number}", usual.at))
        if live.due():
            live.refresh()
    bursts = [burst for burst in live.emerging if burst.ids[0].startswith("drone")]
    assert bursts
    assert bursts[0].theme not in known
    assert len(bursts) == len(live.emerging)
    told = live.report().to_json()["emerging"]
    assert told[0]["theme"] in {theme.id for theme in live.report().themes}
    assert told[0]["ids"] == list(live.emerging[-1].ids)


def test_what_emerged_is_told_of_where_most_went_over_that_gave_it_away(write, begin):
    live = play(begin(), write(120))
    first, other = live.names[0], live.names[1]
    own = [name for name, theme in live.report().assignment.items() if theme == first]
    live.emerging.append(Burst(other, "word", 1.0, tuple(own[:9])))
    live.young[other] = 1
    lasting = LiveThemes.load(live.dump(), live._find_encoder)
    lasting.keep(other)
    for one in (live, lasting):
        one.refresh()
    assert other not in live.names
    assert (live.report().emerging[0]["theme"], live.report().emerging[0]["born"]) == (first, other)
    assert other in lasting.names, "a person touched it"
    assert not live.young


def test_a_flood_by_one_author_is_not_emerging(settled, resume):
    live = resume(settled)
    for number in range(60):
        live.add(Document(f"flood-{number}", f"Buy golden watches, offer {number}", "spammer", f"t{number}"))
    assert live.emerging == []


def test_a_persons_title_stays_with_the_theme(live, write):
    theme = live.report().themes[0].id
    live.rename(theme, "Sun and warmth")
    play(live, write(200, seed=3, start=310))
    assert next(t.label for t in live.report().themes if t.id == theme) == "Sun and warmth"
    live.rename(theme, "")
    assert next(t.label for t in live.report().themes if t.id == theme) != "Sun and warmth"


def test_similar_documents_are_found_by_meaning_also_in_another_language(live):
    found = live.similar("Sonnenkollektoren auf dem Dach sparen Strom", 5)
    assert all(name.startswith("energy") for name, _ in found)
    assert [cosine for _, cosine in found] == sorted((cosine for _, cosine in found), reverse=True)
    assert live.similar("🎉") == []


def test_without_the_sentence_encoder_live_themes_work_too(write, purity):
    live = play(LiveThemes("jam", find_encoder=lambda: None), write(300))
    assert purity(live.report().assignment) > 0.8


def test_a_snapshot_of_another_encoder_is_refused(snapshot):
    with pytest.raises(ValueError, match="another sentence encoder"):
        LiveThemes.load(snapshot, find_encoder=lambda: None)


def test_a_place_that_is_suddenly_crowded_is_seen_and_a_stable_stream_is_not():
    chance = np.random.default_rng(3)
    usual = unit(chance.standard_normal((3_000, 32)).astype(np.float32))
    crowd = unit(np.ones((1, 32), dtype=np.float32) + 0.25 * chance.standard_normal((12, 32)).astype(np.float32))
    vectors = np.concatenate([usual, crowd]).astype(np.float16)
    late, before = np.arange(2_612, 3_012), vectors[:2_612].astype(np.float32)
    found = crowds(vectors, late, before, Watch.EVERY, CROWDS[400])
    assert found
    assert np.mean(found[0] >= 3_000) > 0.8
    assert crowds(vectors, np.arange(2_600, 3_000), before[:2_600], Watch.EVERY, CROWDS[400]) == []
