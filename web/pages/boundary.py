"""The boundary console: rules, what waits, who holds what, partners."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import get_args

from aiohttp import web

from federation.outside import deliveries, peers
from federation.outside.ledger import Holding, holdings, uri_of_crossing
from federation.outside.peers import Peer
from federation.outside.store import OUTSIDE
from server.boundary.labels import Level
from server.boundary.rules import Rule
from server.boundary.sentences import sentence
from server.domain.actors import Member
from server.domain.crossings import EVERYONE, Hold, Partner, PartnerState, StoredRules, Tier
from server.domain.errors import Missing, NotAllowed, Refusal, SignInNeeded
from server.domain.ideas import Contribution
from server.domain.jams import Forum
from server.keys import HOUSE
from server.services import crossings, forums, holds, ideas, partners, people, rules
from server.services.house import House, Rulebook
from server.services.text import excerpt, plain
from web import views
from web.answers import go, show
from web.cards import url_of
from web.composing import LABEL_WORDS
from web.forms import read_form, wrong_of
from web.people import names_of_hosts
from web.reach import listed, name_of, rule_sentences
from web.session import member_of
from web.threads import state_words
from web.views import Choice, Copy, LedgerRow, PartnerRow, RuleRow, Verdict, WaitingRules

SECTION = "boundary"
_EFFECTS: dict[str, Verdict] = {"allow": "allowed", "redact": "redacted", "hold": "held", "deny": "denied"}
_TIERS = ("partner", "customer")
_OPENS = 6


async def _member(request: web.Request) -> tuple[House, Member]:
    """The house and a person with a duty at the boundary; to everybody else the console does not exist."""
    house, member = request.app[HOUSE], member_of(request)
    if not any(member.may(duty) for duty in ("review", "ledger", "rules", "partners")):
        raise Missing("page", f"{member.handle} has no duty at the boundary")
    return house, member


# --- rules ------------------------------------------------------------------------------------------


async def show_rules(request: web.Request) -> web.Response:
    """GET /boundary"""
    house, member = await _member(request)
    stored, table = await rules.rules_in_force(house)
    hits = await rules.rule_hits(house)
    rows = [_rule(rule, hits) for rule in table.rules]
    waiting = [one for one in await rules.list_versions(house) if one.state == "waiting"]
    page = views.RulesPage(
        version=stored.version,
        applied_at=stored.created_at,
        applied_by=await _name_of(house, stored.author_id),
        guards=tuple(row for row in rows if row.kind == "guard"),
        shares=tuple(row for row in rows if row.kind == "share"),
        accepts=tuple(row for row in rows if row.kind == "accept"),
        of="How often each rule decided about a version of an idea or reply, for one audience.",
        waiting_holds=await holds.count_waiting(house),
        waiting=tuple([await _waiting(house, member, one) for one in waiting]),
    )
    return show(request, "rules.html", page, section=SECTION)


def _rule(rule: Rule, hits: Mapping[str, tuple[int, float]]) -> RuleRow:
    number, last = hits.get(rule.id, (0, 0.0))
    return RuleRow(
        id=rule.id,
        kind=rule.kind,
        sentence=sentence(rule),
        effect=_EFFECTS[rule.effect],
        hits=number,
        last_at=datetime.fromtimestamp(last, UTC) if number else None,
        reason=rule.note,
    )


async def _name_of(house: House, member_id: str) -> str:
    found = await people.member_by_id(house, member_id) if member_id else None
    return found.name if found else ""


async def _waiting(house: House, member: Member, stored: StoredRules) -> WaitingRules:
    change = await rules.weigh_rules(house, stored.text)
    return WaitingRules(
        version=stored.version,
        by=await _name_of(house, stored.author_id) or "the operator",
        at=stored.created_at,
        note=stored.note,
        approve_url=f"/boundary/rules/{stored.version}/approve",
        refuse_url=f"/boundary/rules/{stored.version}/refuse",
        may_decide=member.may("rules") and stored.author_id != member.id,
        opens=change.diff[:_OPENS],
    )


async def approve_rules(request: web.Request) -> web.Response:
    """POST /boundary/rules/{version}/approve"""
    house, member = await _member(request)
    await rules.approve_rules(house, member, int(request.match_info["version"]))
    return go(request, "/boundary", "rules")


async def refuse_rules(request: web.Request) -> web.Response:
    """POST /boundary/rules/{version}/refuse"""
    house, member = await _member(request)
    await rules.refuse_rules(house, member, int(request.match_info["version"]))
    return go(request, "/boundary", "rules")


# --- holds ------------------------------------------------------------------------------------------


async def show_holds(request: web.Request) -> web.Response:
    """GET /boundary/holds"""
    return await _holds(request, {}, "", 200)


async def _holds(request: web.Request, wrong: Mapping[str, str], answer: str, status: int) -> web.Response:
    house, member = await _member(request)
    member.require("review")
    names, book = await names_of_hosts(house), await house.rulebook()
    waiting = await holds.list_holds(house, member)
    all_forums = {forum.id: forum for forum in await forums.list_forums(house, member)}
    page = views.HoldsPage(
        holds=tuple([await _hold(house, member, one, names, book, all_forums) for one in waiting]),
        waiting_holds=await holds.count_waiting(house),
        wrong=wrong,
        answer=answer,
    )
    return show(request, "holds.html", page, status=status, section=SECTION)


def _copies(hold: Hold, audience: str) -> tuple[Copy, ...]:
    digests = tuple(dict.fromkeys(hold.copies.values()))
    return (Copy(audience=audience, text=hold.preview, digests=digests),)


async def _hold(
    house: House,
    member: Member,
    hold: Hold,
    names: Mapping[str, str],
    book: Rulebook,
    all_forums: Mapping[str, Forum],
) -> views.HoldRow:
    made = await ideas.by_id(house, hold.contribution_id) if hold.contribution_id else None
    forum = all_forums.get(hold.forum_id)
    audiences = [name_of(audience, names) for audience in hold.copies] or [name_of(hold.peer, names)]
    own = made is not None and made.author_id == member.id
    out = hold.direction == "out"
    return views.HoldRow(
        id=hold.id,
        direction=hold.direction,
        title=_title(made, hold),
        excerpt=hold.preview,
        author=made.author_name if made else hold.author,
        forum=forum.title if forum else "",
        audience=listed(audiences) if out else house.name,
        reason=hold.reason,
        rules=rule_sentences(hold.rules, book),
        at=hold.asked_at,
        copies=_copies(hold, listed(audiences)) if out else (),
        action=f"/boundary/holds/{hold.id}",
        may_decide=member.may("review") and not (own and out),
        why_not="These are your own words; somebody else has to review them." if own else "",
        object_url=url_of(made) if made and not made.deleted else "",
    )


def _title(made: Contribution | None, hold: Hold) -> str:
    if made is None:
        return excerpt(hold.preview, 90) or "Something from another server"
    return made.title or f"Reply: {excerpt(plain(made.html), 90)}"


async def decide_hold(request: web.Request) -> web.Response:
    """POST /boundary/holds/{hold}: `answer` is release or refuse, `note` the reason for a refusal."""
    house, member = await _member(request)
    form = await read_form(request)
    hold_id = request.match_info["hold"]
    try:
        if form.get("answer") == "release":
            await holds.release(house, member, hold_id)
        else:
            await holds.refuse(house, member, hold_id, form.get("note", ""))
    except (NotAllowed, Missing, SignInNeeded):
        raise
    except Refusal as refusal:
        sentence_ = "Say why; the author reads it." if not form.get("note", "").strip() else refusal.public
        return await _holds(request, {hold_id: sentence_}, form.get("note", ""), refusal.status)
    return go(request, "/boundary/holds", "released" if form.get("answer") == "release" else "refused")


# --- ledger -----------------------------------------------------------------------------------------


async def show_ledger(request: web.Request) -> web.Response:
    """GET /boundary/ledger?peer=&object="""
    house, member = await _member(request)
    member.require("ledger")
    names = await names_of_hosts(house)
    peer, object_uri = request.query.get("peer", ""), request.query.get("object", "")
    ledger = request.app.get(OUTSIDE)
    found = await holdings(ledger, object_uri, peer, 200) if ledger is not None else []
    rows = [await _holding(house, member, one, names) for one in found]
    hosts = dict.fromkeys([EVERYONE, *names, *([peer] if peer else [])])
    everyone = Choice(value="", words="Anybody", chosen=not peer)
    page = views.LedgerPage(
        rows=tuple(row for row in rows if row is not None),
        peers=(
            everyone,
            *(Choice(value=one, words=name_of(one, names), chosen=one == peer) for one in hosts),
        ),
        peer=peer,
        object_uri=object_uri,
        older_url="",
        sentence="Every copy of ours that stands outside: who has it, by which rules, and what became of it.",
        waiting_holds=await holds.count_waiting(house),
    )
    return show(request, "ledger.html", page, section=SECTION)


async def _holding(house: House, reader: Member, one: Holding, names: Mapping[str, str]) -> LedgerRow | None:
    made = await ideas.by_uri(house, one.uri)
    if made is None:
        # Actors and collections are no words of anybody's.
        return None
    given = {verdict.audience: verdict for verdict in await crossings.verdicts_of(house, reader, made)}
    verdict = given.get(one.audience)
    standing = one.revoked_at is None and not one.recall
    return LedgerRow(
        object_words=made.title or excerpt(plain(made.html), 90) or "Deleted",
        object_url=url_of(made) if not made.deleted else "",
        object_uri=one.uri,
        receiver=name_of(one.peer, names),
        version=one.version,
        verdict="redacted" if one.uri != made.uri else "allowed",
        state=one.how,
        state_words=state_words(one),
        at=datetime.fromtimestamp(one.released_at, UTC),
        rules=verdict.rules if verdict else (),
        recall_action=f"/boundary/ledger/{one.id}/recall" if standing and not made.deleted else "",
    )


async def recall_crossing(request: web.Request) -> web.Response:
    """POST /boundary/ledger/{crossing}/recall: take one object back from one audience."""
    house, member = await _member(request)
    ledger = request.app.get(OUTSIDE)
    found = await uri_of_crossing(ledger, int(request.match_info["crossing"])) if ledger is not None else None
    made = await ideas.by_uri(house, found[0]) if found else None
    if found is None or made is None:
        raise Missing("crossing")
    await crossings.recall(house, member, made, "" if found[1] == EVERYONE else found[1])
    return go(request, "/boundary/ledger", "recalled")


# --- partners ---------------------------------------------------------------------------------------


async def show_partners(request: web.Request) -> web.Response:
    """GET /boundary/partners"""
    return await _partners(request, {}, {}, 200)


async def _partners(
    request: web.Request, typed: Mapping[str, str], wrong: Mapping[str, str], status: int
) -> web.Response:
    house, member = await _member(request)
    ledger = request.app.get(OUTSIDE)
    known = {peer.host: peer for peer in await peers.peers(ledger)} if ledger is not None else {}
    backlog = await deliveries.backlog(ledger) if ledger is not None else {}
    rows = []
    for partner in await partners.list_partners(house):
        held = await holdings(ledger, "", partner.host) if ledger is not None else []
        waiting = backlog.get(partner.host, (0, 0.0))[0]
        rows.append(_partner(partner, known.get(partner.host), waiting, sum(not one.revoked_at for one in held)))
    page = views.PartnersPage(
        partners=tuple(rows),
        values={"host": typed.get("host", ""), "name": typed.get("name", "")},
        tiers=tuple(Choice(value=one, words=one.capitalize(), chosen=one == typed.get("tier")) for one in _TIERS),
        clearances=tuple(
            Choice(
                value=str(level),
                words=LABEL_WORDS[str(level)],
                chosen=str(level) == typed.get("clearance", "GREEN"),
            )
            for level in Level
        ),
        waiting_holds=await holds.count_waiting(house),
        may_change=member.may("partners"),
        wrong=wrong,
    )
    return show(request, "partners.html", page, status=status, section=SECTION)


def _partner(partner: Partner, peer: Peer | None, waiting: int, held: int) -> PartnerRow:
    health, words = draw_health(partner, peer)
    last = datetime.fromtimestamp(peer.success_at, UTC) if peer and peer.success_at else None
    return PartnerRow(
        host=partner.host,
        name=partner.name,
        tier=partner.tier,
        clearance=partner.clearance,
        state=partner.state,
        health=health,
        health_words=words,
        backlog=waiting,
        last_at=last,
        held_by_them=held,
        action=f"/boundary/partners/{partner.host}",
    )


def draw_health(partner: Partner, peer: Peer | None) -> tuple[views.Health, str]:
    """How a partner's server does, as a colour and in words."""
    if partner.state == "paused":
        return "slow", "Paused"
    if partner.state == "removed":
        return "quiet", "Ended"
    if peer is None or (peer.success_at is None and not peer.failures):
        return "quiet", "Nothing delivered yet"
    if peer.failures:
        return "bad", f"Not answering: {peer.answer}" if peer.answer else "Not answering"
    return "good", "Receiving"


async def add_partner(request: web.Request) -> web.Response:
    """POST /boundary/partners"""
    house, member = await _member(request)
    form = await read_form(request)
    try:
        tier: Tier = "customer" if form.get("tier") == "customer" else "partner"
        await partners.add_partner(
            house, member, form.get("host", ""), tier, form.get("clearance", "GREEN"), form.get("name", "")
        )  # fmt: skip
    except (NotAllowed, SignInNeeded):
        raise
    except Refusal as refusal:
        return await _partners(request, form, wrong_of(refusal), refusal.status)
    return go(request, "/boundary/partners", "partner")


async def change_partner(request: web.Request) -> web.Response:
    """POST /boundary/partners/{host}: `state` is active, paused or removed."""
    house, member = await _member(request)
    form = await read_form(request)
    state: PartnerState | None = next((one for one in get_args(PartnerState) if one == form.get("state")), None)
    if state is None:
        raise Missing("state")
    await partners.change_partner(house, member, request.match_info["host"], state=state)
    return go(request, "/boundary/partners", "saved")
