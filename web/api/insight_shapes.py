"""What the API answers about why people comment, and about what stands behind a number."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, field

from server.domain.behind import Of
from server.domain.ideas import Intent
from server.domain.reasons import Learnt, Reasons
from web.api.idea_shapes import ContributionAnswer
from web.api.shapes import Answer, Body, Paging

Theme = Annotated[str, Meta(max_length=32, description="id of a theme; the whole jam where it is left out")]


class OpinionsAnswer(Answer, frozen=True, kw_only=True):
    """What people answered to statements drawn from a theme, where five or more answered one."""

    agree: int
    passed: int
    disagree: int


class ReasonsAnswer(Answer, frozen=True, kw_only=True):
    """Replies to a theme ("" for the whole jam) by intent: `said` by their authors, `guessed` by a machine.

    `supports` marks stand on `supported` ideas and replies; `opinions` is null where no statement was answered enough.
    """

    theme: str
    label: str
    replies: int
    said: dict[str, int]
    guessed: dict[str, int]
    unjudged: int
    supports: int
    supported: int
    opinions: OpinionsAnswer | None


class LearntAnswer(Answer, frozen=True, kw_only=True):
    """What guesses rest on. `least` is how sure the machine must be, null where it guesses nothing.

    On marks not seen, `right` is the share of right guesses and `told` the share of replies of which one was told.
    """

    marks: int
    least: float | None
    right: float
    told: float


class WhyAnswer(Answer, frozen=True, kw_only=True):
    """Why people comment. Mood is not judged in any language."""

    whole: ReasonsAnswer
    themes: list[ReasonsAnswer]
    learnt: LearntAnswer | None
    mood: None = None


class RepliesQuery(Paging, frozen=True, kw_only=True):
    """Which number to open: replies by what people said, the machine guessed, nobody says, all; or what was supported.

    Without an intent, those of any.
    """

    theme: Theme = ""
    by: Literal["people", "machine", "nobody", "anybody", "support"] = "people"
    intent: Intent = ""


class EvidenceAnswer(Answer, frozen=True, kw_only=True):
    """One idea or reply behind a number. `sure` is how sure a guess is (0 to 1), null where nothing is guessed."""

    contribution: ContributionAnswer
    sure: float | None


class EvidenceList(Answer, frozen=True, kw_only=True):
    """A page of what stands behind a number; `total` is the number."""

    data: list[EvidenceAnswer]
    next: str | None
    total: int


class GoalAnswer(Answer, frozen=True, kw_only=True):
    """A unit with the share of it (percent) that is hoped for, and where it works; null and "" for none."""

    unit: str
    people: int
    share: int | None
    country: str


class GoalList(Answer, frozen=True, kw_only=True):
    data: list[GoalAnswer]
    next: None = None


class NewGoals(Body, frozen=True, kw_only=True):
    """Shares by unit (1 to 100 percent, null for none) and countries by unit; what is not named stays as it is."""

    shares: dict[str, int | None] = field(default_factory=dict)
    countries: dict[str, str] = field(default_factory=dict)


class BehindQuery(Paging, frozen=True, kw_only=True):
    """Which number of the board to open.

    `name` is the unit, host ("" for no unit, and for this server), minute (unix seconds), theme or country of which it
    is; of `between` who answers, as "unit:Sales", "host:jam.example" or "small:", and `to` who is answered. `small` are
    units of fewer than five people, together: of one of these alone nothing is listed.
    """

    of: Of = "ideas"
    name: Annotated[str, Meta(max_length=200)] = ""
    to: Annotated[str, Meta(max_length=200)] = ""


class BehindList(Answer, frozen=True, kw_only=True):
    """A page of what stands behind a number, newest first: `total` ideas and replies by `people` named people."""

    data: list[ContributionAnswer]
    next: str | None
    total: int
    people: int


def show_reasons(one: Reasons) -> ReasonsAnswer:
    told = one.opinions
    return ReasonsAnswer(
        theme=one.theme,
        label=one.label,
        replies=one.replies,
        said={intent: count for intent, count in one.said.items() if count},
        guessed={intent: count for intent, count in one.guessed.items() if count},
        unjudged=one.unjudged,
        supports=one.supports,
        supported=one.supported,
        opinions=OpinionsAnswer(agree=told.agree, passed=told.passed, disagree=told.disagree) if told else None,
    )


def show_learnt(one: Learnt | None) -> LearntAnswer | None:
    if one is None:
        return None
    return LearntAnswer(marks=one.marks, least=one.least if one.guesses else None, right=one.right, told=one.told)
