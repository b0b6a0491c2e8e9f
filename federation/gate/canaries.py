"""The gate's part in the leak self-test: it shows canaries as it shows everything else, and forgets them after.

Canaries go the way of every idea: judged, rendered, sealed, withdrawn. Only that nothing is sent to those who ask
for them, nothing is kept of what was decided, and no reviewer is asked, is different (`Forum.is_canary`).
"""

from __future__ import annotations

from federation.gate.actors import forum_of, show_forum
from federation.gate.contributions_out import bring_in_line
from federation.gate.plan import Gateway, Plan
from federation.outside import self_tests
from federation.outside.peers import Stranger
from federation.vocabulary.actors import render_person
from server.domain.errors import Missing
from server.domain.events import Event
from server.domain.self_test import HOSTS
from server.services import ideas_read


async def begin(gate: Gateway, event: Event, plan: Plan) -> None:
    """Know those who will ask, and show them the forums that are for them. What an earlier test left goes."""
    plan.steps.append(lambda change: self_tests.forget(change, [], []))
    for identity, pem in event.data["keys"].items():
        found = _actor(identity, pem, gate.outside.now())
        plan.steps.append(lambda change, found=found: self_tests.know(change, found))  # type: ignore[misc]
    await plan.write_so_far()
    for forum_id in event.data["forums"]:
        forum, jam = await forum_of(gate, forum_id)
        await show_forum(gate, plan, forum, jam)


def _actor(identity: str, pem: str, now: float) -> Stranger:
    host = HOSTS[identity]
    uri = f"https://{host}/actor"
    document = render_person(
        uri=uri, username="self-test", name="Self-test", url=uri, public_key_pem=pem,
        shared_inbox_uri=f"https://{host}/inbox",
    )  # fmt: skip
    return Stranger(uri, host, f"{uri}#main-key", pem, document, now)


async def close_forum(gate: Gateway, event: Event, plan: Plan) -> None:
    """End what a server was shown of a forum, as when its partnership ends."""
    try:
        forum, _ = await forum_of(gate, event.subject_id)
    except Missing:
        return
    plan.revoke(forum.uri, str(event.data["host"]), event.at.timestamp())
    await plan.write_so_far()
    for made in await ideas_read.standing_in(gate.house, [forum.id]):
        await bring_in_line(gate, plan, made, forum, event, "rule")


async def end(gate: Gateway, event: Event, plan: Plan) -> None:
    """Forget the canaries and those who asked for them."""
    forums, objects = list(event.data["forums"]), list(event.data["objects"])
    plan.steps.append(lambda change: self_tests.forget(change, forums, objects))
