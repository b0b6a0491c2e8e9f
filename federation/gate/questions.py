"""One of our polls as a Question: the words that an audience may read, with the counts told outside."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from federation.vocabulary.questions import Ballot, put_ballot
from server.domain.polls import Poll


def question_of(document: dict[str, Any], poll: Poll, choices: Sequence[str]) -> dict[str, Any]:
    """Return the document of the reply that a poll is as a Question, `choices` being its answers after redaction.

    The counts are those written down last, not those of this moment, so that the same is told at every door; of a
    poll whose results are hidden none are told before its end.
    """
    told = not poll.hidden or poll.closed_at is not None
    return put_ballot(
        document,
        Ballot(
            names=tuple(choices),
            multiple=poll.multiple,
            ends_at=poll.ends_at,
            closed_at=poll.closed_at,
            votes=poll.told.votes if told else None,
            voters=poll.told.voters if told else None,
        ),
    )
