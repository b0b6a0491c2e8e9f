"""What facilitators said and did about a thread, as its readers see it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from server.domain.actors import Member
from server.domain.moderation import STATE_WORDS, Case
from server.services import asides, ideas_read, locking, moderation, moves, summaries
from server.services.house import House
from server.services.ideas_read import Thread
from server.services.text import excerpt
from web.cards import url_of
from web.language import _
from web.pages.control.shift_views import SummaryView
from web.pages.control.summaries import draw_summary
from web.threads import MARK_WORDS


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """Why a mark stands, or stood until `fell_at`."""

    words: str
    icon: str
    name: str
    reason: str
    at: datetime
    fell_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseNote:
    """What a reader is told about something that was flagged: `note` is what a facilitator said last."""

    words: str
    note: str
    url: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Credit:
    """What became part of this thread, left it, or came from another forum: by whose idea, and who decided it."""

    sentence: str
    title: str
    url: str
    author: str
    icon: str
    name: str
    reason: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class LockNote:
    """Who locked the thread, and why; `unlock_url` opens it again, "" for those who may not."""

    name: str
    reason: str
    at: datetime
    unlock_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ControlThread:
    """`reasons` are of marks that stand, `earlier` of those that fell; `cases` are by contribution."""

    lock: LockNote | None

    reasons: tuple[Reason, ...]
    earlier: tuple[Reason, ...]
    cases: Mapping[str, CaseNote]
    credits: tuple[Credit, ...]
    summary: SummaryView | None
    summary_url: str
    asides_url: str
    asides: int


async def draw_control(house: House, member: Member, thread: Thread) -> ControlThread:
    said = [
        Reason(
            words=MARK_WORDS[one.kind][0],
            icon=MARK_WORDS[one.kind][1],
            name=one.member_name,
            reason=one.reason,
            at=one.made_at,
            fell_at=one.taken_at,
        )
        for one in await ideas_read.reasons_of_marks(house, member, thread)
    ]
    return ControlThread(
        lock=await _lock(house, member, thread),
        reasons=tuple(one for one in said if one.fell_at is None),
        earlier=tuple(one for one in said if one.fell_at is not None),
        credits=await _credits(house, member, thread),
        summary=await _summary(house, member, thread),
        summary_url=f"/ideas/{thread.idea.id}/summary" if member.may("moderate") else "",
        asides_url=f"/ideas/{thread.idea.id}/asides" if member.may("moderate") else "",
        asides=len(await asides.read(house, member, thread.idea)) if member.may("moderate") else 0,
        cases={
            made_id: _note(case, f"/jams/{thread.jam.slug}", member)
            for made_id, case in (await moderation.cases_in_thread(house, member, thread.idea.id)).items()
        },
    )


async def _lock(house: House, member: Member, thread: Thread) -> LockNote | None:
    if thread.lock is None:
        return None
    url = f"/ideas/{thread.idea.id}/unlock" if await locking.may_lock(house, member, thread.idea) else ""
    return LockNote(name=thread.lock.member_name, reason=thread.lock.reason, at=thread.lock.made_at, unlock_url=url)


async def _summary(house: House, member: Member, thread: Thread) -> SummaryView | None:
    found = await summaries.show(house, member, thread.idea)
    return draw_summary(found[-1]) if found else None


async def _credits(house: House, member: Member, thread: Thread) -> tuple[Credit, ...]:
    came, left = await moves.moves_in(house, member, thread.idea.id)
    words = {"move": _("Moved here from another forum"), "merge": _("Merged in"), "split": _("Split off another idea")}
    found = []
    for one, sentence in [*((one, words[one.kind]) for one in came), *((one, _("Split off")) for one in left)]:
        made = await ideas_read.by_id(house, one.contribution_id)
        if made is None or made.deleted or made.hidden:
            continue
        own = made.id == thread.idea.id
        found.append(
            Credit(
                sentence=sentence,
                title="" if own else made.title or excerpt(made.text, 80),
                url="" if own else url_of(made),
                author="" if own else made.author_name,
                icon={"move": "route", "merge": "layers", "split": "git-branch"}[one.kind],
                name=one.member_name,
                reason=one.reason,
                at=one.made_at,
            )
        )
    return tuple(found)


def _note(case: Case, jam_url: str, member: Member) -> CaseNote:
    last = case.steps[-1] if case.steps else None
    return CaseNote(
        words=_("Flagged") if case.state == "open" else _(STATE_WORDS[case.state]).capitalize(),
        note=last.note if last else "",
        url=f"{jam_url}/control/cases#case-{case.id}" if member.may("moderate") else f"{jam_url}/moderation",
        at=last.made_at if last else case.opened_at,
    )
