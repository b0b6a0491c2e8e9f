"""Refusals and faults as pages that a person may read. Below /api the JSON API answers for itself."""

from __future__ import annotations

from http import HTTPStatus
from urllib.parse import quote, urlsplit

import structlog
from aiohttp import hdrs, web
from aiohttp.typedefs import Handler

from server.database import ConstraintBroken, DatabaseError
from server.domain.errors import Refusal, SignInNeeded, StaleForm
from web.answers import draw, from_htmx, html, own_path, show
from web.kept import typed_of
from web.language import _, later, told
from web.views import ErrorPage, SignInPage

log = structlog.get_logger()

BROKEN = later("Something went wrong")
HEADINGS = {
    400: later("That did not make sense"),
    403: later("Not yours to do"),
    404: later("Nothing here"),
    405: later("That does not work here"),
    409: later("Not as things stand"),
    413: later("Too much at once"),
    422: later("Something is missing"),
    429: later("Too fast"),
    503: later("Just a moment"),
}
SENTENCES = {
    400: later("The request could not be read. Go back and try again."),
    403: later("Your role here does not include that."),
    404: later("There is no such page here, or it is not for you."),
    405: later("This address takes no such request."),
    413: later("That is larger than this server takes. Go back, shorten it and send it again."),
}
FAULT = later("Something broke on our side and has been written down.")
BUSY = later("The store is busy. Nothing was written; send it again in a moment.")
#: Addresses that let whoever has them in.
SECRET = ("/feeds/", "/unsubscribe/", "/welcome/", "/me/notices/confirm/")
RACED = later("Somebody has just done the same. Nothing was written twice.")
#: Statuses after which the very same form may be taken.
PASSING = (429, 500, 503)
#: What pages ask in the background while somebody types.
ASIDE = ("/preview", "/resembling")


@web.middleware
async def answer_refusals(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Turn what was raised into a page; the truth goes to the log, a safe sentence to the person."""
    try:
        return await handler(request)
    except SignInNeeded:
        return _to_sign_in(request)
    except Refusal as refusal:
        log.info("refused", path=_path(request), status=refusal.status, truth=str(refusal))
        return _page(request, refusal.status, refusal.public, again=isinstance(refusal, StaleForm))
    except ConstraintBroken as error:
        log.warning("raced", path=_path(request), truth=str(error))
        return _page(request, 409, _(RACED), again=True)
    except DatabaseError as error:
        log.error("store", path=_path(request), truth=str(error))
        return _page(request, 503, _(BUSY), {"Retry-After": "1"})
    except web.HTTPException as answer:
        if answer.status < HTTPStatus.BAD_REQUEST:
            raise
        kept = {"Allow": answer.headers[hdrs.ALLOW]} if hdrs.ALLOW in answer.headers else {}
        return _page(request, answer.status, _(SENTENCES.get(answer.status, answer.reason)), kept)
    except ConnectionResetError:
        # Whoever asked has gone: nothing broke, and nobody is left to answer.
        raise
    except Exception:
        # The outermost place: there is nobody above who could still answer.
        log.exception("fault", path=_path(request), method=request.method)
        return _page(request, 500, _(FAULT))


def _path(request: web.Request) -> str:
    """Return the path for the log: of addresses that are secrets themselves, the pattern alone."""
    resource = request.match_info.route.resource
    return resource.canonical if request.path.startswith(SECRET) and resource is not None else request.path


def _page(
    request: web.Request, status: int, sentence: str, headers: dict[str, str] | None = None, *, again: bool = False
) -> web.Response:
    heading = _(HEADINGS.get(status, BROKEN))
    kept = typed_of(request)
    again = kept is not None and (again or status in PASSING)
    page = ErrorPage(status=status, heading=heading, sentence=told(sentence), kept=kept, again=again)
    response = html(draw(request, "error.html", page), status)
    response.headers.update(headers or {})
    return response


def _to_sign_in(request: web.Request) -> web.Response:
    if request.method not in (hdrs.METH_GET, hdrs.METH_HEAD):
        return _to_sign_in_again(request)
    target = request.path_qs
    location = f"/sign-in?next={quote(target)}" if target != "/" else "/sign-in"
    if from_htmx(request):
        return web.Response(status=204, headers={"HX-Redirect": location})
    return web.Response(status=303, headers={hdrs.LOCATION: location})


def _to_sign_in_again(request: web.Request) -> web.Response:
    """Ask somebody whose session was over to sign in where they were; what they were sending is kept behind it."""
    if from_htmx(request) and request.path.endswith(ASIDE):
        # Nobody is led away while they type.
        return web.Response(status=204)
    came = urlsplit(request.headers.get(hdrs.REFERER, ""))
    there = own_path(f"{came.path}?{came.query}" if came.query else came.path or "/")
    if from_htmx(request):
        return web.Response(status=204, headers={"HX-Redirect": f"/sign-in?next={quote(there)}"})
    if request.headers.get(hdrs.ACCEPT) == "application/json":
        return web.Response(status=401)
    kept = typed_of(request)
    notice = _("You were signed out meanwhile. Sign in again; what you typed is still here.")
    page = SignInPage(next_url=there, notice=notice, kept=kept.write() if kept else "")
    return show(request, "sign_in.html", page, status=401)
