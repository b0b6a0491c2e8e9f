"""The first steps: what is done, what is still to do, and where."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from aiohttp import web

from server.keys import HOUSE, MAILING
from server.services import first_run
from server.services.first_run import Step
from web.answers import go, show
from web.forms import read_form
from web.language import _, say
from web.session import member_of
from web.views import Link

PATIENCE = 5.0
_LINKS = {
    "organisation": ("/boundary/self-test", say("Look at the leak self-test")),
    "sign-in": ("/invitations", say("Invite people")),
    "mail": ("/inbox", say("See the inbox that stands in for mail")),
    "partner": ("/boundary/partners", say("Write a partner down")),
    "practice": ("/jams/new?template=ideas", say("Draft a jam from a template")),
}


def titles() -> dict[str, str]:
    """The steps in words."""
    return {
        "organisation": _("Organisation"),
        "sign-in": _("Sign-in"),
        "mail": _("Mail"),
        "partner": _("First partner"),
        "practice": _("Practice jam"),
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class StepRow:
    key: str
    title: str
    state: str
    said: str
    link: Link


@dataclass(frozen=True, slots=True, kw_only=True)
class SetupPage:
    steps: tuple[StepRow, ...]
    done: int


async def show_setup(request: web.Request) -> web.Response:
    """GET /setup"""
    member_of(request).require("people")
    steps = await first_run.first_steps(request.app[HOUSE], member_of(request), await _mail(request))
    page = SetupPage(steps=tuple(_row(step) for step in steps), done=sum(one.state == "done" for one in steps))
    return show(request, "admin/setup.html", page, section="people")


async def _mail(request: web.Request) -> tuple[bool, str]:
    """Connect to the mail server and sign in, without sending anything; say what came of it."""
    mailing = request.app.get(MAILING)
    if mailing is None:
        return first_run.NO_MAIL
    where = f"{mailing.host}:{mailing.port}"
    try:
        wrong = await asyncio.wait_for(mailing.look(), PATIENCE)
    except TimeoutError:
        wrong = say("no answer within %(patience)s seconds", patience=format(PATIENCE, ".0f"))
    if wrong:
        return False, say(
            "%(where)s does not take us: %(wrong)s. Mend the MARMALADE_SMTP_ settings and come back.",
            where=where,
            wrong=wrong,
        )
    return True, say("%(where)s takes our mail for %(domains)s.", where=where, domains=sorted(mailing.domains))


def _row(step: Step) -> StepRow:
    url, words = _LINKS[step.key]
    return StepRow(
        key=step.key, title=titles()[step.key], state=step.state, said=step.said, link=Link(text=words, url=url)
    )


async def put_aside(request: web.Request) -> web.Response:
    """POST /setup: put a step aside, or take it up again."""
    form = await read_form(request)
    aside = form.get("act") != "again"
    await first_run.put_aside(request.app[HOUSE], member_of(request), form.get("step", ""), aside=aside)
    return go(request, "/setup", "saved")
