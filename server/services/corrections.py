"""Correcting a published report, in the open: the next version has a reason, and the one before stays readable."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import pairwise

from server.domain.actors import Member
from server.domain.answers import LONGEST_CORRECTION, LONGEST_LABEL, Report, ThemeAnswer, corrected
from server.domain.differences import Piece, compare
from server.domain.errors import Conflict, Invalid, Missing
from server.domain.jams import Jam
from server.domain.sentences import later
from server.services.answers import Published, voices
from server.services.house import House
from server.services.jams import obtain_jam
from server.services.text import clean_line, clean_text
from server.storage import answers, events, report_versions

CHANGED = later("The report has just been corrected by somebody else. Look at it again, then repeat your correction.")


@dataclass(frozen=True, slots=True)
class Correction:
    """What made a version of a report: who corrected what, when and why. `changes` are by answer, "" the foreword."""

    version: int
    reason: str
    by_name: str
    at: datetime
    changes: tuple[tuple[str, tuple[Piece, ...]], ...]


async def correct_answer(
    house: House, by: Member, jam: Jam, key: str, said: tuple[str, str, str, str], reason: str, version: int = 0
) -> Report:
    """Correct one answer of a published report: `said` is its label, what is done, what is not, and why.

    `key` is the id of the answer or of its theme. `version` is the one that was read; 0 for whichever stands.
    Raises Invalid, Missing, Conflict.
    """
    report, found = await _published(house, by, jam, version)
    old = next((one for one in found if key and key in (one.id, one.theme_id)), None)
    if old is None:
        raise Missing("answer", f"no answer {key} in the report of {jam.id}")
    label, doing, declined, why = said
    new = replace(
        old,
        label=clean_line(label or old.label, "label", LONGEST_LABEL),
        doing=clean_text(doing, "doing", required=False),
        declined=clean_text(declined, "declined", required=False),
        why=clean_text(why, "why", required=False),
        written_by=by.id,
        written_at=house.now(),
    )
    if not new.is_answered:
        raise Invalid("why" if new.doing or new.declined else "doing", "Every theme keeps an answer, and its reason.")
    if not corrected([old], [new]):
        raise Invalid("doing", "Nothing is changed by that.")
    return await _correct(house, by, jam, report, found, report.foreword, reason, new)


async def correct_foreword(
    house: House, by: Member, jam: Jam, foreword: str, reason: str, version: int = 0
) -> Report:
    """Correct what stands before the answers of a published report."""
    report, found = await _published(house, by, jam, version)
    words = clean_text(foreword, "foreword", required=False)
    if words == report.foreword:
        raise Invalid("foreword", "Nothing is changed by that.")
    return await _correct(house, by, jam, report, found, words, reason)


async def _published(house: House, by: Member, jam: Jam, version: int) -> tuple[Report, list[ThemeAnswer]]:
    by.require("jams")
    await obtain_jam(house, by, jam.id)
    report = await answers.report(house.store, jam.id)
    if report is None or report.published_at is None:
        raise Conflict("The report is not published yet: change it as it is.")
    if version and report.version != version:
        raise Conflict(CHANGED)
    return report, [one for one in await answers.of_jam(house.store, jam.id) if one.is_answered]


async def _correct(
    house: House, by: Member, jam: Jam, report: Report, found: Sequence[ThemeAnswer], foreword: str, reason: str,
    new: ThemeAnswer | None = None,
) -> Report:  # fmt: skip
    said = clean_line(reason, "reason", LONGEST_CORRECTION)
    at = house.now()
    now = at.timestamp()
    async with house.store.transaction() as change:
        if not await report_versions.keep(change, jam.id, report.version, found):
            raise Conflict(CHANGED)
        if new is not None:
            await answers.put(change, new)
        await report_versions.correct(change, jam.id, foreword, said, by.id, now)
        facts = {"jam": jam.id, "by": by.id, "version": report.version + 1}
        await events.append(change, "ReportCorrected", jam.id, facts, now)
        await events.audit(change, by.id, f"correct report to version {report.version + 1}", jam.id, now)
    return replace(
        report, foreword=foreword, reason=said, version=report.version + 1, publisher_name=by.name, published_at=at
    )


async def read_version(house: House, reader: Member, jam: Jam, version: int) -> Published:
    """Return an earlier version of a published report, as it was. Raises Missing."""
    await obtain_jam(house, reader, jam.id)
    kept = await report_versions.earlier(house.store, jam.id)
    report, found = next((one for one in kept if one[0].version == version), (None, []))
    if report is None:
        raise Missing("report", f"no earlier version {version} of the report of {jam.id}")
    standing = await voices(house, reader, jam, [id_ for one in found for id_ in one.sources])
    return Published(report, tuple(found), {made.id: made for made in standing})


async def corrections_of(house: House, reader: Member, jam: Jam) -> list[Correction]:
    """Return the corrections of a published report, the newest first, each with what it changed."""
    await obtain_jam(house, reader, jam.id)
    report = await answers.report(house.store, jam.id)
    if report is None or report.published_at is None or report.version == 1:
        return []
    found = [one for one in await answers.of_jam(house.store, jam.id) if one.is_answered]
    versions = [(report, found), *await report_versions.earlier(house.store, jam.id)]
    return [_between(new, old) for new, old in pairwise(versions)]


def _between(new: tuple[Report, list[ThemeAnswer]], old: tuple[Report, list[ThemeAnswer]]) -> Correction:
    report, before = new[0], old[0]
    changes = [(label, tuple(pieces)) for label, pieces in corrected(old[1], new[1])]
    if report.foreword != before.foreword:
        changes.insert(0, ("", tuple(compare(before.foreword, report.foreword))))
    assert report.published_at is not None
    return Correction(report.version, report.reason, report.publisher_name, report.published_at, tuple(changes))
