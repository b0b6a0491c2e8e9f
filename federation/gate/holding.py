"""What the rules hold: the very bytes on offer, shown to reviewers, and whether reviewers let them across."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import orjson

from federation.gate.plan import Gateway
from federation.gate.relay import original
from federation.gate.render import copies_for
from federation.outside import crossings, peers
from federation.vocabulary.questions import names_of, without_counts
from server.boundary.rules import RuleSet, write_rules
from server.domain.crossings import Verdict
from server.domain.holds import Hold, OfferedCopy, bound, digest, part_of
from server.domain.ideas import Contribution
from server.domain.jams import Forum
from server.domain.polls import words_of
from server.domain.uris import new_id
from server.services import guises, holds, judging
from server.services.house import Rulebook

CHANGED = "What would cross, or the rule that holds it, has changed since it was approved; please look again."
REFUSED = "A reviewer kept it inside."


@dataclass(frozen=True, slots=True)
class Offer:
    """What one audience would get: its bytes' SHA-256, the digest of what the rules say, and how it reads."""

    sha: str
    wording: str
    copy: OfferedCopy


@dataclass(frozen=True, slots=True)
class Reviewed:
    """What reviewers said of one version: audience → SHA-256 of what they released, and whom they refused it."""

    released: dict[str, str]
    refused: frozenset[str]


def sha_of(document: dict[str, Any]) -> str:
    """Return the SHA-256 of a document's bytes, as they are frozen; of a poll without what was counted."""
    return hashlib.sha256(orjson.dumps(without_counts(document))).hexdigest()


def wording_of(book: Rulebook, verdict: Verdict) -> str:
    """Return the digest of what holds something: the rules' wording without their notes, and what they found in it.

    What was found besides, and is no concern of theirs, voids nothing.
    """
    rules = [book.rules.by_id[id_] for id_ in verdict.rules if id_ in book.rules.by_id]
    asked = {kind for rule in rules for kind in rule.conditions.findings or ()}
    found = [kind for kind in json.loads(verdict.facts).get("findings", []) if _asks(asked, kind)]
    text = write_rules(RuleSet(tuple(replace(rule, note="") for rule in rules)))
    return digest([sorted(verdict.rules), text, sorted(found), part_of(verdict.demands)])


def _asks(asked: set[str], kind: str) -> bool:
    return kind in asked or f"{kind.partition(':')[0]}:*" in asked


def _held(verdicts: Sequence[Verdict]) -> list[Verdict]:
    return [verdict for verdict in verdicts if verdict.verdict == "held" and verdict.rules]


async def reviewed_of(gate: Gateway, made: Contribution, forum: Forum, verdicts: Sequence[Verdict]) -> Reviewed:
    """Return for whom reviewers released these very bytes, held by these very rules, and for whom they refused."""
    known = await holds.holds_on(gate.house, "out", made.id, made.version)
    refused = frozenset(audience for hold in known if hold.state == "refused" for audience in hold.audiences)
    asked = [verdict for verdict in _held(verdicts) if any(verdict.audience in hold.released for hold in known)]
    released = {
        audience: offer.sha
        for audience, offer in (await offered(gate, made, forum, asked)).items()
        if any(hold.released.get(audience) == bound(offer.sha, offer.wording) for hold in known)
    }
    return Reviewed(released, refused)


async def released_before(
    gate: Gateway, made: Contribution, number: int, draft: judging.Draft, verdict: Verdict, uri: str
) -> bool:
    """Say whether reviewers released an earlier version, as it stands under a URI, from the rules that hold it now."""
    if guises.stands_here(gate.house, made):
        standing = await crossings.exact_newest(gate.outside, uri, verdict.audience)
        sha = sha_of(orjson.loads(standing.document.body)) if standing is not None else ""
    else:
        document = await original(gate, replace(made, title=draft.title, text=draft.text), draft.linked)
        sha = sha_of(document) if document is not None else ""
    token = bound(sha, wording_of(await gate.house.rulebook(), verdict))
    known = await holds.holds_on(gate.house, "out", made.id, number)
    return bool(sha) and any(hold.released.get(verdict.audience) == token for hold in known)


async def hold_back(gate: Gateway, made: Contribution, forum: Forum, verdicts: Sequence[Verdict]) -> None:
    """Queue for review what the rules hold, with the very bytes that each audience would get.

    Audiences that need the same reviewers are one question. What no rule holds any more waits no longer.
    """
    held = _held(verdicts)
    known = await holds.holds_on(gate.house, "out", made.id, made.version)
    offers = await offered(gate, made, forum, held)
    parts: dict[str, list[Verdict]] = {}
    for verdict in held:
        parts.setdefault(part_of(verdict.demands), []).append(verdict)
    for part, some in parts.items():
        await _ask(gate, _question(gate, made, part, some, offers), known)
    for hold in known:
        if hold.part not in parts:
            await holds.end_question(gate.house, hold)


