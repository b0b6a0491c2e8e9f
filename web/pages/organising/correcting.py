"""Correcting a published report: one answer, or the foreword, with a reason that everybody reads."""

from __future__ import annotations

from dataclasses import dataclass, field

from aiohttp import web

from server.domain.errors import Missing, Refusal
from server.services import answers, corrections
from server.services.answers import Published
from web.answers import go, head_of, show
from web.forms import read_form, wrong_of
from web.pages.jams import obtain
from web.views import JamHead

FOREWORD = "foreword"


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectPage:
    """The form of a correction. `answer` is the id of the answer to correct, "foreword" for what stands before them.

    `version` is the version that was read when the form was opened.
    """

    jam: JamHead
    url: str
    answer: str
    heading: str
    version: str
    values: dict[str, str]
    wrong: dict[str, str] = field(default_factory=dict)


async def show_correcting(request: web.Request) -> web.Response:
    """GET /jams/{jam}/report/correct?answer="""
    return await _form(request, request.query.get("answer", ""), {}, {}, 200)


async def _form(
    request: web.Request, answer: str, typed: dict[str, str], wrong: dict[str, str], status: int
) -> web.Response:
    house, member, jam = await obtain(request)
    member.require("jams")
    found = await answers.read_report(house, member, jam)
    if found is None:
        raise Missing("report", f"no published report of {jam.id}")
    head = head_of(jam, jam.state_at(house.now()), "report")
    heading, values = _as_it_reads(found, answer)
    page = CorrectPage(
        jam=head,
        url=f"{head.url}/report",
        answer=answer,
        heading=heading,
        version=typed.get("version", str(found.report.version)) if status != 409 else str(found.report.version),
        values={"reason": "", **values, **typed},
        wrong=wrong,
    )
    return show(request, "organising/correct.html", page, status=status)


def _as_it_reads(found: Published, answer: str) -> tuple[str, dict[str, str]]:
    """The name of what is corrected, "" for the foreword, and its words."""
    if answer == FOREWORD:
        return "", {"foreword": found.report.foreword}
    one = next((one for one in found.answers if one.id == answer), None)
    if one is None:
        raise Missing("answer", f"no answer {answer} in the report of {found.report.jam_id}")
    return one.label, {"label": one.label, "doing": one.doing, "declined": one.declined, "why": one.why}


async def correct(request: web.Request) -> web.Response:
    """POST /jams/{jam}/report/correct"""
    house, member, jam = await obtain(request)
    form = await read_form(request)
    answer, reason, read = form.get("answer", ""), form.get("reason", ""), form.get("version", "")
    version = int(read) if read.isdecimal() and len(read) < 6 else 0
    try:
        if answer == FOREWORD:
            await corrections.correct_foreword(house, member, jam, form.get("foreword", ""), reason, version)
        else:
            said = (form.get("label", ""), form.get("doing", ""), form.get("declined", ""), form.get("why", ""))
            await corrections.correct_answer(house, member, jam, answer, said, reason, version)
    except Refusal as refusal:
        if refusal.status in (403, 404):
            raise
        return await _form(request, answer, form, wrong_of(refusal), refusal.status)
    return go(request, f"{head_of(jam, jam.state).url}/report", "corrected")
