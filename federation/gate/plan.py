"""What one inside event changes outside, gathered first and written in one transaction with the cursor."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson

from federation.outside import crossings, deliveries, errands, peers, recalls, received
from federation.outside.crossings import Card
from federation.outside.deliveries import Letter
from federation.outside.keys import Listed
from federation.outside.released import Released
from federation.outside.store import Outside
from federation.signatures import PrivateKey, generate_ed25519_pem, generate_rsa_pem
from server.database import Transaction
from server.domain.crossings import Verdict
from server.domain.ideas import Contribution
from server.domain.self_test import is_identity
from server.services import crossings as judged
from server.services.house import House
from server.services.judging import Judged, words_judged

Step = Callable[[Transaction], Awaitable[object]]


@dataclass(frozen=True, slots=True)
class Gateway:
    """Both sides as the gate holds them.

    `make_pair` makes a key pair, (private PEM, public PEM); `make_proof_pair` one to sign documents with.
    `turn` is held from what is read to what is written of it: somebody who follows a forum while an idea is on
    its way out is either among those it is sent to or finds it in what stands there already. `signing` holds the
    keys of our actors' proofs, by name, each with the public half that it was loaded for. `ballots` says until when
    votes for something wait for others, by (host, lane).
    """

    house: House
    outside: Outside
    make_pair: Callable[[], tuple[str, str]] = generate_rsa_pem
    make_proof_pair: Callable[[], tuple[str, str]] = generate_ed25519_pem
    turn: asyncio.Lock = field(default_factory=asyncio.Lock, compare=False)
    signing: dict[str, tuple[Listed, PrivateKey]] = field(default_factory=dict, compare=False)
    ballots: dict[tuple[str, str], float] = field(default_factory=dict, compare=False)


@dataclass(slots=True)
class _Post:
    """A step: letters that are queued together."""

    outside: Outside
    letters: list[Letter] = field(default_factory=list)

    async def __call__(self, change: Transaction) -> None:
        await deliveries.queue(change, self.letters, self.outside.now())


@dataclass(slots=True)
class Plan:
    """Verdicts to keep inside, then steps to take in the outside store, in order.

    `event` is the number of the inside event that is dealt with, 0 for none.
    """

    gate: Gateway
    event: int = 0
    steps: list[Step] = field(default_factory=list)
    verdicts: list[Judged] = field(default_factory=list)
    _post: list[_Post] = field(default_factory=list)

    @property
    def outside(self) -> Outside:
        return self.gate.outside

    def note(self, made: Contribution, verdicts: Sequence[Verdict]) -> None:
        """Have verdicts kept, with their facts, before anything of them crosses."""
        self.verdicts.append(words_judged(made, verdicts))

    def mark(self) -> tuple[int, int]:
        """Return where the plan stands, for `back_to`."""
        self._post.clear()
        return len(self.steps), len(self.verdicts)

    def back_to(self, mark: tuple[int, int]) -> None:
        """Drop what was planned since a mark."""
        self._post.clear()
        del self.steps[mark[0] :]
        del self.verdicts[mark[1] :]

    def freeze(self, document: dict[str, Any], kind: str, version: int, audience: str, card: Card) -> Released:
        """Seal a document for one audience and have it written."""
        return self.freeze_all(document, kind, version, [audience], card)[audience]

    def freeze_all(
        self, document: dict[str, Any], kind: str, version: int, audiences: Sequence[str], card: Card
    ) -> dict[str, Released]:
        """Seal a document for each of some audiences, who get the same bytes, and have it written."""
        return self.freeze_bytes(document["id"], orjson.dumps(document), kind, version, audiences, card)

    def freeze_bytes(
        self, uri: str, body: bytes, kind: str, version: int, audiences: Sequence[str], card: Card
    ) -> dict[str, Released]:
        """Seal bytes that stand under a URI for each of some audiences, and have them written."""
        sealed = self.outside.sealer.seal(uri, version, audiences, kind, body, card)
        if sealed:
            self.steps.append(lambda change: crossings.freeze(change, sealed, card, self.outside.now()))
        return {one.audience: one for one in sealed}

    def freeze_anew(
        self, document: dict[str, Any], kind: str, version: int, audiences: Sequence[str], card: Card
    ) -> dict[str, Released]:
        """Seal a document in the place of the version that these audiences have: for what is counted in it."""
        body = orjson.dumps(document)
        sealed = self.outside.sealer.seal(document["id"], version, audiences, kind, body, card)
        if sealed:
            self.steps.append(lambda change: crossings.freeze_anew(change, sealed, card))
        return {one.audience: one for one in sealed}

    def send(
        self,
        released: Released,
        *,
        host: str,
        inbox_uri: str,
        sender_uri: str,
        lane: str,
        object_uri: str,
        act: str,
        delay: float = 0.0,
    ) -> None:
        """Put a sealed document on its way to one inbox. Who asks in a leak self-test has none."""
        if is_identity(host):
            return
        if not self._post or self.steps[-1] is not self._post[0]:
            # Letters that follow on each other are written together.
            self._post[:] = [_Post(self.outside)]
            self.steps.append(self._post[0])
        self._post[0].letters.append(
            Letter(
                host=host,
                inbox_uri=inbox_uri,
                uri=released.uri,
                audience=released.audience,
                version=released.version,
                sender_uri=sender_uri,
                lane=lane,
                object_uri=object_uri,
                act=act,
                due_at=self.outside.now() + delay,
            )
        )

    def ask_to_delete(self, request: recalls.Request) -> None:
        """Write down that a holder is asked to delete something."""
        if is_identity(request.host):
            return
        self.steps.append(lambda change: recalls.ask(change, request, self.outside.now()))

    def revoke(self, subject_uri: str, audience: str | None, now: float) -> None:
        """Stop serving something to one audience, or to all, and drop what is still queued of it."""
        self.steps.append(lambda change: crossings.revoke(change, subject_uri, audience, now))
        self.steps.append(lambda change: deliveries.cancel(change, subject_uri, audience, now))

    def forget(self, subject_uri: str) -> None:
        """Drop the words of something deleted: what was revoked of it, and what was received of it."""
        self.steps.append(lambda change: crossings.purge(change, subject_uri))
        self.steps.append(lambda change: received.forget(change, subject_uri))

    def bar(self, subject_uri: str, host: str, now: float) -> None:
        """Keep one host from what everyone may read."""
        self.steps.append(lambda change: crossings.bar(change, subject_uri, host, now))
        self.steps.append(lambda change: deliveries.cancel(change, subject_uri, None, now, host))

    def merge(self, subject_uri: str, host: str) -> None:
        """Have one host read something as everyone does."""
        self.steps.append(lambda change: crossings.merge(change, subject_uri, host))

    def set_peer(self, host: str, state: peers.PeerState) -> None:
        self.steps.append(lambda change: peers.set_state(change, host, state))

    def follow(self, follower: peers.Follower) -> None:
        self.steps.append(lambda change: peers.follow(change, follower, self.outside.now()))

    def unfollow(self, forum_uri: str, actor_uri: str) -> None:
        self.steps.append(lambda change: peers.unfollow(change, forum_uri, actor_uri))

    def ask(self, subject: str, asked_by: str) -> None:
        self.steps.append(lambda change: errands.ask(change, subject, asked_by, self.outside.now()))

    async def write_so_far(self) -> None:
        """Take the steps gathered so far, because what comes next has to see them; a replay doubles nothing.

        What hangs on how things stood before has to ask `was_begun`: after a crash they do not stand so any more.
        """
        await self.write((errands.BEGUN, self.event) if self.event and self.steps else None)

    async def was_begun(self) -> bool:
        """Say whether a part of what the present event changes was written already, before a crash or a fault."""
        return bool(self.event) and await errands.cursor(self.outside, errands.BEGUN) == self.event

    async def write(self, cursor: tuple[str, int] | None = None) -> None:
        """Keep the verdicts; then take all steps, and move a consumer's cursor with them, in one transaction."""
        await judged.record_verdicts(self.gate.house, self.verdicts)
        self.verdicts.clear()
        if not self.steps and cursor is None:
            return
        async with self.outside.store.transaction() as change:
            for step in self.steps:
                await step(change)
            if cursor is not None:
                await errands.advance(change, *cursor)
        self.steps.clear()
        self._post.clear()
