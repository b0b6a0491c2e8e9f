"""Answers to themes and the report of a jam over the API."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from msgspec import Meta

from server.domain.answers import ThemeAnswer, citation
from server.domain.jams import Jam
from server.services import answers, corrections
from server.services.answers import Line, Published
from web.api.calls import Call
from web.api.jam_shapes import NoWords, jam_page
from web.api.jams import jam_of
from web.api.shapes import Answer, Body, Page


class AnswerWords(Body, frozen=True, kw_only=True):
    """What is done, what is not, and why, in Markdown; `label` names the theme in the words of a person."""

    label: str = ""
    doing: str = ""
    declined: str = ""
    why: str = ""


class AskedPerson(Body, frozen=True, kw_only=True):
    """Who is asked for an answer, by username."""

    username: str


class Foreword(Body, frozen=True, kw_only=True):
    foreword: str = ""


class AnswerToTheme(Answer, frozen=True, kw_only=True):
    """One theme with its answer. `theme` names it in addresses; `sources` are ids of what speaks for it."""

    theme: str
    label: str
    size: int
    doing: str
    declined: str
    why: str
    asked: str
    by: str
    sources: list[str]
    answered: bool


class ReportAnswer(Answer, frozen=True, kw_only=True):
    """The report of a jam. `published_at` is null while it is written; `cite_as` can be quoted once it is.

    `version` counts from 1; `corrected_because` is why it took the place of the version before, "" for the first.
    """

    url: str
    published_at: datetime | None
    foreword: str
    answers: list[AnswerToTheme]
    cite_as: str
    version: int
    corrected_because: str


class CorrectionWords(Body, frozen=True, kw_only=True):
    """What to correct: the answer of a theme (all of its words anew), or, with an empty `theme`, the foreword.

    `version` is the one that was read: another one that stands meanwhile is not corrected. 0 for whichever stands.
    """

    reason: str
    theme: str = ""
    label: str = ""
    doing: str = ""
    declined: str = ""
    why: str = ""
    foreword: str = ""
    version: Annotated[int, Meta(ge=0, le=100_000)] = 0


class CorrectionAnswer(Answer, frozen=True, kw_only=True):
    """What made a version; `changed` names the answers that it changed, "" the foreword."""

    version: int
    reason: str
    by: str
    at: datetime
    changed: list[str]


async def read_report(call: Call) -> ReportAnswer:
    jam = await jam_of(call)
    found = await answers.read_report(call.house, call.member, jam)
    url = f"{jam_page(call.house, jam)}/report"
    if found is None or found.report.published_at is None:
        return ReportAnswer(
            url=url, published_at=None, foreword="", answers=[], cite_as="", version=1, corrected_because=""
        )
    return _whole(call, jam, found, found.report.version if found.report.version > 1 else 0)


def _whole(call: Call, jam: Jam, found: Published, version: int) -> ReportAnswer:
    """A published report; `version` is 0 where it was never corrected."""
    at = found.report.published_at
    assert at is not None
    url = f"{jam_page(call.house, jam)}/report" + (f"?version={version}" if version else "")
    return ReportAnswer(
        url=url,
        published_at=at,
        foreword=found.report.foreword,
        answers=[_show(one) for one in found.answers],
        cite_as=citation(jam.title, call.house.name, at, url, version=version),
        version=found.report.version,
        corrected_because=found.report.reason,
    )


async def read_version(call: Call) -> ReportAnswer:
    jam, asked = await jam_of(call), call.path["version"]
    version = int(asked) if asked.isdecimal() and len(asked) < 6 else 0
    found = await answers.read_report(call.house, call.member, jam)
    if found is None or found.report.version != version:
        found = await corrections.read_version(call.house, call.member, jam, version)
    return _whole(call, jam, found, version)


async def list_corrections(call: Call) -> Page[CorrectionAnswer]:
    found = await corrections.corrections_of(call.house, call.member, await jam_of(call))
    return Page(
        data=[
            CorrectionAnswer(
                version=one.version, reason=one.reason, by=one.by_name, at=one.at,
                changed=[label for label, _ in one.changes],
            )
            for one in found
        ],
        next=None,
    )  # fmt: skip


async def correct(call: Call, body: CorrectionWords) -> ReportAnswer:
    jam = await jam_of(call)
    if body.theme:
        said = (body.label, body.doing, body.declined, body.why)
        await corrections.correct_answer(call.house, call.member, jam, body.theme, said, body.reason, body.version)
    else:
        await corrections.correct_foreword(call.house, call.member, jam, body.foreword, body.reason, body.version)
    return await read_report(call)


async def read_draft(call: Call) -> ReportAnswer:
    jam = await jam_of(call)
    report, lines = await answers.drafting(call.house, call.member, jam)
    return ReportAnswer(
        url=f"{jam_page(call.house, jam)}/report/write",
        published_at=report.published_at,
        foreword=report.foreword,
        answers=[_show(line.answer, line) if line.answer else _open(line) for line in lines],
        cite_as="",
        version=report.version,
        corrected_because=report.reason,
    )


async def put_answer(call: Call, body: AnswerWords) -> AnswerToTheme:
    made = await answers.write_answer(
        call.house, call.member, await jam_of(call), call.path["theme"], body.doing, body.declined, body.why, body.label
    )
    return _show(made)


async def add_answer(call: Call, body: AnswerWords) -> AnswerToTheme:
    made = await answers.write_answer(
        call.house, call.member, await jam_of(call), "", body.doing, body.declined, body.why, body.label
    )
    return _show(made)


async def ask_for(call: Call, body: AskedPerson) -> AnswerToTheme:
    jam = await jam_of(call)
    return _show(await answers.ask_for(call.house, call.member, jam, call.path["theme"], body.username))


async def drop_answer(call: Call) -> None:
    await answers.drop_answer(call.house, call.member, await jam_of(call), call.path["theme"])


async def put_foreword(call: Call, body: Foreword) -> ReportAnswer:
    await answers.write_foreword(call.house, call.member, await jam_of(call), body.foreword)
    return await read_draft(call)


async def publish(call: Call, body: NoWords) -> ReportAnswer:
    await answers.publish(call.house, call.member, await jam_of(call))
    return await read_report(call)


def _show(one: ThemeAnswer, line: Line | None = None) -> AnswerToTheme:
    return AnswerToTheme(
        theme=line.key if line else one.theme_id or one.id,
        label=one.label,
        size=one.size,
        doing=one.doing,
        declined=one.declined,
        why=one.why,
        asked=one.owner_name,
        by=one.writer_name,
        sources=list(one.sources),
        answered=one.is_answered,
    )


def _open(line: Line) -> AnswerToTheme:
    sources = list(line.theme.representative) if line.theme else []
    return AnswerToTheme(
        theme=line.key, label=line.label, size=line.size, doing="", declined="", why="", asked="", by="",
        sources=sources, answered=False,
    )  # fmt: skip
