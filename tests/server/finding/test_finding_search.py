"""Search finds what one may read, by words and by what it is; odd input never breaks it."""

from __future__ import annotations

import random
from collections import Counter
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from server.domain.actors import Member
from server.domain.errors import Invalid
from server.domain.ideas import Contribution
from server.domain.search import LEAST_BEGINNING, Sought, folded, match_of, rare_words, snippet
from server.services import finding, ideas, ideas_read, marking, people, resembling
from server.services.experts import who_knows
from server.storage import search as index
from tests.server.services_world import World


async def found(world: World, query: str = "", **narrowed: str) -> list[str]:
    reader = await world.person("reader")
    page = await finding.search(world.house, reader, Sought(query=query, **narrowed))  # type: ignore[arg-type]
    return [hit.made.title or hit.made.text for hit in page.hits]


async def test_words_are_found_by_their_beginning_together_in_quotes_and_left_out_by_a_minus(world: World):
    forum = await world.forum()
    await world.idea(forum, title="Paper tape", text="Tear it by hand.")
    await world.idea(forum, title="Tape of paper", text="The other way round.")
    assert set(await found(world, "pap tap")) == {"Paper tape", "Tape of paper"}
    assert await found(world, '"paper tape"') == ["Paper tape"]
    assert await found(world, "paper -round") == ["Paper tape"]
    assert await found(world, "nothing") == []


async def test_each_facet_narrows_and_counts(world: World):
    boxes, bags = await world.forum(), await world.forum("bags")
    cleo = await world.person("cleo", unit="Sales")
    idea = await world.idea(boxes, title="Crates", text="Wash them.", label="AMBER+legal")
    await world.idea(bags, cleo, title="Crates again", text="Lend them.", intent="question")
    await ideas.reply(world.house, cleo, idea, "Crates break.", intent="concern")
    await marking.mark(world.house, await world.person("fay", "facilitator"), idea, "emerging")
    page = await finding.search(world.house, await world.person("reader"), Sought(query="crates"))
    assert page.total == 3
    counts = {name: {one.value: one.count for one in values} for name, values in page.facets.items()}
    assert counts["kind"] == {"idea": 2, "reply": 1}
    assert counts["forum"] == {boxes.id: 2, bags.id: 1}
    assert counts["unit"] == {"Sales": 2}
    assert counts["label"] == {"AMBER": 2, "GREEN": 1}
    assert counts["intent"] == {"question": 1, "concern": 1}
    assert counts["mark"] == {"emerging": 1}
    assert counts["date"] == {"day": 3, "week": 3, "month": 3}
    assert counts["server"] == {"here": 3}
    for narrowed, number in (
        ({"kind": "reply"}, 1), ({"forum": bags.id}, 1), ({"jam": boxes.jam_id}, 2), ({"author": cleo.id}, 2),
        ({"unit": "Sales"}, 2), ({"server": "here"}, 3), ({"server": "jam.globex.example"}, 0), ({"label": "AMBER"}, 2),
        ({"label": "GREEN"}, 1), ({"intent": "concern"}, 1), ({"mark": "emerging"}, 1), ({"mark": "best"}, 0),
        ({"date": "day"}, 3), ({"date": "nonsense"}, 0), ({"kind": "reply", "unit": "R&D"}, 0),
    ):  # fmt: skip
        assert len(await found(world, "crates", **narrowed)) == number, narrowed
    assert len(await found(world, "", kind="idea")) == 2, "facets alone find as well"
    world.time.pass_by(days=8)
    assert await found(world, "crates", date="week") == []


async def test_facets_follow_an_edit_a_move_and_a_deletion(world: World):
    boxes, bags = await world.forum(), await world.forum("bags")
    idea = await world.idea(boxes, title="Crates", text="Wash them.")
    bob = await world.person("bob")
    await ideas.edit(world.house, bob, idea, "Wash them twice.", label="RED")
    assert await found(world, "twice", label="RED") == ["Crates"]
    async with world.house.store.transaction() as change:
        await change.execute("UPDATE contributions SET forum_id = ? WHERE id = ?", (bags.id, idea.id))
    assert await found(world, "crates", forum=boxes.id) == []
    assert await found(world, "crates", forum=bags.id) == ["Crates"]
    await ideas.delete(world.house, bob, await ideas_read.obtain(world.house, bob, idea.id))
    assert await found(world, "crates") == []
    assert await world.house.store.fetch_value("SELECT count(*) FROM search_places") == 0


