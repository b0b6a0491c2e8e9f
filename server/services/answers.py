"""Answering the themes of a jam after it has closed, and publishing the answers as its report."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from server.database import Transaction
from server.domain.actors import Member
from server.domain.answers import LONGEST_LABEL, MOST_SOURCES, Report, ThemeAnswer
from server.domain.errors import Conflict, Invalid, Missing, NotAllowed
from server.domain.ideas import Contribution
from server.domain.jams import Jam
from server.domain.uris import new_id
from server.services import themes_read
from server.services.forums import list_forums
from server.services.house import House
from server.services.jams import obtain_jam
from server.services.text import clean_line, clean_text
from server.services.themes_read import Theme
from server.storage import answers, contributions, events, people, themes


@dataclass(frozen=True, slots=True)
class Line:
    """A theme with its answer, as those who write the report see it. One of them may be missing."""

    theme: Theme | None
    answer: ThemeAnswer | None

    @property
    def key(self) -> str:
        """What names it in an address: the theme's id, or the answer's where no theme stands for it."""
        return self.theme.id if self.theme else self.answer.theme_id or self.answer.id if self.answer else ""

    @property
    def label(self) -> str:
        return self.answer.label if self.answer and self.answer.label else self.theme.label if self.theme else ""

    @property
    def size(self) -> int:
        return self.theme.size if self.theme else self.answer.size if self.answer else 0

    @property
    def is_answered(self) -> bool:
        return self.answer is not None and self.answer.is_answered


@dataclass(frozen=True, slots=True)
class Published:
    """A report as everybody inside reads it: answers, and by id what speaks for their themes and still stands."""

    report: Report
    answers: tuple[ThemeAnswer, ...]
    sources: dict[str, Contribution]


async def read_report(house: House, reader: Member, jam: Jam) -> Published | None:
    """Return the published report of a jam, None where there is none yet."""
    await obtain_jam(house, reader, jam.id)
    report = await answers.report(house.store, jam.id)
    if report is None or report.published_at is None:
        return None
    found = [one for one in await answers.of_jam(house.store, jam.id) if one.is_answered]
    standing = await voices(house, reader, jam, [id_ for one in found for id_ in one.sources])
    return Published(report, tuple(found), {made.id: made for made in standing})


async def voices(house: House, reader: Member, jam: Jam, ids: Sequence[str]) -> list[Contribution]:
    """Return those of some ideas and replies of a jam that still stand, in the order given."""
    readable = {forum.id for forum in await list_forums(house, reader, jam)}
    known = {one.id: one for one in await contributions.by_ids(house.store, set(ids)) if one.forum_id in readable}
    return [known[id_] for id_ in ids if id_ in known]


async def may_write(house: House, member: Member, jam: Jam) -> bool:
    """Say whether somebody writes at the report: organisers, and those who were asked for an answer."""
    if member.may("jams"):
        return not jam.host
    return any(one.owner_id == member.id for one in await answers.of_jam(house.store, jam.id))


async def drafting(house: House, by: Member, jam: Jam) -> tuple[Report, list[Line]]:
    """Return the report as it is being written: organisers see every theme, others what they were asked."""
    await _require_writer(house, by, jam)
    found = await answers.of_jam(house.store, jam.id)
    by_theme = {one.theme_id: one for one in found if one.theme_id}
    known = themes_read.read(await themes.report(house.store, jam.id))
    lines = [Line(theme, by_theme.get(theme.id)) for theme in known]
    ids = {theme.id for theme in known}
    lines += [Line(None, one) for one in found if one.theme_id not in ids]
    if not by.may("jams"):
        lines = [line for line in lines if line.answer is not None and line.answer.owner_id == by.id]
    return await answers.report(house.store, jam.id) or Report(jam_id=jam.id), lines


async def write_answer(
    house: House, by: Member, jam: Jam, key: str, doing: str, declined: str, why: str, label: str = ""
) -> ThemeAnswer:
    """Answer a theme, or, with an empty `key`, a question that no theme stands for, which `label` names.

    Organisers answer each, others what they were asked. Raises Invalid, Missing, and Conflict once it is published.
    """
    line = await _line(house, by, jam, key)
    doing, declined = clean_text(doing, "doing", required=False), clean_text(declined, "declined", required=False)
    why = clean_text(why, "why", required=False)
    if not doing and not declined:
        raise Invalid("doing", "Say what is done, or what is not.")
    if not why:
        raise Invalid("why", "Say why: people gave their reasons too.")
    begun = _begun(house, jam, line, label)
    made = replace(begun, doing=doing, declined=declined, why=why, written_by=by.id, written_at=house.now())
    await _put(house, by, made, "answer theme")
    return replace(made, writer_name=by.name, writer_unit=by.unit)


async def ask_for(house: House, by: Member, jam: Jam, key: str, username: str) -> ThemeAnswer:
    """Ask one of our people for the answer to a theme; they are told, and may write this one."""
    by.require("jams")
    line = await _line(house, by, jam, key)
    member = await people.by_username(house.store, username.strip().lstrip("@"))
    if member is None or not member.active:
        raise Invalid("username", "There is no active person of that name here.")
    made = replace(_begun(house, jam, line, line.label), owner_id=member.id, owner_name=member.name)
    now = house.now().timestamp()
    async with house.store.transaction() as change:
        await answers.put(change, made)
        facts = {"jam": jam.id, "member": member.id, "by": by.id}
        await events.append(change, "ThemeAnswerAsked", jam.id, facts, now)
        await events.audit(change, by.id, "ask for an answer", jam.id, now)
    return made


async def drop_answer(house: House, by: Member, jam: Jam, key: str) -> None:
    """Take an answer, or what was asked for, away before it is published."""
    by.require("jams")
    line = await _line(house, by, jam, key)
    if line.answer is None:
        raise Missing("answer", f"no answer to {key} of {jam.id}")
    async with house.store.transaction() as change:
        await answers.drop(change, line.answer.id)
        await _record(house, change, by, jam, "drop answer")


async def write_foreword(house: House, by: Member, jam: Jam, foreword: str) -> None:
    """Write what stands before the answers."""
    by.require("jams")
    await _require_unpublished(house, by, jam)
    words = clean_text(foreword, "foreword", required=False)
    async with house.store.transaction() as change:
        await answers.put_foreword(change, jam.id, words)
        await _record(house, change, by, jam, "write foreword")


async def publish(house: House, by: Member, jam: Jam) -> None:
    """Publish the report of a jam that has closed, once every theme has its answer.

    From then on it is only corrected, in the open.
    """
    by.require("jams")
    await _require_unpublished(house, by, jam)
    if jam.state_at(house.now()) not in ("frozen", "archived"):
        raise Conflict("A report is published once the jam has closed.")
    _, lines = await drafting(house, by, jam)
    if open_ := [line.label for line in lines if not line.is_answered]:
        raise Conflict("Every theme gets an answer. Still without one: %(open)s.", open='; '.join(open_))
    if not lines:
        raise Conflict("There is nothing to publish yet: write an answer first.")
    now = house.now().timestamp()
    async with house.store.transaction() as change:
        for line in lines:
            if line.answer is not None and line.theme is not None:
                await answers.put(change, _as_now(line.answer, line.theme))
        if not await answers.publish(change, jam.id, by.id, now):
            raise Conflict("The report has just been published.")
        await events.append(change, "ReportPublished", jam.id, {"jam": jam.id, "by": by.id}, now)
        await events.audit(change, by.id, "publish report", jam.id, now)


async def _require_writer(house: House, by: Member, jam: Jam) -> None:
    await obtain_jam(house, by, jam.id)
    if jam.host:
        raise Conflict("The server that holds this jam answers its themes.")
    if not await may_write(house, by, jam):
        raise NotAllowed("Organisers write the report, and those whom they ask for an answer.")


async def _require_unpublished(house: House, by: Member, jam: Jam) -> None:
    await _require_writer(house, by, jam)
    report = await answers.report(house.store, jam.id)
    if report is not None and report.published_at is not None:
        raise Conflict("The report is published; people rely on its words. Correct it instead, with a reason.")


async def _line(house: House, by: Member, jam: Jam, key: str) -> Line:
    """Return the line that somebody may write at, an empty one for a question of an organiser's own."""
    await _require_unpublished(house, by, jam)
    if not key:
        by.require("jams")
        return Line(None, None)
    _, lines = await drafting(house, by, jam)
    found = next((line for line in lines if line.key == key), None)
    if found is None:
        raise Missing("theme", f"no theme {key} in {jam.id} for {by.id}")
    return found


