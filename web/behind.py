"""Where the ideas and replies behind a number are listed."""

from __future__ import annotations

from urllib.parse import urlencode

from server.domain.behind import NAMED, Of


def url_behind(jam_url: str, of: Of, name: str = "", to: str = "") -> str:
    """The address of the list behind a number; "" where numbers lead nowhere, as on a wall."""
    if not jam_url:
        return ""
    asked = {"name": name, "to": to} if to else {"name": name} if of in NAMED else {}
    return f"{jam_url}/behind/{of}" + (f"?{urlencode(asked)}" if asked else "")