def _question(gate: Gateway, made: Contribution, part: str, held: Sequence[Verdict], offers: dict[str, Offer]) -> Hold:
    own = {verdict.audience: offers[verdict.audience] for verdict in held if verdict.audience in offers}
    previews = {offer.sha: offer.copy for offer in own.values()}
    first = next(iter(previews.values()), None)
    hours = [verdict.within_hours for verdict in held if verdict.within_hours is not None]
    return Hold(
        id=new_id(),
        direction="out",
        contribution_id=made.id,
        version=made.version,
        activity_uri="",
        peer=", ".join(verdict.audience for verdict in held),
        forum_id=made.forum_id,
        author=made.author_handle,
        preview="\n\n".join(filter(None, (first.title, first.text))) if first else made.text,
        copies={audience: offer.sha for audience, offer in own.items()},
        rules=tuple(sorted({rule for verdict in held for rule in verdict.rules})),
        reason=held[0].reason,
        rule_set=held[0].rule_set,
        state="waiting",
        asked_at=gate.house.now(),
        part=part,
        # Whom no safe copy can be made for is part of the question as well.
        wordings={one.audience: own[one.audience].wording if one.audience in own else "" for one in held},
        previews=tuple(previews.values()),
        demands=held[0].demands,
        within_hours=min(hours, default=None),
    )


async def _ask(gate: Gateway, asked: Hold, known: Sequence[Hold]) -> None:
    """Put a question, unless it stands already. One that has changed is put anew, and its approvals are void."""
    before = next((hold for hold in known if hold.part == asked.part), None)
    if before is None:
        await holds.ask_review(gate.house, asked)
        return
    waits = before.state in ("waiting", "deciding")
    if before.state == "refused" or (waits and (before.offer, before.wordings) == (asked.offer, asked.wordings)):
        return
    changed = not before.released.keys().isdisjoint(asked.audiences)
    await holds.ask_again(
        gate.house,
        replace(
            asked,
            id=before.id,
            asked_at=before.asked_at if waits else asked.asked_at,
            released=before.released,
            reason=f"{CHANGED} {asked.reason}" if changed else asked.reason,
        ),
    )


async def offered(gate: Gateway, made: Contribution, forum: Forum, held: Sequence[Verdict]) -> dict[str, Offer]:
    """Return what each audience would get; one is missing where no copy can be made that is safe."""
    book, offers = await gate.house.rulebook(), dict[str, Offer]()
    said = {verdict.audience: verdict for verdict in held}
    for document, author, audiences in await _documents(gate, made, forum, held):
        subject = document.get("object", document)
        source = subject.get("source") if isinstance(subject, dict) else None
        body = source.get("content") if isinstance(source, dict) else made.text
        if isinstance(subject, dict) and (names := names_of(subject)):
            body = words_of(str(body), names)
        title = str(subject.get("name") or "") if isinstance(subject, dict) else ""
        sha, masked = sha_of(document), _masked(book, made, said[audiences[0]])
        copy = OfferedCopy(sha=sha, title=title, text=str(body), author=author, masked=masked)
        offers |= {audience: Offer(sha, wording_of(book, said[audience]), copy) for audience in audiences}
    return offers


async def _documents(
    gate: Gateway, made: Contribution, forum: Forum, held: Sequence[Verdict]
) -> list[tuple[dict[str, Any], str, tuple[str, ...]]]:
    """Return the documents on offer, each with the name under which its author appears, and its audiences."""
    if not held:
        return []
    if guises.stands_here(gate.house, made):
        copies = await copies_for(gate, made, forum, held)
        return [(copy.document, copy.face.name, copy.audiences) for copy in copies]
    document = await original(gate, made)
    if document is None and (fetched := await peers.fetched(gate.outside, made.uri)) is not None:
        document = fetched.document
    audiences = tuple(verdict.audience for verdict in held)
    return [(document, made.author_name, audiences)] if document is not None else []


def _masked(book: Rulebook, made: Contribution, verdict: Verdict) -> tuple[tuple[str, str], ...]:
    """Return what is taken out of a copy: the kind of each finding, and the words."""
    text = f"{made.title}\n{made.text}"
    kinds = {"person" if redaction == "name->role" else redaction for redaction in verdict.redactions}
    found = book.detectors.scan(text) if kinds else ()
    return tuple(dict.fromkeys((one.kind, text[one.start : one.end]) for one in found if one.kind in kinds))


async def ask_to_let_in(
    gate: Gateway, activity_uri: str, peer: str, forum_id: str, author: str, text: str, verdict: Verdict
) -> tuple[Literal["refused", "held"], str] | None:
    """Ask reviewers whether a received activity may come in; None once they have released just these words."""
    sha = hashlib.sha256(text.encode()).hexdigest()
    wording = wording_of(await gate.house.rulebook(), verdict)
    known = await holds.holds_on(gate.house, "in", activity_uri=activity_uri)
    if any(hold.released.get(peer) == bound(sha, wording) for hold in known):
        return None
    if refused := next((hold for hold in known if hold.state == "refused"), None):
        return "refused", refused.note
    asked = Hold(
        id=new_id(),
        direction="in",
        contribution_id="",
        version=0,
        activity_uri=activity_uri,
        peer=peer,
        forum_id=forum_id,
        author=author,
        preview=text,
        copies={peer: sha},
        rules=verdict.rules,
        reason=verdict.reason,
        rule_set=verdict.rule_set,
        state="waiting",
        asked_at=gate.house.now(),
        part=part_of(verdict.demands),
        wordings={peer: wording},
        demands=verdict.demands,
        within_hours=verdict.within_hours,
    )
    await _ask(gate, asked, known)
    for hold in known:
        if hold.part != asked.part:
            await holds.end_question(gate.house, hold)
    return "held", verdict.reason
