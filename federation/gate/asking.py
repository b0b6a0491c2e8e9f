"""Whom to ask to delete something, and the asking: each holder gets its Delete, and the ledger a line."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from federation.gate.plan import Gateway, Plan
from federation.gate.routing import activity_uri, inbox_at
from federation.outside import recalls
from federation.outside.recalls import Holder, Request
from federation.outside.released import Released
from server.domain.jams import Forum
from server.domain.recalls import Cause

NO_INBOX = "No inbox of it is known to us."
NO_WORDS = "Its software reads no message that would take this back."


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdrawal:
    """One object that one audience (None: everybody) may have no longer, and why."""

    forum: Forum
    object_uri: str
    audience: str | None
    at: datetime
    cause: Cause

    @property
    def is_public(self) -> bool:
        return self.forum.audience == "public"


def stop_serving(plan: Plan, withdrawal: Withdrawal, granted: list[str]) -> None:
    """End the grant; a host that read only what everyone may is barred, while everyone else goes on reading."""
    audience, now = withdrawal.audience, withdrawal.at.timestamp()
    if audience is not None and audience not in granted:
        plan.bar(withdrawal.object_uri, audience, now)
    else:
        plan.revoke(withdrawal.object_uri, audience, now)


async def concerned(gate: Gateway, withdrawal: Withdrawal) -> list[Holder]:
    """Return the holders whom a withdrawal concerns, each with an inbox of its where one is known."""
    uri = withdrawal.object_uri
    found = (await recalls.concerned(gate.outside, [uri], withdrawal.audience)).get(uri, [])
    return [one if one.inbox_uri else replace(one, inbox_uri=await inbox_at(gate, one.host)) for one in found]


def delete_uri(gate: Gateway, object_uri: str, holder: Holder) -> str:
    """Return the id of a Delete for one holder: the same in a replay, another in each round, or it would be ignored."""
    again = (holder.rounds,) if holder.rounds else ()
    return activity_uri(gate, "delete", object_uri, holder.host, *again)


def ask(plan: Plan, withdrawal: Withdrawal, holder: Holder, lane: str, told: list[tuple[Released, str]]) -> None:
    """Send one holder what takes the object back, each (document, sender), and write down that it was asked."""
    undeliverable = NO_INBOX if not holder.inbox_uri else NO_WORDS if not told else ""
    # Asked first, sent after: a receipt about an earlier round is none about this one.
    plan.ask_to_delete(
        Request(
            object_uri=withdrawal.object_uri,
            host=holder.host,
            cause=withdrawal.cause,
            activity_uri=told[0][0].uri if told else "",
            digest=told[0][0].sha if told else "",
            undeliverable=undeliverable,
        )
    )
    for released, sender_uri in told if holder.inbox_uri else []:
        plan.send(
            released,
            host=holder.host,
            inbox_uri=holder.inbox_uri,
            sender_uri=sender_uri,
            lane=lane,
            object_uri=withdrawal.object_uri,
            act="Delete",
        )
