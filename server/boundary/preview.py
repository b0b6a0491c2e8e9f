"""Verdicts in words, for the composer and the console: who will see this, and why not the others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from server.boundary.decide import Decision
from server.boundary.rule import Effect
from server.boundary.sentences import listed

Verdict = Literal["allowed", "redacted", "held", "denied", "inside"]

VERDICTS: dict[Effect, Verdict] = {"allow": "allowed", "redact": "redacted", "hold": "held", "deny": "denied"}
STAYS = "Stays inside: this forum has no outside readers."


@dataclass(frozen=True, slots=True)
class Reader:
    """One audience (``*`` or a host), the name a person knows it by, and what was decided for it."""

    audience: str
    name: str
    decision: Decision


def crossing(audience: str, decision: Decision | None) -> dict[str, Any]:
    """Return one entry of the ``crossing`` list of the JSON API; None if nobody outside reads it."""
    if decision is None:
        return {"audience": audience, "verdict": "inside", "rules": [], "reason": STAYS}
    return {
        "audience": audience,
        "verdict": VERDICTS[decision.effect],
        "rules": list(decision.rules),
        "reason": decision.reason,
        "would_allow": decision.would_allow,
    }


def line(readers: Sequence[Reader]) -> str:
    """Return one line on what will happen, e.g. "Crosses to Globex and the public, by S-lifts."."""
    if not readers:
        return STAYS
    said = []
    crossing_now = _having(readers, "allow", "redact")
    held, denied = _having(readers, "hold"), _having(readers, "deny")
    if crossing_now:
        said.append(f"Crosses to {_names(crossing_now)}, by {_permits(crossing_now)}.")
        changed = _having(readers, "redact")
        if changed:
            said.append(f"Something is taken out for {_names(changed)}, by {_rules(changed)}.")
    if held:
        said.append(f"Waits for a reviewer before it goes to {_names(held)}. {held[0].decision.reason}")
    if denied:
        start = "Does not go" if said else "Stays inside: it does not go"
        said.append(f"{start} to {_names(denied)}. {denied[0].decision.reason}")
    return " ".join(said)


def button(readers: Sequence[Reader], ours: str) -> str:
    """Return the words of the composer's button, e.g. ``Post to Acme and Globex``; ``ours`` is our name."""
    seeing = _having(readers, "allow", "redact")
    if seeing:
        return f"Post to {listed([ours, *_ordered(seeing)], 'and')}"
    held = _having(readers, "hold")
    return f"Post to {ours}, ask review for {_names(held)}" if held else f"Post inside {ours}"


def _having(readers: Sequence[Reader], *effects: Effect) -> list[Reader]:
    return [reader for reader in readers if reader.decision.effect in effects]


def _names(readers: Sequence[Reader]) -> str:
    return listed(_ordered(readers), "and")


def _ordered(readers: Sequence[Reader]) -> list[str]:
    names = {reader.name for reader in readers}
    return sorted(names, key=lambda name: (name == "the public", name))


def _rules(readers: Sequence[Reader]) -> str:
    return listed(sorted({rule for reader in readers for rule in reader.decision.rules}), "and")


def _permits(readers: Sequence[Reader]) -> str:
    """Return the rules that let it cross: all that matched, less those that only took something out."""
    found = set()
    for reader in readers:
        decision = reader.decision
        permits = set(decision.matched) - set(decision.rules) if decision.effect == "redact" else set()
        found |= permits or set(decision.rules)
    return listed(sorted(found), "and")
