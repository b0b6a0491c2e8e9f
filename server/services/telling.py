"""Telling people what concerns them: a consumer of the event log that makes notices.

Notices and the cursor are written in one transaction, and each notice is unique by person, event and kind: a crash
replays and tells nobody twice.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import replace
from datetime import timedelta

from server.domain.actors import DUTIES, Member
from server.domain.events import Event
from server.domain.holds import Hold, why_not
from server.domain.ideas import Contribution
from server.domain.notices import EMERGING, MOST_MENTIONS, Notice, NoticeKind, once_each
from server.services.house import House
from server.services.jams import hidden_jams
from server.services.lineage import GENERATIONS
from server.services.voices import owner_of
from server.storage import (
    answers,
    builds,
    contributions,
    events,
    follows,
    hours,
    jams,
    memberships,
    notices,
    people,
    report_versions,
    streams,
    themes,
    voices,
)
from server.storage import holds as hold_rows

CONSUMER = "notices"
REVIEWERS = ("reviewer", "admin")
FACILITATORS = ("facilitator", "admin")
APPROVERS = [role for role, duties in DUTIES.items() if "rules" in duties]
THEME_REST = timedelta(hours=24)


async def tell(house: House, limit: int = 200) -> int:
    """Make the notices of the next events; return how many events were dealt with."""
    seq = await notices.cursor(house.store, CONSUMER)
    found = await events.after(house.store, seq, limit)
    if not found:
        return 0
    made: list[Notice] = []
    for event in found:
        made += await notices_of(house, event)
    async with house.store.transaction() as change:
        await notices.add(change, made)
        await notices.move_cursor(change, CONSUMER, found[-1].seq)
    return len(found)


async def notices_of(house: House, event: Event) -> list[Notice]:
    """Return whom to tell what of an event: our own active people only, never about their own doing."""
    tellers = TELLERS.get(event.kind)
    if tellers is None:
        return []
    drafted = await _may_learn(house, event, once_each(await tellers(house, event)))
    if not drafted:
        return []
    known = await people.by_ids(house.store, {one.member_id for one in drafted} | {one.by_id for one in drafted})
    behind = {one.id: await owner_of(house, one.id) or one.id for one in known.values() if one.is_voice}
    if behind:
        # What is meant for a voice is for who stands behind it, and what somebody's own voice did is their own doing.
        drafted = once_each([replace(one, member_id=behind.get(one.member_id, one.member_id)) for one in drafted])
        known |= await people.by_ids(house.store, behind.values())
    return [
        one
        for one in drafted
        if (member := known.get(one.member_id))
        and member.is_local
        and member.active
        and member.id != behind.get(one.by_id, one.by_id)
    ]


async def _may_learn(house: House, event: Event, drafted: list[Notice]) -> list[Notice]:
    """Drop notices of what happens in a forum for its members alone for all who may not know of it."""
    apart = await memberships.jams_apart(house.store)
    jam_id = await _jam_of(house, event) if apart and drafted else ""
    if jam_id not in apart:
        return drafted
    kept = []
    for one in drafted:
        member = await people.by_id(house.store, await owner_of(house, one.member_id) or one.member_id)
        if member is not None and jam_id not in await hidden_jams(house, member):
            kept.append(one)
    return kept


async def _jam_of(house: House, event: Event) -> str:
    """Return the id of the jam that an event is of, "" where it is of none."""
    if event.data.get("jam"):
        return str(event.data["jam"])
    hold = await hold_rows.by_id(house.store, event.subject_id)
    if hold is not None:
        forum = await jams.forum_by_id(house.store, hold.forum_id)
        return forum.jam_id if forum else ""
    made = await contributions.by_id(house.store, event.subject_id)
    return made.jam_id if made else event.subject_id


def _notice(
    event: Event, member_id: str, kind: NoticeKind, by_id: str = "", detail: str = "", subject_id: str = ""
) -> Notice:
    return Notice(
        member_id=member_id,
        kind=kind,
        seq=event.seq,
        subject_id=subject_id or event.subject_id,
        made_at=event.at,
        by_id=by_id,
        detail=detail,
    )


def _mentioned(event: Event, made: Contribution) -> list[Notice]:
    named = event.data.get("mentions")
    ids = [one for one in named if isinstance(one, str)] if isinstance(named, list) else []
    return [_notice(event, one, "mention", made.author_id) for one in ids[:MOST_MENTIONS]]


async def _followed(
    house: House, event: Event, made: Contribution, subjects: Iterable[tuple[str, str]]
) -> list[Notice]:
    found = await follows.followers(house.store, list(subjects), event.at.timestamp())
    return [_notice(event, one, "followed", made.author_id) for one in sorted(found)]


async def _idea(house: House, event: Event) -> list[Notice]:
    made = await contributions.by_id(house.store, event.subject_id)
    if made is None or made.deleted:
        return []
    told = _mentioned(event, made)
    base = await contributions.by_id(house.store, made.builds_on) if made.builds_on else None
    if base is not None:
        told.append(_notice(event, base.author_id, "build_on", made.author_id))
    subjects = [("forum", made.forum_id), ("person", made.author_id), ("idea", made.builds_on)]
    return told + await _followed(house, event, made, subjects)


async def _reply(house: House, event: Event) -> list[Notice]:
    made = await contributions.by_id(house.store, event.subject_id)
    if made is None or made.deleted:
        return []
    parent = await contributions.by_id(house.store, made.parent_id)
    root = parent if made.parent_id == made.thread_id else await contributions.by_id(house.store, made.thread_id)
    told = [_notice(event, parent.author_id, "reply", made.author_id)] if parent else []
    told += _mentioned(event, made)
    if root is not None:
        told.append(_notice(event, root.author_id, "followed", made.author_id))
    return told + await _followed(house, event, made, [("idea", made.thread_id), ("person", made.author_id)])


async def _edited(house: House, event: Event) -> list[Notice]:
    """Tell those whom an edit names for the first time."""
    made = await contributions.by_id(house.store, event.subject_id)
    return [] if made is None or made.deleted else _mentioned(event, made)


async def _marked(house: House, event: Event) -> list[Notice]:
    """Tell authors of the marks of facilitators. Support is a number on the page, not a message each."""
    kind = str(event.data.get("kind", ""))
    made = await contributions.by_id(house.store, event.subject_id)
    if made is None or made.deleted or kind == "support":
        return []
    return [_notice(event, made.author_id, "mark", str(event.data.get("by", "")), kind[:20])]


async def _deleted(house: House, event: Event) -> list[Notice]:
    made = await contributions.by_id(house.store, event.subject_id)
    if made is None or not event.data.get("moderated") or event.data.get("silently"):
        return []
    return [_notice(event, made.author_id, "moderation", detail="deleted", subject_id=made.thread_id)]


async def _moderated(house: House, event: Event) -> list[Notice]:
    """Tell an author what a facilitator did with their words."""
    made = await contributions.by_id(house.store, event.subject_id)
    acts = {
        "ContributionHidden": "hidden",
        "ContributionRestored": "restored",
        "ContributionMoved": "moved",
        "ThreadLocked": "locked",
        "ThreadUnlocked": "unlocked",
    }
    return [_notice(event, made.author_id, "moderation", detail=acts[event.kind])] if made and not made.deleted else []


async def _case_decided(house: House, event: Event) -> list[Notice]:
    """Tell an author that they are asked to edit their words. Of a dismissal they hear nothing."""
    made = await contributions.by_id(house.store, event.subject_id)
    if made is None or made.deleted or event.data.get("act") != "ask":
        return []
    return [_notice(event, made.author_id, "moderation", detail="asked")]


async def _flagged(house: House, event: Event) -> list[Notice]:
    """Tell facilitators that somebody asked them to look at something. Who asked is not told."""
    made = await contributions.by_id(house.store, event.subject_id)
    if made is None or made.deleted:
        return []
    facilitators = await people.in_roles(house.store, FACILITATORS)
    return [_notice(event, one.id, "duty", detail="flag") for one in facilitators if one.id != made.author_id]


async def _held(house: House, event: Event) -> list[Notice]:
    """Tell the author that their words wait, and those who may decide that something waits for them."""
    hold = await hold_rows.by_id(house.store, event.subject_id)
    if hold is None:
        return []
    author = await _author_of(house, hold)
    told = [_notice(event, author, "boundary", detail="held", subject_id=hold.contribution_id)] if author else []
    if hold.state == "waiting":
        reviewers = await people.in_roles(house.store, REVIEWERS)
        told += [_notice(event, one.id, "duty", detail="review") for one in reviewers if _may(one, hold, author)]
    return told


def _may(member: Member, hold: Hold, author_id: str) -> bool:
    return member.id != author_id and not why_not(member, hold, author_id, "refuse")


async def _author_of(house: House, hold: Hold) -> str:
    made = await contributions.by_id(house.store, hold.contribution_id) if hold.direction == "out" else None
    return (await owner_of(house, made.author_id) or made.author_id) if made is not None else ""


async def _decided(house: House, event: Event) -> list[Notice]:
    hold = await hold_rows.by_id(house.store, event.subject_id)
    author = await _author_of(house, hold) if hold else ""
    if hold is None or not author:
        return []
    ended = "released" if event.kind == "HoldReleased" else "refused"
    return [_notice(event, author, "boundary", detail=ended, subject_id=hold.contribution_id)]


async def _name_asked(house: House, event: Event) -> list[Notice]:
    """Tell those who may agree that a name was asked for."""
    opening = await voices.opening(house.store, event.subject_id)
    if opening is None or opening.state != "asked":
        return []
    able = await people.in_roles(house.store, REVIEWERS)
    thread = str(event.data["thread"])
    return [_notice(event, one.id, "duty", opening.asked_by, "name", thread) for one in able]


async def _name_answered(house: House, event: Event) -> list[Notice]:
    """Tell an author that two people know their name now, and who asked what was answered."""
    opening = await voices.opening(house.store, event.subject_id)
    if opening is None:
        return []
    thread, opened = str(event.data["thread"]), bool(event.data["opened"])
    answered = "name opened" if opened else "name refused"
    told = [_notice(event, opening.asked_by, "duty", opening.answered_by, answered, thread)]
    if opened:
        told.append(_notice(event, opening.voice_id, "moderation", detail="named", subject_id=opening.contribution_id))
    return told


async def _themes(house: House, event: Event) -> list[Notice]:
    """Tell those who follow a theme that it grew, once a day at most."""
    followed = await follows.of_themes(house.store, event.subject_id)
    report = await themes.report(house.store, event.subject_id) if followed else None
    grows = {str(one["id"]) for one in json.loads(report).get("themes", ()) if _grows(one)} if report else set()
    rest = (event.at - THEME_REST).timestamp()
    return [
        _notice(event, one.member_id, "followed", detail="theme", subject_id=one.subject_id)
        for one in followed
        if one.subject_id in grows
        and not await notices.recent_about(house.store, one.member_id, "followed", one.subject_id, rest)
    ]


def _grows(theme: dict[str, object]) -> bool:
    trend = theme.get("trend")
    return isinstance(trend, list) and bool(trend) and int(trend[-1]) > 0


async def _emerged(house: House, event: Event) -> list[Notice]:
    """Tell facilitators that a theme emerges: once, when it is announced."""
    facilitators = await people.in_roles(house.store, FACILITATORS)
    return [_notice(event, one.id, "duty", detail=f"{EMERGING}{event.data['theme']}") for one in facilitators]


async def _room(house: House, event: Event) -> list[Notice]:
    """Tell who owes a room's summary, and whom somebody let in. The thread is what it is about: a room has no words."""
    by, thread, named = str(event.data["by"]), str(event.data["thread"]), event.data.get("members")
    told = [_notice(event, str(event.data["owed_by"]), "duty", by, "summary", thread)]
    members = [str(one) for one in named] if isinstance(named, list) else []
    return told + [_notice(event, one, "followed", by, "room", thread) for one in members]


