"""What the pages that ask the crowd show."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from web.views import Choice, JamHead, Link, Reach


@dataclass(frozen=True, slots=True, kw_only=True)
class PollForm:
    """The form for a new poll. `reach` says who will see it."""

    jam: JamHead
    back: Link
    action: str
    typed: Mapping[str, str]
    wrong: Mapping[str, str]
    reach: Reach
    labels: tuple[Choice, ...]
    latest: datetime
