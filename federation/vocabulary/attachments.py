"""What other servers attach to their words: counted for the rules, and where it stands, with what is said of it. Pure.

Nothing of it is fetched: an address is kept to be followed by whoever wishes to.
"""

from __future__ import annotations

from typing import Any

from federation.urls import BadUrl, parse_url
from server.domain.errors import Invalid
from server.domain.ideas import LONGEST_SAID, Attached, Linked, LinkedKind

MOST_ATTACHED = 32
LONGEST_URL = 2000
# The object is a file itself, and what it links to is no page.
FILES = {"Image", "Video", "Audio", "Document"}
# Files that a browser would run.
RUNNABLE = {"image/svg+xml", "text/html", "application/xhtml+xml", "text/javascript", "application/javascript"}
KINDS: dict[str, LinkedKind] = {"image": "picture", "video": "video", "audio": "sound"}


def attached_to(document: dict[str, Any], kind: str) -> Attached:
    """Read what is attached (FEP-1311 for sizes). Links to pages are no files; raise Invalid for what browsers run."""
    given = document.get("attachment")
    many = given if isinstance(given, list) else [given] if given is not None else []
    if len(many) > MOST_ATTACHED:
        raise Invalid("attachment", "It has more than %(most)s attachments.", most=MOST_ATTACHED)
    files = [one for one in many if not _is_page(one)] + ([document] if kind in FILES else [])
    stated = [one if isinstance(one, dict) else {} for one in files]
    for each in map(_media_type, stated):
        if each in RUNNABLE:
            raise Invalid("attachment", "Attachments of type %(each)s are not taken.", each=each)
    return Attached.of(tuple(_linked(one, is_object=one is document) for one in stated))


def _media_type(stated: dict[str, Any], unstated: str = "") -> str:
    return str(stated.get("mediaType") or unstated)[:200].partition(";")[0].strip().lower()


def _is_page(attachment: Any) -> bool:
    """Say whether an attachment is a link to a page, as forums and previews have it, rather than a file."""
    if not isinstance(attachment, dict):
        return False
    is_page = _media_type(attachment, unstated="text/html") == "text/html"
    return attachment.get("type") in ("Link", "Page", "PropertyValue") and is_page


def _linked(stated: dict[str, Any], *, is_object: bool) -> Linked:
    """Return where a file stands, if anywhere, what is said of it (`name` is alternative text), its type and size.

    What an object that is a file itself says is its own words already. A type that it does not state is that of the
    link to it.
    """
    where, media_type = _address(stated)
    named, own = stated.get("name"), _media_type(stated)
    kind = KINDS.get((media_type or own).partition("/")[0])
    if kind is None:
        kind = KINDS.get(str(stated.get("type"))[:10].lower(), "file")
    words = " ".join(named.split())[:LONGEST_SAID] if isinstance(named, str) and not is_object else ""
    return Linked(where, kind, words, own or media_type, _size(stated))


def _size(stated: dict[str, Any]) -> int | None:
    size = stated.get("size")
    return size if isinstance(size, int) and not isinstance(size, bool) and 0 <= size < 1 << 50 else None


def _address(stated: dict[str, Any]) -> tuple[str, str]:
    """Return the address of a file and its type: `url` or `href`, or the first link of several that is no page."""
    given = stated.get("url", stated.get("href"))
    for one in (given if isinstance(given, list) else [given])[:MOST_ATTACHED]:
        link = one if isinstance(one, dict) else {"href": one}
        media_type = _media_type(link)
        if media_type not in RUNNABLE and (plain := _plain(link.get("href"))):
            return plain, media_type
    return "", ""


def _plain(url: object) -> str:
    """Return an address that a browser may be led to; "" for any other."""
    if not isinstance(url, str) or len(url) > LONGEST_URL:
        return ""
    try:
        return parse_url(url).text
    except BadUrl:
        return ""
