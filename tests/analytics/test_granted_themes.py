"""Themes for those outside come from the words alone that everybody was granted, and tell nothing of few people."""

from __future__ import annotations

import random
from dataclasses import replace

from analytics.granted import draw
from server.domain.public_themes import FEWEST, Said


def said_by(write, count: int, people: int = 9, **more) -> list[Said]:
    found = []
    for number, one in enumerate(write(count, **more)):
        host = "acme.example" if number % 3 else "globex.example"
        found.append(Said(one.text, f"Person {number * 7 % people}", host, one.thread, int(one.at)))
    return found


def told(said: list[Said], find_encoder) -> list[tuple[object, ...]]:
    """Return themes with the words of their quotes in the place of numbers."""
    return [
        (one.label, one.words, one.size, one.people, one.trend, one.hosts, [said[at].text for at in one.quotes])
        for one in draw(said, find_encoder)
    ]


def test_the_same_words_give_the_same_themes_in_any_order_and_under_any_marks(write, find_encoder):
    said = said_by(write, 60)
    other = [replace(one, thread=f"elsewhere {one.thread[::-1]}") for one in said]
    random.Random(1).shuffle(other)
    found = told(said, find_encoder)
    assert len(found) >= 2
    assert found == told(other, find_encoder)
    assert all(size >= FEWEST and people >= FEWEST and quotes for _, _, size, people, _, _, quotes in found)


def test_what_few_people_speak_of_is_no_theme_however_much_they_say(write, find_encoder):
    many = said_by(write, 40, subjects=("bicycles", "canteen"))
    energy = enumerate(said_by(write, 80, subjects=("energy",)))
    few = [replace(one, author=f"Loud {n % 4}", host="acme.example") for n, one in energy]
    assert draw(few, find_encoder) == ()
    assert draw(said_by(write, 4), find_encoder) == draw([], find_encoder) == ()
    for theme in draw(many + few, find_encoder):
        assert theme.people >= FEWEST
        assert not {"solar", "heating", "insulation", "electricity"} & set(theme.words[:4])


def test_figures_of_few_people_are_left_out_and_do_not_follow_from_the_rest(write, find_encoder):
    said = said_by(write, 60, subjects=("bicycles",))
    for number, one in enumerate(said):
        said[number] = replace(one, host="small.example" if number < 3 else "acme.example", at=3_600 * (number // 3))
    for theme in draw(said, find_encoder):
        # Three say something an hour, so no hour tells; the one other server would follow from what is left.
        assert set(theme.trend) == {None}
        hidden = theme.size - sum(count for _, count in theme.hosts)
        assert hidden == 0 or hidden >= FEWEST
        assert "small.example" not in dict(theme.hosts)


def test_names_of_those_who_speak_make_no_theme(write, find_encoder):
    said = [replace(one, author=f"Zinnober Quast{n % 7}") for n, one in enumerate(said_by(write, 40))]
    said = [replace(one, text=f"{one.text} Thanks to Zinnober, says Zinnober.") for one in said]
    assert all("zinnober" not in (*theme.words, *theme.label.lower().split()) for theme in draw(said, find_encoder))
