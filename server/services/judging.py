"""Facts collected and judged: who outside would receive a contribution, and by which rule.

The composer, the JSON API and the gate call the same functions, so a preview is what will happen.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cache, partial
from typing import cast

from server.boundary.facts import Facts, Thing, week_minute
from server.boundary.labels import Label
from server.boundary.rules import NAME_TO_ROLE
from server.domain.actors import Member
from server.domain.agreements import Agreement
from server.domain.crossings import EVERYONE, Verdict, VerdictWord
from server.domain.errors import Missing
from server.domain.files import File
from server.domain.ideas import Attached, Contribution, Linked
from server.domain.jams import Forum
from server.domain.self_test import TABLE
from server.domain.sentences import later
from server.domain.visitors import peer_of, visitor_audience
from server.services import files
from server.services.agreements import accepted_by_host
from server.services.attached import counted, words_of_files
from server.services.forums import forum_and_jam, mirror_key
from server.services.house import House, Rulebook, make_detectors, read_table
from server.services.judgement import places_json, verdict_of
from server.services.quotes import Said, untold
from server.services.readership import Reader, readers_of
from server.services.shadow import try_out
from server.services.voices import owner_of, speaking
from server.storage import contributions, people, recalls
from server.storage import verdicts as verdict_rows


@dataclass(frozen=True, slots=True)
class Draft:
    """What is judged: words not yet or already written. `thread_id` and `contribution_id` may be "".

    `made_at` is when the contribution came to be and `written_at` when these words of it did; None is now.
    `version` counts its words. Whether they are a Create or an Update is worked out for each audience: they are an
    Update where earlier ones crossed.
    `hidden` is what a facilitator keeps from everybody else. Where the author is a voice, `behind` is who stands
    behind it: rules about that person hold as well. `linked` are the files of another server's words that stay
    there: where these are passed on, they go along, with what is said of them. Of earlier words they are what was
    attached then, ours or theirs.
    """

    forum: Forum
    author: Member
    title: str
    text: str
    label: str
    act: str = "Create"
    thread_id: str = ""
    contribution_id: str = ""
    made_at: datetime | None = None
    written_at: datetime | None = None
    version: int = 1
    hidden: bool = False
    files: tuple[File, ...] = ()
    behind: Member | None = None
    linked: tuple[Linked, ...] = ()


@dataclass(frozen=True, slots=True)
class Past:
    """What crossed before, by audience: others of the thread, how many of the author's other contributions, and
    the audiences to which earlier words of this contribution went.
    """

    crossed: frozenset[str] = frozenset()
    counts: Mapping[str, int] = field(default_factory=dict)
    earlier: frozenset[str] = frozenset()


async def judge(house: House, draft: Draft, *, quotes: bool = True) -> list[Verdict]:
    """Say, for each audience of the forum, what the rules make of a draft. Nothing is written.

    Without `quotes` it is not asked whether the words stand elsewhere.
    """
    book = canary_book() if draft.forum.is_canary else await house.rulebook()
    now = house.now()
    found = book.detectors.scan(_words(draft))
    kinds, end = frozenset(finding.kind for finding in found), len(draft.title) + 1 + len(draft.text)
    # What is found in what is said of files has no place in the words.
    places = places_json([finding for finding in found if finding.end <= end], len(draft.title))
    readers = {reader.audience: reader for reader in await readers_of(house, draft.forum)}
    quoting = await _quoting(house, draft, list(readers)) if quotes else frozenset()
    recalled = await recalls.recalled_from(house.store, draft.contribution_id) if draft.contribution_id else set()
    idea = await _root(house, draft)
    root = await _root_verdicts(house, draft, idea, quotes=quotes) if idea else None
    label, past = _whole_label(draft, idea), await _past(house, draft, list(readers))
    theirs = (await accepted_by_host(house)).get(draft.author.host) if draft.author.host else None

    def narrow(verdict: Verdict) -> Verdict:
        return _narrow(verdict, draft, readers[verdict.audience], recalled, root, theirs, now)

    verdicts: list[Verdict] = []
    facts: Facts | None = None
    for reader in readers.values():
        findings = kinds | {"quote"} if reader.audience in quoting else kinds
        facts = _facts(draft, label, reader, findings, past, now, facts)
        said = replace(verdict_of(book, facts, now, places), audience=reader.audience)
        verdicts.append(narrow(_no_laxer(draft, said, book, facts, now)))
    return try_out(book, _words(draft), verdicts, kinds, now, narrow)


def _no_laxer(draft: Draft, said: Verdict, book: Rulebook, facts: Facts, now: datetime) -> Verdict:
    """Hold what a voice says to the rules about who stands behind it as well: where these are stricter, it stays.

    The facts that are kept are the voice's: which rule about the person stands against it is not told.
    """
    if not draft.author.is_voice or not (said.crosses or said.verdict == "held"):
        return said
    if draft.behind is None:
        return replace(said, verdict="denied", reason="Nobody can say who wrote it, so it stays.", rules=())
    behind = draft.behind
    handle = behind.handle.lstrip("@")
    theirs = verdict_of(book, replace(facts, author=handle, unit=behind.unit, role=behind.role), now, "")
    # A voice has no name to take out.
    if theirs.crosses and theirs.redactions - {NAME_TO_ROLE} <= said.redactions:
        return said
    if (theirs.verdict, theirs.rules) == (said.verdict, said.rules):
        return said
    return replace(said, verdict="denied", reason="A rule about its author stands against it.", rules=())


@cache
def canary_book() -> Rulebook:
    """Return the table that judges canaries of the leak self-test, whatever the organisation's own says."""
    rules = read_table(TABLE)
    return Rulebook(0, rules, make_detectors(rules, ()))


