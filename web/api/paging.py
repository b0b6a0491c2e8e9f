"""Cutting lists into pages. A cursor is opaque to clients; here it is the place after the last row."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

from server.domain.errors import Invalid
from web.api.shapes import Page, Paging

S = TypeVar("S")
T = TypeVar("T")

FARTHEST = 10_000


def page_of(rows: Sequence[T], paging: Paging, show: Callable[[T], S], cursor: Callable[[T], str]) -> Page[S]:
    """Make a page of rows that were fetched one beyond the limit, to know whether there are more."""
    kept = rows[: paging.limit]
    return Page(data=[show(row) for row in kept], next=cursor(kept[-1]) if len(rows) > len(kept) else None)


def slice_of(rows: Iterable[T], paging: Paging, show: Callable[[T], S]) -> Page[S]:
    """Make a page of a whole list; the cursor counts the rows before it."""
    start = read_count(paging.after)
    rest = list(rows)[start : start + paging.limit + 1]
    kept = rest[: paging.limit]
    return Page(data=[show(row) for row in kept], next=str(start + len(kept)) if len(rest) > len(kept) else None)


def read_count(after: str) -> int:
    """Read a cursor that counts; raise Invalid."""
    if after and not (after.isascii() and after.isdigit() and len(after) < 9 and int(after) <= FARTHEST):
        raise _wrong()
    return int(after or 0)


def read_number(after: str) -> int:
    """Read a cursor that is the number of a row; 0 at the beginning; raise Invalid."""
    if after and not (after.isascii() and after.isdigit() and len(after) < 18):
        raise _wrong()
    return int(after or 0)


def read_time(after: str) -> float | None:
    """Read a cursor that is a time in unix seconds; None at the beginning; raise Invalid."""
    if not after:
        return None
    try:
        time = float(after)
    except ValueError as error:
        raise _wrong() from error
    if not math.isfinite(time):
        raise _wrong()
    return time


def read_place(after: str, parts: int) -> list[str]:
    """Read a cursor of a time in unix seconds, a number and what else names a row; raise Invalid."""
    found = after.split("_", parts - 1)
    number = found[1] if len(found) == parts else ""
    if not (number.isascii() and number.isdigit() and len(number) < 19) or read_time(found[0]) is None:
        raise _wrong()
    return found


def read_time_and_id(after: str) -> tuple[float, str]:
    """Read a cursor that is a time in unix seconds and an id, as "1790000000.5/id"; raise Invalid."""
    time, _, id_ = after.partition("/")
    return read_time(time) or 0.0, id_


def _wrong() -> Invalid:
    return Invalid("after", "Give what `next` said in the page before.")
