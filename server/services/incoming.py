"""What other servers send: its label and facts collected, and judged by the rules before anything becomes of it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from server.boundary.facts import Facts, Thing, week_minute
from server.boundary.labels import WISHES, Label, LabelError
from server.boundary.rule import Conditions, Rule
from server.domain.actors import Member
from server.domain.crossings import Demand, Verdict
from server.domain.errors import Invalid
from server.domain.ideas import NOTHING_ATTACHED, Attached, Contribution
from server.domain.jams import Forum
from server.domain.servers import STANDINGS, Standing
from server.services.attached import counted
from server.services.crossings import record_verdicts
from server.services.forums import mirror_key
from server.services.house import House
from server.services.judgement import places_json, verdict_of
from server.services.judging import Judged, judge_source
from server.services.quotes import Said, untold
from server.services.readership import Reader, reader_at
from server.services.servers import bars
from server.services.shadow import try_out
from server.storage import contributions, memberships

TO_BE_FOLLOWED = Rule(
    id="may be seen", kind="accept", direction="in", effect="allow", conditions=Conditions(acts=frozenset({"Follow"}))
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Incoming:
    """An activity that another server sent, and what it is about.

    `peer` is the server that vouches for it; `changes` what stands here already and is changed or marked by it.
    `reader` is the audience that its author could read as, "" for that server.
    """

    author: Member
    peer: str
    forum: Forum
    act: str
    thing: Thing
    label: Label
    title: str = ""
    text: str = ""
    attached: Attached = NOTHING_ATTACHED
    changes: Contribution | None = None
    reader: str = ""


async def label_of(
    house: House, peer: str, forum: Forum, stated: str = "", *, is_public: bool, above: Contribution | None = None
) -> Label:
    """Return the label of what comes in; raise Invalid for one that we do not know.

    What its server states holds. Otherwise what is addressed to everybody bears the forum's label, and all else the
    level that this server is cleared for as well: it may be as confidential as what it gets from us. An answer is
    never less strict than the idea that it answers (`above`).
    """
    label = Label.parse(forum.label)
    if stated:
        try:
            label = Label.parse(stated)
        except LabelError as error:
            raise Invalid("label", "Its label is none that we know: %(error)s.", error=error) from error
    elif not is_public:
        level = (await reader_at(house, peer)).clearance.level
        label = label.join(Label(level, frozenset(), WISHES[level]))
    return label.join(Label.parse(above.label)) if above else label


async def judge_incoming(house: House, incoming: Incoming) -> Verdict:
    """Say what the rules make of an activity that another server sent us. Nothing is written."""
    book, now = await house.rulebook(), house.now()
    reader = await reader_at(house, incoming.peer)
    words = f"{incoming.title}\n{incoming.text}"
    found = book.detectors.scan(words)
    kinds = frozenset(finding.kind for finding in found)
    facts = await _facts(house, incoming, reader, kinds | await _whole_findings(house, incoming, words), now)

    standing, said = await _standing(house, incoming)
    unlisted = await _off_its_list(house, incoming)

    def narrow(verdict: Verdict) -> Verdict:
        why = (unlisted or bars_incoming(reader, incoming.forum, now)) if verdict.verdict != "denied" else ""
        if why or standing == "suspended":
            return replace(verdict, verdict="denied", reason=why or said)
        if standing == "limited" and verdict.crosses and incoming.act in ("Create", "Update"):
            return replace(verdict, verdict="held", reason=said, rules=(), demands=(Demand(1, ()),))
        return verdict

    verdict = narrow(verdict_of(book, facts, now, places_json(found, len(incoming.title))))
    return try_out(book, words, [verdict], kinds, now, narrow)[0]


async def _off_its_list(house: House, incoming: Incoming) -> str:
    """Return why somebody says nothing in a forum of ours for its members alone, as a sentence; "" where they may.

    A flag is their server's, which speaks for somebody on the list without saying who.
    """
    forum, author = incoming.forum, incoming.author
    if not (forum.members_only and forum.is_local):
        return ""
    if incoming.act == "Flag":
        known = incoming.peer in await memberships.guest_hosts(house.store, forum.id)
    else:
        known = author.host == incoming.peer and await memberships.is_guest(
            house.store, forum.id, author.username, author.host
        )
    return "" if known else "Its author is not on the list of this forum."


async def _standing(house: House, incoming: Incoming) -> tuple[Standing, str]:
    """Return how its author, their server, and the server that passed it on stand with us; the strictest counts."""
    author = incoming.author
    found = [await bars(house, author.uri, host) for host in {author.host, incoming.peer} if host]
    return max(found, key=lambda one: STANDINGS.index(one[0]), default=("", ""))


async def _whole_findings(house: House, incoming: Incoming, words: str) -> frozenset[str]:
    """Return the findings that are about the whole: whom its author looks like, and what it should not know."""
    found = set()
    author = incoming.author
    if not author.is_local and (await house.lookalikes()).of(author.name, author.username):
        found.add("lookalike")

    said = Said(words, incoming.changes.id if incoming.changes else "", author, incoming.forum.id)
    if await untold(house, said, [incoming.reader or incoming.peer], partial(judge_source, house)):
        found.add("quote")
    return frozenset(found)


async def _facts(house: House, incoming: Incoming, reader: Reader, findings: frozenset[str], now: datetime) -> Facts:
    author, label, attached = incoming.author, incoming.label, counted(incoming.attached)
    own = incoming.changes if incoming.changes and incoming.changes.author_id == author.id else None
    before = await contributions.count_by_author(
        house.store, author.id, incoming.forum.jam_id, (own.created_at if own else now).timestamp()
    )
    return Facts(
        direction="in",
        peer=incoming.peer,
        tier=reader.tier,
        clearance=reader.clearance.level,
        cleared_for=reader.clearance.categories,
        jam=incoming.forum.jam_slug,
        forum=mirror_key(incoming.forum),
        label=label.level,
        categories=label.categories,
        onward=label.onward,
        author=author.handle.lstrip("@"),
        unit="",
        role=author.role,
        consent=True,
        findings=findings,
        act=incoming.act,
        thing=incoming.thing,
        length=len(incoming.text),
        attachments=attached.number,
        attachment_types=attached.media_types,
        attachment_bytes=attached.size,
        first_crossing=False,
        nth=before + 1,
        age=0,
        week_minute=week_minute(now),
    )


def bars_incoming(reader: Reader, forum: Forum, now: datetime) -> str:
    """Return why nothing may come from a server into a forum whatever the rules say, as a sentence; "" where it may."""
    if reader.paused:
        return "The partnership with this server is paused."
    return reader.agreement.bars(forum.uri, "in", now) if reader.agreement is not None else ""


async def judge_follow(house: House, author: Member, peer: str, forum: Forum) -> Verdict:
    """Say whether a server that may see a forum may follow it: it may, unless a guard holds or denies that.

    No accept is needed: what is shared is there to be followed.
    """
    book, now = await house.rulebook(), house.now()
    wish = Incoming(author=author, peer=peer, forum=forum, act="Follow", thing="forum", label=Label.parse(forum.label))
    standing, said = await _standing(house, wish)
    facts = await _facts(house, wish, await reader_at(house, peer), await _whole_findings(house, wish, ""), now)
    verdict = verdict_of(book, facts, now)
    if standing == "suspended":
        return replace(verdict, verdict="denied", reason=said, rules=())
    outcome = book.rules.compiled.verdict(facts, now)
    if outcome.cause != "no permit":
        return verdict
    if outcome.matched:
        guarded = verdict_of(replace(book, rules=book.rules.with_rules(TO_BE_FOLLOWED)), facts, now)
        if not guarded.crosses:
            return replace(guarded, decision=verdict.decision)
    return replace(verdict, verdict="allowed", rules=(), reason="Whoever may see a forum may follow it.", advice="")


async def record_incoming(house: House, activity_uri: str, act: str, verdict: Verdict) -> None:
    """Keep what was decided of something that another server sent, let in or not, under the hash of its id."""
    subject = hashlib.sha256(activity_uri.encode()).hexdigest()[:32]
    await record_verdicts(house, [Judged(subject, 0, f"in {act}"[:20], (verdict,))])
