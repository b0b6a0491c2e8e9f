"""Whether a discussion grows heated: four counts with fixed limits, the same for the same words. Pure.

It is a hint for facilitators and hides nothing. Words are looked for in English, German, French and Spanish; of
other languages only pace, flags and exclamation marks are seen, and of scripts without capitals no capitals. It
cannot tell irony, quotation or a heated matter from a heated tone.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from server.domain.sentences import counted, say

SignalName = Literal["pace", "flags", "you-not", "shouting"]
# What is looked at: replies no older than this, the newest so many.
WINDOW = timedelta(hours=2)
MOST = 40
# Fewer replies than this are no heated discussion.
LEAST = 4
PACE_WINDOW = timedelta(minutes=30)
PACE_REPLIES, PACE_PEOPLE = 6, 3
LIMITS: dict[SignalName, float] = {"pace": PACE_REPLIES, "flags": 0.2, "you-not": 0.3, "shouting": 0.25}
# A warning needs so many of the four.
NEEDED = 2

_YOU = r"you|your|yours|u|du|dich|dir|dein|deine|ihr|euch|sie|tu|toi|ton|ta|vous|votre|t[uú]|te|usted|ustedes|vosotros"
_NOT = (
    r"not|no|never|nothing|don't|dont|can't|cant|won't|isn't|aren't|didn't|doesn't|wrong|nonsense|ridiculous|stupid|"
    r"nicht|nie|niemals|kein|keine|nichts|falsch|unsinn|quatsch|dumm|"
    r"pas|jamais|rien|faux|n'importe|ridicule|nunca|nada|falso|tonter[ií]a|absurdo"
)
_SENTENCE = re.compile(r"[.!?…\n]+")
_HAS_YOU = re.compile(rf"(?<!\w)(?:{_YOU})(?!\w)", re.IGNORECASE)
_HAS_NOT = re.compile(rf"(?<!\w)(?:{_NOT})(?!\w)", re.IGNORECASE)
_WORD = re.compile(r"[^\W\d_]{4,}")
_EXCLAIMED = re.compile(r"[!！]{2,}|(?:[!！][^!！]*){3,}")


@dataclass(frozen=True, slots=True)
class Said:
    """One reply: by whom, when, and whether somebody flagged it."""

    author_id: str
    text: str
    made_at: datetime
    flagged: bool = False


@dataclass(frozen=True, slots=True)
class Signal:
    """One count: `value` of `limit`, and what it says in a sentence."""

    name: SignalName
    value: float
    limit: float
    is_hot: bool
    sentence: str


@dataclass(frozen=True, slots=True)
class Heat:
    """What was counted in `replies` replies."""

    replies: int
    signals: tuple[Signal, ...]

    @property
    def is_hot(self) -> bool:
        return sum(one.is_hot for one in self.signals) >= NEEDED


def measure(said: Sequence[Said], now: datetime) -> Heat:
    """Count the signals of what was said within WINDOW before `now`."""
    recent = sorted((one for one in said if now - one.made_at <= WINDOW), key=lambda one: one.made_at)[-MOST:]
    total = len(recent)
    enough = total >= LEAST
    flagged = sum(one.flagged for one in recent)
    addressed = sum(denies_somebody(one.text) for one in recent)
    loud = sum(shouts(one.text) for one in recent)
    return Heat(
        total,
        (
            _pace(recent, now),
            _share(
                "flags",
                flagged,
                total,
                1,
                say("%(n)s of %(total)s replies were flagged", n=flagged, total=total),
                enough=enough,
            ),
            _share(
                "you-not",
                addressed,
                total,
                2,
                say("%(n)s of %(total)s say “you” and “not” in one sentence", n=addressed, total=total),
                enough=enough,
            ),
            _share(
                "shouting",
                loud,
                total,
                2,
                say("%(n)s of %(total)s have capitals or rows of exclamation marks", n=loud, total=total),
                enough=enough,
            ),
        ),
    )


def _pace(recent: Sequence[Said], now: datetime) -> Signal:
    last = [one for one in recent if now - one.made_at <= PACE_WINDOW]
    people = len({one.author_id for one in last})
    minutes = int(PACE_WINDOW.total_seconds() // 60)
    hot = len(last) >= PACE_REPLIES and 2 <= people <= PACE_PEOPLE
    sentence = counted(
        "%(replies)s replies in %(minutes)s minutes by %(n)s person",
        "%(replies)s replies in %(minutes)s minutes by %(n)s people",
        people,
        replies=len(last),
        minutes=minutes,
    )
    return Signal("pace", len(last), LIMITS["pace"], hot, sentence)


def _share(name: SignalName, count: int, total: int, least: int, sentence: str, *, enough: bool) -> Signal:
    value = count / total if total else 0.0
    return Signal(name, value, LIMITS[name], enough and count >= least and value >= LIMITS[name], sentence)


def denies_somebody(text: str) -> bool:
    """Say whether a sentence both addresses somebody and denies something."""
    plain = text.replace("’", "'")
    return any(_HAS_YOU.search(one) and _HAS_NOT.search(one) for one in _SENTENCE.split(plain))


def shouts(text: str) -> bool:
    """Say whether there are rows of exclamation marks, or three long words in capitals and at least half of all."""
    if _EXCLAIMED.search(text):
        return True
    words = _WORD.findall(text)
    loud = [word for word in words if word.isupper()]
    return len(loud) >= 3 and 2 * len(loud) >= len(words)


PROMPTS: dict[SignalName, str] = {
    "flags": say(
        "Let us keep to the idea and leave the people out of it. What would each of you need to see to agree?"
    ),
    "you-not": say("I read two views here. Could each of you say in one sentence what the other one gets right?"),
    "shouting": say("This matters to you, and it shows. What is the one point that must not get lost?"),
    "pace": say("Let us slow down for a moment. Who else is touched by this and has not been heard yet?"),
}


def prompt_for(heat: Heat) -> SignalName | None:
    """Return the signal by whose prompt a facilitator could answer; None where nothing is hot."""
    hot = {one.name for one in heat.signals if one.is_hot}
    return next((name for name in PROMPTS if name in hot), None)
