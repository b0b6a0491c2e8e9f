"""Polls on the wire: ours as Questions, theirs as they come, and what is a vote."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from federation.vocabulary.objects import parse_object
from federation.vocabulary.questions import Ballot, put_ballot, read_ballot, read_vote, without_counts

NOTE = {"@context": ["https://www.w3.org/ns/activitystreams"], "type": "Note", "id": "https://a.example/1"}
# As Mastodon renders a poll (app/serializers/activitypub/note_serializer.rb).
MASTODON: dict[str, Any] = {
    "id": "https://m.example/users/mia/statuses/1",
    "type": "Question",
    "attributedTo": "https://m.example/users/mia",
    "content": "<p>Which tape?</p>",
    "endTime": "2026-11-28T10:00:00Z",
    "votersCount": 3,
    "oneOf": [
        {"type": "Note", "name": "Paper", "replies": {"type": "Collection", "totalItems": 2}},
        {"type": "Note", "name": "Plas<b>tic", "replies": {"type": "Collection", "totalItems": 1}},
    ],
}
NAMES = st.lists(
    st.text("abc xyé<>&", min_size=1, max_size=20).map(str.split).map(" ".join).filter(bool),
    min_size=2,
    max_size=12,
    unique=True,
)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(NAMES, st.booleans(), st.booleans())
def test_what_we_render_reads_back_and_counts_are_no_words(names: list[str], multiple: bool, told: bool):
    votes = tuple(range(len(names)))
    ballot = Ballot(
        names=tuple(names),
        multiple=multiple,
        ends_at=datetime(2026, 12, 1, tzinfo=UTC),
        closed_at=None,
        votes=votes if told else None,
        voters=9 if told else None,
    )
    document = put_ballot(NOTE, ballot)
    read = read_ballot(document)
    assert read is not None
    assert (read.names, read.multiple, read.ends_at) == (ballot.names, multiple, ballot.ends_at)
    assert (read.votes, read.voters) == ((votes, 9) if told else ((0,) * len(names), 0))
    other = put_ballot(
        NOTE, Ballot(names=tuple(names), multiple=multiple, ends_at=None, closed_at=None, votes=None, voters=None)
    )
    assert without_counts(document) == without_counts(other)
    assert "totalItems" not in str(without_counts(document))


def test_all_words_of_their_poll_are_looked_at():
    remark = parse_object(MASTODON)
    assert remark.html == "<p>Which tape?</p><ul><li>Paper</li><li>Plas&lt;b&gt;tic</li></ul>"


@pytest.mark.parametrize(
    "changes",
    [
        {"oneOf": []},
        {"oneOf": "Paper"},
        {"oneOf": [{"name": "One"}]},
        {"oneOf": [{"name": "Same"}, {"name": "Same"}]},
        {"oneOf": [{"name": "One"}, {"name": ""}]},
        {"oneOf": [{"name": "One"}, {"title": "Two"}]},
        {"oneOf": [{"name": str(n)} for n in range(31)]},
        {"type": "Note"},
    ],
)
def test_what_is_no_poll_is_taken_for_plain_words(changes: dict[str, Any]):
    assert read_ballot({**MASTODON, **changes}) is None


@pytest.mark.parametrize("wrong", [-5, "many", None, True, 1.5, [], 1 << 60])
def test_counts_that_are_none_count_nothing_or_the_most(wrong: Any):
    answers = [{**one, "replies": {"totalItems": wrong}} for one in MASTODON["oneOf"]]
    read = read_ballot({**MASTODON, "oneOf": answers, "votersCount": wrong, "endTime": wrong, "closed": wrong})
    assert read is not None
    most = 1 << 31 if wrong == 1 << 60 else 0
    assert (read.votes, read.voters, read.ends_at) == ((most, most), most, None)


def test_a_vote_is_a_note_with_a_name_and_no_words():
    vote = {"type": "Note", "name": "Paper", "inReplyTo": "https://a.example/1", "to": "https://a.example/people/1"}
    assert read_vote(vote) == "Paper"
    assert read_vote({**vote, "content": " "}) == "Paper"
    for changes in ({"content": "<p>Paper!</p>"}, {"inReplyTo": None}, {"name": " "}, {"name": 3}, {"type": "Article"}):
        assert read_vote({**vote, **changes}) is None