async def _hour(house: House, event: Event) -> list[Notice]:
    """Tell the host that their hour has begun, and those who asked something or follow the forum."""
    host = str(event.data["host"])
    asked = [one.author_id for one in await hours.questions(house.store, event.subject_id, "")]
    followed = await follows.followers(house.store, [("forum", str(event.data["forum"]))], event.at.timestamp())
    whom = [one for one in sorted({*asked, *followed}) if one != host]
    return [_notice(event, host, "duty", detail="hour")] + [
        _notice(event, one, "followed", host, "hour") for one in whom
    ]


async def _report(house: House, event: Event) -> list[Notice]:
    """Tell those who wrote in a jam, or follow something in it, that its themes are answered."""
    by = str(event.data.get("by", ""))
    whom = sorted(await answers.concerned(house.store, event.subject_id))
    return [_notice(event, one, "followed", by, "report") for one in whom]


async def _correction(house: House, event: Event) -> list[Notice]:
    """Tell those who were told of a report, and whom it concerns since, that it was corrected."""
    by, jam_id = str(event.data["by"]), event.subject_id
    whom = await answers.concerned(house.store, jam_id) | await report_versions.told(house.store, jam_id)
    return [_notice(event, one, "followed", by, "correction") for one in sorted(whom)]


async def _outcome(house: House, event: Event) -> list[Notice]:
    """Tell the authors of an idea, and of those that it builds on, what becomes of it, and whoever follows it."""
    made = await contributions.by_id(house.store, event.subject_id)
    if made is None or made.deleted:
        return []
    by, kind = str(event.data["by"]), str(event.data["kind"])
    bases = await builds.above(house.store, made.id, GENERATIONS)
    told = [_notice(event, made.author_id, "outcome", by, kind)]
    told += [_notice(event, one.author_id, "outcome", by, kind) for one in reversed(bases)]
    followed = await follows.followers(house.store, [("idea", made.id)], event.at.timestamp())
    return told + [_notice(event, one, "followed", by, "outcome") for one in sorted(followed)]


