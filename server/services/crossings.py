"""Facts collected and judged: who outside would receive a contribution, and by which rule.

The composer, the JSON API and the gate call the same functions, so a preview is what will happen.
"""

from __future__ import annotations

import contextlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cache, partial
from typing import Literal, cast

from server.boundary.facts import Facts, Thing, week_minute
from server.boundary.labels import Clearance, Label, Level
from server.boundary.rules import NAME_TO_ROLE
from server.database import ConstraintBroken, StatementFailed
from server.domain.actors import Member
from server.domain.agreements import Agreement
from server.domain.crossings import EVERYONE, Partner, Verdict, VerdictWord
from server.domain.errors import Missing
from server.domain.files import File
from server.domain.ideas import Contribution
from server.domain.jams import Forum
from server.domain.self_test import TABLE
from server.domain.sentences import later
from server.domain.uris import host_of, new_id
from server.domain.visitors import peer_of, visitor_audience
from server.services import files
from server.services.agreements import accepted_by_host
from server.services.forums import forum_and_jam, mirror_key
from server.services.house import House, Rulebook, make_detectors, read_table
from server.services.judgement import places_json, verdict_of
from server.services.quotes import Said, untold
from server.services.servers import bars
from server.services.shadow import try_out
from server.services.voices import owner_of, speaking
from server.storage import contributions, events, memberships, people, recalls, shadows, twins
from server.storage import partners as partner_rows
from server.storage import verdicts as verdict_rows

# The anonymous public and servers without an agreement are cleared for what may be shown to anyone.
OPEN_CLEARANCE = Clearance(Level.GREEN)
TierWord = Literal["public", "stranger", "customer", "partner"]


@dataclass(frozen=True, slots=True)
class Reader:
    """An audience outside, with its standing: a host, "*" for the anonymous public, or one person of a host who signs
    in at our edge (`server.domain.visitors`).
    """

    audience: str
    tier: TierWord
    clearance: Clearance
    paused: bool = False
    agreement: Agreement | None = None

    @property
    def peer(self) -> str:
        """The other side as rules name it: a person stands as their server does."""
        return peer_of(self.audience)

    def sees(self, forum_uri: str, now: datetime) -> bool:
        """Say whether it may know of a forum at all: an agreement may leave it out."""
        if self.paused:
            return False
        agreed = self.agreement
        return agreed is None or (agreed.in_force(now) and agreed.covers(forum_uri))


@dataclass(frozen=True, slots=True)
class Draft:
    """What is judged: words not yet or already written. `thread_id` and `contribution_id` may be "".

    `made_at` is when the contribution came to be and `written_at` when these words of it did; None is now.
    `version` counts its words. Whether they are a Create or an Update is worked out for each audience: they are an
    Update where earlier ones crossed.
    `hidden` is what a facilitator keeps from everybody else. Where the author is a voice, `behind` is who stands
    behind it: rules about that person hold as well.
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


@dataclass(frozen=True, slots=True)
class Past:
    """What crossed before, by audience: others of the thread, how many of the author's other contributions, and
    the audiences to which earlier words of this contribution went.
    """

    crossed: frozenset[str] = frozenset()
    counts: Mapping[str, int] = field(default_factory=dict)
    earlier: frozenset[str] = frozenset()


async def readers_of(house: House, forum: Forum) -> list[Reader]:
    """Return the audiences that a forum has, or, for an inside forum, would have if it were opened."""
    if forum.is_canary:
        return [Reader(host, "partner", OPEN_CLEARANCE) for host in forum.peers]
    partners, agreed = await partner_rows.all_of(house.store), await accepted_by_host(house)
    if not forum.is_local:
        found = next((one for one in partners if one.host == forum.host), None)
        host = _partner_reader(found, agreed) if found else Reader(forum.host, "stranger", OPEN_CLEARANCE)
        public = [Reader(EVERYONE, "public", OPEN_CLEARANCE)] if forum.audience == "public" else []
        return [*public, host]
    if forum.audience == "partners":
        named = [one for one in partners if (one.host in forum.peers if forum.peers else one.tier == "partner")]
        if not forum.members_only:
            return [_partner_reader(one, agreed) for one in named]
        listed = await _on_its_list(house, forum)
        return [
            *(_partner_reader(one, agreed) for one in named if one.host in listed),
            *await _visitors(house, forum, partners, agreed),
        ]
    if forum.members_only:
        return []
    return [Reader(EVERYONE, "public", OPEN_CLEARANCE), *(_partner_reader(one, agreed) for one in partners)]


async def _on_its_list(house: House, forum: Forum) -> set[str]:
    """Return the servers that a forum for its members alone is there for, whatever the rules say: those that keep to
    lists, of whose people somebody is on it.
    """
    return await memberships.guest_hosts(house.store, forum.id) & await memberships.keepers(house.store)


async def _visitors(
    house: House, forum: Forum, partners: Sequence[Partner], agreed: dict[str, Agreement]
) -> list[Reader]:
    """Return those on the list of a forum whose servers get none of it: each reads at our edge, and stands as their
    server does. Who is shut out, or whose server is, is none of them.
    """
    keepers, by_host = await memberships.keepers(house.store), {one.host: one for one in partners}
    found = []
    for guest in await memberships.guests(house.store, forum.id):
        partner = by_host.get(guest.host)
        if (partner is not None and guest.host in keepers) or await _is_shut_out(house, guest.username, guest.host):
            continue
        standing = _partner_reader(partner, agreed) if partner else Reader(guest.host, "stranger", OPEN_CLEARANCE)
        found.append(replace(standing, audience=visitor_audience(guest.username, guest.host)))
    return found


async def _is_shut_out(house: House, username: str, host: str) -> bool:
    met = await people.by_username(house.store, username, host)
    standing, _ = await bars(house, met.uri if met else "", host)
    return standing == "suspended"


def _partner_reader(partner: Partner, agreed: dict[str, Agreement]) -> Reader:
    """Return a partner's standing: the lower of its own clearance and the one agreed on."""
    agreement = agreed.get(partner.host)
    clearance = Clearance.parse(partner.clearance)
    if agreement is not None:
        clearance = clearance.meet(Clearance.parse(agreement.terms.clearance))
    return Reader(partner.host, partner.tier, clearance, partner.state != "active", agreement)