async def test_what_one_may_not_read_is_neither_found_nor_counted(world: World):
    await world.idea(await world.forum(), title="Crates", text="Wash them.")
    admin, reader = await world.admin(), await world.person("reader")
    gone = await people.change_member(world.house, admin, reader, active=False)
    page = await finding.search(world.house, gone, Sought(query="crates"))
    assert (page.total, page.hits, page.facets) == (0, [], {})
    assert await resembling.similar(world.house, gone, "Crates to wash", None) == []
    assert await who_knows(world.house, gone, "crates") == []


@pytest.mark.parametrize("order", ["best", "newest"])
async def test_pages_follow_each_other_without_gap_or_double(world: World, order: str):
    forum, reader = await world.forum(), await world.person("reader")
    for number in range(23):
        await world.idea(forum, title=f"Crates {number}", text="Wash " * (number % 4 + 1))
    sought, after, seen = Sought(query="crates", order=order), "", []  # type: ignore[arg-type]
    for _ in range(5):
        page = await finding.search(world.house, reader, sought, after, 5)
        seen += [hit.made.id for hit in page.hits]
        after = page.next
        if not after:
            break
    assert len(seen) == len(set(seen)) == 23
    with pytest.raises(Invalid):
        await finding.search(world.house, reader, sought, "nonsense")


@pytest.mark.parametrize("order", ["best", "newest"])
async def test_the_next_page_begins_where_the_last_one_ended_though_its_last_is_gone(world: World, order: str):
    forum, reader = await world.forum(), await world.person("reader")
    for number in range(9):
        await world.idea(forum, title=f"Crates {number}", text="Wash.")
    sought = Sought(query="crates", order=order)  # type: ignore[arg-type]
    first = await finding.search(world.house, reader, sought, "", 4)
    rest = await finding.search(world.house, reader, sought, first.next, 9)
    await ideas.delete(world.house, await world.person("bob"), first.hits[-1].made)
    again = await finding.search(world.house, reader, sought, first.next, 9)
    assert [hit.made.id for hit in again.hits] == [hit.made.id for hit in rest.hits]
    # Only what was shown, and how many: no figure of how well it matches, which all texts go into.
    assert first.next == f"{first.hits[-1].made.id}_4"


async def test_a_snippet_shows_what_was_looked_for_and_nothing_is_markup(world: World):
    await world.idea(await world.forum(), title="T", text="Long ago <b>washing</b> crates was hard work.")
    page = await finding.search(world.house, await world.person("reader"), Sought(query="wash"))
    assert ("washing", True) in page.hits[0].snippet
    assert any("<b>" in words for words, _ in page.hits[0].snippet)


ODD = ['"', "*", "a*b", "NEAR(", "AND", "OR NOT", "-", "--x", '""', '"-"', "title:x", "^a", "(", "😀", "\ud800", "\x00"]


@pytest.mark.parametrize("query", [*ODD, " ".join(ODD), "x " * 5000, "日本語 العربية", "-only"])
async def test_odd_queries_find_what_they_can_and_never_break(world: World, query: str):
    await world.idea(await world.forum(), title="Paper tape", text="x title")
    await found(world, query)
    reader = await world.person("reader")
    await resembling.answered(world.house, reader, query)
    await who_knows(world.house, reader, query)


@settings(derandomize=True, max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.text(max_size=60))
def test_whatever_is_typed_becomes_a_query_that_the_index_takes(query: str):
    import sqlite3

    store = sqlite3.connect(":memory:")
    store.execute("CREATE VIRTUAL TABLE w USING fts5(title, text, tokenize = 'unicode61 remove_diacritics 2')")
    match = match_of(query)
    if match:
        store.execute("SELECT * FROM w WHERE w MATCH ?", (match,)).fetchall()
    store.close()


def test_words_that_everybody_uses_tell_nothing_unless_there_are_no_others():
    counts = {"the": 900, "crates": 3, "wash": 10}
    assert rare_words(counts, 1000) == ["crates", "wash"]
    assert rare_words({"the": 900}, 1000) == ["the"]
    assert rare_words({"the": 9000, "tape": 600, "wash": 10}, 100_000, often=500) == ["wash"]


