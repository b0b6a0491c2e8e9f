"""Ideas and replies as documents."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from federation.vocabulary.objects import Piece, as_note, parse_object, render_object
from server.services.text import render

PAYLOADS = Path(__file__).parents[1] / "payloads"
STATE_IT = "akkoma friendica gotosocial lemmy mastodon mbin piefed wordpress"


def summary_of(text: str) -> str:
    """Return the excerpt that an idea of these words is shown with."""
    piece = Piece(
        uri="https://a.example/objects/1", is_idea=True, title="An idea", html=render(text), text=text,
        author_uri="https://a.example/people/1", forum_uri="https://a.example/forums/1", forum_handle="@f@a.example",
        is_public=True, context_uri="", parent_uri="", parent_author_uri="", parent_author_handle="", intent="",
        builds_on_uri="", created_at=datetime(2026, 11, 1, tzinfo=UTC), edited_at=None,
    )  # fmt: skip
    return str(render_object(piece)["summary"])


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Fewer **lifts**, *more* stairs.", "Fewer lifts, more stairs."),
        ("# A heading\n\n- one\n- two\n\n> said", "A heading one two said"),
        ("See [the plan](https://a.example/plan) and `code`.", "See the plan and code."),
        ("One line\nand the next", "One line and the next"),
        ("| a | b |\n|---|---|\n| 1 | 2 |", "a b 1 2"),
        ("Two * three < four & five", "Two * three &lt; four &amp; five"),
        ("```\nprint(1)\n```", "print(1)"),
    ],
)
def test_an_excerpt_shows_the_words_and_no_signs_of_markdown(text: str, shown: str):
    assert summary_of(text) == f"<p>{shown}</p>"


@settings(derandomize=True, max_examples=60)
@given(st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), max_size=400))
def test_an_excerpt_is_one_paragraph_of_words_whatever_was_written(text: str):
    summary = summary_of(text)
    assert summary.startswith("<p>")
    assert summary.endswith("</p>")
    assert not re.search(r"[<>]", summary[3:-4])
    assert len(summary_of("word " * 500)) < 320


def test_a_content_warning_stands_before_the_words_and_an_excerpt_does_not():
    note = {
        "type": "Note",
        "id": "https://social.example/notes/1",
        "attributedTo": "https://social.example/users/ann",
        "summary": "Tells <b>the end</b> &amp; more",
        "content": "<p>The butler.</p>",
    }
    assert parse_object(note).html == "<p>⚠ Tells the end &amp; more</p><p>The butler.</p>"
    assert parse_object({**note, "type": "Article", "name": "Who"}).html == "<p>The butler.</p>"
    for nothing in ("", "  <br> ", None, 7, ["x"]):
        assert parse_object({**note, "summary": nothing}).html == "<p>The butler.</p>"


@pytest.mark.parametrize(
    ("changes", "language"),
    [
        ({"contentMap": {"de": "<p>Guten Tag.</p>"}}, "de"),
        ({"contentMap": {"pt_BR": "<p>Guten Tag.</p>", "en": "<p>Good day.</p>"}}, "pt-BR"),
        ({"contentMap": {"de": "<p>Guten Tag, gereinigt.</p>"}}, "de"),
        ({"contentMap": {"en": "<p>Good day.</p>", "fr": "<p>Bonjour.</p>"}}, ""),
        ({"contentMap": {"en": "<p>Guten Tag.</p>", "fr": "<p>Guten Tag.</p>"}}, ""),
        ({"contentMap": {"und": "<p>Guten Tag.</p>"}}, ""),
        ({"contentMap": {"de": 7, 'x" y': "<p>Guten Tag.</p>"}}, ""),
        ({"contentMap": ["de"]}, ""),
        ({"content": None, "contentMap": {"nl": "<p>Dag.</p>", "de": "<p>Guten Tag.</p>"}}, "nl"),
        ({"content": None, "nameMap": {"fi": "Hyvää päivää"}}, "fi"),
        ({"language": {"identifier": "de", "name": "Deutsch"}}, "de"),
        ({"language": "de"}, "de"),
        ({"@context": ["https://www.w3.org/ns/activitystreams", {"@language": "de"}]}, "de"),
        ({}, ""),
    ],
)
def test_the_language_of_words_is_told_where_their_server_tells_it_without_contradiction(
    changes: dict[str, object], language: str
):
    note = {"type": "Note", "id": "https://b.example/1", "attributedTo": "https://b.example/a"}
    assert parse_object({**note, "content": "<p>Guten Tag.</p>", **changes}).language == language


def test_words_that_stand_in_a_map_of_languages_alone_are_read_with_their_language():
    article = {
        "type": "Article",
        "id": "https://b.example/1",
        "attributedTo": "https://b.example/a",
        "nameMap": {"ar": "عنوان"},
        "contentMap": {"ar": "<p>كلام</p>"},
    }
    remark = parse_object(article)
    assert (remark.title, remark.html, remark.language) == ("عنوان", "<p>كلام</p>", "ar")


@pytest.mark.parametrize(
    ("software", "language"),
    [
        *((name, "en") for name in STATE_IT.split()),
        *((name, "") for name in ("discourse", "hubzilla", "misskey", "nodebb", "snac")),
    ],
)
def test_recorded_words_of_real_servers_are_read_with_the_language_that_they_state(software: str, language: str):
    recorded = json.loads((PAYLOADS / f"{software}.json").read_text("utf-8"))
    said = [one["activity"]["object"] for one in recorded.values() if isinstance(one["activity"]["object"], dict)]
    worded = [one for one in said if "content" in one and one.get("attributedTo")]
    assert parse_object(worded[0]).language == language


def test_an_article_for_those_who_read_notes_alone_begins_with_its_title():
    article = {
        "type": "Article", "id": "https://a.example/objects/1", "name": "Fewer <lifts> & more",
        "nameMap": {"en": "Fewer"}, "summary": "<p>An excerpt.</p>", "source": {"content": "Walk."},
        "content": "<p>Walk.</p>", "contentMap": {"en": "<p>Walk.</p>"}, "proof": {"type": "DataIntegrityProof"},
    }  # fmt: skip
    words = "<p><strong>Fewer &lt;lifts&gt; &amp; more</strong></p>\n<p>Walk.</p>"
    note = {"type": "Note", "id": article["id"], "content": words, "contentMap": {"en": words}}
    assert as_note(article) == note
    update = {"type": "Update", "id": "https://a.example/activities/1", "object": article, "proof": {"a": "proof"}}
    assert as_note(update) == {"type": "Update", "id": update["id"], "object": note}
    assert article["type"] == "Article", "it was not changed itself"


@pytest.mark.parametrize("kind", ["Note", "Question", "Tombstone", "Person"])
def test_anything_else_is_the_same_to_those_who_read_notes_alone(kind: str):
    document = {"type": kind, "name": "Ann", "summary": "Words", "proof": {"a": "proof"}}
    for one in (document, {"type": "Create", "object": document, "proof": {}}, {"type": "Announce", "object": "uri"}):
        assert as_note(one) is one
