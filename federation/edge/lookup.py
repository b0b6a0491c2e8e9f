"""What the gate cannot fetch itself: actors and objects that a received activity needs, and handles to find.

Each new activity becomes ready once what it needs was had, or could not be had after several tries.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import orjson
import structlog

from federation.edge.signers import Budget, Recent
from federation.edge.tasks import Tasks
from federation.fetch import Fetcher, FetchError, Missing
from federation.outside import crossings, errands, peers, received
from federation.outside.peers import Fetched, PeerKind, Stranger
from federation.outside.received import Received
from federation.outside.store import Outside
from federation.outside.together import Together
from federation.signatures import Refusal
from federation.signatures.proofs import proves
from federation.transport import TransportError
from federation.urls import BadUrl, parse_url
from federation.vocabulary.activities import Activity, read_activity
from federation.vocabulary.actors import MalformedActor, parse_actor
from federation.vocabulary.capabilities import announced_form
from federation.vocabulary.members import FRESH_SECONDS, is_members_only, read_list, stated_digest
from federation.vocabulary.objects import first_id
from server.domain.self_test import is_identity
from server.domain.uris import host_of, origin_of
from server.precedence import NOBODY_WAITS, Precedence

TRIES = 6
AT_ONCE = 32
SLOW = 96
ASK_AGAIN_AFTER = 24 * 3600.0
FORUMS = {"lemmy", "piefed", "nodebb", "discourse", "mbin", "kbin"}
MICROBLOGS = {
    "mastodon",
    "gotosocial",
    "pleroma",
    "akkoma",
    "misskey",
    "sharkey",
    "firefish",
    "iceshrimp",
    "snac",
    "takahe",
    "microblogpub",
    "pixelfed",
    "hollo",
    "mitra",
    "friendica",
}
# As many answers hang on each other as the gate lets in; and as many objects are fetched from a server in a minute.
DEEPEST = 100
FETCHES_A_MINUTE = 300
LOST_SECONDS = 300.0
FAILURES = (FetchError, TransportError, Refusal, MalformedActor, BadUrl)
log = structlog.get_logger("lookup")


def kind_of_software(name: str) -> PeerKind:
    """Sort a NodeInfo software name."""
    plain = name.strip().lower()
    if plain == "marmalade":
        return "marmalade"
    return "forum" if plain in FORUMS else "microblog" if plain in MICROBLOGS else "unknown"


def _found(forum_uri: str, uris: Sequence[str], mark: str = "found") -> list[received.Found]:
    """Return what tells the gate that objects of a forum were found, each under a name that no server can send."""
    made = []
    for uri in uris:
        body = {"id": f"{uri}#{mark}", "type": "Found", "actor": forum_uri, "object": uri}
        made.append(received.Found(body["id"], forum_uri, "Found", uri, orjson.dumps(body)))
    return made


class Lookup:
    """Fetches on behalf of the gate. Call `run_once` again and again.

    Each server's activities have a task of their own: one that answers slowly, or never, holds up nobody else.
    """

    def __init__(self, outside: Outside, fetcher: Fetcher, precedence: Precedence = NOBODY_WAITS) -> None:
        self._outside = outside
        self._fetcher = fetcher
        self._precedence = precedence
        self._ready = Together(outside.store, received.ready)
        self._asked = Recent(60.0)
        self._tasks = Tasks(AT_ONCE, SLOW)
        self._lost = Recent(LOST_SECONDS)
        self._budget = Budget(FETCHES_A_MINUTE)

    async def run_once(self) -> int:
        """Start on what is new; return on how many servers and errands. Those at work already go on."""
        now = self._outside.now()
        self._tasks.sweep()
        started = 0
        for host in await received.hosts_in_state(self._outside, "new", now):
            started += self._tasks.start(host, self._prepare_all(host))
        for errand in await errands.in_state(self._outside, "open", now):
            started += self._tasks.start(f"errand {errand.id}", self._find(errand))
        return started

    async def settle(self) -> None:
        """Wait until the tasks at work are done."""
        await self._tasks.settle()

    async def close(self) -> None:
        """Stop. What was not looked up yet stays as it was."""
        await self._tasks.close()

    async def _prepare_all(self, host: str) -> None:
        written = []
        for one in await received.in_state(self._outside, "new", self._outside.now(), host=host):
            await self._precedence.stand_back()
            if await self._prepare(one):
                # Those after it are looked at while this is written.
                written.append(self._ready.begin(one))
        await asyncio.gather(*written)

    async def _prepare(self, one: Received) -> bool:
        """Have what an activity needs; return whether it is ready, with it or without."""
        if is_identity(one.host):
            # Servers of the leak self-test do not exist; what there is to know of them is known.
            return True
        activity = read_activity(orjson.loads(one.body))
        try:
            await self._describe(one.host, origin_of(one.actor_uri))
            await self._gather(activity)
        except FAILURES as error:
            if one.attempts < TRIES:
                await received.put_off(self._outside, one, self._outside.now() + 2.0**one.attempts, str(error))
                return False
            log.info("gave up", received=one.id, why=type(error).__name__)
        return True

    async def take(self, forum_uri: str, uris: Sequence[str]) -> int:
        """Fetch what we lack of a forum, each from its own server, with what it answers; return how much came.

        The gate finds it as if the forum had announced it.
        """
        taken = 0
        for uri in uris:
            chain = await self._above(uri)
            taken += await received.keep_found(self._outside, host_of(forum_uri), _found(forum_uri, chain))
        return taken

    async def refresh(self, forum_uri: str) -> None:
        """Ask a forum that we joined how it stands, and tell the gate where that is news."""
        known = await peers.stranger(self._outside, forum_uri)
        document = await self._fetcher.document(forum_uri)
        if known is None or known.document == document or document["id"] != forum_uri:
            return
        await peers.keep_fetched(self._outside, Fetched(forum_uri, 200, document))
        mark = hashlib.sha256(orjson.dumps([document, self._outside.now()])).hexdigest()[:32]
        found = _found(forum_uri, [forum_uri], mark)
        await received.keep_found(self._outside, host_of(forum_uri), found)

    async def _above(self, uri: str) -> list[str]:
        """Fetch an object that we lack and what it answers, one after another, up to something that we know.

        Return them from the top down: nothing where the chain is too long, turns in a circle, or breaks off.
        """
        chain: list[str] = []
        while uri and not await self._has(uri):
            budget = self._budget.spend(host_of(uri))
            if not budget or len(chain) >= DEEPEST or uri in chain or uri in self._lost:
                for one in chain[:1]:
                    self._lost.note(one)
                return []
            try:
                await self._fetch_object(uri, uri)
            except FAILURES:
                self._lost.note(uri)
                return []
            found = await peers.fetched(self._outside, uri)
            if found is None or found.document is None:
                self._lost.note(uri)
                return []
            chain.append(uri)
            uri = first_id(found.document.get("inReplyTo"))
        return chain[::-1]

    async def _has(self, uri: str) -> bool:
        ours = host_of(uri) == self._outside.addresses.edge_host
        return ours or await received.is_known(self._outside, uri)

    async def _gather(self, activity: Activity) -> None:
        if activity.kind == "Found":
            await self._fit_list(activity.actor_uri)
            if activity.object_uri != activity.actor_uri:
                await self._know_author(activity.object_uri)
            return
        for document in (activity.raw, activity.object or {}):
            await self._know_key(document, activity.actor_uri)
        if activity.kind in ("Like", "Dislike", "Undo"):
            # One that came with others was signed for by its server: its actor need not have been heard of.
            await self._know(activity.actor_uri)
        if activity.kind in ("Create", "Update") and activity.object is None and activity.object_uri:
            await self._fetch_object(activity.object_uri, activity.actor_uri)
        if activity.kind == "Update" and activity.object_uri == activity.actor_uri:
            await self._confirm_list(activity.actor_uri)
        if activity.kind in ("Add", "Lock", "Move") and await self._follows(activity.actor_uri):
            await self._fit_list(activity.actor_uri, stated_digest(activity.raw))
        if activity.kind != "Announce" or activity.object is None or not await self._follows(activity.actor_uri):
            return
        inner = read_activity(activity.object)
        if inner.kind in ("Like", "Dislike", "Undo") and origin_of(inner.actor_uri) == origin_of(activity.actor_uri):
            await self._know(inner.actor_uri)
        if inner.kind != "Delete":
            await self._fit_list(activity.actor_uri, stated_digest(activity.raw))
        if host_of(inner.object_uri) == self._outside.addresses.edge_host:
            return
        foreign = origin_of(inner.object_uri) != origin_of(activity.actor_uri)
        if inner.kind == "Delete" and foreign and "proof" in inner.raw:
            await self._proves(inner)
        proven = inner.kind == "Create" and foreign and await self._proves(inner)
        if inner.kind in ("Create", "Update") and foreign and not proven:
            # Nobody is believed about another server's words: they are fetched from that server.
            await self._fetch_object(inner.object_uri, inner.object_uri)
        if inner.kind in ("Create", "Update") and inner.actor_uri:
            await self._know(inner.actor_uri)
        if inner.kind in ("Create", "Update"):
            await self._find_answered(activity.actor_uri, inner)

    async def _know_author(self, uri: str) -> None:
        found = await peers.fetched(self._outside, uri)
        author = first_id(found.document.get("attributedTo")) if found and found.document else ""
        if author and origin_of(author) == origin_of(uri):
            await self._know(author)

    async def _find_answered(self, forum_uri: str, said: Activity) -> None:
        """Have what a passed on reply answers, where that never came."""
        fetched = await peers.fetched(self._outside, said.object_uri)
        document = said.object or (fetched.document if fetched else None) or {}
        answered = first_id(document.get("inReplyTo"))
        if answered and not await self._has(answered):
            await self.take(forum_uri, [answered])

    async def _confirm_list(self, forum_uri: str) -> None:
        """Have a closed forum's list as it is now: an Update may come late, or be sent again after a newer one.

        Where it cannot be had, the gate lets the Update take away and nothing else.
        """
        group = await peers.stranger(self._outside, forum_uri)
        if group is None or not is_members_only(group.document) or await self._is_shut_out(forum_uri):
            return
        with suppress(*FAILURES):
            await self._keep_actor(forum_uri)

    async def _fit_list(self, forum_uri: str, digest: str = "") -> None:
        """Have a closed forum's list anew where something came under another than we know, or under none, unless it
        was had just now.
        """
        group = await peers.stranger(self._outside, forum_uri)
        if group is None or not is_members_only(group.document) or digest == read_list(group.document).digest != "":
            return
        if group.fetched_at < self._outside.now() - FRESH_SECONDS / 2:
            await self._keep_actor(forum_uri)

    async def _proves(self, inner: Activity) -> bool:
        """Have what it takes to check a passed on activity's proof, and say whether it holds.

        Where its actor cannot be had, nothing is proven: then the object is asked for.
        """
        if not isinstance(inner.raw.get("proof"), dict) or await self._is_shut_out(inner.actor_uri):
            return False
        try:
            known = await peers.stranger(self._outside, inner.actor_uri)
            if known is None or self._outside.now() - known.fetched_at > ASK_AGAIN_AFTER:
                known = await self._keep_actor(inner.actor_uri)
            await self._know_key(inner.raw, inner.actor_uri)
        except FAILURES:
            return False
        known = await peers.stranger(self._outside, inner.actor_uri)
        return known is not None and proves(inner.raw, known.document, datetime.now(UTC))

    async def _follows(self, forum_uri: str) -> bool:
        """Say whether we asked to follow a forum: only then is anything fetched on its word."""
        return await crossings.asked_to_follow(self._outside, forum_uri)

    async def _is_shut_out(self, uri: str) -> bool:
        """Say whether a server is paused or suspended: then nothing is fetched from it either."""
        return await peers.shut_out(self._outside, host_of(uri)) is not None

    async def _fetch_object(self, uri: str, beside: str) -> None:
        if origin_of(uri) != origin_of(beside) or await self._is_shut_out(uri):
            return
        try:
            document = await self._fetcher.document(uri)
        except Missing:
            await peers.keep_fetched(self._outside, Fetched(uri, 410, None))
            return
        if document.get("id") == uri:
            await peers.keep_fetched(self._outside, Fetched(uri, 200, document))

    async def _know(self, actor_uri: str) -> None:
        if await peers.stranger(self._outside, actor_uri) is None and not await self._is_shut_out(actor_uri):
            await self._keep_actor(actor_uri)

    async def _know_key(self, signed: dict[str, Any], actor_uri: str) -> None:
        """Have an actor's document list the key with which it signed a document: that of old may not know it yet.

        Keys are exchanged under the same name, so a proof that does not fit has the actor looked up too.
        """
        proof = signed.get("proof")
        key_id = proof.get("verificationMethod") if isinstance(proof, dict) else None
        if not isinstance(key_id, str) or origin_of(key_id) != origin_of(actor_uri) or key_id in self._asked:
            return
        known = await peers.stranger(self._outside, actor_uri)
        if known is not None and not proves(signed, known.document, datetime.now(UTC)):
            self._asked.note(key_id)
            await self._keep_actor(actor_uri)

    async def _keep_actor(self, uri: str) -> Stranger:
        document = await self._fetcher.document(uri)
        actor = parse_actor(document, str(document["id"]))
        found = Stranger(actor.uri, actor.host, actor.key_id, actor.public_key_pem, document, self._outside.now())
        await peers.keep_stranger(self._outside, found)
        if form := announced_form(document):
            await peers.announced(self._outside, found.host, form)
        return found

    async def _describe(self, host: str, origin: str) -> None:
        """Ask a server what it runs, once a day, so that it gets the forms it can read."""
        known = await peers.peer(self._outside, host)
        if (known and self._outside.now() - known.asked_at < ASK_AGAIN_AFTER) or host in self._asked:
            return
        self._asked.note(host)
        told = await self._fetcher.nodeinfo(host, parse_url(origin).scheme)
        name = told["name"] if told else ""
        software = f"{name} {told['version']}".strip() if told else ""
        await peers.describe(self._outside, host, kind_of_software(name), software)

    async def _find(self, errand: errands.Errand) -> None:
        try:
            uri = await self._fetcher.webfinger(errand.subject)
            found = await self._keep_actor(uri)
            await self._describe(found.host, origin_of(found.uri))
        except FAILURES as error:
            if errand.attempts >= TRIES:
                await errands.finish(self._outside, errand, "failed", str(error)[:300])
            else:
                await errands.put_off(
                    self._outside, errand, self._outside.now() + 2.0**errand.attempts, str(error)[:300]
                )
            return
        await errands.finish(self._outside, errand, "done", found.uri)