def _words(draft: Draft) -> str:
    said = [*words_of_files(draft.files), Attached.of(draft.linked).words]
    return "\n".join((draft.title, draft.text, *filter(None, said)))


async def _quoting(house: House, draft: Draft, audiences: Sequence[str]) -> frozenset[str]:
    """Return the audiences for whom the draft repeats words that stand inside and that they were not granted."""
    if draft.forum.audience == "inside":
        return frozenset()

    said = Said(_words(draft), draft.contribution_id, draft.author, draft.forum.id)
    # Its author and their server know the words anyway.
    knowing = {draft.author.host, visitor_audience(draft.author.username, draft.author.host)}
    asked = [audience for audience in audiences if audience not in knowing]
    return await untold(house, said, asked, partial(judge_source, house))


async def judge_source(house: House, made: Contribution) -> list[Verdict]:
    """Judge something that others may have quoted, without asking what it quotes itself."""
    return await judge(house, await draft_of(house, made), quotes=False)


def _whole_label(draft: Draft, root: Contribution | None) -> Label:
    """Return the label of what is judged: a reply is never less strict than the idea that it answers."""
    label = Label.parse(draft.label)
    return label.join(Label.parse(root.label)) if root else label


async def _past(house: House, draft: Draft, audiences: Sequence[str]) -> Past:
    made_at = (draft.made_at or house.now()).timestamp()
    crossed = await verdict_rows.crossed_to(house.store, draft.thread_id, audiences, made_at, draft.contribution_id)
    counts = await verdict_rows.crossings_of(house.store, draft.author.id, made_at, draft.contribution_id)
    earlier = await verdict_rows.crossed_before(house.store, draft.contribution_id, draft.version)
    return Past(crossed, counts, earlier)


