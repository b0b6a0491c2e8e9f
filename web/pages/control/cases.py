"""The queue of what was flagged, and the moderation log."""

from __future__ import annotations

from collections.abc import Mapping

from aiohttp import web

from server.domain.actors import Member
from server.domain.errors import NotAllowed, Refusal, SignInNeeded
from server.domain.ideas import Contribution
from server.domain.moderation import STATE_WORDS, TARGET, TRANSITIONS, Case, Decision
from server.services import ideas_read, moderation
from server.services.house import House
from server.services.text import excerpt
from web.answers import go, head_of, show
from web.cards import url_of
from web.forms import read_form, wrong_of
from web.language import _, say
from web.pages.control.duty import facilitator, room_head
from web.pages.control.views import CaseRow, CasesPage, LogPage, StepRow
from web.pages.jams import obtain
from web.people import Names, author_of, names_of_hosts

PAST: Mapping[Decision, str] = {
    "dismiss": say("Dismissed"),
    "ask": say("The author was asked to edit"),
    "hide": say("Hidden"),
    "restore": say("Restored"),
    "tell": say("Their own server was told"),
}


async def show_cases(request: web.Request) -> web.Response:
    """GET /jams/{jam}/control/cases"""
    return await _cases(request, {}, {}, 200)


async def _cases(
    request: web.Request, typed: Mapping[str, str], wrong: Mapping[str, str], status: int
) -> web.Response:
    house, member, jam = await facilitator(request)
    names = await names_of_hosts(house)
    page = CasesPage(
        jam=room_head(house, jam),
        cases=tuple(
            [await draw_case(house, member, case, names) for case in await moderation.queue(house, member, jam)]
        ),
        hours=int(TARGET.total_seconds() // 3600),
        typed=typed,
        wrong=wrong,
    )
    return show(request, "control/cases.html", page, status=status)


async def draw_case(house: House, reader: Member, case: Case, names: Names) -> CaseRow:
    made = await ideas_read.by_id(house, case.contribution_id)
    assert made is not None
    made = ideas_read.as_seen_by(reader, made)
    return CaseRow(
        id=case.id,
        url=url_of(made),
        words=_words(made),
        author=author_of(made, names),
        state=STATE_WORDS[case.state],
        opened_at=case.opened_at,
        overdue=case.is_overdue(house.now()),
        flags=tuple(
            StepRow(name=one.member_name or names.get(one.host, one.host), act=_("flagged"), note=one.reason,
                    at=one.made_at)
            for one in case.flags
        ),
        steps=tuple(
            StepRow(name=one.member_name, act=_(PAST[one.act]), note=one.note, at=one.made_at) for one in case.steps
        ),
        decisions=tuple(one for one in TRANSITIONS[case.state] if one != "tell" or made.author_host),
    )  # fmt: skip


def _words(made: Contribution) -> str:
    if made.deleted:
        return _("Deleted meanwhile")
    return made.title or excerpt(made.text, 280) or _("Hidden words")


async def decide(request: web.Request) -> web.Response:
    """POST /jams/{jam}/control/cases/{case}: `decision` and the note that the author reads."""
    house, member, jam = await facilitator(request)
    form, case_id = await read_form(request), request.match_info["case"]
    try:
        await moderation.decide(house, member, case_id, form.get("decision", ""), form.get("note", ""))
    except (NotAllowed, SignInNeeded):
        raise
    except Refusal as refusal:
        said = next(iter(wrong_of(refusal).values()))
        return await _cases(request, {case_id: form.get("note", "")}, {case_id: said}, refusal.status)
    return go(request, f"/jams/{jam.slug}/control/cases", "saved")


async def show_log(request: web.Request) -> web.Response:
    """GET /jams/{jam}/moderation: everything for facilitators, for others what they wrote or flagged."""
    house, member, jam = await obtain(request)
    names = await names_of_hosts(house)
    cases = await moderation.log(house, member, jam)
    page = LogPage(
        jam=head_of(jam, jam.state_at(house.now())),
        cases=tuple([await draw_case(house, member, case, names) for case in cases]),
        whole=member.may("moderate"),
    )
    return show(request, "control/log.html", page)


