"""What the crowd was asked in a jam and what was answered to it, as plain values: for its export.

Of votes and ratings there are counts, and where fewer than five people answered a statement only their number.
"""

from __future__ import annotations

import json
from typing import Any

from server.domain.actors import Member
from server.domain.jams import Jam
from server.domain.polls import Poll
from server.domain.ratings import HIGHEST, LOWEST
from server.services import answers, statements
from server.services.house import House
from server.storage import polls, ratings

Row = dict[str, Any]
TABLES: dict[str, tuple[str, ...]] = {
    "poll": ("id", "thread_id", "question", "choice", "votes", "voters", "multiple", "ends_at", "closed"),
    "statement": ("id", "text", "sources", "people", "agree", "pass", "disagree"),
    "rating": ("contribution_id", "axis", *(f"rated_{value}" for value in range(LOWEST, HIGHEST + 1))),
}


async def asked_of(house: House, by: Member, jam: Jam) -> dict[str, list[Row]]:
    """Return the rows of polls (one for each choice), statements, ratings and answers of a jam. For organisers."""
    by.require("jams")
    return {
        "poll": await _polls(house, jam),
        "statement": await _statements(house, by, jam),
        "rating": await _ratings(house, jam),
        "answer": await _answers(house, jam),
    }


async def _polls(house: House, jam: Jam) -> list[Row]:
    return [
        {**_poll(house, poll), "choice": choice, "votes": votes if _shows(house, poll) else None}
        for poll in await polls.of_jam(house.store, jam.id)
        for choice, votes in zip(poll.choices, poll.counts.votes, strict=False)
    ]


def _poll(house: House, poll: Poll) -> Row:
    return {
        "id": poll.contribution_id,
        "thread_id": poll.thread_id,
        "question": poll.question,
        "voters": poll.counts.voters,
        "multiple": poll.multiple,
        "ends_at": poll.ends_at.isoformat(),
        "closed": not poll.is_open(house.now()),
    }


def _shows(house: House, poll: Poll) -> bool:
    """Say whether its counts may be told: nobody reads those of a hidden one before its end."""
    return poll.shows_counts(house.now(), voted=False)


async def _statements(house: House, by: Member, jam: Jam) -> list[Row]:
    rows = []
    told = await statements.report(house, by, jam)
    for one in (*told.common, *told.divided, *told.others):
        whole = one.whole
        rows.append(
            {
                "id": one.statement.id,
                "text": one.statement.text,
                "sources": json.dumps(one.statement.sources),
                "people": one.people,
                "agree": whole.agree if whole else None,
                "pass": whole.passed if whole else None,
                "disagree": whole.disagree if whole else None,
            }
        )
    return rows


async def _ratings(house: House, jam: Jam) -> list[Row]:
    return [
        {"contribution_id": idea, "axis": axis, **{f"rated_{value}": n for value, n in enumerate(counts, LOWEST)}}
        for idea, axis, counts in await ratings.of_jam(house.store, jam.id)
    ]


async def _answers(house: House, jam: Jam) -> list[Row]:
    report = await answers.report_of(house, jam.id)
    published = report.published_at.isoformat() if report and report.published_at else None
    return [
        {
            "id": one.id,
            "theme": one.label,
            "size": one.size,
            "doing": one.doing,
            "declined": one.declined,
            "why": one.why,
            "by": one.writer_name,
            "sources": list(one.sources),
            "published_at": published,
            "foreword": report.foreword if report else "",
            "version": report.version if report else 1,
            "corrected_because": report.reason if report else "",
        }
        for one in await answers.answers_of(house, jam.id)
    ]