async def _stream_opened(house: House, event: Event) -> list[Notice]:
    """Tell somebody that they answer for a work stream."""
    return [_notice(event, str(event.data["owner"]), "duty", str(event.data["by"]), "stream")]


async def _stream_told(house: House, event: Event) -> list[Notice]:
    """Tell those whose ideas a work stream carries on that something was said about it."""
    by = str(event.data["by"])
    whom = await streams.authors(house.store, [str(event.data["stream"])])
    return [_notice(event, one, "followed", by, "news") for one in whom]


async def _stream_silent(house: House, event: Event) -> list[Notice]:
    """Remind whoever answers for a work stream that nothing was said about it for long."""
    return [_notice(event, str(event.data["owner"]), "duty", "", "silence")]


async def _answer_asked(house: House, event: Event) -> list[Notice]:
    """Tell somebody that they are asked for the answer to a theme."""
    return [_notice(event, str(event.data["member"]), "duty", str(event.data["by"]), "answer")]


async def _declined(house: House, event: Event) -> list[Notice]:
    """Tell the author of what another server did not take."""
    return [_notice(event, str(event.data["author"]), "boundary", detail="closed")]


async def _rules_proposed(house: House, event: Event) -> list[Notice]:
    """Tell those who may approve a table that opens something that one waits for a second person."""
    by = str(event.data.get("by", ""))
    approvers = await people.in_roles(house.store, APPROVERS)
    return [_notice(event, one.id, "duty", by, "rules") for one in approvers if one.id != by]


TELLERS: dict[str, Callable[[House, Event], Awaitable[list[Notice]]]] = {
    "IdeaPosted": _idea,
    "ReplyPosted": _reply,
    "ContributionEdited": _edited,
    "Marked": _marked,
    "ContributionDeleted": _deleted,
    "ContributionHidden": _moderated,
    "ContributionRestored": _moderated,
    "ContributionMoved": _moderated,
    "ThreadLocked": _moderated,
    "ThreadUnlocked": _moderated,
    "Flagged": _flagged,
    "CaseDecided": _case_decided,
    "HoldAsked": _held,
    "HoldReleased": _decided,
    "HoldRefused": _decided,
    "ContributionDeclined": _declined,
    "ThemesRefreshed": _themes,
    "ThemeEmerged": _emerged,
    "RoomOpened": _room,
    "HourBegan": _hour,
    "NameAsked": _name_asked,
    "NameAnswered": _name_answered,
    "ReportPublished": _report,
    "ReportCorrected": _correction,
    "ThemeAnswerAsked": _answer_asked,
    "RulesProposed": _rules_proposed,
    "OutcomeDecided": _outcome,
    "StreamOpened": _stream_opened,
    "StreamTold": _stream_told,
    "StreamFellSilent": _stream_silent,
}
