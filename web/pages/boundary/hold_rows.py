"""One question of the queue as a reviewer reads it: whose words, for whom, since when, and the exact copies."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from markupsafe import Markup, escape

from server.boundary.sentences import FOUND
from server.domain.actors import Member
from server.domain.holds import Hold, wanted, why_not
from server.domain.ideas import Contribution
from server.domain.jams import Forum
from server.domain.trust import Trust
from server.services import ideas_read, people
from server.services.house import House, Rulebook
from server.services.profiles import trust_behind
from server.services.text import excerpt, plain
from web.cards import url_of
from web.language import _, counted, say
from web.pages.boundary.views import Copy, HoldRow
from web.people import Names, author_of, guest_of, person_of
from web.reach import listed, name_of, rule_sentences
from web.views import Person

_MASK = re.compile(r"\[[\w -]{1,60} removed\]|\[removed\]")
_HOUR, _DAY = 3600, 86400


@dataclass(frozen=True, slots=True)
class Desk:
    """Whoever reviews, with what their queue is drawn from. `names` maps hosts to organisations."""

    house: House
    member: Member
    names: Names
    book: Rulebook
    forums: Mapping[str, Forum]

    async def draw(self, hold: Hold, note: str = "", *, chosen: bool = False) -> HoldRow:
        """Draw one hold; `note` and `chosen` are what was typed and ticked in a form that was refused."""
        made = await ideas_read.by_id(self.house, hold.contribution_id) if hold.contribution_id else None
        out = hold.direction == "out"
        problem = why_not(self.member, hold, made.author_id if made else "")
        audiences = [name_of(audience, self.names) for audience in hold.copies] or [hold.peer]
        now = self.house.now()
        return HoldRow(
            id=hold.id,
            direction=hold.direction,
            title=title_of(made, hold),
            excerpt="" if hold.previews else hold.preview,
            author=await self._author(made, hold),
            forum=self.forums[hold.forum_id].title if hold.forum_id in self.forums else "",
            audience=listed(audiences) if out else self.house.name,
            reason=hold.reason,
            rules=rule_sentences(hold.rules, self.book),
            at=hold.asked_at,
            age=age_words((now - hold.asked_at).total_seconds(), hold.within_hours),
            overdue=hold.is_overdue(now),
            copies=tuple(_copies(hold, self.names)),
            action=f"/boundary/holds/{hold.id}",
            offer=hold.offer,
            may_decide=not problem,
            why_not=problem,
            approved=_approved(hold),
            outdated=_outdated(hold),
            object_url=url_of(made) if made and not made.deleted else "",
            note=note,
            chosen=chosen,
            trust=trust_said(await trust_behind(self.house, self.member, hold, made)),
            own_batch=next((one.batch for one in hold.approved_by if one.by.id == self.member.id), ""),
        )

    async def _author(self, made: Contribution | None, hold: Hold) -> Person:
        if made is not None:
            return author_of(made, self.names)
        member = await people.member_by_handle(self.house, hold.author)
        if member is not None:
            return person_of(member, self.names)
        return guest_of(hold.author, self.names)


def trust_said(trust: Trust | None) -> str:
    """How far an author from outside is known, with the figures that it comes from; "" for our own people."""
    if trust is None:
        return ""
    level = {"new": _("New here"), "known": _("Known here"), "trusted": _("Trusted here"), "watched": _("Watched")}
    history = trust.history
    facts = _("%(standing)s stand, %(refused)s refused, %(removed)s removed") % {
        "standing": history.standing, "refused": history.refused, "removed": history.removed,
    }  # fmt: skip
    return f"{level[trust.level]} · {facts}"


def title_of(made: Contribution | None, hold: Hold) -> str:
    if made is None:
        return excerpt(hold.preview, 90) or say("Something from another server")
    return made.title or say("Reply: %(words)s", words=excerpt(plain(made.html), 90))


def age_words(seconds: float, within_hours: int | None) -> str:
    """How long something waits, against the target if there is one: "3 h of 4 h", "waits 2 days"."""
    if within_hours is None:
        return say("waits %(span)s", span=_span(seconds))
    return say("%(span)s of %(hours)s h", span=_span(seconds), hours=within_hours)


def _span(seconds: float) -> str:
    if seconds < _HOUR:
        return say("%(n)s min", n=int(seconds // 60))
    if seconds < 3 * _DAY:
        return say("%(n)s h", n=int(seconds // _HOUR))
    return counted("%(n)s day", "%(n)s days", int(seconds // _DAY))


def _approved(hold: Hold) -> str:
    """Who has approved so far and who is still to; nothing where any one reviewer is enough."""
    if hold.approvals < 2 and not hold.approved_by:
        return ""
    given = listed([one.by.name for one in hold.approved_by])
    said = (
        say("%(n)s of %(all)s", n=len(hold.approved_by), all=hold.approvals)
        if len(hold.asked_of) == 1
        else str(len(hold.approved_by))
    )
    if given:
        return say("%(said)s, by %(given)s. It needs %(wanted)s.", said=said, given=given, wanted=wanted(hold.unmet))
    return say("%(said)s. It needs %(wanted)s.", said=said, wanted=wanted(hold.unmet))


def _outdated(hold: Hold) -> str:
    """Who has approved something else, or may not approve any more: it does not count."""
    return listed([one.by.name for one in hold.outdated]) if hold.outdated else ""


def _copies(hold: Hold, names: Mapping[str, str]) -> list[Copy]:
    return [
        Copy(
            audience=listed([name_of(to, names) for to, sha in hold.copies.items() if sha == one.sha]),
            title=one.title,
            text=_marked(one.text),
            author=one.author,
            digest=one.sha,
            masked=tuple((FOUND.get(kind, kind.partition(":")[2]), words) for kind, words in one.masked),
        )
        for one in hold.previews
    ]


def _marked(text: str) -> Markup:
    """The text with what stands in the place of masked words marked as such."""
    # Escaped first; a mask has no character that escaping changes.
    return Markup(_MASK.sub(lambda found: f"<mark>{found[0]}</mark>", str(escape(text))))  # noqa: S704