@given(st.text(st.characters(max_codepoint=127), max_size=60))
def test_plain_letters_are_read_like_any_others(text: str):
    assert folded(text) == folded(f"{text} é")[:-1]


async def test_a_word_in_very_many_texts_is_found_where_it_is_looked_for(world: World, monkeypatch: Any) -> None:
    monkeypatch.setattr(index, "SCORED", 3)
    bob, boxes, tape = await world.person("bob"), await world.forum("boxes"), await world.forum("tape")
    for number in range(6):
        await world.idea(boxes, title=f"Number {number}", text="Cardboard everywhere, also gates.")
    rare = await world.idea(tape, bob, title="Last", text="Cardboard with a zeppelin.")
    found = await finding.search(world.house, bob, Sought(query="cardboard", forum=tape.id))
    assert [hit.made.id for hit in found.hits] == [rare.id]
    assert (await finding.search(world.house, bob, Sought(query="cardboard", jam=tape.jam_id))).total == 1
    assert (await finding.search(world.house, bob, Sought(query="cardboard", author=bob.id, forum=boxes.id))).total == 6
    assert (await finding.search(world.house, bob, Sought(query="cardboard", unit="Nobody's"))).total == 0
    both = await finding.search(world.house, bob, Sought(query="cardboard zepp"))
    assert [hit.made.id for hit in both.hits] == [rare.id]
    assert (await finding.search(world.house, bob, Sought(query="cardboard gat -zeppelin"))).total == 6


async def test_where_a_text_stands_is_no_word_of_it_and_follows_when_it_moves(world: World, monkeypatch: Any) -> None:
    monkeypatch.setattr(index, "SCORED", 0)
    bob, boxes, tape = await world.person("bob"), await world.forum("boxes"), await world.forum("tape")
    idea = await world.idea(boxes, bob, text="Cardboard.")
    assert (await finding.search(world.house, bob, Sought(query=f"0f{boxes.id}"))).total == 0
    assert (await finding.search(world.house, bob, Sought(query=f"0a{bob.id}"))).total == 0
    async with world.house.store.transaction() as change:
        await change.execute("UPDATE contributions SET forum_id = ? WHERE id = ?", (tape.id, idea.id))
    assert (await finding.search(world.house, bob, Sought(query="cardboard", forum=tape.id))).total == 1
    assert (await finding.search(world.house, bob, Sought(query="cardboard", forum=boxes.id))).total == 0


WORDS = ["paper", "paperless", "tape", "river", "crate", "crates", "zeppelin", "in"]
UNITS = ["", "Sales", "R&D"]


async def a_crowd(world: World, chance: random.Random) -> list[tuple[Contribution, Member]]:
    """What nine people of three units and two servers wrote in four forums, the last written first; half of it may
    be read: one forum rehearses, and one text in eight is hidden."""
    writers = [await world.person(f"p{number}", unit=UNITS[number % 3]) for number in range(9)]
    rooms = [await world.forum(slug) for slug in ("boxes", "bags", "tape", "rehearsal")]
    made = list[tuple[Contribution, Member]]()
    for number in range(48):
        writer, words = chance.choice(writers), chance.choices(WORDS, k=chance.randint(2, 5))
        intent, label = chance.choice(("", "question", "answer")), chance.choice(("GREEN", "AMBER+legal"))
        if made and number % 3 == 0:
            under = chance.choice([one for one, _ in made if one.kind == "idea"])
            reply = await ideas.reply(world.house, writer, under, " ".join(words), intent=intent)
            made.append((reply, writer))
        else:
            title, room = words.pop(), rooms[number % 4]
            text = " ".join(words)
            idea = await world.idea(room, writer, title=title, text=text, intent=intent, label=label)
            made.append((idea, writer))
    hidden = {one.id for one, _ in made[::8]}
    async with world.house.store.transaction() as change:
        for one in hidden:
            await change.execute("UPDATE contributions SET hidden = 1 WHERE id = ?", (one,))
        await change.execute("UPDATE members SET host = 'jam.globex.example' WHERE id = ?", (writers[8].id,))
        rehearses = "INSERT INTO jam_origins (jam_id, origin_id, kind, made_at) VALUES (?, '', 'rehearsal', 0)"
        await change.execute(rehearses, (rooms[3].jam_id,))
    hosted = {writers[8].id: "jam.globex.example"}
    found = [(one, writer) for one, writer in made if one.id not in hidden and one.forum_id != rooms[3].id]
    return [(one, _of(writer, hosted.get(writer.id, ""))) for one, writer in reversed(found)]


