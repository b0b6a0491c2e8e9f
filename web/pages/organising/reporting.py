"""The report of a jam, as everybody inside reads it, and the pages on which it is written."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from aiohttp import web
from markupsafe import Markup

from server.domain.actors import Member
from server.domain.answers import ThemeAnswer, citation
from server.domain.errors import Missing, Refusal
from server.domain.jams import Charter, Jam
from server.services import answers, corrections
from server.services.answers import Line, Published
from server.services.corrections import Correction
from server.services.house import House
from server.services.text import excerpt, render
from web.answers import go, head_of, show
from web.cards import url_of
from web.forms import read_form, wrong_of
from web.pages.jams import obtain
from web.views import JamHead, Link, Person

_BLANK = {"label": "", "doing": "", "declined": "", "why": "", "username": "", "foreword": ""}


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerView:
    """One theme with its answer. `by` stands under it by name; `cite` is how it is quoted."""

    id: str
    label: str
    size: int
    doing: Markup
    declined: Markup
    why: Markup
    by: Person
    at: datetime | None
    sources: tuple[Link, ...]
    cite: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportPage:
    """A report. `published_at` is None before it is; `write_url` is for those who write at it.

    `corrections` are newest first; `corrected` is the one that took the place of an earlier version, which `version`
    numbers then. `correct_url` is for those who correct it.
    """

    jam: JamHead
    charter: Charter
    foreword: Markup | None = None
    answers: tuple[AnswerView, ...] = ()
    published_at: datetime | None = None
    publisher: str = ""
    cite: str = ""
    write_url: str = ""
    correct_url: str = ""
    version: int = 1
    corrections: tuple[Correction, ...] = ()
    corrected: Correction | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LineView:
    """A theme in the list of those who write. `state` is a word of ours: answered, asked or open."""

    key: str
    label: str
    size: int
    owner: str
    state: str
    is_theme: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class WritePage:
    """Where the report is written. `chosen` is the key of the theme whose form is shown, "new" for an own question."""

    jam: JamHead
    url: str
    lines: tuple[LineView, ...]
    chosen: str
    heading: str
    sources: tuple[Link, ...]
    may_publish: bool
    closed: bool
    open: int
    published: bool
    values: dict[str, str]
    wrong: dict[str, str] = field(default_factory=dict)


def _html(text: str) -> Markup:
    # Markdown to sanitised HTML: server.services.text.
    return Markup(render(text)) if text else Markup("")  # noqa: S704


async def show_report(request: web.Request) -> web.Response:
    """GET /jams/{jam}/report?version=: as it stands, or an earlier version of it."""
    house, member, jam = await obtain(request)
    head = head_of(jam, jam.state_at(house.now()), "report")
    found = await answers.read_report(house, member, jam)
    write_url = f"{head.url}/report/write" if await answers.may_write(house, member, jam) else ""
    if found is None:
        return show(request, "organising/report.html", ReportPage(jam=head, charter=jam.charter, write_url=write_url))
    made = await corrections.corrections_of(house, member, jam)
    asked = request.query.get("version", "")
    version = int(asked) if asked.isdecimal() and len(asked) < 6 else found.report.version
    if version != found.report.version:
        found = await corrections.read_version(house, member, jam, version)
    page = ReportPage(
        jam=head,
        charter=jam.charter,
        foreword=_html(found.report.foreword),
        answers=tuple(_answer(house, jam, found, one, len(made)) for one in found.answers),
        published_at=found.report.published_at,
        publisher=found.report.publisher_name,
        cite=_cite(house, jam, found, len(made)),
        correct_url=f"{head.url}/report/correct" if write_url and member.may("jams") else "",
        version=version,
        corrections=tuple(made),
        corrected=next((one for one in made if one.version == version + 1), None),
    )
    return show(request, "organising/report.html", page)


def _cite(house: House, jam: Jam, found: Published, times_corrected: int, answer: ThemeAnswer | None = None) -> str:
    """How a report or an answer in it is quoted: once it was corrected, with its version, at that one's address."""
    assert found.report.published_at is not None
    version = found.report.version if times_corrected else 0
    place = (f"?version={version}" if version else "") + (f"#a-{answer.id}" if answer else "")
    address = f"{house.addresses.inside_url}{head_of(jam, jam.state).url}/report{place}"
    return citation(
        jam.title, house.name, found.report.published_at, address, answer.label if answer else "", version
    )


