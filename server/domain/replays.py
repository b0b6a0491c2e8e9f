"""A contribution as a jam on file has it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Line:
    """One contribution on file. `number` counts lines from 1; `parent` is "" for an idea; `at` is UTC."""

    number: int
    id: str
    parent: str
    forum: str
    author: str
    unit: str
    at: datetime
    title: str
    text: str
