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
    types = [_media_type(one) for one in stated]
    for each in types:
        if each in RUNNABLE:
            raise Invalid("attachment", "Attachments of type %(each)s are not taken.", each=each)
    sizes = [one.get("size") for one in stated]
    known = [size for size in sizes if isinstance(size, int) and not isinstance(size, bool) and 0 <= size < 1 << 50]
    linked = (_linked(one, is_object=one is document) for one in stated)
    return Attached(
        len(files),
        frozenset(types),
        sum(known) if len(known) == len(sizes) else None,
        tuple(one for one in linked if one is not None),
    )


def _media_type(stated: dict[str, Any]) -> str:
    return str(stated.get("mediaType") or "")[:200].partition(";")[0].strip().lower()


def _is_page(attachment: Any) -> bool:
    """Say whether an attachment is a link to a page, as forums and previews have it, rather than a file."""
    if not isinstance(attachment, dict):
        return False
    media_type = str(attachment.get("mediaType") or "text/html").partition(";")[0].strip().lower()
    return attachment.get("type") in ("Link", "Page", "PropertyValue") and media_type == "text/html"


def _linked(stated: dict[str, Any], *, is_object: bool) -> Linked | None:
    """Return where a file stands and what is said of it (`name` is alternative text); None where that is nowhere.

    What an object that is a file itself says is its own words already.
    """
    where, media_type = _address(stated)
    if not where:
        return None
    named, kind = stated.get("name"), KINDS.get((media_type or _media_type(stated)).partition("/")[0])
    if kind is None:
        kind = KINDS.get(str(stated.get("type"))[:10].lower(), "file")
    words = " ".join(named.split())[:LONGEST_SAID] if isinstance(named, str) and not is_object else ""
    return Linked(where, kind, words)


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
