"""How something said in a jam is cited."""

from __future__ import annotations

from server.domain.ideas import Contribution


def citation(made: Contribution, jam_title: str, organisation: str, url: str) -> str:
    """Return one line that names author, words, jam, day and version, and the address that stays.

    The author stands as the contribution shows them: by name, by role, or not at all.
    """
    unit = f" ({made.author_unit})" if made.author_unit and made.is_local else ""
    host = f" ({made.author_host})" if made.author_host else ""
    what = f"“{made.title}”" if made.title else "Reply"
    written = made.edited_at or made.created_at
    version = f", version {made.version}" if made.version > 1 else ""
    day = f"{written.day} {written:%B %Y}"
    return f"{made.author_name}{unit}{host}: {what}. In: {jam_title}. {organisation}, {day}{version}. {url}"


def address(inside_url: str, made: Contribution) -> str:
    """Return the address of an idea, or of a reply in the page of its thread; it stays when the jam is archived."""
    page = f"{inside_url}/ideas/{made.thread_id}"
    return page if made.kind == "idea" else f"{page}#c-{made.id}"
