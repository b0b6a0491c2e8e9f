"""Host hours and their questions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from server.database import Database, Transaction
from server.domain.hours import Hour, HourQuestion, QuestionState
from server.storage.times import moment, moment_or_none

SELECT = "SELECT h.*, m.name AS host_name FROM hours h JOIN members m ON m.id = h.host_id"


def _hour(row: Mapping[str, Any]) -> Hour:
    return Hour(
        id=row["id"],
        jam_id=row["jam_id"],
        forum_id=row["forum_id"],
        host_id=row["host_id"],
        host_name=row["host_name"],
        title=row["title"],
        starts_at=moment(row["starts_at"]),
        ends_at=moment(row["ends_at"]),
        begun_at=moment_or_none(row["begun_at"]),
        ended_at=moment_or_none(row["ended_at"]),
        idea_id=row["idea_id"],
    )


async def insert(change: Transaction, made: Hour, by_id_: str, now: float) -> None:
    await change.execute(
        "INSERT INTO hours (id, jam_id, forum_id, host_id, title, starts_at, ends_at, idea_id, made_by, made_at)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, '', ?, ?)",
        (
            made.id, made.jam_id, made.forum_id, made.host_id, made.title, made.starts_at.timestamp(),
            made.ends_at.timestamp(), by_id_, now,
        ),
    )  # fmt: skip


async def by_id(store: Database | Transaction, hour_id: str) -> Hour | None:
    row = await store.fetch_one(f"{SELECT} WHERE h.id = ?", (hour_id,))
    return None if row is None else _hour(row)


async def of_jam(store: Database, jam_id: str) -> list[Hour]:
    """Return a jam's hours in time order."""
    rows = await store.fetch(f"{SELECT} WHERE h.jam_id = ? ORDER BY h.starts_at, h.id", (jam_id,))
    return [_hour(row) for row in rows]


async def due(store: Database, now: float) -> list[Hour]:
    """Return the hours whose beginning or end has come and is not written down."""
    rows = await store.fetch(
        f"{SELECT} WHERE h.ended_at IS NULL AND (h.ends_at <= ? OR (h.begun_at IS NULL AND h.starts_at <= ?))",
        (now, now),
    )
    return [_hour(row) for row in rows]


async def begin(change: Transaction, hour_id: str, now: float) -> bool:
    return bool(await change.execute("UPDATE hours SET begun_at = ? WHERE id = ? AND begun_at IS NULL", (now, hour_id)))


async def end(change: Transaction, hour_id: str, now: float) -> bool:
    """Write the end down, now at the latest; return False where that was done."""
    return bool(
        await change.execute(
            "UPDATE hours SET ended_at = ?, ends_at = min(ends_at, ?) WHERE id = ? AND ended_at IS NULL",
            (now, now, hour_id),
        )
    )


async def drop(change: Transaction, hour_id: str) -> None:
    """Forget an hour that was planned, with its queue."""
    await change.execute(
        "DELETE FROM hour_supports WHERE question_id IN (SELECT id FROM hour_questions WHERE hour_id = ?)", (hour_id,)
    )
    await change.execute("DELETE FROM hour_questions WHERE hour_id = ?", (hour_id,))
    await change.execute("DELETE FROM hours WHERE id = ?", (hour_id,))


async def set_thread(change: Transaction, hour_id: str, idea_id: str) -> None:
    await change.execute("UPDATE hours SET idea_id = ? WHERE id = ?", (idea_id, hour_id))


def _question(row: Mapping[str, Any]) -> HourQuestion:
    return HourQuestion(
        id=row["id"],
        hour_id=row["hour_id"],
        author_id=row["author_id"],
        author_name=row["author_name"],
        text=row["text"],
        state=row["state"],
        asked_at=moment(row["asked_at"]),
        support=row["support"],
        mine=bool(row["mine"]),
        question_id=row["question_id"],
        answer_id=row["answer_id"],
    )


async def questions(store: Database | Transaction, hour_id: str, reader_id: str) -> list[HourQuestion]:
    """Return an hour's queue: the most supported first, then the oldest; what was taken back is left out."""
    rows = await store.fetch(
        "SELECT q.*, m.name AS author_name, (SELECT count(*) FROM hour_supports s WHERE s.question_id = q.id)"
        " AS support, EXISTS (SELECT 1 FROM hour_supports s WHERE s.question_id = q.id AND s.member_id = ?) AS mine"
        " FROM hour_questions q JOIN members m ON m.id = q.author_id"
        " WHERE q.hour_id = ? AND q.state != 'taken back' ORDER BY support DESC, q.asked_at, q.id",
        (reader_id, hour_id),
    )
    return [_question(row) for row in rows]


async def ask(change: Transaction, id_: str, hour_id: str, author_id: str, text: str, now: float) -> None:
    await change.execute(
        "INSERT INTO hour_questions (id, hour_id, author_id, text, state, asked_at, question_id, answer_id)"
        " VALUES (?, ?, ?, ?, 'waiting', ?, '', '')",
        (id_, hour_id, author_id, text, now),
    )


async def move(
    change: Transaction, question_id: str, state: QuestionState, *, asked_as: str = "", answered_as: str = ""
) -> bool:
    """Move a waiting question on; return False where it waits no longer."""
    return bool(
        await change.execute(
            "UPDATE hour_questions SET state = ?, question_id = ?, answer_id = ? WHERE id = ? AND state = 'waiting'",
            (state, asked_as, answered_as, question_id),
        )
    )


async def support(change: Transaction, question_id: str, member_id: str, now: float, *, given: bool) -> None:
    if given:
        await change.execute(
            "INSERT OR IGNORE INTO hour_supports (question_id, member_id, made_at) VALUES (?, ?, ?)",
            (question_id, member_id, now),
        )
        return
    await change.execute("DELETE FROM hour_supports WHERE question_id = ? AND member_id = ?", (question_id, member_id))


async def asked_as(change: Transaction, question_id: str) -> str:
    """Return the id of the contribution that a question has become, "" before that."""
    return str(await change.fetch_value("SELECT question_id FROM hour_questions WHERE id = ?", (question_id,)) or "")


async def set_asked(change: Transaction, question_id: str, contribution_id: str) -> None:
    await change.execute("UPDATE hour_questions SET question_id = ? WHERE id = ?", (contribution_id, question_id))
