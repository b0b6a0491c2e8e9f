"""What changed between two texts: nothing is lost, and nothing is made up."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from server.domain.differences import Piece, compare

WORDS = st.lists(st.sampled_from(["paper", "tape", "holds", ",", "\n", "well", "ß", "  "]), max_size=60).map(" ".join)


@settings(max_examples=60, deadline=None)
@given(WORDS, WORDS)
def test_the_pieces_are_both_texts(old: str, new: str) -> None:
    pieces = compare(old, new)
    assert "".join(piece.text for piece in pieces if piece.change != "new") == old
    assert "".join(piece.text for piece in pieces if piece.change != "gone") == new
    assert all(piece.text for piece in pieces)


def test_one_changed_word_is_all_that_is_marked() -> None:
    assert compare("Use paper tape.", "Use linen tape.") == [
        Piece("same", "Use "),
        Piece("gone", "paper"),
        Piece("new", "linen"),
        Piece("same", " tape."),
    ]


def test_very_long_texts_are_compared_line_by_line() -> None:
    lines = [f"Line {number} says this and that.\n" for number in range(4000)]
    changed = [*lines[:2000], "Something else.\n", *lines[2001:]]
    pieces = compare("".join(lines), "".join(changed))
    assert "".join(piece.text for piece in pieces if piece.change != "gone") == "".join(changed)
    assert sum(len(piece.text) for piece in pieces if piece.change != "same") < 200
