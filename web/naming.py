"""People who are named in words: each name a link to the person, wherever the words are shown inside.

The stored words stay as they were written: what crosses carries no address of the inside.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from markupsafe import Markup, escape

from server.domain.actors import Member
from server.services.mentions import HANDLE

_TAG = re.compile(r"(<[^>]*>)")
_APART = re.compile(r"</?(a|code|pre)\b")


def link_names(html: str, named: Sequence[Member], url_of: Mapping[str, str]) -> Markup:
    """Return sanitised markup in which the handles of `named` are links; `url_of` maps the ids of people to pages."""
    by_handle = {one.handle.lower(): one for one in named}
    if not by_handle:
        # Rendered and sanitised when it was written: server.services.text.
        return Markup(html)  # noqa: S704
    inside, pieces = 0, []
    for piece in _TAG.split(html):
        if piece.startswith("<"):
            if _APART.match(piece):
                inside += -1 if piece.startswith("</") else 1
            pieces.append(piece)
        else:
            pieces.append(piece if inside else HANDLE.sub(lambda found: _link(found, by_handle, url_of), piece))
    return Markup("".join(pieces))  # noqa: S704


def _link(found: re.Match[str], by_handle: Mapping[str, Member], url_of: Mapping[str, str]) -> str:
    whole = found[0]
    handle = whole.rstrip(".-")
    member = by_handle.get(handle.lower())
    if member is None:
        return whole
    link = f'<a class="mention" href="{escape(url_of[member.id])}" title="{escape(member.name)}">{escape(handle)}</a>'
    return link + whole[len(handle) :]
