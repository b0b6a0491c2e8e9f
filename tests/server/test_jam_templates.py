"""Jams as files: what is written is read back alike, and what is wrong is named."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.domain.jam_templates import BadTemplate, ForumPlan, Template, read_template, write_template
from server.domain.jams import AUDIENCES, Charter
from server.services.templates import BUILT_IN, built_in

LINE = 'marmalade_template = 1\ntitle = "T"\n'
words = st.text(st.characters(exclude_categories=("Cs",)), max_size=40)
slugs = st.from_regex(r"[a-z0-9](?:[a-z0-9-]{0,8}[a-z0-9])?", fullmatch=True)
plans = st.builds(
    ForumPlan, slug=slugs, title=words.filter(bool), question=words, audience=st.sampled_from(AUDIENCES), label=words
)
made = st.builds(
    Template,
    title=words.filter(bool),
    days=st.integers(1, 370),
    charter=st.builds(Charter, question=words, promise=words, off_limits=words, decide_by=words),
    forums=st.lists(plans, max_size=4, unique_by=lambda plan: plan.slug).map(tuple),
)


@settings(max_examples=60, derandomize=True, deadline=None)
@given(made)
def test_a_template_is_read_back_as_it_was_written(template: Template):
    assert read_template(write_template(template)) == template


@settings(max_examples=100, derandomize=True, deadline=None)
@given(st.text(max_size=200) | words.map(lambda text: LINE + text))
def test_whatever_is_fed_in_is_a_template_or_a_refusal_with_sentences(text: str):
    problems: tuple[str, ...] = ()
    try:
        title = read_template(text).title
    except BadTemplate as refusal:
        title, problems = "", refusal.problems
    assert bool(title) != bool(problems)
    assert all(problem.endswith(".") for problem in problems)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "does not begin with `marmalade_template = 1`"),
        ("marmalade_template = 2\n", "It is of version 2"),
        ("marmalade_template = true\n", "of version True"),
        ("title = ", "It is not TOML"),
        ("x" * 100_001, "at most 100,000 are read"),
        ("marmalade_template = 1\n", "`title` is missing."),
        (LINE + "days = 0\n", "`days` is a whole number"),
        (LINE + "days = true\n", "`days` is a whole number"),
        (LINE + "colour = 1\n", "`colour` is not known here."),
        (LINE + "charter = 3\n", "`charter` is a table."),
        (LINE + "[charter]\npromise = 3\n", "`charter.promise` is text"),
        (LINE + "[charter]\nsponsor = ''\n", "`charter.sponsor` is not known"),
        (LINE + "forum = 3\n", "`forum` is a list of tables"),
        (LINE + "[[forum]]\nslug = 'a'\n", "Forum 1: `title` is missing."),
        (LINE + "[[forum]]\nslug = 'A b'\ntitle = 'x'\n", "Forum 1: `slug` has lower-case"),
        (LINE + "[[forum]]\nslug = 'a'\ntitle = 'x'\naudience = 'all'\n", "`audience` is one of"),
        (LINE + "[[forum]]\nslug = 'a'\ntitle = 'x'\npeers = ['h']\n", "`peers` is not known"),
        (LINE + "[[forum]]\nslug = 'a'\ntitle = 'x'\n[[forum]]\nslug = 'a'\ntitle = 'y'\n", "stands in it twice"),
    ],
)
def test_what_is_wrong_is_named(text: str, sentence: str):
    with pytest.raises(BadTemplate) as caught:
        read_template(text)
    assert sentence in caught.value.public


def test_all_that_is_wrong_is_named_at_once():
    with pytest.raises(BadTemplate) as caught:
        read_template("marmalade_template = 1\ndays = 'x'\n[[forum]]\n")
    assert len(caught.value.problems) == 4


@pytest.mark.parametrize("name", BUILT_IN)
def test_the_built_in_templates_are_whole(name: str):
    template = built_in()[name]
    assert template.charter.gaps() == ()
    assert template.forums
