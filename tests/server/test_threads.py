"""The shape of threads: every reply has one page that shows it, and no page grows without bound."""

from __future__ import annotations

import random

from hypothesis import given, settings
from hypothesis import strategies as st

from server.domain.threads import BELOW, BRANCHES, LEAST, LEVELS, Outline, Place, Twig

ROOT = "idea"


def thread(parents: list[int], deleted: frozenset[int] = frozenset()) -> Outline:
    """Replies in the order in which they came; each answers an earlier one by its number, or the idea (-1)."""
    return Outline(
        ROOT,
        [
            Twig(f"r{at}", f"r{above}" if above >= 0 else ROOT, f"p{at % 3}", float(at), at in deleted, "")
            for at, above in enumerate(parents)
        ],
    )


def grown(many: int, seed: int, depth: float = 0.5) -> list[int]:
    """Draw a thread of so many replies; the greater `depth`, the more answer each other."""
    chance = random.Random(seed)
    return [chance.randrange(at) if at and chance.random() < depth else -1 for at in range(many)]


def pages_of(outline: Outline, under: str = ROOT) -> list[set[str]]:
    shown, place = [], Place(under)
    while True:
        sheet = outline.sheet(place)
        shown.append({leaf.id for leaf in sheet.leaves})
        if sheet.later is None:
            return shown
        place = sheet.later


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 1500), st.integers(0, 10**6), st.sampled_from([0.0, 0.3, 0.9, 1.0]), st.floats(0, 0.5))
def test_every_reply_that_stands_is_found_on_the_page_that_its_address_leads_to(
    many: int, seed: int, depth: float, gone: float
) -> None:
    chance = random.Random(seed)
    deleted = frozenset(at for at in range(many) if chance.random() < gone)
    outline = thread(grown(many, seed, depth), deleted)
    standing = [twig.id for twig in outline.twigs if not twig.deleted]
    for one in chance.sample(standing, min(25, len(standing))):
        leaves = outline.sheet(outline.find(one)).leaves
        assert one in {leaf.id for leaf in leaves}
        assert max(leaf.depth for leaf in leaves) < LEVELS


@settings(max_examples=15, deadline=None)
@given(st.integers(1, 3000), st.integers(0, 10**6), st.floats(0, 1))
def test_no_page_shows_more_than_its_bound_and_what_it_leaves_out_is_counted(
    many: int, seed: int, depth: float
) -> None:
    outline, place = thread(grown(many, seed, depth)), Place(ROOT)
    shown = left = 0
    while True:
        sheet = outline.sheet(place)
        assert len(sheet.leaves) <= BRANCHES + max(BELOW, BRANCHES * LEAST)
        shown += len(sheet.leaves)
        left += sum(leaf.left for leaf in sheet.leaves)
        if sheet.later is None:
            break
        place = sheet.later
    assert shown + left == many


def test_pages_stay_what_they_are_when_something_is_written_or_removed() -> None:
    parents = grown(2000, 1, 0.2)
    before = pages_of(thread(parents))
    after = pages_of(thread([*parents, -1, 3, -1]))
    assert [page <= later for page, later in zip(before[1:-1], after[1:-1], strict=False)] == [True] * (len(before) - 2)
    removed = pages_of(thread(parents, frozenset({0, 5, 17})))
    for earlier, later in zip(before, removed, strict=True):
        assert later <= earlier


def test_a_chain_of_thousands_of_answers_to_answers_is_read_page_by_page() -> None:
    outline = thread(list(range(-1, 4999)))
    sheet = outline.sheet(Place(ROOT))
    assert [leaf.depth for leaf in sheet.leaves] == [0, 1, 2, 3]
    assert sheet.leaves[-1].left == 4996
    assert "r4999" in {leaf.id for leaf in outline.sheet(outline.find("r4999")).leaves}


def test_what_was_removed_keeps_its_place_only_where_something_hangs_on_it() -> None:
    outline = thread([-1, 0, -1], frozenset({0, 2}))
    assert [leaf.id for leaf in outline.sheet(Place(ROOT)).leaves] == ["r0", "r1"]
    assert outline.standing() == 1


def test_an_answer_to_something_that_is_not_here_stands_beside_the_answers_to_the_idea() -> None:
    outline = Outline(ROOT, [Twig("a", "nowhere", "p", 1.0, False, "")])
    assert [leaf.id for leaf in outline.sheet(Place(ROOT)).leaves] == ["a"]
    assert outline.find("a") == Place(ROOT)


def test_a_cursor_from_elsewhere_begins_at_the_first_page() -> None:
    outline = thread([-1] * (2 * BRANCHES + BRANCHES // 2))
    assert outline.sheet(Place(ROOT, "r999")).number == 1
    assert outline.sheet(Place(ROOT, f"r{BRANCHES + BRANCHES // 2}")).number == 2
    assert outline.sheet(Place("r3", "")).leaves == ()
