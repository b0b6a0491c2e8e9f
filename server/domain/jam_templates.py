"""A jam as a file to share: its charter, its length and its forums, without people, dates or partners' names.

The file is TOML, version 1:

    marmalade_template = 1
    title = "Values"
    days = 3
    [charter]
    question = "…"          # promise, off_limits, decide_by likewise; each may be left out
    [[forum]]
    slug = "say"
    title = "What we say"
    question = "…"
    audience = "inside"     # or partners, public
    label = "GREEN"
    names = "sealed"        # or named, role
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, get_args

from server.domain.errors import Invalid
from server.domain.jams import Audience, Charter
from server.domain.uris import SLUG
from server.domain.voices import NAMES, Names

VERSION = 1
LONGEST = 100_000
MOST_FORUMS, MOST_DAYS = 50, 370
KEYS = {"marmalade_template", "title", "days", "charter", "forum"}
CHARTER_KEYS = ("question", "promise", "off_limits", "decide_by")
FORUM_KEYS = ("slug", "title", "question", "audience", "label", "names")
LIMITS = {"title": 200, "decide_by": 100, "label": 200, "slug": 64}
LONGEST_TEXT = 10_000


class BadTemplate(Invalid):
    """A file that is no template of ours. `problems` are sentences, each with its place."""

    def __init__(self, problems: tuple[str, ...]) -> None:
        super().__init__("template", "This template cannot be used; nothing was made. " + " ".join(problems))
        self.problems = problems


@dataclass(frozen=True, slots=True, kw_only=True)
class ForumPlan:
    """A forum to be. `peers` are named partners; a file never holds them."""

    slug: str
    title: str
    question: str = ""
    audience: Audience = "inside"
    label: str = "GREEN"
    peers: tuple[str, ...] = ()
    names: Names = "named"


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """A jam to be: `days` is how long it lasts."""

    title: str
    days: int
    charter: Charter
    forums: tuple[ForumPlan, ...]


def read_template(text: str) -> Template:
    """Read a template's file, whole; raise BadTemplate with all that is wrong with it."""
    if len(text) > LONGEST:
        raise BadTemplate((f"It is {len(text):,} characters long; at most {LONGEST:,} are read.",))
    try:
        table = tomllib.loads(text.replace("\r\n", "\n").lstrip("\ufeff"))
    except (tomllib.TOMLDecodeError, RecursionError, ValueError) as error:
        raise BadTemplate((f"It is not TOML: {str(error).rstrip('.')}.",)) from error
    if table.get("marmalade_template") != VERSION or isinstance(table["marmalade_template"], bool):
        raise BadTemplate((_version_words(table.get("marmalade_template")),))
    problems = tuple(_problems(table))
    if problems:
        raise BadTemplate(problems)
    charter = table.get("charter", {})
    return Template(
        title=table["title"],
        days=table.get("days", 3),
        charter=Charter(**{key: charter.get(key, "") for key in CHARTER_KEYS}),
        forums=tuple(ForumPlan(**forum) for forum in table.get("forum", [])),
    )


def _version_words(found: object) -> str:
    if found is None:
        return f"It does not begin with `marmalade_template = {VERSION}`, so it is no template of a jam."
    return f"It is of version {found!r}; this server reads version {VERSION}."


def _problems(table: dict[str, Any]) -> Iterator[str]:
    yield from (f"`{key}` is not known here." for key in table if key not in KEYS)
    yield from _wrong_text("title", table.get("title"), "title", required=True)
    days = table.get("days", 3)
    if not isinstance(days, int) or isinstance(days, bool) or not 1 <= days <= MOST_DAYS:
        yield f"`days` is a whole number from 1 to {MOST_DAYS}."
    charter, forums = table.get("charter", {}), table.get("forum", [])
    if not isinstance(charter, dict):
        yield "`charter` is a table."
    else:
        yield from (f"`charter.{key}` is not known here." for key in charter if key not in CHARTER_KEYS)
        for key in CHARTER_KEYS:
            yield from _wrong_text(f"charter.{key}", charter.get(key, ""), key)
    if not isinstance(forums, list) or not all(isinstance(one, dict) for one in forums):
        yield "`forum` is a list of tables, each begun with [[forum]]."
    elif len(forums) > MOST_FORUMS:
        yield f"It has {len(forums)} forums; at most {MOST_FORUMS} are taken."
    else:
        yield from _forum_problems(forums)


def _forum_problems(forums: list[dict[str, Any]]) -> Iterator[str]:
    seen: set[str] = set()
    for number, forum in enumerate(forums, 1):
        place = f"Forum {number}"
        yield from (f"{place}: `{key}` is not known here." for key in forum if key not in FORUM_KEYS)
        for key in ("slug", "title"):
            yield from (f"{place}: {words}" for words in _wrong_text(key, forum.get(key), key, required=True))
        for key in ("question", "label"):
            yield from (f"{place}: {words}" for words in _wrong_text(key, forum.get(key, ""), key))
        if forum.get("audience", "inside") not in get_args(Audience):
            yield f"{place}: `audience` is one of {', '.join(get_args(Audience))}."
        if forum.get("names", "named") not in NAMES:
            yield f"{place}: `names` is one of {', '.join(NAMES)}."
        slug = forum.get("slug")
        if isinstance(slug, str) and slug:
            if not SLUG.fullmatch(slug):
                yield f"{place}: `slug` has lower-case letters, digits and hyphens."
            if slug in seen:
                yield f"{place}: the slug {slug!r} stands in it twice."
            seen.add(slug)


def _wrong_text(place: str, value: object, key: str, *, required: bool = False) -> Iterator[str]:
    if value is None or value == "":
        if required:
            yield f"`{place}` is missing."
    elif not isinstance(value, str):
        yield f"`{place}` is text in quotation marks."
    elif len(value) > LIMITS.get(key, LONGEST_TEXT):
        yield f"`{place}` has at most {LIMITS.get(key, LONGEST_TEXT):,} characters."


def write_template(template: Template) -> str:
    """Return a template as a file that `read_template` reads back alike."""
    charter = template.charter
    lines = [
        f"marmalade_template = {VERSION}",
        f"title = {_quoted(template.title)}",
        f"days = {template.days}",
        "",
        "[charter]",
        *(f"{key} = {_quoted(getattr(charter, key))}" for key in CHARTER_KEYS),
    ]
    for forum in template.forums:
        lines += ["", "[[forum]]", *(f"{key} = {_quoted(getattr(forum, key))}" for key in FORUM_KEYS)]
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    """Write a TOML basic string: JSON's escapes are among its own, but for DEL."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
