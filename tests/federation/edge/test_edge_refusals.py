"""What strangers are told, and how little."""

from __future__ import annotations

from federation.edge.refusals import refusal


def test_what_was_taken_back_is_answered_with_gone() -> None:
    assert refusal(410).status == 410


def test_a_status_without_a_sentence_of_its_own_is_answered_plainly() -> None:
    assert (refusal(418).status, refusal(599).status) == (400, 503)