async def reader_at(house: House, host: str) -> Reader:
    """Return the standing of one server."""
    partner = await partner_rows.by_host(house.store, host)
    if partner is None:
        return Reader(host, "stranger", OPEN_CLEARANCE)
    return _partner_reader(partner, await accepted_by_host(house))


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
    return "\n".join((draft.title, draft.text, *words_of_files(draft.files)))


def words_of_files(files: Sequence[File]) -> list[str]:
    """Return what is said of files outside: what a picture shows, what another file is called."""
    return [said for one in files for said in ((one.alt,) if one.is_picture else (one.name, one.alt)) if said]


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
    author = draft.author
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
        attachments=len(draft.files),
        attachment_types=frozenset(one.media_type for one in draft.files),
        attachment_bytes=sum(one.size for one in draft.files),
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
    """Return an earlier version of a contribution as something to judge, under its present label."""
    versions = await contributions.versions(house.store, made.id)
    found = next((version for version in versions if version.number == number), None)
    if found is None:
        return None
    return replace(
        await draft_of(house, made), title=found.title, text=found.text, written_at=found.written_at, version=number
    )


async def record_verdicts(house: House, judged: Sequence[Judged]) -> None:
    """Keep what was decided, with the facts: crossings and refusals alike."""
    if not judged:
        return
    now = house.now().timestamp()
    async with house.store.transaction() as change:
        for one in judged:
            for verdict in one.verdicts:
                await verdict_rows.put(change, one.contribution_id, one.version, one.act, verdict, new_id(), now)
        # A fault in what the shadow says undoes this inner block alone: what was decided stays decided.
        with contextlib.suppress(StatementFailed, ConstraintBroken):
            async with house.store.transaction() as inner:
                for one in judged:
                    for verdict in one.verdicts:
                        await shadows.put(inner, one.contribution_id, one.version, one.act, verdict, now)


async def verdicts_of(house: House, reader: Member, made: Contribution) -> list[Verdict]:
    """Return what was decided for each audience; before the gate has seen it, what it will decide."""
    if not reader.is_local or not reader.active:
        raise Missing("idea")
    stored = await verdict_rows.of(house.store, made.id)
    return stored or await judge(house, await draft_of(house, made))


async def recalled_hosts(house: House, made: Contribution) -> set[str]:
    """Return the servers from which a contribution, or the idea that it answers, was taken back."""
    whole = {made.id, made.thread_id}
    return {host for one in whole for host in await recalls.recalled_from(house.store, one)} - {""}


