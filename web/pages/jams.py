"""Holding a jam: lobby, charter, settings, states, new forums."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import replace

from aiohttp import web

from server.boundary.labels import Level
from server.domain.actors import Member
from server.domain.errors import Refusal
from server.domain.ideas import Contribution
from server.domain.jams import AUDIENCES, TRANSITIONS, Audience, Charter, Forum, Jam
from server.domain.voices import NAMES
from server.keys import HOUSE
from server.services import answers, board, forums, ideas, ideas_read, jams, outcomes, partners
from server.services.house import House
from server.services.presence import note_presence, read_presence
from web import views
from web.answers import go, head_of, show
from web.cards import draw_cards, draw_forum
from web.composing import LABEL_WORDS, draw_wishes, label_in
from web.figures import draw_figures
from web.forms import read_choices, read_form, read_time, write_time, wrong_of
from web.hosting import draw_rota
from web.language import _, say
from web.lineage import draw_lineage, link_rehearsal
from web.people import names_of_hosts
from web.session import member_of
from web.unnamed import NAME_CHOICES
from web.views import Choice, Phase

GAP_WORDS = {
    "question": say("the question"),
    "promise": say("the sponsor’s promise"),
    "off_limits": say("what is off the table"),
    "decide_by": say("the day of decision"),
}
STATE_WORDS = {
    "draft": say("A draft: only you and other organisers work on it until it opens."),
    "open": say("Live: people write, on every server that may."),
    "frozen": say("Closed: it can be read but no longer written to, here and on every other server."),
    "archived": say("Archived: it stays readable for good."),
}
AUDIENCE_HINTS = {
    "inside": say("Nothing said in it has a way out."),
    "partners": say("Partners may follow it from their own servers, by a rule shown on the boundary page."),
    "public": say("Anybody may read it on the open web, and answer from their own server."),
}
_BLANK = {"question": "", "promise": "", "off_limits": "", "decide_by": ""}
_FORUM_BLANK = {"title": "", "slug": "", "question": "", "audience": "inside", "label": "GREEN", "categories": ""}


async def obtain(request: web.Request) -> tuple[House, Member, Jam]:
    """The house, the person and the jam that the address names, or raise Missing."""
    house, member = request.app[HOUSE], member_of(request)
    jam = await jams.obtain_jam(house, member, request.match_info["jam"])
    await note_presence(house, member, jam.id)
    return house, member, jam


async def show_lobby(request: web.Request) -> web.Response:
    """GET /jams/{jam}"""
    house, member, jam = await obtain(request)
    names = await names_of_hosts(house)
    state = jam.state_at(house.now())
    own = await forums.list_forums(house, member, jam)
    by_id = {forum.id: forum for forum in own}
    counts = await board.count_forums(house, member, jam)
    newest = await ideas_read.ideas_of_jam(house, member, jam, "new", 60)
    rising = await ideas_read.ideas_of_jam(house, member, jam, "rising", 5)
    lonely = [made for made in newest if not made.replies][-3:]
    figures = await board.read_board(house, member, jam)
    head = replace(head_of(jam, state), host=names.get(jam.host, jam.host))
    writing = [forum for forum in own if (forum.is_local or forum.joined) and forum.closed_at is None]
    page = views.LobbyPage(
        jam=head,
        charter=_charter(jam),
        phases=draw_phases(jam, state),
        figures=draw_figures(figures, len(own), head.url),
        forums=tuple(draw_forum(house, forum, names, counts) for forum in own),
        rising=draw_cards(house, [made for made in rising if made.support or made.replies], by_id, names),
        newest=draw_cards(house, newest[:12], by_id, names),
        unanswered=draw_cards(house, lonely[::-1], by_id, names),
        gaps=_gaps(jam) if state == "draft" and not jam.host else (),
        may_manage=member.may("jams") and not jam.host,
        stream_url=f"/jams/{jam.id}/stream",
        counted_at=house.now(),
        presence=await read_presence(house, member, jam),
        report=await link_report(house, member, jam, state),
        outcomes=await _link_outcomes(house, member, jam, state),
        checklist=_checklist(jam) if state == "draft" and not jam.host else (),
        rota=await draw_rota(house, member, jam, own, head.url),
        lineage=await draw_lineage(house, member, jam, names),
        welcome=None if state != "open" or await ideas.has_written(house, member, jam) else _welcome(own, newest),
        write_url=_write_url(writing) if state == "open" else "",
    )
    return show(request, "lobby.html", page)


def _write_url(writing: Sequence[Forum]) -> str:
    """Where somebody writes an idea: the one forum that takes them, or the choice of forums; "" where none does."""
    if not writing:
        return ""
    return f"/forums/{writing[0].id}#composer-idea" if len(writing) == 1 else "#forums-heading"


def _welcome(own: Sequence[Forum], newest: Sequence[Contribution]) -> views.Welcome | None:
    """The first steps of somebody who has not written here yet; None where there is no forum to write in."""
    open_to = [forum for forum in own if forum.is_local or forum.joined]
    if not open_to:
        return None
    forum = open_to[0]
    build = max(newest, key=lambda made: (made.support, made.replies), default=None)
    return views.Welcome(
        say=views.Link(text=forum.title, url=f"/forums/{forum.id}#composer-idea"),
        build=views.Link(text=build.title, url=f"/ideas/{build.id}") if build else None,
    )


async def link_report(house: House, member: Member, jam: Jam, state: str) -> views.Link | None:
    """The way to the report of a jam, or, for those who write at it once the jam has closed, to where it is written."""
    url = f"{head_of(jam, state).url}/report"
    if await answers.report_of(house, jam.id) is not None:
        return views.Link(text=_("The themes of this jam are answered: read what became of it"), url=url)
    if state in ("frozen", "archived") and await answers.may_write(house, member, jam):
        return views.Link(text=_("The jam has closed: answer its themes"), url=f"{url}/write")
    return None


async def _link_outcomes(house: House, member: Member, jam: Jam, state: str) -> views.Link | None:
    """The way to what became of the ideas; before anything is decided, for those who decide once the jam has closed."""
    closed = state in ("frozen", "archived") and member.may("jams") and not jam.host
    if not closed and not await outcomes.any_in(house, jam):
        return None
    return views.Link(text=_("What became of the ideas"), url=f"{head_of(jam, state).url}/outcomes")


def draw_phases(jam: Jam, state: str) -> tuple[Phase, ...]:
    """Before, live, after: where the jam stands, and when it passes from one to the next."""
    at = {"draft": 0, "open": 1, "frozen": 2, "archived": 2}[state]
    stands: tuple[views.PhaseState, ...] = ("later", "now", "done")
    after = _("Every theme gets an answer: %s") % jam.charter.decide_by if jam.charter.decide_by else ""
    before = _("The charter is being written. Opens") if at == 0 else _("Charter agreed, opened")
    live = (_("Then open to ideas until"), _("Open to ideas until"), _("Closed"))[at]
    return (
        Phase(words=_("Before"), state=stands[1 + (at > 0)], at=jam.opens_at, note=before),
        Phase(words=_("Live"), state=stands[(at > 0) + (at > 1)], at=jam.closes_at, note=live),
        Phase(words=_("After"), state=stands[at > 1], at=None, note=after or _("Themes get answers")),
    )


def _charter(jam: Jam) -> views.Charter:
    charter = jam.charter
    return views.Charter(
        question=charter.question,
        promise=charter.promise,
        off_limits=charter.off_limits,
        decide_by=charter.decide_by,
    )


def _checklist(jam: Jam) -> tuple[Choice, ...]:
    """The parts of the charter, each ticked once it is filled: what opening waits for."""
    gaps = jam.charter.gaps()
    return tuple(Choice(value=part, words=words, chosen=part not in gaps) for part, words in GAP_WORDS.items())


def _gaps(jam: Jam) -> tuple[str, ...]:
    return tuple(GAP_WORDS[gap] for gap in jam.charter.gaps())


def read_charter(form: dict[str, str]) -> Charter:
    return Charter(
        question=form.get("question", ""),
        promise=form.get("promise", ""),
        off_limits=form.get("off_limits", ""),
        decide_by=form.get("decide_by", ""),
    )


async def show_charter(request: web.Request) -> web.Response:
    """GET /jams/{jam}/charter"""
    house, member, jam = await obtain(request)
    member.require("jams")
    charter = jam.charter
    values = {
        "question": charter.question,
        "promise": charter.promise,
        "off_limits": charter.off_limits,
        "decide_by": charter.decide_by,
    }
    head = head_of(jam, jam.state_at(house.now()), "settings")
    return show(request, "jam_form.html", views.JamForm(action=f"{head.url}/charter", values=values, jam=head))


async def write_charter(request: web.Request) -> web.Response:
    """POST /jams/{jam}/charter"""
    house, member, jam = await obtain(request)
    form = await read_form(request)
    head = head_of(jam, jam.state_at(house.now()), "settings")
    try:
        await jams.write_charter(house, member, jam, read_charter(form))
    except Refusal as refusal:
        page = views.JamForm(action=f"{head.url}/charter", values={**_BLANK, **form}, jam=head, wrong=wrong_of(refusal))
        return show(request, "jam_form.html", page, status=refusal.status)
    return go(request, f"{head.url}/settings", "saved")


async def show_settings(request: web.Request) -> web.Response:
    """GET /jams/{jam}/settings"""
    return await _settings(request, {}, {}, 200)


async def _settings(request: web.Request, typed: dict[str, str], wrong: dict[str, str], status: int) -> web.Response:
    house, member, jam = await obtain(request)
    member.require("jams")
    names = await names_of_hosts(house)
    state = jam.state_at(house.now())
    counts = await board.count_forums(house, member, jam)
    lineage, rehearsal = await draw_lineage(house, member, jam, names), await link_rehearsal(house, member, jam)
    values = {**_FORUM_BLANK, **typed}
    ticked = await read_choices(request, "peers") if typed else ()
    page = views.SettingsPage(
        jam=head_of(jam, state, "settings"),
        state_words=STATE_WORDS[state],
        opens_at=jam.opens_at,
        closes_at=jam.closes_at,
        closes_value=write_time(jam.closes_at),
        draft_values={
            "jam_title": jam.title,
            "jam_opens_at": write_time(jam.opens_at),
            "jam_closes_at": write_time(jam.closes_at),
            **typed,
        },
        verbs=tuple(TRANSITIONS[state]) if not jam.host else (),
        gaps=_gaps(jam),
        checklist=_checklist(jam) if state == "draft" and not jam.host else (),
        rehearsal=rehearsal,
        is_rehearsal=lineage.rehearsal,
        forums=tuple(draw_forum(house, one, names, counts) for one in await forums.list_forums(house, member, jam)),
        forum_values=values,
        audiences=audience_choices(house, values["audience"]),
        labels=label_choices(values["label"].partition("+")[0]),
        name_choices=tuple(
            Choice(value=one, words=_(NAME_CHOICES[one]), chosen=one == values.get("names", "named")) for one in NAMES
        ),
        wishes=draw_wishes("GREEN", values.get("onward", "")),
        partners=await partner_choices(house, ticked),
        charter=_charter(jam),
        wrong=wrong,
    )
    return show(request, "settings.html", page, status=status)


def audience_choices(house: House, chosen: str) -> tuple[Choice, ...]:
    """For whom a forum can be, in words."""
    return tuple(
        Choice(value=one, words=_audience(house, one), hint=AUDIENCE_HINTS[one], chosen=one == chosen)
        for one in AUDIENCES
    )


def label_choices(chosen: str) -> tuple[Choice, ...]:
    """The levels that a label can have, in words."""
    levels = [str(level) for level in Level]
    return tuple(Choice(value=level, words=LABEL_WORDS[level], chosen=level == chosen) for level in levels)


async def partner_choices(house: House, ticked: Collection[str]) -> tuple[Choice, ...]:
    """The partners that a forum can be for alone."""
    return tuple(
        Choice(value=one.host, words=one.name or one.host, chosen=one.host in ticked)
        for one in await partners.list_partners(house)
        if one.state != "removed"
    )


def _audience(house: House, audience: str) -> str:
    return {"inside": say("Inside %(name)s", name=house.name), "partners": say("Partners"), "public": say("Everyone")}[
        audience
    ]


async def open_jam(request: web.Request) -> web.Response:
    """POST /jams/{jam}/open"""
    return await _turn(request, jams.open_jam, "opened")


async def freeze_jam(request: web.Request) -> web.Response:
    """POST /jams/{jam}/freeze"""
    return await _turn(request, jams.freeze_jam, "frozen")


async def archive_jam(request: web.Request) -> web.Response:
    """POST /jams/{jam}/archive"""
    return await _turn(request, jams.archive_jam, "archived")


async def extend_jam(request: web.Request) -> web.Response:
    """POST /jams/{jam}/extend"""
    form = await read_form(request)

    async def extend(house: House, by: Member, jam: Jam) -> Jam:
        return await jams.extend_jam(house, by, jam, read_time(form, "closes_at"))

    return await _turn(request, extend, "extended")


async def change_draft(request: web.Request) -> web.Response:
    """POST /jams/{jam}/draft: the name and the times of a jam that has not opened."""
    house, member, jam = await obtain(request)
    form = await read_form(request)
    try:
        opens_at, closes_at = read_time(form, "jam_opens_at"), read_time(form, "jam_closes_at")
        await jams.change_draft(house, member, jam, form.get("jam_title", ""), opens_at, closes_at)
    except Refusal as refusal:
        wrong = {f"jam_{name}" if name in ("title", "opens_at", "closes_at") else name: words
                 for name, words in wrong_of(refusal).items()}  # fmt: skip
        return await _settings(request, form, wrong, refusal.status)
    return go(request, f"{head_of(jam, jam.state).url}/settings", "saved")


async def _turn(request: web.Request, verb: Callable[[House, Member, Jam], Awaitable[Jam]], done: str) -> web.Response:
    house, member, jam = await obtain(request)
    try:
        changed = await verb(house, member, jam)
    except Refusal as refusal:
        return await _settings(request, {}, wrong_of(refusal), refusal.status)
    return go(request, f"{head_of(changed, changed.state).url}/settings", done)


async def create_forum(request: web.Request) -> web.Response:
    """POST /jams/{jam}/forums"""
    house, member, jam = await obtain(request)
    form = await read_form(request)
    audience: Audience = next((one for one in AUDIENCES if one == form.get("audience")), "inside")
    try:
        await forums.create_forum(
            house, member, jam, form.get("slug", "").strip(), form.get("title", ""), form.get("question", ""),
            audience, label_in(form) or "GREEN", await read_choices(request, "peers"),
            next((one for one in NAMES if one == form.get("names")), "named"),
            members_only=bool(form.get("members_only")),
        )  # fmt: skip
    except Refusal as refusal:
        return await _settings(request, form, wrong_of(refusal), refusal.status)
    return go(request, f"{head_of(jam, jam.state).url}/settings", "forum")


async def join_forum(request: web.Request) -> web.Response:
    """POST /forums: ask another server to let us into one of its forums."""
    house, member = request.app[HOUSE], member_of(request)
    form = await read_form(request)
    await forums.ask_to_join(house, member, form.get("handle", ""))
    return go(request, "/", "asked")