def _answer(house: House, jam: Jam, found: Published, one: ThemeAnswer, times_corrected: int) -> AnswerView:
    return AnswerView(
        id=one.id,
        label=one.label,
        size=one.size,
        doing=_html(one.doing),
        declined=_html(one.declined),
        why=_html(one.why),
        by=Person(name=one.writer_name, handle="", unit=one.writer_unit),
        at=one.written_at,
        sources=tuple(
            Link(text=made.title or excerpt(made.text, 90), url=url_of(made))
            for id_ in one.sources
            if (made := found.sources.get(id_))
        ),
        cite=_cite(house, jam, found, times_corrected, one),
    )


async def show_writing(request: web.Request) -> web.Response:
    """GET /jams/{jam}/report/write?theme="""
    return await _writing(request, request.query.get("theme", ""), {}, {}, 200)


async def _writing(
    request: web.Request, key: str, typed: dict[str, str], wrong: dict[str, str], status: int
) -> web.Response:
    house, member, jam = await obtain(request)
    report, lines = await answers.drafting(house, member, jam)
    state = jam.state_at(house.now())
    head = head_of(jam, state, "report")
    chosen = next((line for line in lines if line.key == key), None)
    values = {**_BLANK, "foreword": report.foreword, **_values(chosen), **typed}
    page = WritePage(
        jam=head,
        url=f"{head.url}/report/write",
        lines=tuple(_line(line) for line in lines),
        chosen=key if chosen or key == "new" else "",
        heading=chosen.label if chosen else "",
        sources=await _voices(house, member, jam, chosen),
        may_publish=member.may("jams"),
        closed=state in ("frozen", "archived"),
        open=sum(not line.is_answered for line in lines),
        published=report.published_at is not None,
        values=values,
        wrong=wrong,
    )
    return show(request, "organising/report_write.html", page, status=status)


def _values(chosen: Line | None) -> dict[str, str]:
    if chosen is None:
        return {}
    answer = chosen.answer
    said = {"doing": answer.doing, "declined": answer.declined, "why": answer.why} if answer else {}
    return {"label": chosen.label, **said}


def _line(line: Line) -> LineView:
    owner = line.answer.owner_name if line.answer else ""
    state = "answered" if line.is_answered else "asked" if owner else "open"
    return LineView(
        key=line.key, label=line.label, size=line.size, owner=owner, state=state, is_theme=line.theme is not None
    )


async def _voices(house: House, member: Member, jam: Jam, chosen: Line | None) -> tuple[Link, ...]:
    """What speaks for a theme, to be read before it is answered."""
    if chosen is None or chosen.theme is None:
        return ()
    found = await answers.voices(house, member, jam, chosen.theme.representative)
    return tuple(Link(text=made.title or excerpt(made.text, 90), url=url_of(made)) for made in found)


async def write(request: web.Request) -> web.Response:
    """POST /jams/{jam}/report/write: an answer, whom to ask for one, the foreword, or publish it, as `act` says."""
    house, member, jam = await obtain(request)
    form = await read_form(request)
    key = form.get("theme", "")
    try:
        await _act(house, member, jam, "" if key == "new" else key, form)
    except Refusal as refusal:
        if refusal.status in (403, 404):
            raise
        return await _writing(request, key, form, wrong_of(refusal), refusal.status)
    url = head_of(jam, jam.state).url
    if form.get("act") == "publish":
        return go(request, f"{url}/report", "report")
    return go(request, f"{url}/report/write", "saved")


async def _act(house: House, member: Member, jam: Jam, key: str, form: dict[str, str]) -> None:
    match form.get("act"):
        case "answer":
            said = (form.get("doing", ""), form.get("declined", ""), form.get("why", ""))
            await answers.write_answer(house, member, jam, key, *said, label=form.get("label", ""))
        case "ask" if key:
            await answers.ask_for(house, member, jam, key, form.get("username", ""))
        case "drop" if key:
            await answers.drop_answer(house, member, jam, key)
        case "foreword":
            await answers.write_foreword(house, member, jam, form.get("foreword", ""))
        case "publish":
            await answers.publish(house, member, jam)
        case other:
            raise Missing("choice", f"act={other}")
