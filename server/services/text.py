"""Markdown to sanitised HTML, once, when something is written."""

from __future__ import annotations

import functools
import html
import re
import unicodedata

import nh3
from markdown_it import MarkdownIt

from server.domain.errors import Invalid, TooMuch
from server.domain.ideas import TEXT_LIMIT, TITLE_LIMIT
from server.domain.sentences import say

TAGS = {
    "a",
    "abbr",
    "b",
    "blockquote",
    "br",
    "code",
    "del",
    "em",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "hr",
    "i",
    "li",
    "ol",
    "p",
    "pre",
    "s",
    "span",
    "strong",
    "sub",
    "sup",
    "table",
    "tbody",
    "td",
    "th",
    "thead",
    "tr",
    "u",
    "ul",
}
ATTRIBUTES = {"a": {"href", "title"}, "abbr": {"title"}, "ol": {"start"}, "td": {"align"}, "th": {"align"}}
SCHEMES = {"http", "https", "mailto"}
# Controls that change how the text around them reads: bidirectional overrides and isolates, and C0 but tab and newline.
CONTROLS = re.compile("[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f\u202a-\u202e\u2066-\u2069]")


def clean_line(value: str, field: str, limit: int = TITLE_LIMIT, *, required: bool = True) -> str:
    """Return one line of text without controls and outer blanks, or raise Invalid."""
    line = " ".join(CONTROLS.sub("", unicodedata.normalize("NFC", value)).split())
    if required and not line:
        raise Invalid(field, "Please fill this in.")
    if len(line) > limit:
        raise Invalid(field, "This is %(length)s characters long; at most %(most)s fit.", length=len(line), most=limit)
    return line


def clean_text(value: str, field: str = "text", *, required: bool = True) -> str:
    """Return text without controls, or raise Invalid (empty) or TooMuch (over TEXT_LIMIT characters)."""
    text = CONTROLS.sub("", unicodedata.normalize("NFC", value.replace("\r\n", "\n"))).strip()
    if required and not text:
        raise Invalid(field, "Please write something first.")
    if len(text) > TEXT_LIMIT:
        raise TooMuch(too_long(text))
    return text


def too_long(text: str) -> str:
    """What is said of a text that is over the limit."""
    return say(
        "This is %(length)s characters long; at most %(most)s fit. Nothing was lost: shorten it.",
        length=len(text),
        most=TEXT_LIMIT,
    )


def render(text: str) -> str:
    """Render Markdown (CommonMark, raw HTML off) to sanitised HTML."""
    return sanitise(_markdown().render(text))


@functools.cache
def _markdown() -> MarkdownIt:
    """Make the parser once: making it takes as long as rendering a page of text. It keeps no state."""
    return MarkdownIt("commonmark", {"html": False, "linkify": False, "breaks": True}).enable("table")


def sanitise(markup: str) -> str:
    """Keep harmless HTML only: no scripts, styles, pictures, forms or foreign schemes."""
    clean = CONTROLS.sub("", markup)
    return nh3.clean(clean, tags=TAGS, attributes=ATTRIBUTES, url_schemes=SCHEMES, link_rel="nofollow noopener ugc")


def plain(markup: str) -> str:
    """Return the words of some HTML, paragraphs as lines."""
    broken = re.sub(r"</(?:p|div|li|h[1-6]|blockquote|pre|tr)>|<br\s*/?>", "\n", markup, flags=re.IGNORECASE)
    return html.unescape(nh3.clean(broken, tags=set())).strip()


def excerpt(text: str, limit: int = 280) -> str:
    """Return the beginning of a text, cut at a word."""
    line = " ".join(text.split())
    return line if len(line) <= limit else line[:limit].rsplit(" ", 1)[0] + " …"
