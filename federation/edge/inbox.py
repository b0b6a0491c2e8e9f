"""The one way in: verify, store once, answer 202; look at it later (order of checks: FEDERATION.md)."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import orjson
from aiohttp import web

from federation.edge.habits import habits_of
from federation.edge.signers import SIGNERS
from federation.outside import peers, received
from federation.outside.received import Arriving
from federation.outside.store import Outside
from federation.outside.together import Together
from federation.signatures import KeyGone, MalformedActivity, TooSlow, VerifiedActivity
from federation.signatures.bodies import parse_json_object
from federation.vocabulary.activities import innermost_id, read_activity, several, unfold
from federation.vocabulary.objects import first_id

LONGEST_BODY = 1_000_000
SLOWEST = 20.0
MOST_TOGETHER = 200
TYPES = {"application/activity+json", "application/ld+json", "application/json"}


class Inbox:
    """Where verified activities are kept: those that come together, in one transaction."""

    def __init__(self, outside: Outside) -> None:
        self._outside = outside
        self._host = outside.addresses.edge_host
        self._kept = Together(outside.store, partial(received.keep_all, outside))

    @property
    def is_taking(self) -> bool:
        """Whether somebody waits for the answer that theirs is kept."""
        return self._kept.is_writing

    async def keep(self, verified: VerifiedActivity) -> None:
        """Store an activity once, each of several that are announced together by itself; on return it is on disk."""
        items = several(verified.activity)
        if len(items) > MOST_TOGETHER:
            raise MalformedActivity(f"{len(items)} activities announced together are more than {MOST_TOGETHER}")
        parts = unfold(verified.activity, items, self._host)
        whole = _arriving(verified, None)
        if whole.kind in ("Like", "Undo") and (anew := await self._said_anew(verified)):
            whole = replace(whole, activity_uri=anew)
        await self._kept.add([_arriving(verified, one) for one in parts] or [whole])

    async def _said_anew(self, verified: VerifiedActivity) -> str:
        """Return as what a vote, or its Undo, is kept whose server gives all of them one id; "" for what is not new.

        A Like is a new one where it was signed after the Undo of the one before came, an Undo where it was signed after
        the newest Like came: each is good once after the other. A Like that was undone before it ever came stays so:
        its server may have tried again to send the first.
        """
        if not habits_of(await peers.peer(self._outside, verified.host)).same_votes:
            return ""
        uri, whose = verified.activity_uri, (verified.host, verified.actor_uri)
        if verified.kind == "Like":
            other = await received.newest_about(self._outside, "Undo", whose[0], uri, whose[1])
        else:
            inner = verified.activity.get("object")
            vote = inner if isinstance(inner, dict) and inner.get("type") == "Like" else {}
            liked = first_id(vote.get("object"))
            other = await received.newest_about(self._outside, "Like", whose[0], liked, whose[1]) if liked else None
        if other is None or verified.signed_at <= other.received_at:
            return ""
        return received.said_anew(uri, other) if await received.came_first(self._outside, uri, other) else ""

    async def keep_said(self, said: Sequence[Arriving]) -> None:
        """Store what somebody who is signed in did here with one form, once; on return all of it is on disk."""
        await self._kept.add(said)


def _arriving(verified: VerifiedActivity, part: dict[str, Any] | None) -> Arriving:
    """Return what is kept of a verified activity: itself, or one part of it."""
    if part is None:
        return Arriving(
            activity_uri=verified.activity_uri,
            host=verified.host,
            actor_uri=verified.actor_uri,
            kind=verified.kind[:40],
            object_uri=innermost_id(verified.activity)[:2000],
            body=verified.body,
        )
    read = read_activity(part)
    return Arriving(
        activity_uri=read.uri,
        host=verified.host,
        actor_uri=read.actor_uri,
        kind=read.kind[:40],
        object_uri=innermost_id(part)[:2000],
        body=orjson.dumps(part),
    )


INBOX = web.AppKey("INBOX", Inbox)


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
    await request.app[INBOX].keep(verified)
    return web.Response(status=202)


async def _body(request: web.Request) -> bytes:
    """Read a body within SLOWEST seconds: who drips it holds a connection no longer than that."""
    if request.content.is_eof():
        # It came with its headers, as nearly all do.
        return await request.read()
    try:
        async with asyncio.timeout(SLOWEST):
            return await request.read()
    except TimeoutError as error:
        raise TooSlow(f"the body was not there within {SLOWEST} s") from error


def _says_goodbye(body: bytes) -> str:
    """Return whose goodbye a body is: the Delete of an actor by itself. "" for anything else."""
    if b"Delete" not in body:
        return ""
    try:
        activity = read_activity(parse_json_object(body))
    except MalformedActivity:
        return ""
    return activity.actor_uri if activity.kind == "Delete" and activity.object_uri == activity.actor_uri else ""
