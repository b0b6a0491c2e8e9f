"""Tags of languages: as they are stated, as we write them, and how words in them run."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.domain.errors import Invalid
from server.domain.languages import WRITTEN, direction_of, require_tag, tag_of


@pytest.mark.parametrize(
    ("stated", "tag"),
    [
        ("de", "de"),
        ("DE", "de"),
        (" pt_br ", "pt-BR"),
        ("zh-hant-tw", "zh-Hant-TW"),
        ("nds", "nds"),
        ("sl-rozaj-biske", "sl-rozaj-biske"),
        ("und", ""),
        ("mul", ""),
        ("", ""),
        ("English", ""),
        ('de" onclick="x', ""),
        ("de-" + "a" * 40, ""),
        (7, ""),
        (None, ""),
    ],
)
def test_a_language_is_read_as_its_tag_and_anything_else_as_unknown(stated: object, tag: str):
    assert tag_of(stated) == tag


@settings(derandomize=True, max_examples=200)
@given(st.text(max_size=40) | st.from_regex(r"[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8}){0,4}", fullmatch=True))
def test_a_tag_is_short_and_harmless_and_reads_as_itself(stated: str):
    tag = tag_of(stated)
    assert re.fullmatch(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*", tag) or tag == ""
    assert len(tag) <= 35
    assert tag_of(tag) == tag
    assert direction_of(tag) in ("rtl", "auto")


def test_those_who_write_are_offered_tags_and_told_where_theirs_is_none():
    assert [tag_of(one) for one in WRITTEN] == list(WRITTEN)
    assert (require_tag("  "), require_tag("PT-br")) == ("", "pt-BR")
    with pytest.raises(Invalid) as refused:
        require_tag("German")
    assert refused.value.field == "language"


@pytest.mark.parametrize(
    ("tag", "direction"),
    [("ar", "rtl"), ("fa-IR", "rtl"), ("az-Arab", "rtl"), ("ar-Latn", "auto"), ("de", "auto"), ("", "auto")],
)
def test_words_run_as_their_script_does(tag: str, direction: str):
    assert direction_of(tag) == direction