def _of(writer: Member, host: str) -> Member:
    return Member(**{**{name: getattr(writer, name) for name in writer.__slots__}, "host": host})


def fits(one: Contribution, writer: Member, sought: Sought) -> bool:
    """Say whether a text is what somebody looks for, without any index."""
    there = f"{one.title} {one.text}".lower().split()

    def has(word: str) -> bool:
        return any(other == word or (len(word) >= LEAST_BEGINNING and other.startswith(word)) for other in there)

    words = sought.query.split()
    told = {
        "kind": one.kind, "forum": one.forum_id, "author": one.author_id, "unit": "" if writer.host else writer.unit,
        "server": writer.host or "here", "label": one.label.split("+")[0], "intent": one.intent,
    }  # fmt: skip
    return all(has(word.lstrip("-")) != word.startswith("-") for word in words) and all(
        told[name] == value for name, value in sought.chosen.items()
    )


async def test_however_the_index_is_asked_all_that_fits_is_found_and_nothing_else_and_each_facet_counts_it(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    chance = random.Random(5)
    crowd, reader = await a_crowd(world, chance), await world.person("reader")
    found = 0
    for _ in range(150):
        monkeypatch.setattr(index, "SCORED", chance.choice((0, 3, 12, 10_000)))
        monkeypatch.setattr(index, "NAMED", chance.choice((0, 2, 60)))
        kept = chance.choice((4, 2_000))
        monkeypatch.setattr(index, "KEPT", kept)
        monkeypatch.setattr(index, "COUNTED_FIRST", kept)
        one, writer = chance.choice(crowd)
        values = {
            "forum": one.forum_id, "unit": writer.unit, "server": writer.host or "here", "intent": one.intent,
            "kind": one.kind, "author": one.author_id, "label": one.label.split("+")[0],
        }  # fmt: skip
        narrowed = {name: values[name] for name in chance.sample(sorted(values), chance.choice((0, 1, 1, 2, 3)))}
        words = [*chance.sample(WORDS, chance.choice((0, 1, 2, 3))), *(["-tape"] if chance.random() < 0.2 else [])]
        order = chance.choice(("best", "newest"))
        sought = Sought(query=" ".join(words), order=order, **narrowed)  # type: ignore[arg-type]
        if sought.is_empty or words == ["-tape"]:
            continue
        all_of_it = [both for both in crowd if fits(*both, sought)]
        expected = all_of_it[:kept]
        page = await finding.search(world.house, reader, sought, limit=100)
        assert {hit.made.id for hit in page.hits} == {made.id for made, _ in expected}, sought
        assert (page.total, page.more) == (len(expected), len(all_of_it) > kept), sought
        counted = {name: {one.value: one.count for one in values} for name, values in page.facets.items()}
        assert counted["forum"] == Counter(made.forum_id for made, _ in expected), sought
        assert counted["author"] == Counter(made.author_id for made, _ in expected), sought
        assert counted["server"] == Counter(by.host or "here" for _, by in expected), sought
        assert counted["unit"] == Counter(by.unit for _, by in expected if by.unit and not by.host), sought
        assert counted["label"] == Counter(made.label.split("+")[0] for made, _ in expected), sought
        assert counted["intent"] == Counter(made.intent for made, _ in expected if made.intent), sought
        found += len(expected)
    assert found > 300, "the searches must find something, or nothing was looked at"


def test_a_snippet_shows_where_most_of_what_was_looked_for_stands_together() -> None:
    text = "Crates. " + "Nothing here. " * 40 + "Washing crates, Cratés and more crates. " + "Nothing here. " * 40
    shown = snippet("crates wash", text)
    assert [words for words, is_sought in shown if is_sought] == ["Washing", "crates", "Cratés", "crates"]
    assert (shown[0], shown[-1]) == (("… ", False), (" …", False))
    assert snippet("absent", "Crates.") == (("Crates.", False),)
