"""What became of recalls: who answered, who never did, and what was signed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from urllib.parse import urlencode

from aiohttp import web

from federation.outside import recalls
from federation.outside.recalls import Recall
from server.domain.errors import Missing
from server.domain.ideas import Contribution
from server.domain.recalls import (
    CAUSE_WORDS,
    RECALL_STATES,
    STATEMENTS,
    UNANSWERED,
    RecallState,
    Statement,
    state_sentence,
)
from server.services import holds, ideas_read
from server.services.house import House
from web.answers import show
from web.cards import url_of
from web.language import say
from web.pages.boundary import ledger_views as views
from web.pages.boundary.duty import SECTION
from web.pages.boundary.ledger import (
    ROWS,
    count_unanswered,
    ledger_holder,
    peer_choices,
    recall_times,
    words_of,
)
from web.people import names_of_hosts
from web.reach import name_of
from web.views import Choice, Tone

STATE_WORDS: dict[RecallState, str] = {
    "queued": say("on its way"),
    "accepted": say("taken"),
    "acknowledged": say("acknowledged"),
    "purged": say("purged"),
    "unreachable": say("unreachable"),
    "refused": say("refused"),
    "silent": say("silent"),
}
TONES: dict[RecallState, tuple[Tone, str]] = {
    "queued": ("held", "hourglass"),
    "accepted": ("partners", "check"),
    "acknowledged": ("partners", "stamp"),
    "purged": ("inside", "circle-check"),
    "unreachable": ("denied", "triangle-alert"),
    "refused": ("denied", "ban"),
    "silent": ("denied", "triangle-alert"),
}
SOFTWARE = {
    "marmalade": "Marmalade",
    "forum": say("forum software"),
    "microblog": say("a microblog"),
    "unknown": "unknown",
}


async def show_recalls(request: web.Request) -> web.Response:
    """GET /boundary/ledger/recalls?state=&peer=&after="""
    house, member, outside = await ledger_holder(request)
    names = await names_of_hosts(house)
    state, peer = request.query.get("state", "unanswered"), request.query.get("peer", "").strip()
    states: Sequence[RecallState] = tuple(UNANSWERED) if state == "unanswered" else ()
    states = states or tuple(one for one in RECALL_STATES if one == state)
    before = _read_place(request.query.get("after", ""))
    found = await recalls.listed(outside, states=states, peer=peer, before=before, limit=ROWS + 1)
    known = await ideas_read.by_uris(house, list({one.object_uri for one in found}))
    known = await ideas_read.shown_to(house, member, known)
    counted = await recalls.counts(outside)
    page = views.RecallsPage(
        rows=tuple(_row(one, known.get(one.object_uri), names) for one in found[:ROWS]),
        states=_choices(state, counted),
        peers=peer_choices(names, peer),
        older_url=_older(found, state, peer),
        unanswered=await count_unanswered(outside),
        waiting_holds=await holds.count_waiting(house),
    )
    return show(request, "recalls.html", page, section=SECTION)


def _choices(state: str, counted: Mapping[RecallState, int]) -> tuple[Choice, ...]:
    never = sum(number for one, number in counted.items() if one in UNANSWERED)
    return (
        Choice(value="unanswered", words=say("Never answered (%(n)s)", n=never), chosen=state == "unanswered"),
        Choice(value="all", words=say("All (%(n)s)", n=sum(counted.values())), chosen=state == "all"),
        *(
            Choice(
                value=one,
                words=say("%(state)s (%(n)s)", state=STATE_WORDS[one], n=counted.get(one, 0)),
                chosen=one == state,
            )
            for one in RECALL_STATES
        ),
    )


def _read_place(after: str) -> tuple[float, int] | None:
    asked_at, _, id_ = after.partition("_")
    try:
        return float(asked_at), int(id_)
    except ValueError:
        return None


def _older(found: Sequence[Recall], state: str, peer: str) -> str:
    if len(found) <= ROWS:
        return ""
    last = found[ROWS - 1]
    query = {"state": state, "peer": peer, "after": f"{last.asked_at!r}_{last.id}"}
    return f"/boundary/ledger/recalls?{urlencode({key: value for key, value in query.items() if value})}"


def _row(recall: Recall, made: Contribution | None, names: Mapping[str, str]) -> views.RecallRow:
    tone, icon = TONES[recall.state]
    return views.RecallRow(
        object_words=words_of(made) if made else say("Something that is not here any more"),
        object_url=url_of(made) if made and not made.deleted else "",
        object_uri=recall.object_uri,
        holder=name_of(recall.host, names),
        software=SOFTWARE[recall.kind],
        tone=tone,
        icon=icon,
        state=STATE_WORDS[recall.state],
        sentence=state_sentence(recall.state, recall.kind, recall.answer),
        cause=CAUSE_WORDS[recall.cause],
        asked_at=datetime.fromtimestamp(recall.asked_at, UTC),
        url=f"/boundary/ledger/recalls/{recall.id}",
    )


async def show_recall(request: web.Request) -> web.Response:
    """GET /boundary/ledger/recalls/{recall}: one recall with its times and the signed statements."""
    house, _, outside = await ledger_holder(request)
    recall = await recalls.by_id(outside, int(request.match_info["recall"]))
    if recall is None:
        raise Missing("recall")
    return show(request, "recall.html", await _page(request, house, recall), section=SECTION)


async def _page(request: web.Request, house: House, recall: Recall) -> views.RecallPage:
    _, member, outside = await ledger_holder(request)
    made = await ideas_read.by_uri(house, recall.object_uri)
    if made is not None and not await ideas_read.shown_to(house, member, {made.id: made}):
        raise Missing("recall")
    times = [(say("asked to delete"), recall.asked_at), *recall_times(recall)]
    here = {"acknowledged": recall.has_acknowledgement, "purged": recall.has_purge}
    words = {"acknowledged": say("Signed: the request came"), "purged": say("Signed: nothing of it is left")}
    return views.RecallPage(
        row=_row(recall, made, await names_of_hosts(house)),
        times=tuple((said, datetime.fromtimestamp(at, UTC)) for said, at in times if at is not None),
        statements=tuple(
            (words[name], f"/boundary/ledger/recalls/{recall.id}/{name}.json") for name in STATEMENTS if here[name]
        ),
        activity_uri=recall.activity_uri,
        digest=recall.digest,
        rounds=recall.rounds,
        answer=recall.answer,
        unanswered=await count_unanswered(outside),
        waiting_holds=await holds.count_waiting(house),
    )


async def download_statement(request: web.Request) -> web.Response:
    """GET /boundary/ledger/recalls/{recall}/{statement}.json: a signed statement, its bytes as they came."""
    _, _, outside = await ledger_holder(request)
    name: Statement | None = next((one for one in STATEMENTS if one == request.match_info["statement"]), None)
    body = await recalls.statement(outside, int(request.match_info["recall"]), name) if name else None
    if body is None:
        raise Missing("statement")
    file = f"{name}-{request.match_info['recall']}.json"
    headers = {"Content-Disposition": f'attachment; filename="{file}"'}
    return web.Response(body=body, content_type="application/json", headers=headers)
