"""The hand-over note of a shift, drafted from what happened in it. Pure.

The facilitator edits it before it is handed on.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

# So many lines of one kind; the rest is counted.
MOST_LINES = 12


@dataclass(frozen=True, slots=True)
class Line:
    """One thing of the log: what it is about, its page, and what is to be said of it."""

    title: str
    url: str
    said: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Log:
    """What happened since a shift began, and what waits now."""

    name: str
    begun_at: datetime
    until: datetime
    marked: Sequence[Line]
    flagged: Sequence[Line]
    moved: Sequence[Line]
    unanswered: Sequence[Line]


def draft_note(log: Log) -> str:
    """Return a note in Markdown, each line with a link to what it speaks of."""
    parts = [
        f"Shift of {log.name}, {log.begun_at:%d %B %H:%M} to {log.until:%H:%M} UTC.",
        _part("Marked", log.marked, "Nothing was marked."),
        _part("Flags and holds", log.flagged, "Nothing was flagged or decided, and nothing waits."),
        _part("Moved, merged and split", log.moved, "Nothing was moved."),
        _part("Waiting for an answer", log.unanswered, "Every idea has been answered."),
    ]
    return "\n\n".join(parts)


def _part(heading: str, lines: Sequence[Line], nothing: str) -> str:
    if not lines:
        return f"**{heading}**: {nothing}"
    shown = [f"- [{_plain(one.title)}]({one.url}): {_plain(one.said)}" for one in lines[:MOST_LINES]]
    if len(lines) > MOST_LINES:
        shown.append(f"- and {len(lines) - MOST_LINES} more")
    return "\n".join([f"**{heading}** ({len(lines)})", "", *shown])


def _plain(words: str) -> str:
    """Return somebody's words so that they are no Markdown of the note's."""
    line = " ".join(words.split())
    for sign in "\\`*_[]<>#":
        line = line.replace(sign, f"\\{sign}")
    return line
