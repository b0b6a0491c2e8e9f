"""What waits for reviewers: the queue, one by one or several at once, and ten seconds to think again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urlencode

from aiohttp import web

from server.domain.actors import Member
from server.domain.errors import Missing, Refusal
from server.domain.holds import Answer, Decision, Hold, Sought
from server.services import forums, holds, ideas_read
from server.services.holds import UNDO_SECONDS, Said
from server.services.house import House
from web.answers import go, own_path, show
from web.forms import read_choices, read_form
from web.language import counted, say
from web.pages.boundary import views
from web.pages.boundary.duty import SECTION, duty_holder
from web.pages.boundary.hold_rows import Desk, title_of
from web.people import names_of_hosts
from web.reach import name_of
from web.views import Choice

PATH = "/boundary/holds"
ROWS = 25
SAY_WHY = say("Say why; the author reads it.")
IT_TAKES_EFFECT = say("It takes effect ten seconds after you decided, unless you undo it.")
IT_COUNTS = say("It takes effect once as many others as the rule wants have approved it too.")
FILTERS = ("direction", "audience", "forum", "mine", "after")
_DIRECTIONS = (("", say("Both ways")), ("out", say("Wants out")), ("in", say("Wants in")))


@dataclass(frozen=True, slots=True)
class _Typed:
    """What was typed into a form that was refused, and why: nothing of it is lost."""

    wrong: Mapping[str, str] = field(default_factory=dict)
    notes: Mapping[str, str] = field(default_factory=dict)
    chosen: frozenset[str] = frozenset()
    problems: tuple[str, ...] = ()


async def _reviewer(request: web.Request) -> tuple[House, Member]:
    house, member = await duty_holder(request)
    member.require("review")
    return house, member


async def show_holds(request: web.Request) -> web.Response:
    """GET /boundary/holds?direction=&audience=&forum=&mine=&after="""
    return await _queue(request, request.query, _Typed(), 200)


async def _queue(request: web.Request, asked: Mapping[str, str], typed: _Typed, status: int) -> web.Response:
    house, member = await _reviewer(request)
    names, tally = await names_of_hosts(house), await holds.tally(house, member)
    sought = Sought(
        direction=asked.get("direction", ""),
        audience=asked.get("audience", ""),
        forum_id=asked.get("forum", ""),
        mine=holds.for_me(member) if asked.get("mine") else None,
    )
    found = await holds.list_holds(house, member, sought, _place(asked.get("after", "")), ROWS + 1)
    shown = found[:ROWS]
    desk = Desk(
        house, member, names, await house.rulebook(), {one.id: one for one in await forums.list_forums(house, member)}
    )
    rows = [await desk.draw(one, typed.notes.get(one.id, ""), chosen=one.id in typed.chosen) for one in shown]
    missed = {hold_id for hold_id in typed.wrong if hold_id} - {one.id for one in shown}
    kept = {name: asked[name] for name in FILTERS if asked.get(name)}
    audiences, forum_ids = await holds.places(house)
    page = views.HoldsPage(
        holds=tuple(rows),
        waiting_holds=tally.waiting,
        sentence=_counts(tally),
        filtered=bool(kept),
        directions=tuple(Choice(value=one, words=words, chosen=one == sought.direction) for one, words in _DIRECTIONS),
        audiences=_choices({one: name_of(one, names) for one in audiences}, say("Anybody"), sought.audience),
        forums=_choices(
            {one: desk.forums[one].title for one in forum_ids if one in desk.forums}, say("Any forum"), sought.forum_id
        ),
        mine=sought.mine is not None,
        path=_path(kept),
        later_url=_path({**kept, "after": f"{shown[-1].asked_at.timestamp()!r}/{shown[-1].id}"})
        if len(found) > ROWS
        else "",
        undoable=await _undoable(house, member),
        may_batch=any(row.may_decide for row in rows),
        batch_note=typed.notes.get("", ""),
        problems=(*typed.problems, *(typed.wrong[one] for one in sorted(missed))),
        wrong=typed.wrong,
    )
    return show(request, "holds.html", page, status=status, section=SECTION)


def _place(after: str) -> tuple[float, str]:
    time, _, hold_id = after.partition("/")
    try:
        return float(time), hold_id
    except ValueError:
        return 0.0, ""


def _path(asked: Mapping[str, str]) -> str:
    return f"{PATH}?{urlencode(asked)}" if asked else PATH


def _choices(words: Mapping[str, str], none: str, chosen: str) -> tuple[Choice, ...]:
    return (
        Choice(value="", words=none, chosen=not chosen),
        *(Choice(value=one, words=words[one], chosen=one == chosen) for one in words),
    )


def _counts(tally: holds.Tally) -> str:
    """How much waits, in a sentence."""
    if not tally.waiting:
        return say("Nothing waits.")
    return counted(
        "In all %(n)s waits: %(mine)s for you to decide, %(overdue)s overdue. Oldest first.",
        "In all %(n)s wait: %(mine)s for you to decide, %(overdue)s overdue. Oldest first.",
        tally.waiting,
        mine=tally.mine,
        overdue=tally.overdue,
    )


async def _undoable(house: House, member: Member) -> tuple[views.Undoable, ...]:
    """What this person decided within the last seconds, as they decided it: together or one by one."""
    batches: dict[str, list[Hold]] = {}
    for hold in await holds.undoable(house, member):
        batches.setdefault(_mine(hold, member).batch, []).append(hold)
    lines = []
    for batch, some in batches.items():
        answer = _mine(some[0], member)
        counts = some[0].takes_effect_at is None
        verb = say("Refused") if answer.decision == "refuse" else say("Approved") if counts else say("Released")
        lines.append(
            views.Undoable(
                batch=batch,
                words=say(
                    "%(verb)s: %(questions)s",
                    verb=verb,
                    questions=counted("%(n)s question", "%(n)s questions", len(some)) if len(some) > 1 else "",
                ),
                titles=tuple([await _title(house, hold) for hold in some]),
                fate=IT_COUNTS if counts else IT_TAKES_EFFECT,
                seconds=UNDO_SECONDS - (house.now() - answer.at).total_seconds(),
            )
        )
    return tuple(lines)


def _mine(hold: Hold, member: Member) -> Answer:
    return next(one for one in reversed(hold.answers) if one.by.id == member.id and not one.undone)


async def _title(house: House, hold: Hold) -> str:
    return title_of(await ideas_read.by_id(house, hold.contribution_id) if hold.contribution_id else None, hold)


async def decide_hold(request: web.Request) -> web.Response:
    """POST /boundary/holds/{hold}: `answer` is release or refuse; `note` a refusal's reason; `offer` what was seen."""
    house, member = await _reviewer(request)
    form = await read_form(request)
    hold_id, note = request.match_info["hold"], form.get("note", "")
    try:
        if form.get("answer") == "release":
            await holds.release(house, member, hold_id, offer=form.get("offer", ""), undo_seconds=UNDO_SECONDS)
        else:
            await holds.refuse(house, member, hold_id, note, offer=form.get("offer", ""), undo_seconds=UNDO_SECONDS)
    except Refusal as refusal:
        words = refusal.public if note.strip() or form.get("answer") == "release" else SAY_WHY
        typed = _Typed({hold_id: words}, {hold_id: note})
        return await _queue(request, _asked(form), typed, refusal.status)
    return go(request, _back(form))


