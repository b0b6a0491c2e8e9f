"""When somebody is mailed: their own choices, the address that is theirs, and the way out of each mail."""

from __future__ import annotations

from zoneinfo import available_timezones

from aiohttp import web

from server.domain.actors import Member
from server.domain.errors import Invalid, NotAllowed, Refusal, SignInNeeded
from server.domain.mails import SAYS, MailChoices
from server.keys import HOUSE, MAILING
from server.services import mails
from server.services.house import House
from server.services.mail_links import read_unsubscribe
from web.answers import draw, go, html, show
from web.forms import read_form, wrong_of
from web.language import _, spoken
from web.pages.notices.views import MailPage, SentLine, UnsubscribePage
from web.session import member_of
from web.views import Choice


async def show_choices(request: web.Request) -> web.Response:
    """GET /me/notices"""
    return await _page(request, {}, 200)


async def _page(request: web.Request, wrong: dict[str, str], status: int) -> web.Response:
    house, member = request.app[HOUSE], member_of(request)
    mailing = request.app.get(MAILING)
    choices = await mails.read_choices(house, member)
    says = await mails.read_says(house)
    page = MailPage(
        set_up=mailing is not None,
        domains=tuple(sorted(mailing.domains)) if mailing else (),
        address=choices.address,
        confirmed=choices.confirmed,
        digest=choices.digest,
        at_once=choices.at_once,
        hours=_hours(choices.hour),
        zones=_zones(choices.zone),
        quiet=choices.quiet_from is not None,
        quiet_from=_hours(22 if choices.quiet_from is None else choices.quiet_from),
        quiet_until=_hours(7 if choices.quiet_until is None else choices.quiet_until),
        says=says,
        policies=tuple(Choice(value=one, words=says_words(one), chosen=one == says) for one in SAYS),
        may_choose_policy=member.may("people"),
        sent=await _sent(house, member),
        wrong=wrong,
    )
    return show(request, "notices/mail.html", page, status=status, section="inbox")


def says_words(says: str) -> str:
    return {
        "counts": _("How much happened, and links. No words at all."),
        "titles": _("Also the titles of ideas labelled GREEN or below."),
        "words": _("Also who wrote, and the beginning of words labelled GREEN or below."),
    }[says]


def _hours(chosen: int) -> tuple[Choice, ...]:
    return tuple(Choice(value=str(hour), words=f"{hour:02}:00", chosen=hour == chosen) for hour in range(24))


def _zones(chosen: str) -> tuple[Choice, ...]:
    return tuple(Choice(value=one, words=one, chosen=one == chosen) for one in sorted(available_timezones()))


async def _sent(house: House, member: Member) -> tuple[SentLine, ...]:
    words = {
        "waiting": _("waits to be sent"),
        "sending": _("is being sent"),
        "sent": _("sent"),
        "failed": _("could not be sent"),
        "dropped": _("not sent: you had read it all"),
        "lost": _("may not have arrived"),
    }
    return tuple(SentLine(at=one.made_at, words=words[one.state]) for one in await mails.recent_mails(house, member))


async def change_choices(request: web.Request) -> web.Response:
    """POST /me/notices"""
    house, member = request.app[HOUSE], member_of(request)
    form = await read_form(request)
    try:
        await _change(request, house, member, form)
    except (NotAllowed, SignInNeeded):
        raise
    except Refusal as refusal:
        return await _page(request, wrong_of(refusal), refusal.status)
    return go(request, "/me/notices", "saved")


async def _change(request: web.Request, house: House, member: Member, form: dict[str, str]) -> MailChoices | None:
    act = form.get("act", "")
    if act == "says":
        await mails.choose_says(house, member, form.get("says", ""))
        return None
    if act == "address":
        mailing = request.app.get(MAILING)
        return await mails.ask_address(
            house, member, form.get("address", ""), mailing.domains if mailing else (), spoken()
        )
    quiet = (_hour(form, "quiet_from"), _hour(form, "quiet_until")) if form.get("quiet") else None
    return await mails.choose(
        house,
        member,
        digest=bool(form.get("digest")),
        hour=_hour(form, "hour"),
        zone=form.get("zone", ""),
        at_once=bool(form.get("at_once")),
        quiet=quiet,
    )


def _hour(form: dict[str, str], name: str) -> int:
    text = form.get(name, "")
    if not (text.isascii() and text.isdigit() and len(text) < 3):
        raise Invalid(name, _("An hour is a number from 0 to 23."))
    return int(text)


async def show_confirm(request: web.Request) -> web.Response:
    """GET /me/notices/confirm/{token}: one button, so that no scanner of mails confirms by looking."""
    member_of(request)
    page = UnsubscribePage(action=request.path, sentence=_("Is this address yours?"), button=_("Yes, mail me here"))
    return show(request, "notices/ask.html", page)


async def confirm(request: web.Request) -> web.Response:
    """POST /me/notices/confirm/{token}"""
    await mails.confirm(request.app[HOUSE], member_of(request), request.match_info["token"])
    return go(request, "/me/notices", "saved")


async def show_unsubscribe(request: web.Request) -> web.Response:
    """GET /unsubscribe/{token}: needs no sign-in, changes nothing by being looked at."""
    await read_unsubscribe(request.app[HOUSE], request.match_info["token"])
    page = UnsubscribePage(action=request.path, sentence=_("End these mails?"), button=_("No more of these"))
    return html(draw(request, "notices/ask.html", page))


async def unsubscribe(request: web.Request) -> web.Response:
    """POST /unsubscribe/{token}: one click (RFC 8058), without sign-in. It ends one kind of mail, and nothing else."""
    house = request.app[HOUSE]
    member_id, kind = await read_unsubscribe(house, request.match_info["token"])
    await mails.unsubscribe(house, member_id, kind)
    page = UnsubscribePage(action="", sentence=_("Done: no more of these mails."), button="")
    return html(draw(request, "notices/ask.html", page))
