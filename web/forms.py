"""Reading forms: strings, times, and what was wrong with them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from aiohttp import web

from server.domain.errors import Invalid, TooMuch


async def read_form(request: web.Request) -> dict[str, str]:
    """The text fields of a form, the last value of each name. Files are not taken."""
    fields = await request.post()
    return {name: value for name, value in fields.items() if isinstance(value, str)}


async def read_choices(request: web.Request, name: str) -> tuple[str, ...]:
    """All values of the boxes called `name` that were ticked."""
    fields = await request.post()
    return tuple(value for value in fields.getall(name, []) if isinstance(value, str))


async def read_file(request: web.Request, name: str, most: int) -> bytes | None:
    """What stands in the file that was chosen as `name`, `most` bytes of it; None where none was chosen."""
    sent = (await request.post()).get(name)
    if not isinstance(sent, web.FileField):
        return None
    with sent.file as file:
        return file.read(most) if sent.filename else None


def read_time(form: Mapping[str, str], name: str) -> datetime:
    """A datetime-local field, taken as UTC. Raises Invalid when it is empty or no time."""
    try:
        at = datetime.fromisoformat(form.get(name, "").strip())
    except ValueError as error:
        raise Invalid(name, "Give a day and a time, like 2026-12-01 09:00.") from error
    return at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)


def write_time(at: datetime) -> str:
    """The same the other way: what a datetime-local field holds."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M")


def wrong_of(refusal: Exception) -> dict[str, str]:
    """Field → sentence for a form to show; "" stands for the form as a whole."""
    if isinstance(refusal, Invalid):
        return {refusal.field: refusal.public}
    if isinstance(refusal, TooMuch):
        return {"text": refusal.public}
    return {"": getattr(refusal, "public", str(refusal))}
