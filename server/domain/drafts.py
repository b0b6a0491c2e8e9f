"""Words that somebody has not sent yet, and the place where they were writing them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

PlaceKind = Literal["idea", "reply", "edit"]
_PLACE = re.compile(r"(idea|reply|edit):([0-9a-f]{32})(?::([0-9a-f]{32}))?")
#: The choices of a form that are kept with the words.
CHOICES = ("label", "categories", "onward", "intent")


@dataclass(frozen=True, slots=True)
class Place:
    """Where somebody writes: an idea in the forum `where` (building on `to`), a reply in the thread `where` (to the
    reply `to`), or a change of the contribution `where`. `to` may be "".
    """

    kind: PlaceKind
    where: str
    to: str = ""

    def __str__(self) -> str:
        return ":".join(filter(None, (self.kind, self.where, self.to)))

    @classmethod
    def parse(cls, text: str) -> Place | None:
        """Read a place as written by str(); None where it is none."""
        found = _PLACE.fullmatch(text)
        if found is None or (found[1] == "edit" and found[3]):
            return None
        return cls(found[1], found[2], found[3] or "")  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True)
class KeptDraft:
    """One draft. `choices` maps the names of the form's other fields to what was chosen."""

    place: Place
    title: str
    text: str
    choices: Mapping[str, str]
    kept_at: datetime

    @property
    def typed(self) -> dict[str, str]:
        """The fields of the form, as they were typed."""
        return {**self.choices, "title": self.title, "text": self.text}
