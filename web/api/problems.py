"""Whatever goes wrong below /api, as a problem document (RFC 9457)."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus

import msgspec
import structlog
from aiohttp import hdrs, web
from aiohttp.typedefs import Handler

from server.boundary.rules import RuleErrors
from server.database.errors import CommitFailed, ConstraintBroken, StoreBusy, StoreClosed
from server.domain.errors import Invalid, Refusal, SignInNeeded
from web.api.shapes import Problem
from web.language import _, later, liked_best, speaking, spoken, told

log = structlog.get_logger()

SENTENCES = {
    400: later("The request could not be read."),
    404: later("There is no such address here."),
    405: later("This address takes no such request."),
    413: later("That is larger than this server takes."),
}
FAULT = later("Something broke on our side. It has been written down.")
BUSY = later("The store is busy. Nothing was written; try again in a moment.")
TAKEN = later("Somebody has just done the same. Nothing was written.")
CHALLENGE: Mapping[str, str] = {hdrs.WWW_AUTHENTICATE: "Bearer"}
REFUSED_TOKEN: Mapping[str, str] = {hdrs.WWW_AUTHENTICATE: 'Bearer error="invalid_token"'}
SOON: Mapping[str, str] = {hdrs.RETRY_AFTER: "1"}


@web.middleware
async def speak_as_asked(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Speak the language of the header alone: a program's words do not follow what somebody chose in a browser."""
    with speaking(liked_best(request.headers.get(hdrs.ACCEPT_LANGUAGE, ""))):
        return await handler(request)


@web.middleware
async def answer_problems(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Answer every refusal and fault; the whole truth goes to the log, a safe sentence to the client."""
    try:
        return await handler(request)
    except SignInNeeded as refusal:
        sent = hdrs.AUTHORIZATION in request.headers
        return problem(refusal.status, refusal.public, headers=REFUSED_TOKEN if sent else CHALLENGE)
    except Refusal as refusal:
        log.info("refused", path=request.path, status=refusal.status, truth=str(refusal))
        field = refusal.field if isinstance(refusal, Invalid) else ""
        return problem(refusal.status, refusal.public, field=field)
    except RuleErrors as error:
        return problem(422, _("The rule table cannot be used."), field="text", problems=error.problems)
    except ConstraintBroken as error:
        log.warning("raced", path=request.path, truth=str(error))
        return problem(409, _(TAKEN))
    except (StoreBusy, CommitFailed, StoreClosed) as error:
        log.error("store", path=request.path, truth=str(error))
        return problem(503, _(BUSY), headers=SOON)
    except web.HTTPException as answer:
        if answer.status < HTTPStatus.BAD_REQUEST:
            raise
        kept: dict[str, str] = {hdrs.ALLOW: answer.headers[hdrs.ALLOW]} if hdrs.ALLOW in answer.headers else {}
        return problem(answer.status, _(SENTENCES.get(answer.status, answer.reason)), headers=kept)
    except ConnectionResetError:
        # Whoever asked has gone: nothing broke, and nobody is left to answer.
        raise
    except Exception:
        # The outermost place of the API: there is nobody above who could still answer.
        log.exception("fault", path=request.path, method=request.method)
        return problem(500, _(FAULT))


def problem(
    status: int, detail: str, *, field: str = "", problems: tuple[str, ...] = (),
    headers: Mapping[str, str] | None = None,
) -> web.Response:  # fmt: skip
    """Make a problem document. `detail` is in the language that the caller asks for, English where it asks for none.

    Programs tell problems apart by `status` and `field`, never by words (RFC 9457, 3.1.4).
    """
    body = Problem(
        type="about:blank",
        title=HTTPStatus(status).phrase,
        status=int(status),
        detail=told(detail),
        field=field,
        problems=tuple(told(one) for one in problems),
    )
    said = {hdrs.CONTENT_LANGUAGE: spoken(), hdrs.VARY: hdrs.ACCEPT_LANGUAGE, **(headers or {})}
    return web.Response(
        status=status, body=msgspec.json.encode(body), content_type="application/problem+json", headers=said
    )
