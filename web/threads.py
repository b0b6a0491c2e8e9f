"""One idea or reply as its reader sees it, and the passport of an idea."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from federation.outside.ledger import Holding
from server.domain.actors import Member
from server.domain.crossings import Verdict
from server.domain.holds import Hold, wanted
from server.domain.ideas import Contribution
from server.services.house import House
from server.services.ideas_read import Thread
from server.services.labels import may_declassify
from web.cards import url_of
from web.composing import INTENT_WORDS
from web.language import say, together
from web.naming import link_names
from web.people import Names, author_of, page_of
from web.reach import among, listed, name_of, why, words_of
from web.views import AUDIENCE_ICONS, Mark, Passport, PassportLine, Person, ReplyView, ReviewNote, Tone, UndoNote

LONG_AGO = datetime.min.replace(tzinfo=UTC)
MARK_WORDS = {
    "support": (say("Support"), "thumbs-up"),
    "emerging": (say("Emerging"), "sprout"),
    "best": (say("Best"), "award"),
}


@dataclass(frozen=True, slots=True)
class Tree:
    """How a reader sees a thread: who reads, whether it can be written to and answered, the names of organisations.

    `holds` maps contributions to what reviewers are asked about them, as far as it concerns the reader.
    """

    thread: Thread
    reader: Member
    names: Names
    writable: bool
    holds: Mapping[str, Sequence[Hold]] = field(default_factory=dict)
    now: datetime = LONG_AGO
    named: Mapping[str, Sequence[Member]] = field(default_factory=dict)

    @property
    def answerable(self) -> bool:
        return self.writable and self.thread.lock is None

    def view(self, made: Contribution, depth: int = 0, **more: Any) -> ReplyView:
        """Draw something as the reader sees it; `more` are fields that depend on where it is shown."""
        mine = self.writable and self.reader.wrote(made.author_id)
        may_delete = self.reader.wrote(made.author_id) or self.reader.may("moderate")
        page = f"/ideas/{made.id}"
        named = self.named.get(made.id, ())
        return ReplyView(
            id=made.id,
            url=url_of(made),
            html=link_names(made.html, named, {one.id: page_of(one) for one in named}),
            author=self._author(made),
            at=made.created_at,
            edited_at=made.edited_at,
            intent=INTENT_WORDS.get(made.intent, "") if made.intent else "",
            label=made.label if made.label != self.thread.forum.label else "",
            marks=self.marks(made),
            deleted=made.deleted,
            veiled=made.hidden and not made.text,
            undo=self._undo(made),
            hidden=made.hidden,
            flag_url=f"{page}/flag" if not self.reader.wrote(made.author_id) else "",
            name_url=f"{page}/name" if made.is_voice and self.reader.may("names") else "",
            tools_url=f"{page}/tools" if self.reader.may("moderate") else "",
            reply_url=f"/ideas/{self.thread.idea.id}/reply?to={made.id}" if self.answerable and not made.hidden else "",
            edit_url=f"{page}/edit" if mine else "",
            label_url=f"{page}/label" if made.is_local and may_declassify(self.reader) else "",
            delete_url=f"{page}/delete" if may_delete else "",
            history_url=f"{page}/history" if made.version > 1 else "",
            depth=depth,
            language=made.language,
            reviews=tuple(
                draw_review(hold, self.names, self.now, f"{page}/edit" if mine else "")
                for hold in (() if made.deleted else self.holds.get(made.id, ()))
                if hold.state in ("waiting", "deciding", "refused")
            ),
            **more,
        )

    def _author(self, made: Contribution) -> Person:
        author = author_of(made, self.names)
        return replace(author, you=True) if made.is_voice and self.reader.wrote(made.author_id) else author

    def _undo(self, made: Contribution) -> UndoNote | None:
        """For the author, while nothing of it has crossed."""
        if made.crosses_at is None or not self.reader.wrote(made.author_id) or made.deleted:
            return None
        left = max(1, math.ceil((made.crosses_at - self.now).total_seconds()))
        return UndoNote(action=f"/ideas/{made.id}/undo", seconds=left, at=made.crosses_at)

    def marks(self, made: Contribution) -> tuple[Mark, ...]:
        mine = self.thread.mine.get(made.id, set())
        states = {"support": "support" in mine, "emerging": made.emerging, "best": made.best}
        kinds = ("support", "emerging", "best") if made.kind == "idea" else ("support",)
        theirs = self.thread.theirs if made.kind == "idea" else frozenset()
        return tuple(
            Mark(
                kind=kind,
                words=MARK_WORDS[kind][0],
                icon=MARK_WORDS[kind][1],
                count=made.support if kind == "support" else 0,
                made=states[kind],
                action=f"/ideas/{made.id}/marks/{kind}" if self._may_mark(kind) and self._is_open(made, kind) else "",
                host=self.thread.forum.host if kind in theirs else "",
            )
            for kind in kinds
        )

    def _is_open(self, made: Contribution, kind: str) -> bool:
        """Whether somebody here may set a mark or take it back: not what the forum's own server set."""
        return not made.hidden and (made.kind != "idea" or kind not in self.thread.theirs)

    def _may_mark(self, kind: str) -> bool:
        return self.writable if kind == "support" else self.reader.may("mark")


