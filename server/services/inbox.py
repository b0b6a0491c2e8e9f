"""A person's inbox: what they were told, with the words that they may read now, and what of it they have read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from server.domain.actors import Member
from server.domain.errors import Invalid, Missing
from server.domain.ideas import Contribution
from server.domain.notices import KINDS, Notice, NoticeKind
from server.services.forums import list_forums
from server.services.house import House
from server.services.ideas_read import as_seen_by
from server.services.themes_read import names_in
from server.storage import contributions, mark_reasons, notices, outcomes, people, themes

MOST_AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class Told:
    """A notice with what it is about, as the reader may see it now: None for what is gone or hidden from them.

    `about` is the idea or reply; `root` the idea at the root of its thread; `by` who did it; `reason` why a
    facilitator set a mark, or something was decided; `stream` the work stream that it was decided for; `theme` how
    what emerges is called.
    """

    notice: Notice
    by: Member | None = None
    about: Contribution | None = None
    root: Contribution | None = None
    reason: str = ""
    stream: str = ""
    theme: str = ""


async def list_inbox(
    house: House,
    reader: Member,
    kinds: Sequence[NoticeKind] = (),
    *,
    unread: bool = False,
    before: int = 0,
    limit: int = 50,
) -> list[Told]:
    """Return somebody's own notices, newest first, with a number below `before` (0: from the newest)."""
    if not (reader.active and reader.is_local):
        return []
    found = await notices.of_member(house.store, reader.id, kinds, unread=unread, before=before, limit=limit)
    return await with_words(house, reader, found)


async def with_words(house: House, reader: Member, found: Sequence[Notice]) -> list[Told]:
    """Put beside notices what they are about, asking permission anew."""
    readable = {forum.id for forum in await list_forums(house, reader)}
    about = {one.id: one for one in await _standing(house, reader, found) if one.forum_id in readable}
    roots = {one.id: one for one in await contributions.by_ids(house.store, {one.thread_id for one in about.values()})}
    whose = await people.by_ids(house.store, {one.by_id for one in found if one.by_id})
    reasons = await mark_reasons.standing(house.store, list(about)) if about else {}
    decided = await outcomes.standing(house.store, about) if any(_speaks_of_outcome(one) for one in found) else {}

    emerging = await _emerging(house, found)

    def told(one: Notice) -> Told:
        made = about.get(one.subject_id)
        outcome = decided.get(one.subject_id) if _speaks_of_outcome(one) else None
        marked = reasons.get((one.subject_id, one.detail), "") if one.kind == "mark" else ""
        return Told(
            one,
            whose.get(one.by_id),
            made,
            roots.get(made.thread_id) if made else None,
            outcome.reason if outcome else marked,
            outcome.stream_title if outcome else "",
            emerging.get((one.subject_id, one.emerging), ""),
        )

    return [told(one) for one in found]


async def _emerging(house: House, found: Sequence[Notice]) -> dict[tuple[str, str], str]:
    """Return how what emerges in some jams is called, by jam and theme."""
    jams = {one.subject_id for one in found if one.emerging}
    reports = {jam_id: await themes.report(house.store, jam_id) for jam_id in sorted(jams)}
    return {
        (jam_id, theme): label for jam_id, report in reports.items() for theme, label in names_in(report).items()
    }


def _speaks_of_outcome(notice: Notice) -> bool:
    return notice.kind == "outcome" or notice.detail == "outcome"


async def _standing(house: House, reader: Member, found: Sequence[Notice]) -> list[Contribution]:
    """Return what notices are about, with what a facilitator keeps from others for those who may see it."""
    ids = {one.subject_id for one in found}
    made = await contributions.by_ids(house.store, ids)
    hidden = [await contributions.by_id(house.store, id_) for id_ in sorted(ids - {one.id for one in made})]
    seen = [as_seen_by(reader, one) for one in hidden if one and not one.deleted]
    return made + [one for one in seen if one.text]


async def count_unread(house: House, reader: Member) -> dict[str, int]:
    """Count somebody's unread notices by kind; a kind without any is absent."""
    if not (reader.active and reader.is_local):
        return {}
    return await notices.count_unread(house.store, reader.id)


async def set_read(house: House, reader: Member, numbers: Sequence[int], *, read: bool = True) -> None:
    """Mark some of one's own notices as read, or as unread again. Raises Missing, Invalid."""
    if len(numbers) > MOST_AT_ONCE:
        raise Invalid("ids", "At most %(most)s notices can be marked at once.", most=MOST_AT_ONCE)
    at = house.now().timestamp() if read else None
    async with house.store.transaction() as change:
        for one in numbers:
            known = await notices.by_number(change, reader.id, one) if 0 < one < 1 << 62 else None
            if known is None:
                raise Missing("notice", f"{reader.id} marks notice {one}")
            if known.unread == read:
                await notices.set_read(change, reader.id, one, at)


async def set_all_read(house: House, reader: Member, up_to: int) -> int:
    """Mark everything as read up to the newest notice that was shown; return how many."""
    if up_to < 0:
        raise Invalid("up_to", "Give the number of the newest notice that was shown.")
    async with house.store.transaction() as change:
        return await notices.set_all_read(change, reader.id, min(up_to, 1 << 62), house.now().timestamp())


def kind_of(word: str) -> NoticeKind | None:
    """Return the kind of notices that a word names, or None."""
    return next((kind for kind in KINDS if kind == word), None)
