"""What people are told, and which of it may interrupt them. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, get_args

NoticeKind = Literal[
    "reply", "mention", "build_on", "mark", "outcome", "boundary", "moderation", "duty", "followed"
]  # fmt: skip
KINDS: tuple[NoticeKind, ...] = get_args(NoticeKind)
# What may be mailed at once: somebody waits for this very person.
URGENT: frozenset[NoticeKind] = frozenset({"reply", "mention", "duty"})
MOST_MENTIONS = 50


# How the detail of a notice begins that a theme emerges; its id follows.
EMERGING = "emerging "


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """One thing that one person is told.

    `number` counts what this person was told, from 1 (0: not written yet), so that it tells nothing of what others
    were. `seq` is the number of the event that it comes from; `subject_id` a contribution, hold, jam or forum; `by_id`
    who did it, or ""; `detail` a word of ours, such as the kind of a mark.
    """

    member_id: str
    kind: NoticeKind
    seq: int
    subject_id: str
    made_at: datetime
    by_id: str = ""
    detail: str = ""
    number: int = 0
    read_at: datetime | None = None

    @property
    def unread(self) -> bool:
        return self.read_at is None

    @property
    def emerging(self) -> str:
        """The id of the theme that emerges in the jam, where it tells of one; else ""."""
        return self.detail.removeprefix(EMERGING) if self.detail.startswith(EMERGING) else ""


def once_each(notices: list[Notice]) -> list[Notice]:
    """Of one event, tell each person one thing only: the first in the order given, which is that of weight."""
    told: dict[str, Notice] = {}
    for notice in notices:
        told.setdefault(notice.member_id, notice)
    return list(told.values())
