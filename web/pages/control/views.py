"""What the control room's templates are given."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from web.views import IdeaCard, JamHead, Link


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """An idea that nobody has answered. `since` is when it was posted."""

    id: str
    card: IdeaCard
    since: datetime
    answer_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RadarPage:
    """`url` is asked now and then for what else waits; `stream_url` tells of answers."""

    jam: JamHead
    waiting: tuple[Waiting, ...]
    hours: int
    url: str
    stream_url: str
    room: str = "radar"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReasonPage:
    """A page that asks for a reason before something is done."""

    jam: JamHead
    heading: str
    sentence: str
    action: str
    button: str
    icon: str
    back: Link
    hint: str = ""
    extra: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, str] = field(default_factory=dict)
    wrong: Mapping[str, str] = field(default_factory=dict)
