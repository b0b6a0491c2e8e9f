"""Templates that speak: `_`, `ngettext` and `{% trans %}` of Jinja in the reader's language, and sentences told."""

from __future__ import annotations

from typing import Any

import jinja2
from markupsafe import Markup

from server.domain.languages import direction_of
from server.domain.sentences import Sentence
from server.language.catalogues import _, ngettext, spoken, told
from server.language.figures import number


def teach(environment: jinja2.Environment) -> None:
    """Teach an environment, made with the extension `jinja2.ext.i18n` and `finalize=shown`, to speak."""
    environment.newstyle_gettext = True  # type: ignore[attr-defined]
    environment.globals.update(_=_say, gettext=_say, ngettext=_say_count)
    environment.filters["tongue"] = _tongue


def _tongue(tag: str) -> Markup:
    """Return the attributes of an element with somebody's words in a language, "" where it is not known."""
    direction = direction_of(tag)
    return Markup(' lang="{}" dir="{}"').format(tag, direction) if tag else Markup(' dir="auto"')


def shown(value: Any) -> Any:
    """Return what a page shows of a value: sentences made below in the reader's language, all else as it is."""
    return told(value) if type(value) is Sentence else value


@jinja2.pass_context
def _say(context: jinja2.runtime.Context, message: str, /, **values: Any) -> str:
    return _filled(context, _(message), values)


@jinja2.pass_context
def _say_count(context: jinja2.runtime.Context, one: str, many: str, num: int, /, **values: Any) -> str:
    return _filled(context, ngettext(one, many, num), {"num": num, **values})


def _filled(context: jinja2.runtime.Context, said: str, values: dict[str, Any]) -> str:
    """Put values into a sentence, escaped: templates write a percent sign twice."""
    read = {name: number(one, spoken()) if type(one) is int else shown(one) for name, one in values.items()}
    return Markup(said) % read if context.eval_ctx.autoescape else said % read  # noqa: S704