def _begun(house: House, jam: Jam, line: Line, label: str) -> ThemeAnswer:
    """Return the answer of a line as it is now, or an empty one."""
    if line.answer is not None:
        name = label or line.answer.label
        made = replace(line.answer, label=clean_line(name, "label", LONGEST_LABEL))
    else:
        name = clean_line(label or line.label, "label", LONGEST_LABEL)
        made = ThemeAnswer(
            id=new_id(), jam_id=jam.id, theme_id=line.theme.id if line.theme else "", label=name, size=0, sources=(),
            owner_id="", owner_name="", doing="", declined="", why="", written_by="", writer_name="", writer_unit="",
            made_at=house.now(), written_at=None,
        )  # fmt: skip
    return _as_now(made, line.theme) if line.theme else made


def _as_now(answer: ThemeAnswer, theme: Theme) -> ThemeAnswer:
    """Return an answer with its theme's size and voices as they are now."""
    return replace(answer, size=theme.size, sources=theme.representative[:MOST_SOURCES])


async def _put(house: House, by: Member, made: ThemeAnswer, act: str) -> None:
    now = house.now().timestamp()
    async with house.store.transaction() as change:
        await answers.put(change, made)
        await events.append(change, "ThemeAnswered", made.jam_id, {"jam": made.jam_id, "by": by.id}, now)
        await events.audit(change, by.id, act, made.jam_id, now)


async def _record(house: House, change: Transaction, by: Member, jam: Jam, act: str) -> None:
    await events.audit(change, by.id, act, jam.id, house.now().timestamp())


async def answers_of(house: House, jam_id: str) -> Sequence[ThemeAnswer]:
    """Return the answers of a published report: for an export that was permitted."""
    report = await answers.report(house.store, jam_id)
    published = report is not None and report.published_at is not None
    return [one for one in await answers.of_jam(house.store, jam_id) if one.is_answered] if published else []


async def report_of(house: House, jam_id: str) -> Report | None:
    """Return the published report: for an export that was permitted, and for notices."""
    report = await answers.report(house.store, jam_id)
    return report if report is not None and report.published_at is not None else None
