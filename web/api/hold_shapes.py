"""Bodies and answers about what waits for reviewers."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from msgspec import Meta

from server.domain.crossings import EVERYONE
from server.domain.holds import Decision, Hold, HoldState, wanted
from server.domain.trust import Trust
from server.services.holds import MOST_AT_ONCE, MOST_UNDO_SECONDS, Said
from server.services.house import House
from web.api.shapes import Answer, Body, Paging, Thing

Offer = Annotated[str, Meta(max_length=64, description="`offer` of the hold as it was shown; another one is refused")]
UndoSeconds = Annotated[float, Meta(ge=0, le=MOST_UNDO_SECONDS, description="for how long it can be undone")]
Reason = Annotated[str, Meta(max_length=5000, description="the author reads it")]
UNSAID = "No reason was given."


class HoldsQuery(Paging, frozen=True, kw_only=True):
    state: HoldState = "waiting"
    direction: Annotated[Literal["", "out", "in"], Meta(description="what wants out, or in")] = ""
    audience: Annotated[str, Meta(max_length=300, description="a host, or public")] = ""
    forum: Annotated[str, Meta(max_length=300, description="id of a forum")] = ""
    mine: Annotated[bool, Meta(description="only what the caller may decide")] = False


class Release(Body, frozen=True, kw_only=True):
    offer: Offer = ""
    undo_seconds: UndoSeconds = 0


class Refusal(Body, frozen=True, kw_only=True):
    """The author reads the reason."""

    reason: Reason = UNSAID
    offer: Offer = ""
    undo_seconds: UndoSeconds = 0


class Chosen(Body, frozen=True, kw_only=True):
    id: Annotated[str, Meta(max_length=64)]
    offer: Offer = ""


class Decisions(Body, frozen=True, kw_only=True):
    """One decision on several holds, each by its id alone or with the offer that was shown."""

    decision: Decision
    holds: Annotated[list[Chosen | str], Meta(min_length=1, max_length=MOST_AT_ONCE)]
    reason: Reason = UNSAID
    undo_seconds: UndoSeconds = 0


class BatchName(Body, frozen=True, kw_only=True):
    batch: Annotated[str, Meta(min_length=1, max_length=64)]


class GivenApproval(Answer, frozen=True, kw_only=True):
    """Who approved, and when. `counts` is false for an approval of something other than what is on offer now."""

    id: str
    name: str
    at: datetime
    counts: bool


class DemandAnswer(Answer, frozen=True, kw_only=True):
    """So many people of these groups; of any reviewers where none is named."""

    approvals: int
    reviewers: list[str]


class Masked(Answer, frozen=True, kw_only=True):
    """Words that were taken out, and the kind of finding that they are."""

    kind: str
    words: str


class CopyAnswer(Answer, frozen=True, kw_only=True):
    """What some audiences would get. `masked` is what was taken out of it."""

    audiences: list[str]
    sha256: str
    title: str
    text: str
    author: str
    masked: list[Masked]


class HoldAnswer(Thing, frozen=True, kw_only=True):
    """Something that waits for reviewers. `copies` maps audiences to the SHA-256 of the bytes on offer.

    `demands` say how many people of which groups have to approve exactly the `offer`, each of them to be met;
    `approvals` and `reviewers` are the most and all of them; `wanted` says who is still to approve. `due_at` is the
    rules' target. `mine` says whether the caller may decide, `why_not` why they may not.
    `trust` says how far an author from outside is known here, null for our own people.
    A decision that can still be undone has the state "deciding" and a `takes_effect_at`.
    """

    direction: Literal["out", "in"]
    contribution_id: str | None
    version: int
    activity_uri: str | None
    peer: str
    forum_id: str
    author: str
    trust: Literal["new", "known", "trusted", "watched"] | None
    preview: str
    copies: dict[str, str]
    previews: list[CopyAnswer]
    offer: str
    rules: list[str]
    reason: str
    state: HoldState
    asked_at: datetime
    age_seconds: float
    within_hours: int | None
    due_at: datetime | None
    overdue: bool
    approvals: int
    approved_by: list[GivenApproval]
    reviewers: list[str]
    demands: list[DemandAnswer]
    wanted: str
    mine: bool
    why_not: str
    decided_by: str | None
    decided_at: datetime | None
    takes_effect_at: datetime | None
    note: str


class Outcome(Answer, frozen=True, kw_only=True):
    """What came of one hold of several: its state, or the status and sentence of why nothing was decided."""

    id: str
    decided: bool
    state: HoldState | None
    status: int
    detail: str


class Batch(Answer, frozen=True, kw_only=True):
    """`batch` undoes all of it together, while it can be undone."""

    batch: str
    data: list[Outcome]


class Undone(Answer, frozen=True, kw_only=True):
    data: list[HoldAnswer]


class ReviewAnswer(Answer, frozen=True, kw_only=True):
    """That words wait for reviewers, or were refused: for their author, and for reviewers.

    `reason` is that of a refusal, "" while it waits; `wanted` says who is still to approve.
    """

    contribution_id: str
    state: Literal["waiting", "refused"]
    audiences: list[str]
    asked_at: datetime
    within_hours: int | None
    due_at: datetime | None
    overdue: bool
    reviewers: list[str]
    wanted: str
    reason: str


def show_review(house: House, hold: Hold) -> ReviewAnswer:
    refused = hold.state == "refused"
    return ReviewAnswer(
        contribution_id=hold.contribution_id,
        state="refused" if refused else "waiting",
        audiences=["public" if one == EVERYONE else one for one in sorted(hold.audiences)],
        asked_at=hold.asked_at,
        within_hours=hold.within_hours,
        due_at=hold.due_at,
        overdue=not refused and hold.is_overdue(house.now()),
        reviewers=list(hold.reviewers),
        wanted="" if refused else wanted(hold.unmet),
        reason=hold.note if refused else "",
    )


def show_hold(house: House, hold: Hold, uri: str | None, why_not: str, trust: Trust | None) -> HoldAnswer:
    now, counting = house.now(), {one.by.id for one in hold.approved_by}
    return HoldAnswer(
        id=hold.id,
        uri=uri or hold.activity_uri or None,
        url=f"{house.addresses.inside_url}/boundary/holds#hold-{hold.id}",
        direction=hold.direction,
        contribution_id=hold.contribution_id or None,
        version=hold.version,
        activity_uri=hold.activity_uri or None,
        peer=hold.peer,
        forum_id=hold.forum_id,
        author=hold.author,
        trust=trust.level if trust else None,
        preview=hold.preview,
        copies=hold.copies,
        previews=[
            CopyAnswer(
                audiences=["public" if to == EVERYONE else to for to, sha in hold.copies.items() if sha == one.sha],
                sha256=one.sha,
                title=one.title,
                text=one.text,
                author=one.author,
                masked=[Masked(kind=kind, words=words) for kind, words in one.masked],
            )
            for one in hold.previews
        ],
        offer=hold.offer,
        rules=list(hold.rules),
        reason=hold.reason,
        state=hold.state,
        asked_at=hold.asked_at,
        age_seconds=round((now - hold.asked_at).total_seconds(), 3),
        within_hours=hold.within_hours,
        due_at=hold.due_at,
        overdue=hold.state == "waiting" and hold.is_overdue(now),
        approvals=hold.approvals,
        approved_by=[
            GivenApproval(id=one.by.id, name=one.by.name, at=one.at, counts=one.by.id in counting)
            for one in (*hold.approved_by, *hold.outdated)
        ],
        reviewers=list(hold.reviewers),
        demands=[DemandAnswer(approvals=one.approvals, reviewers=list(one.reviewers)) for one in hold.asked_of],
        wanted=wanted(hold.unmet),
        mine=hold.state == "waiting" and not why_not,
        why_not=why_not,
        decided_by=hold.decided_by or None,
        decided_at=hold.decided_at,
        takes_effect_at=hold.takes_effect_at,
        note=hold.note,
    )


def show_said(said: Said) -> Outcome:
    return Outcome(
        id=said.hold_id,
        decided=said.hold is not None,
        state=said.hold.state if said.hold else None,
        status=int(said.refusal.status) if said.refusal else 200,
        detail=said.refusal.public if said.refusal else "",
    )
