"""Refusals and faults as a person may read them: a page for browsers, RFC 9457 for the JSON API."""

from __future__ import annotations

import json
from http import HTTPStatus
from urllib.parse import quote

import structlog
from aiohttp import hdrs, web
from aiohttp.typedefs import Handler

from server.domain.errors import Invalid, Refusal, SignInNeeded
from web.answers import draw, from_htmx, html
from web.views import ErrorPage

log = structlog.get_logger()

HEADINGS = {
    400: "That did not make sense",
    403: "Not yours to do",
    404: "Nothing here",
    405: "That does not work here",
    409: "Not as things stand",
    413: "Too much at once",
    422: "Something is missing",
    429: "Too fast",
    503: "Just a moment",
}
SENTENCES = {
    400: "The request could not be read. Go back and try again.",
    403: "Your role here does not include that.",
    404: "There is no such page here, or it is not for you.",
    405: "This address takes no such request.",
    413: "That is larger than this server takes. Nothing was lost: shorten it and send it again.",
    503: "The server is busy or being brought up to date. Try again in a minute.",
}
FAULT = (
    "Something broke on our side and has been written down. What you typed is still in the page before this."
)


@web.middleware
async def answer_refusals(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Turn what was raised into an answer; the truth goes to the log, a safe sentence to the person."""
    try:
        return await handler(request)
    except SignInNeeded as refusal:
        return _to_sign_in(request) if not _is_api(request) else problem(refusal.status, refusal.public)
    except Refusal as refusal:
        log.info("refused", path=request.path, status=refusal.status, truth=str(refusal))
        return _answer(request, refusal.status, refusal.public, refusal)
    except web.HTTPException as answer:
        if answer.status < HTTPStatus.BAD_REQUEST:
            raise
        return _answer(
            request, answer.status, SENTENCES.get(answer.status, answer.reason), headers=answer.headers
        )
    except Exception:
        log.exception("fault", path=request.path, method=request.method)
        return _answer(request, 500, FAULT)


def problem(status: int, detail: str, field: str = "") -> web.Response:
    """A problem document (RFC 9457)."""
    body = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status, "detail": detail}
    if field:
        body["field"] = field
    return web.Response(
        status=status, body=json.dumps(body).encode(), content_type="application/problem+json"
    )


def _answer(
    request: web.Request, status: int, sentence: str, refusal: Refusal | None = None, headers: object = None
) -> web.StreamResponse:
    if _is_api(request):
        response = problem(status, sentence, refusal.field if isinstance(refusal, Invalid) else "")
    else:
        response = _page(request, status, sentence)
    allow = headers.get(hdrs.ALLOW) if hasattr(headers, "get") else None
    if isinstance(allow, str):
        response.headers[hdrs.ALLOW] = allow
    return response


def _page(request: web.Request, status: int, sentence: str) -> web.Response:
    heading = HEADINGS.get(status, "Something went wrong")
    return html(
        draw(request, "error.html", ErrorPage(status=status, heading=heading, sentence=sentence)), status
    )


def _is_api(request: web.Request) -> bool:
    return request.path.startswith("/api/")


def _to_sign_in(request: web.Request) -> web.Response:
    target = request.path_qs if request.method == hdrs.METH_GET else request.path
    location = f"/sign-in?next={quote(target)}" if target != "/" else "/sign-in"
    if from_htmx(request):
        return web.Response(status=204, headers={"HX-Redirect": location})
    return web.Response(status=303, headers={hdrs.LOCATION: location})
