"""The hand-over note of a shift, drafted from what happened in it. Pure.

The facilitator edits it before it is handed on.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from server.domain.sentences import Sentence, say, together

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
        say("Shift of %(name)s, %(begun_at)s to %(until)s.", name=log.name, begun_at=log.begun_at, until=log.until),
        _part(say("Marked"), log.marked, say("Nothing was marked.")),
        _part(say("Flags and holds"), log.flagged, say("Nothing was flagged or decided, and nothing waits.")),
        _part(say("Moved, merged and split"), log.moved, say("Nothing was moved.")),
        _part(say("Waiting for an answer"), log.unanswered, say("Every idea has been answered.")),
    ]
    return together(*parts, between="\n\n")


def _part(heading: str, lines: Sequence[Line], nothing: str) -> str:
    if not lines:
        return say("**%(heading)s**: %(nothing)s", heading=heading, nothing=nothing)
    shown: list[str] = [
        together("- [", _plain(one.title), f"]({one.url}): ", _plain(one.said), between="")
        for one in lines[:MOST_LINES]
    ]
    if len(lines) > MOST_LINES:
        shown.append(say("- and %(n)s more", n=len(lines) - MOST_LINES))
    return together(together("**", heading, f"** ({len(lines)})", between=""), "", *shown, between="\n")


def _plain(words: str) -> str:
    """Return somebody's words so that they are no Markdown of the note's; sentences of ours stay as they are."""
    if isinstance(words, Sentence):
        return words
    line = " ".join(words.split())
    for sign in "\\`*_[]<>#":
        line = line.replace(sign, f"\\{sign}")
    return line
