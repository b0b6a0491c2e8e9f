"""What the rules hold: the very bytes on offer, shown to a reviewer, and whether a reviewer let them across."""

from __future__ import annotations

import hashlib
from typing import Any

import orjson

from federation.gate.plan import Gateway
from federation.gate.relay import original
from federation.gate.render import copy_for
from server.domain.crossings import Hold, Verdict
from server.domain.ideas import Contribution
from server.domain.jams import Forum
from server.domain.uris import new_id
from server.services import holds

CHANGED = "What would cross has changed since it was approved; please look again."


def _held(verdicts: list[Verdict]) -> list[Verdict]:
    return [verdict for verdict in verdicts if verdict.verdict == "held" and verdict.rules]


async def approved_by(gate: Gateway, made: Contribution, forum: Forum, verdicts: list[Verdict]) -> frozenset[str]:
    """Return the audiences for which a reviewer released these very bytes from all the rules that hold them."""
    hold = await holds.hold_on(gate.house, "out", made.id, made.version)
    if hold is None or hold.state != "released":
        return frozenset()
    asked = [verdict for verdict in _held(verdicts) if set(verdict.rules) <= set(hold.rules)]
    copies, _ = await offered(gate, made, forum, asked)
    return frozenset(audience for audience, sha in copies.items() if hold.copies.get(audience) == sha)


async def hold_back(gate: Gateway, made: Contribution, forum: Forum, verdicts: list[Verdict]) -> None:
    """Queue for review what the rules hold, with the very bytes that each audience would get."""
    held = _held(verdicts)
    if not held:
        return
    copies, preview = await offered(gate, made, forum, held)
    known = await holds.hold_on(gate.house, "out", made.id, made.version)
    if known is not None and known.state == "released":
        await holds.ask_again(gate.house, known, copies, preview, CHANGED)
        return
    await holds.ask_review(
        gate.house,
        Hold(
            id=new_id(),
            direction="out",
            contribution_id=made.id,
            version=made.version,
            activity_uri="",
            peer=", ".join(verdict.audience for verdict in held),
            forum_id=made.forum_id,
            author=made.author_handle,
            preview=preview,
            copies=copies,
            rules=tuple(sorted({rule for verdict in held for rule in verdict.rules})),
            reason=held[0].reason,
            rule_set=held[0].rule_set,
            state="waiting",
            asked_at=gate.house.now(),
        ),
    )


async def offered(gate: Gateway, made: Contribution, forum: Forum, held: list[Verdict]) -> tuple[dict[str, str], str]:
    """Return audience → SHA-256 of the document on offer, and the text that a reviewer reads."""
    copies: dict[str, str] = {}
    preview = ""
    for verdict in held:
        document = await _document(gate, made, forum, verdict)
        if document is None:
            continue
        copies[verdict.audience] = hashlib.sha256(orjson.dumps(document)).hexdigest()
        subject = document.get("object", document)
        source = subject.get("source") if isinstance(subject, dict) else None
        body = source.get("content") if isinstance(source, dict) else made.text
        preview = preview or "\n\n".join(filter(None, (str(subject.get("name") or ""), str(body))))
    return copies, preview or made.text


async def _document(gate: Gateway, made: Contribution, forum: Forum, verdict: Verdict) -> dict[str, Any] | None:
    if not made.is_local:
        return await original(gate, made)
    copy = await copy_for(gate, made, forum, verdict)
    return copy.document if copy else None
