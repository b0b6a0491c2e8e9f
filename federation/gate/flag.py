"""Flag: another server asks our facilitators to look at something of ours, for somebody of its own."""

from __future__ import annotations

from typing import Any

from federation.gate.arrival import ADMITTED, Arrival, Outcome
from federation.gate.render import stands_as
from federation.vocabulary.objects import ids
from server.boundary.labels import Label
from server.domain.ideas import Contribution
from server.services import forums, ideas_read, moderation
from server.services.incoming import Incoming
from server.services.text import plain, sanitise

# A Flag may name several things (Mastodon names the account as well); we look at so many.
MOST_OBJECTS = 20


async def admit_flag(arrival: Arrival) -> Outcome:
    """Make a case of what it names that stands in a forum of ours and that its server was granted."""
    found = await _targets(arrival)
    author = await arrival.visitor()
    if not found or author is None:
        return Outcome("ignored", "It flags nothing that we know.")
    reason = _reason(arrival.activity.raw)
    for target in {one.forum_id: one for one in found}.values():
        forum, _ = await forums.forum_and_jam(arrival.gate.house, target.forum_id)
        wish = Incoming(
            author=author, peer=arrival.peer, forum=forum, act="Flag", thing="other",
            label=Label.parse(target.label), text=reason,
        )  # fmt: skip
        if outcome := await arrival.judge(wish):
            return outcome
    for target in found:
        await moderation.flag_from(
            arrival.gate.house, arrival.peer, f"{arrival.activity.uri}#{target.id}", target, reason
        )
    return ADMITTED


def _reason(flag: dict[str, Any]) -> str:
    """Return what somebody says of it: microblogs have it as `content`, Lemmy and PieFed as `summary`."""
    said = (flag.get(name) for name in ("content", "summary"))
    return next((plain(sanitise(one)) for one in said if isinstance(one, str) and one), "")


async def _targets(arrival: Arrival) -> list[Contribution]:
    """Return what it names, once each; what its server may not read is not there."""
    named = dict.fromkeys(ids(arrival.activity.raw.get("object"))[:MOST_OBJECTS])
    targets: dict[str, Contribution] = {}
    for uri in named:
        made = await ideas_read.by_uri(arrival.gate.house, uri)
        if made is None or made.deleted or await stands_as(arrival.gate, made, arrival.peer) is None:
            continue
        forum, _ = await forums.forum_and_jam(arrival.gate.house, made.forum_id)
        # What our own people wrote in forums elsewhere is ours to look at as well.
        if forum.is_local or made.is_local:
            targets[made.id] = made
    return list(targets.values())
