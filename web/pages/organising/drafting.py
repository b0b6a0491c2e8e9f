"""Drafting a jam: from nothing, from a template that comes with the server, or from a file."""

from __future__ import annotations

from datetime import timedelta

from aiohttp import web

from server.domain.errors import Refusal
from server.domain.jam_templates import LONGEST, BadTemplate, Template, read_template, write_template
from server.keys import HOUSE
from server.services import jams, templates
from web import views
from web.answers import go, show
from web.forms import read_file, read_form, read_time, write_time, wrong_of
from web.language import say
from web.pages.jams import read_charter
from web.session import member_of
from web.views import Choice

BLANK = {
    "title": "", "slug": "", "question": "", "promise": "", "off_limits": "", "decide_by": "",
    "opens_at": "", "closes_at": "", "template": "",
}  # fmt: skip
#: A draft opens a week from now unless its organiser says otherwise: time to invite people.
NOTICE = timedelta(days=7)


async def show_new(request: web.Request) -> web.Response:
    """GET /jams/new?template={name}"""
    member_of(request).require("jams")
    chosen = templates.built_in().get(request.query.get("template", ""))
    return _form(request, _values(request, chosen) if chosen else BLANK)


def _values(request: web.Request, template: Template) -> dict[str, str]:
    opens_at = (request.app[HOUSE].now() + NOTICE).replace(minute=0, second=0, microsecond=0)
    charter = template.charter
    return {
        **BLANK,
        "title": template.title,
        "question": charter.question,
        "promise": charter.promise,
        "off_limits": charter.off_limits,
        "decide_by": charter.decide_by,
        "opens_at": write_time(opens_at),
        "closes_at": write_time(opens_at + timedelta(days=template.days)),
        "template": write_template(template),
    }


def _form(
    request: web.Request, values: dict[str, str], wrong: dict[str, str] | None = None, status: int = 200
) -> web.Response:
    page = views.JamForm(
        action="/jams",
        values=values,
        wrong=wrong or {},
        templates=tuple(Choice(value=name, words=one.title) for name, one in templates.built_in().items()),
        forums=_forums(values["template"]),
    )
    return show(request, "jam_form.html", page, status=status, section="home")


def _forums(text: str) -> tuple[str, ...]:
    """The names of the forums that the draft will begin with."""
    if not text:
        return ()
    try:
        return tuple(forum.title for forum in read_template(text).forums)
    except BadTemplate:
        return ()


async def read_template_file(request: web.Request) -> web.Response:
    """POST /jams/template: a template's file, or its text pasted in, becomes a form to go on with."""
    member_of(request).require("jams")
    text, sent = (await read_form(request)).get("text", ""), await read_file(request, "file", 4 * LONGEST)
    try:
        text = text if sent is None else _text_of(sent)
        return _form(request, _values(request, read_template(text)))
    except BadTemplate as refusal:
        return _form(request, {**BLANK, "pasted": text[:LONGEST]}, {"text": refusal.public}, refusal.status)


def _text_of(sent: bytes) -> str:
    try:
        return sent.decode()
    except UnicodeDecodeError as error:
        raise BadTemplate((say("It is not text in UTF-8."),)) from error


async def create(request: web.Request) -> web.Response:
    """POST /jams"""
    house, member = request.app[HOUSE], member_of(request)
    form = await read_form(request)
    try:
        opens_at, closes_at = read_time(form, "opens_at"), read_time(form, "closes_at")
        slug, title, charter = form.get("slug", "").strip(), form.get("title", ""), read_charter(form)
        if form.get("template"):
            template = read_template(form["template"])
            jam = await templates.found_jam(
                house, member, template, slug, opens_at, closes_at, title=title, charter=charter
            )
        else:
            jam = await jams.create_jam(house, member, slug, title, charter, opens_at, closes_at)
    except Refusal as refusal:
        return _form(request, {**BLANK, **form}, wrong_of(refusal), refusal.status)
    return go(request, f"/jams/{jam.slug}/settings", "created")