def _facts(
    draft: Draft, label: Label, reader: Reader, findings: frozenset[str], past: Past, now: datetime, known: Facts | None
) -> Facts:
    """Return the facts of a draft for one reader; `known` are those of the same draft for another."""
    first_crossing = reader.audience not in past.crossed
    nth = past.counts.get(reader.audience, 0) + 1
    act = _act(draft, reader.audience in past.earlier)
    if known is not None:
        return known.towards(
            reader.peer, reader.tier, reader.clearance, findings, act=act, first_crossing=first_crossing, nth=nth
        )
    author, attached = draft.author, counted(Attached.of(draft.linked), draft.files)
    written_at = min(draft.written_at or now, now)
    return Facts(
        direction="out",
        peer=reader.peer,
        tier=reader.tier,
        clearance=reader.clearance.level,
        cleared_for=reader.clearance.categories,
        jam=draft.forum.jam_slug,
        forum=mirror_key(draft.forum),
        label=label.level,
        categories=label.categories,
        onward=label.onward,
        author=author.handle.lstrip("@"),
        unit=author.unit,
        role=author.role,
        consent=author.consent,
        findings=findings,
        act=act,
        thing=_thing(draft),
        length=len(draft.text),
        attachments=attached.number,
        attachment_types=attached.media_types,
        attachment_bytes=attached.size,
        first_crossing=first_crossing,
        nth=nth,
        age=(now - written_at) // timedelta(hours=1),
        week_minute=week_minute(written_at),
    )


def _act(draft: Draft, earlier: bool) -> str:
    """Return the act that words are to somebody: an Update where earlier words of the same contribution crossed.

    It does not change with what is judged again, and an edit of what was held is no way around a rule about new ones.
    """
    return ("Update" if earlier else "Create") if draft.act in ("Create", "Update") else draft.act


def _thing(draft: Draft) -> Thing:
    if draft.act in ("Like", "Undo", "Add"):
        return "mark"
    return "idea" if draft.thread_id in ("", draft.contribution_id) else "reply"


def _narrow(
    verdict: Verdict,
    draft: Draft,
    reader: Reader,
    recalled: set[str],
    root: dict[str, VerdictWord] | None,
    theirs: Agreement | None,
    now: datetime,
) -> Verdict:
    """Apply what stands above the rules: an inside forum, a pause, an agreement, a recall, a thread that stayed.

    `theirs` is the agreement with the author's own server, under which the words came.
    """
    if draft.forum.audience == "inside":
        reason = later("Stays inside: this forum has no readers outside.")
        return replace(verdict, verdict="inside", reason=reason, redactions=frozenset(), rules=())
    if draft.forum.members_only and reader.audience == EVERYONE:
        return replace(verdict, verdict="denied", reason=later("It is for the people on a list alone."), rules=())
    if draft.hidden:
        return replace(verdict, verdict="denied", reason=later("A facilitator has hidden it."), rules=())
    if not verdict.crosses and verdict.verdict != "held":
        return verdict
    if reader.paused:
        return replace(verdict, verdict="denied", reason=later("The partnership with this server is paused."))
    if reader.agreement is not None and (why := reader.agreement.bars(draft.forum.uri, "out", now)):
        return replace(verdict, verdict="denied", reason=why)
    if theirs is not None and theirs.host != reader.peer and (why := theirs.bars_passing_on(reader.tier)):
        return replace(verdict, verdict="denied", reason=why)
    if recalled & {"", reader.audience, reader.peer}:
        return replace(verdict, verdict="denied", reason=later("It was recalled from this audience."))
    above = "allowed" if root is None else root.get(reader.audience, "denied")
    if above == "held":
        # It names no rule: what a reviewer is asked about is the idea.
        reason = later("It waits with the idea that it answers, which is held.")
        return replace(verdict, verdict="held", reason=reason, rules=())
    if above not in ("allowed", "redacted"):
        return replace(
            verdict, verdict="denied", reason=later("The idea that it answers has not crossed to this audience.")
        )
    return verdict


async def _root(house: House, draft: Draft) -> Contribution | None:
    """Return the idea at the root of a reply; None for an idea itself."""
    if not draft.thread_id or draft.thread_id == draft.contribution_id:
        return None
    root = await contributions.by_id(house.store, draft.thread_id)
    if root is None:
        raise Missing("idea", f"no root {draft.thread_id}")
    return root