async def may_follow(house: House, forum: Forum, host: str) -> bool:
    """Say whether a server may see a forum at all, and so follow it. Nobody sees one before its jam opens."""
    if not forum.is_local:
        return False
    _, jam = await forum_and_jam(house, forum.id)
    if jam.state == "draft":
        return False
    now = house.now()
    if not (await reader_at(house, host)).sees(forum.uri, now):
        return False
    if forum.audience == "public":
        return True
    return any(one.audience == host and one.sees(forum.uri, now) for one in await readers_of(house, forum)) and (
        forum.audience == "partners"
    )


async def public_uri(house: House, made: Contribution, redactions: frozenset[str]) -> str:
    """Return the URI under which a copy stands outside: the original's, or a redacted twin's own."""
    if not redactions:
        return made.uri
    form = form_of(redactions)
    known = await twins.twin(house.store, made.id, form)
    if known is None:
        known = house.addresses.object_uri(new_id())
        async with house.store.transaction():
            await twins.insert_twin(made.id, form, known)
    return known


def form_of(redactions: frozenset[str]) -> str:
    """Return the name of a redacted copy's form: what was taken out."""
    return "+".join(sorted(redactions))


async def twins_of(house: House, contribution_ids: Sequence[str]) -> dict[str, dict[str, str]]:
    """Return, for each of some contributions that have any, form → URI of its redacted copies."""
    return await twins.twins_of(house.store, contribution_ids)


async def effects_of(house: House, contribution_ids: Sequence[str]) -> dict[tuple[str, int, str], str]:
    """Return (contribution id, version, audience) → what was last said of those words, in one word."""
    return await verdict_rows.effects_of(house.store, contribution_ids)


async def all_public_uris(house: House, made: Contribution) -> list[str]:
    """Return every URI under which copies of a contribution may stand outside."""
    return await twins.public_uris(house.store, made.id)


CROWD = 5


async def appears_as(house: House, author: Member, thread_id: str) -> str:
    """Return the name under which somebody whose name may not leave appears, or would appear, in a thread."""
    known = await twins.pseudonym(house.store, author.id, thread_id) if thread_id else None
    return known[2] if known else await _role_name(house, author)


async def _role_name(house: House, author: Member) -> str:
    role = author.role if author.is_local and await people.count_by_role(house.store, author.role) >= CROWD else ""
    return f"A {role} at {house.name}" if role and role != "admin" else f"A colleague at {house.name}"


async def pseudonym(house: House, author: Member, thread_id: str) -> tuple[str, str, str]:
    """Return (uri, username, name) under which a person appears in one thread when the name may not leave.

    The role is told only where at least CROWD people hold it.
    """
    known = await twins.pseudonym(house.store, author.id, thread_id)
    if known is not None:
        return known
    key = new_id()
    made = (house.addresses.person_uri(key), f"colleague-{key[:8]}", await _role_name(house, author))
    async with house.store.transaction():
        await twins.insert_pseudonym(author.id, thread_id, *made)
    return made


async def verdicts_behind(
    house: House, contribution_ids: Sequence[str]
) -> dict[tuple[str, str], tuple[str, tuple[str, ...]]]:
    """Return (contribution id, audience) → (id of its newest verdict, the rules behind it): for the ledger."""
    return await verdict_rows.behind(house.store, contribution_ids)


async def uris_with(house: House, made: Contribution) -> list[str]:
    """Return every URI outside of a contribution and of all that goes with it when it is taken back."""
    hanging = await contributions.thread(house.store, made.id) if made.kind == "idea" else []
    found = [uri for one in (made, *hanging) for uri in await twins.public_uris(house.store, one.id)]
    return list(dict.fromkeys(found))


async def recall(house: House, by: Member, made: Contribution, peer: str = "") -> None:
    """Take a contribution back from one server ("" for all): it is served no more, and holders are asked to delete."""
    by.require("ledger")
    now = house.now().timestamp()
    async with house.store.transaction() as change:
        await recalls.put(change, made.id, peer, by.id, now)
        await events.append(change, "RecallAsked", made.id, {"peer": peer, "thread": made.thread_id}, now)
        await events.audit(change, by.id, "recall", made.id, now)


def stands_here(house: House, made: Contribution) -> bool:
    """Say whether we hold the original of a contribution: our people's, and what a visitor wrote at our edge."""
    return made.is_local or our_object(house, made.uri)


def our_object(house: House, uri: str) -> bool:
    """Say whether a URI is one of ours."""
    return host_of(uri) == house.addresses.edge_host
