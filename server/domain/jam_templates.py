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
from server.domain.sentences import say, together
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


UNUSABLE = say("This template cannot be used; nothing was made.")


class BadTemplate(Invalid):
    """A file that is no template of ours. `problems` are sentences, each with its place."""

    def __init__(self, problems: tuple[str, ...]) -> None:
        super().__init__("template", together(UNUSABLE, *problems))
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
        raise BadTemplate(
            (say("It is %(length)s characters long; at most %(most)s are read.", length=len(text), most=LONGEST),)
        )
    try:
        table = tomllib.loads(text.replace("\r\n", "\n").lstrip("\ufeff"))
    except (tomllib.TOMLDecodeError, RecursionError, ValueError) as error:
        raise BadTemplate((say("It is not TOML: %(error)s.", error=str(error).rstrip(".")),)) from error
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
        return say(
            "It does not begin with `marmalade_template = %(version)s`, so it is no template of a jam.", version=VERSION
        )
    return say("It is of version %(found)s; this server reads version %(version)s.", found=repr(found), version=VERSION)


def _problems(table: dict[str, Any]) -> Iterator[str]:
    yield from (say("`%(key)s` is not known here.", key=key) for key in table if key not in KEYS)
    yield from _wrong_text("title", table.get("title"), "title", required=True)
    days = table.get("days", 3)
    if not isinstance(days, int) or isinstance(days, bool) or not 1 <= days <= MOST_DAYS:
        yield say("`days` is a whole number from 1 to %(most)s.", most=MOST_DAYS)
    charter, forums = table.get("charter", {}), table.get("forum", [])
    if not isinstance(charter, dict):
        yield say("`charter` is a table.")
    else:
        yield from (
            say("`%(key)s` is not known here.", key=f"charter.{key}") for key in charter if key not in CHARTER_KEYS
        )
        for key in CHARTER_KEYS:
            yield from _wrong_text(f"charter.{key}", charter.get(key, ""), key)
    if not isinstance(forums, list) or not all(isinstance(one, dict) for one in forums):
        yield say("`forum` is a list of tables, each begun with [[forum]].")
    elif len(forums) > MOST_FORUMS:
        yield say("It has %(n)s forums; at most %(most)s are taken.", n=len(forums), most=MOST_FORUMS)
    else:
        yield from _forum_problems(forums)


def _forum_problems(forums: list[dict[str, Any]]) -> Iterator[str]:
    seen: set[str] = set()
    for number, forum in enumerate(forums, 1):
        for fault in _forum_faults(forum, seen):
            yield say("Forum %(number)s: %(fault)s", number=number, fault=fault)


def _forum_faults(forum: dict[str, Any], seen: set[str]) -> Iterator[str]:
    yield from (say("`%(key)s` is not known here.", key=key) for key in forum if key not in FORUM_KEYS)
    for key in ("slug", "title"):
        yield from _wrong_text(key, forum.get(key), key, required=True)
    for key in ("question", "label"):
        yield from _wrong_text(key, forum.get(key, ""), key)
    if forum.get("audience", "inside") not in get_args(Audience):
        yield say("`audience` is one of %(audiences)s.", audiences=get_args(Audience))
    if forum.get("names", "named") not in NAMES:
        yield say("`names` is one of %(names)s.", names=NAMES)
    slug = forum.get("slug")
    if isinstance(slug, str) and slug:
        if not SLUG.fullmatch(slug):
            yield say("`slug` has lower-case letters, digits and hyphens.")
        if slug in seen:
            yield say("the slug %(slug)s stands in it twice.", slug=repr(slug))
        seen.add(slug)


def _wrong_text(place: str, value: object, key: str, *, required: bool = False) -> Iterator[str]:
    if value is None or value == "":
        if required:
            yield say("`%(place)s` is missing.", place=place)
    elif not isinstance(value, str):
        yield say("`%(place)s` is text in quotation marks.", place=place)
    elif len(value) > LIMITS.get(key, LONGEST_TEXT):
        most = LIMITS.get(key, LONGEST_TEXT)
        yield say("`%(place)s` has at most %(most)s characters.", place=place, most=most)


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
