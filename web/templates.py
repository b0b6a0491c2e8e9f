"""The Jinja environment: autoescape always, missing names are errors, filters for times and numbers."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import jinja2
from markupsafe import Markup, escape

from server.compiled import Compiled
from server.domain.actors import DUTY_WORDS, ROLE_WORDS
from server.language.figures import clock as in_words
from server.language.figures import day, distance
from server.language.figures import number as figure
from server.language.templates import shown, teach
from web.assets import Assets
from web.fragments import Fragments, is_plain, key_of
from web.language import _, spoken, told
from web.views import ReplyView

TEMPLATES = Path(__file__).resolve().parent / "templates"

TURNS = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
_TURNS = dict.fromkeys(map(ord, TURNS))
_DAY = 86400
_SYMBOL = re.compile(r'<symbol id="([^"]+)" viewBox="([^"]+)">(.*?)</symbol>', re.DOTALL)


class Templates:
    """Renders pages. `now` gives the time, aware, in UTC."""

    def __init__(self, assets: Assets, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._now = now
        self._environment = jinja2.Environment(
            loader=jinja2.FileSystemLoader(TEMPLATES),
            bytecode_cache=Compiled(TEMPLATES, __file__),
            autoescape=True,
            undefined=jinja2.StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            # Looking whether a file has changed would be done hundreds of times for a page.
            auto_reload=False,
            extensions=["jinja2.ext.i18n"],
            finalize=shown,
        )
        teach(self._environment)
        self._environment.globals.update(asset=assets.url, icon=self._icon, drawn_before=self._keep)
        self._environment.filters.update(
            when=self._when, count=count, clock=clock, iso=iso, stamp=stamp, told=shown, role=role, duty=duty
        )
        self._icons = _drawings(assets.body("vendor/lucide.svg").decode("utf-8"))
        self._fragments = Fragments()

    def render(self, name: str, /, **values: Any) -> str:
        """The page `name`, a file under templates/, with `values`; a mistake raises jinja2.TemplateError."""
        return without_turns(self._environment.get_template(name).render(**values))

    def _icon(self, name: str) -> Markup:
        """A lucide icon of the sprite; always beside words, hence hidden from assistive technology."""
        return self._icons[name]

    def _keep(self, reply: ReplyView, page: Any, *more: Any, caller: Callable[[], Markup]) -> Markup:
        """`{% call drawn_before(…) %}`: the block as it was drawn before from the same."""
        if not is_plain(reply, page):
            return caller()
        now = self._now()
        ages = (ago((now - at).total_seconds(), at) if at else "" for at in (reply.at, reply.edited_at))
        return self._fragments.get(key_of(reply, spoken(), *ages, *more), caller)

    def _when(self, at: datetime | None, nothing: str = "never") -> Markup:
        """A <time>: how long ago in words, exact in its title; a script rewrites it in local time."""
        if at is None:
            return escape(_(nothing))
        at = at.astimezone(UTC)
        words = ago((self._now() - at).total_seconds(), at)
        # Nothing but digits and words of ours.
        return Markup(f'<time dir="auto" datetime="{iso(at)}" title="{clock(at)}" data-ago>{words}</time>')  # noqa: S704


def ago(seconds: float, at: datetime) -> str:
    """`seconds` before now in words; a negative number is in the future; beyond a week the date."""
    if abs(seconds) >= 7 * _DAY:
        return day(at.date(), spoken())
    near = _("just now") if seconds >= 0 else _("in a moment")
    return distance(seconds, spoken()) or near


def count(number: float) -> str:
    """4120 → "4,120", as the reader's language writes it; whole numbers without decimals, others with one."""
    return figure(number, spoken())


def iso(at: datetime) -> str:
    """ISO 8601 in UTC to the second, as <time datetime> wants it."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def clock(at: datetime) -> str:
    """The exact time in words, in UTC."""
    return in_words(at, spoken())


def role(name: str) -> str:
    """A role as people read it."""
    return told(ROLE_WORDS.get(name, name))


def duty(name: str) -> str:
    """A duty as people read it."""
    return told(DUTY_WORDS.get(name, name))


def stamp(at: datetime) -> Markup:
    """A <time> that shows date and hour; the page's script rewrites it in local time."""
    return Markup('<time dir="auto" datetime="{}" data-stamp>{}</time>').format(iso(at), clock(at))


def without_turns(page: str) -> str:
    """Leave out the signs that turn the direction of the text around them (Unicode TR 9: U+202A-202E, U+2066-2069).

    What is written loses them when it is kept; here it is what was typed and is shown again before that.
    """
    return page.translate(_TURNS) if any(sign in page for sign in TURNS) else page


def _drawings(sprite: str) -> dict[str, Markup]:
    """Each icon as it stands in a page: drawn in place, for each <use> costs a browser a tree of its own."""
    opening = '<svg class="icon" viewBox="{}" aria-hidden="true" focusable="false">{}</svg>'
    return {
        name: Markup(opening.format(box, lines.replace(" />", "/>")))  # noqa: S704
        for name, box, lines in _SYMBOL.findall(sprite)
    }