def draw_review(hold: Hold, names: Mapping[str, str], now: datetime, edit_url: str) -> ReviewNote:
    """What the author is told: for whom it waits and against which target, or why it was refused."""
    whom = among([name_of(audience, names) for audience in sorted(hold.audiences)]) or say("anybody")
    if hold.state == "refused":
        sentence = say("A reviewer kept this from %(whom)s: “%(note)s”", whom=whom, note=hold.note)
        return ReviewNote(
            sentence=sentence, tone="denied", icon="ban", at=hold.decided_at or hold.asked_at, edit_url=edit_url
        )
    by = listed(hold.reviewers) or say("a reviewer")
    said = [say("This waits for %(by)s before it reaches %(whom)s.", by=by, whom=whom)]
    if hold.approvals > 1 or len(hold.demands) > 1:
        said.append(say("It needs %(wanted)s.", wanted=wanted(hold.unmet)))
    if hold.within_hours is not None:
        said.append(say("The target for a decision is %(hours)s h.", hours=hold.within_hours))
        said += [say("That has passed.")] if hold.is_overdue(now) else []
    return ReviewNote(sentence=together(*said), tone="held", icon="hourglass", at=hold.asked_at, edit_url=edit_url)


def draw_passport(
    house: House,
    verdicts: Sequence[Verdict],
    holdings: Sequence[Holding],
    names: Mapping[str, str],
    recall_url: str,
    *,
    explained: bool = False,
) -> Passport:
    """Who received an idea: what the rules decided for each audience, and how far its copies have come.

    `explained` links each line to the page that explains it, for those who may read that.
    """
    lines = tuple(_line(verdict, holdings, names, explained) for verdict in verdicts if verdict.verdict != "inside")
    gone = {audience for audience in {one.audience for one in holdings} if _taken_back(audience, holdings)}
    left = [verdict for verdict in verdicts if verdict.crosses and verdict.audience not in gone]
    crossing = [name_of(verdict.audience, names) for verdict in left]
    held = [name_of(verdict.audience, names) for verdict in verdicts if verdict.verdict == "held"]
    tone: Tone
    if "everyone" in crossing:
        tone, sentence = "public", say("Everyone can read this, on the open web and on servers that follow.")
    elif crossing:
        tone, sentence = "partners", say("%(whom)s. Nobody else.", whom=among([house.name, *crossing]))
    elif held:
        tone, sentence = "held", say("Only %(here)s so far. It waits for a reviewer.", here=house.name)
    elif gone:
        tone, sentence = "inside", say("Taken back. Nobody outside %(here)s is served it any more.", here=house.name)
    else:
        tone, sentence = "inside", say("Nobody outside %(here)s.", here=house.name)
    icon = "hourglass" if tone == "held" else AUDIENCE_ICONS[tone]
    return Passport(sentence=sentence, tone=tone, icon=icon, lines=lines, recall_url=recall_url if crossing else "")


def _taken_back(audience: str, holdings: Sequence[Holding]) -> bool:
    """Whether every copy for an audience was withdrawn."""
    own = [one for one in holdings if one.audience == audience and one.peer == audience]
    return all(one.revoked_at is not None for one in own)


def _line(
    verdict: Verdict, holdings: Sequence[Holding], names: Mapping[str, str], explained: bool
) -> PassportLine:
    # What somebody has got says more than that everybody may have it.
    own = sorted(
        (one for one in holdings if one.audience == verdict.audience), key=lambda one: one.how == "granted"
    )
    states = [state_words(one) for one in own]
    words = states[0] if states and verdict.crosses else words_of(verdict)
    if verdict.verdict == "redacted" and states:
        words = say("%(state)s, redacted", state=words)
    at = datetime.fromtimestamp(min(one.released_at for one in own), UTC) if own else None
    return PassportLine(
        receiver=name_of(verdict.audience, names),
        verdict=verdict.verdict,
        words=words,
        reason=why(verdict, verdict.reason, name_of(verdict.audience, names)),
        at=at,
        rules=tuple(rule for rule in verdict.rules if rule not in verdict.reason),
        why_url=f"/boundary/crossings/{verdict.id}" if explained and verdict.id else "",
    )


def state_words(holding: Holding) -> str:
    """How far one copy has come, and how far its recall."""
    if holding.recall:
        return {
            "queued": say("taken back, deletion asked for"),
            "accepted": say("taken back, deletion accepted"),
            "acknowledged": say("taken back, deletion acknowledged"),
            "purged": say("taken back, purged there"),
            "unreachable": say("taken back, holder does not answer"),
            "refused": say("taken back, holder refused"),
            "silent": say("taken back, holder is silent"),
        }[holding.recall]
    if holding.revoked_at is not None:
        return say("no longer served")
    return {
        "delivered": say("received"),
        "queued": say("on its way"),
        "fetched": say("fetched"),
        "announced": say("passed on"),
        "granted": say("may be read"),
    }.get(holding.how, holding.how)