async def _root_verdicts(house: House, draft: Draft, root: Contribution, *, quotes: bool) -> dict[str, VerdictWord]:
    """Return what was said of the idea at the root of a reply, by audience."""
    readers = await readers_of(house, draft.forum)
    said = {
        audience: cast(VerdictWord, word)
        for audience, word in (await verdict_rows.standing(house.store, root.id)).items()
    }
    if root.author_host and not draft.forum.is_local:
        # It stands on the forum's server already, or came by it.
        said = {reader.audience: "allowed" for reader in readers}
    elif root.author_host:
        said = {root.author_host: "allowed", **said}
    elif not {reader.audience for reader in readers} <= said.keys():
        # Not judged yet, or not for a reader who came later.
        judged = await judge(house, await draft_of(house, root), quotes=quotes)
        said = {verdict.audience: verdict.verdict for verdict in judged}
    if root.hidden and draft.forum.is_local:
        return dict.fromkeys(said, "denied")
    recalled = await recalls.recalled_from(house.store, root.id)
    return {
        audience: "denied" if recalled & {"", audience, peer_of(audience)} else word for audience, word in said.items()
    }


async def draft_of(house: House, made: Contribution, forum: Forum | None = None) -> Draft:
    """Return a stored contribution as something to judge; `forum` is its own, where that is known already."""
    if forum is None:
        forum, _ = await forum_and_jam(house, made.forum_id)
    author = await people.by_id(house.store, made.author_id)
    if author is None:
        raise Missing("person", f"no author of {made.id}")
    written_at = made.edited_at or made.created_at
    behind = await people.by_id(house.store, await owner_of(house, author.id)) if author.is_voice else None
    return Draft(
        forum,
        author,
        made.title,
        made.text,
        made.label,
        thread_id=made.thread_id,
        contribution_id=made.id,
        made_at=made.created_at,
        written_at=written_at,
        version=made.version,
        hidden=made.hidden,
        files=await files.of_one(house, made),
        behind=behind,
        linked=await files.linked_to(house, made),
    )


async def draft_by(house: House, author: Member, draft: Draft) -> Draft:
    """Return what somebody is about to write as it would be judged: in a forum without names, in a voice."""
    made = await contributions.by_id(house.store, draft.contribution_id) if draft.contribution_id else None
    if made is not None:
        speaker = await people.by_id(house.store, made.author_id) or author
    else:
        speaker = await speaking(house, author, draft.forum, draft.thread_id)
    return replace(draft, author=speaker, behind=author) if speaker.is_voice else draft


@dataclass(frozen=True, slots=True)
class Judged:
    """What was decided of one version of a contribution, for each of its audiences."""

    contribution_id: str
    version: int
    act: str
    verdicts: tuple[Verdict, ...]


def words_judged(made: Contribution, verdicts: Sequence[Verdict]) -> Judged:
    """Return what was decided of a contribution's present words, to be kept under one name for each version."""
    return Judged(made.id, made.version, "Create" if made.version == 1 else "Update", tuple(verdicts))


async def earlier_draft(house: House, made: Contribution, number: int) -> Draft | None:
    """Return an earlier version of a contribution as something to judge, under its present label.

    None where there is none, or where its files were others than the present ones and nothing was kept of them.
    """
    versions = await contributions.versions(house.store, made.id)
    found = next((version for version in versions if version.number == number), None)
    # Those that had been attached when they were first exchanged after that are those that it had.
    last = next((version for version in versions if version.number >= number and version.refiled), None)
    if found is None or (last is not None and last.attached is None):
        return None
    draft = await draft_of(house, made)
    if last is not None and last.attached is not None:
        draft = replace(draft, files=(), linked=last.attached)
    return replace(draft, title=found.title, text=found.text, written_at=found.written_at, version=number)