async def decide_chosen(request: web.Request) -> web.Response:
    """POST /boundary/holds: one `answer`, and one `note`, for every ticked `hold`."""
    house, member = await _reviewer(request)
    form, boxes = await read_form(request), await read_choices(request, "hold")
    chosen = [(hold_id, offer) for hold_id, _, offer in (box.partition(".") for box in boxes)]
    decision: Decision = "release" if form.get("answer") == "release" else "refuse"
    note = form.get("note", "")
    ticked = frozenset(hold_id for hold_id, _ in chosen)
    if not chosen:
        typed = _Typed({"": say("Choose at least one first.")}, {"": note})
        return await _queue(request, _asked(form), typed, 422)
    try:
        _, said = await holds.decide_all(house, member, decision, chosen, note, UNDO_SECONDS)
    except Refusal as refusal:
        words = refusal.public if note.strip() or decision == "release" else SAY_WHY
        return await _queue(request, _asked(form), _Typed({"": words}, {"": note}, ticked), refusal.status)
    if problems := await _problems(house, member, said):
        return await _queue(request, _asked(form), _Typed(notes={"": note}, problems=problems), 409)
    return go(request, _back(form))


async def _problems(house: House, member: Member, said: Sequence[Said]) -> tuple[str, ...]:
    problems = []
    for one in said:
        if one.refusal is not None:
            title = await _title_for(house, member, one.hold_id)
            problems.append(f"“{title}”: {one.refusal.public}" if title else one.refusal.public)
    return tuple(problems)


async def _title_for(house: House, member: Member, hold_id: str) -> str:
    """What a reviewer may know of a hold that could not be decided: "" where it is not there for them."""
    try:
        return await _title(house, await holds.obtain_hold(house, member, hold_id))
    except Missing:
        return ""


async def undo(request: web.Request) -> web.Response:
    """POST /boundary/holds/undo: take back what was decided together under `batch`."""
    house, member = await _reviewer(request)
    form = await read_form(request)
    try:
        await holds.undo_batch(house, member, form.get("batch", ""))
    except Refusal as refusal:
        return await _queue(request, _asked(form), _Typed(problems=(refusal.public,)), refusal.status)
    return go(request, _back(form), "undone")


def _back(form: Mapping[str, str]) -> str:
    """The queue as it was filtered; nothing but a path of this page."""
    back = own_path(form.get("back", PATH))
    return back if back.partition("?")[0] == PATH else PATH


def _asked(form: Mapping[str, str]) -> Mapping[str, str]:
    return dict(parse_qsl(_back(form).partition("?")[2]))
