"""Coming in and going out: sign-in, one-time links, sign-out, and how pages look to this browser."""

from __future__ import annotations

from dataclasses import replace

from aiohttp import web

from server.domain.errors import Invalid, Missing, Refusal, SignInNeeded
from server.keys import HOUSE, IDENTITY_PROVIDER
from server.services import drafts, mails, people
from server.services.people import SignIn
from web.answers import APPEARANCES, DIRECTIONS, DONE, go, own_path, show
from web.attempts import ATTEMPTS
from web.forms import read_form, wrong_of
from web.kept import Kept, read_kept
from web.keys import COOKIE, SESSION
from web.language import LANGUAGES, _, say
from web.pages.drafts import url_of_place
from web.session import drop_cookie, member_of, session_of, set_cookie
from web.views import ErrorPage, LinkPage, SignInPage

_YEAR = 365 * 86400


async def show_sign_in(request: web.Request) -> web.Response:
    """GET /sign-in"""
    next_url = own_path(request.query.get("next", "/"))
    if session_of(request):
        return go(request, next_url)
    notice = DONE["signed-out"] if request.query.get("done") == "signed-out" else ""
    return show_door(request, SignInPage(next_url=next_url, notice=notice))


def show_door(request: web.Request, page: SignInPage, status: int = 200) -> web.Response:
    """Draw the sign-in page, with the way through the identity provider where there is one."""
    provider = request.app.get(IDENTITY_PROVIDER)
    name = "" if provider is None else provider.name or _("single sign-on")
    return show(request, "sign_in.html", replace(page, elsewhere=name), status=status)


async def sign_in(request: web.Request) -> web.Response:
    """POST /sign-in"""
    form = await read_form(request)
    next_url, kept = own_path(form.get("next", "/")), form.get("kept", "")
    try:
        begun = await people.sign_in(request.app[HOUSE], form.get("username", ""), form.get("password", ""))
    except SignInNeeded as refusal:
        page = SignInPage(
            next_url=next_url, username=form.get("username", ""), wrong=wrong_of(refusal), kept=kept
        )
        return show_door(request, page, status=401)
    await request.app[ATTEMPTS].connect(request, begun.member)
    if request[COOKIE]:
        await people.sign_out(request.app[HOUSE], request[COOKIE])
    response = await _go_on(request, begun, read_kept(kept), next_url)
    set_cookie(request, response, begun)
    return response


async def _go_on(request: web.Request, begun: SignIn, kept: Kept | None, next_url: str) -> web.Response:
    """Lead back to the page, or to what somebody was sending when their session was over: nothing is sent by it."""
    if kept is None:
        return go(request, next_url)
    house = request.app[HOUSE]
    request[SESSION] = session = await people.session(house, begun.cookie)
    if session is None:
        raise SignInNeeded
    try:
        place, typed = drafts.read_place(kept.place), kept.typed
        await drafts.keep(house, session.member, place, typed.get("title", ""), typed.get("text", ""), typed)
    except Refusal:
        # No composer, or none for this person: the words are shown as they are.
        heading, sentence = _("You are signed in"), _("This is what you were sending. It was not sent yet.")
        page = ErrorPage(status=0, heading=heading, sentence=sentence, kept=kept, again=True)
        return show(request, "error.html", page)
    return go(request, url_of_place(place), "kept-for-you")


async def sign_out(request: web.Request) -> web.Response:
    """POST /sign-out"""
    if request[COOKIE]:
        await people.sign_out(request.app[HOUSE], request[COOKIE])
    response = go(request, "/sign-in", "signed-out")
    drop_cookie(request, response)
    return response


async def show_link(request: web.Request) -> web.Response:
    """GET /welcome/{secret}: spends nothing, since mail scanners follow links too."""
    return show(request, "link.html", LinkPage(action=request.path))


async def use_link(request: web.Request) -> web.Response:
    """POST /welcome/{secret}: spend the link, set the password, begin a session."""
    house = request.app[HOUSE]
    password = (await read_form(request)).get("password", "")
    if not people.PASSWORD_LEAST <= len(password) <= people.PASSWORD_MOST:
        sentence = say(
            "A password has at least %(least)s characters; 15 or more are better.", least=people.PASSWORD_LEAST
        )
        return show(request, "link.html", LinkPage(action=request.path, wrong={"password": sentence}), status=422)
    try:
        spent = await people.sign_in_by_link(house, request.match_info["secret"])
    except SignInNeeded as refusal:
        page = SignInPage(wrong=wrong_of(refusal))
        return show_door(request, page, status=401)
    try:
        await people.set_password(house, spent.member, password)
    except Invalid as refusal:
        fresh = await people.make_link(house, spent.member, spent.member)
        page_ = LinkPage(action=f"/welcome/{fresh}", wrong=wrong_of(refusal))
        return show(request, "link.html", page_, status=422)
    begun = await people.sign_in(house, spent.member.username, password)
    response = go(request, "/", "password")
    set_cookie(request, response, begun)
    return response


async def choose_appearance(request: web.Request) -> web.Response:
    """POST /me/appearance: kept in this browser, so that pages come in the right colours at once."""
    member, form = member_of(request), await read_form(request)
    response = go(request, own_path(form.get("back", "/")))
    for name, values in (("appearance", APPEARANCES), ("direction", ("", *DIRECTIONS)), ("language", tuple(LANGUAGES))):
        if name not in form:
            continue
        if form[name] not in values:
            raise Missing("choice", f"{name}={form[name]}")
        response.set_cookie(name, form[name], max_age=_YEAR, path="/", samesite="Lax", httponly=True)
    if "language" in form:
        await mails.choose_language(request.app[HOUSE], member, form["language"])
    return response


async def choose_consent(request: web.Request) -> web.Response:
    """POST /me/consent: whether one's own name may leave; without it, a role stands in its place outside."""
    member = member_of(request)
    form = await read_form(request)
    await people.change_member(request.app[HOUSE], member, member, consent=form.get("consent") == "1")
    return go(request, own_path(form.get("back", "/")), "saved")
