"""The one way in: verify, store once, answer 202; look at it later (order of checks: FEDERATION.md)."""

from __future__ import annotations

import asyncio

from aiohttp import web

from federation.edge.signers import SIGNERS
from federation.outside import received
from federation.outside.store import OUTSIDE
from federation.signatures import KeyGone, MalformedActivity, TooSlow, VerifiedActivity
from federation.signatures.bodies import parse_json_object
from federation.vocabulary.activities import innermost_id, read_activity

LONGEST_BODY = 1_000_000
SLOWEST = 20.0
TYPES = {"application/activity+json", "application/ld+json", "application/json"}


async def take(request: web.Request) -> web.Response:
    """POST to any inbox. On disk before 202; the same activity again is 202 as well."""
    if request.content_type not in TYPES:
        raise MalformedActivity(f"content type {request.content_type}")
    body = await _body(request)
    if (gone := _says_goodbye(body)) and not await request.app[SIGNERS].knows(gone):
        # Whole servers close: somebody of whom we hold nothing says goodbye, and costs no fetch.
        return web.Response(status=202)
    try:
        verified = await request.app[SIGNERS].activity(request, body)
    except KeyGone:
        # A deleted account says goodbye with a key that is gone; there is nothing of it to check or keep.
        if gone:
            return web.Response(status=202)
        raise
    await _keep(request, verified)
    return web.Response(status=202)


async def _body(request: web.Request) -> bytes:
    """Read a body within SLOWEST seconds: who drips it holds a connection no longer than that."""
    try:
        async with asyncio.timeout(SLOWEST):
            return await request.read()
    except TimeoutError as error:
        raise TooSlow(f"the body was not there within {SLOWEST} s") from error


async def _keep(request: web.Request, verified: VerifiedActivity) -> None:
    await received.keep(
        request.app[OUTSIDE],
        verified.activity_uri,
        verified.host,
        verified.actor_uri,
        verified.kind[:40],
        innermost_id(verified.activity)[:2000],
        verified.body,
    )


def _says_goodbye(body: bytes) -> str:
    """Return whose goodbye a body is: the Delete of an actor by itself. "" for anything else."""
    try:
        activity = read_activity(parse_json_object(body))
    except MalformedActivity:
        return ""
    return activity.actor_uri if activity.kind == "Delete" and activity.object_uri == activity.actor_uri else ""
