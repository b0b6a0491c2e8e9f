"""What was decided, crossings and refusals alike, and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from urllib.parse import urlencode

from aiohttp import web

from server.boundary.sentences import found, removed
from server.domain.crossings import EVERYONE, KeptVerdict
from server.domain.ideas import Contribution
from server.services import explain, holds, rules
from server.services.explain import Explanation, Place, Wanted
from server.services.text import excerpt, plain
from web.answers import show
from web.cards import url_of
from web.language import say
from web.pages.boundary.decision_views import DecisionPage, DecisionRow, DecisionsPage, FoundRow, MatchedRow
from web.pages.boundary.duty import SECTION, duty_holder
from web.people import names_of_hosts
from web.reach import name_of, named, words_of
from web.views import Choice

PAGE = 50
WORDS = (
    ("", say("Any verdict")),
    ("allowed", "crosses"),
    ("redacted", say("crosses, redacted")),
    ("held", "waits"),
    ("denied", say("does not cross")),
    ("inside", say("stays inside")),
)
WAYS = (("", say("Both ways")), ("out", say("Out")), ("in", say("In")))
REPLAYS = {
    "same": say(
        "Decided again from these facts by version {version} of the rules, it comes out the same, to the byte."
    ),
    "in other words": say("Decided again, it comes out the same; this version of the software words it otherwise."),
    "otherwise": say(
        "Decided again, it comes out otherwise: the store was altered, or the engine has a fault. Run doctor."
    ),
    "not kept": say("It is from before decisions were kept whole, so it cannot be decided again."),
}


async def show_decisions(request: web.Request) -> web.Response:
    """GET /boundary/decisions?audience=&verdict=&rule=&direction=&object=&after="""
    house, member = await duty_holder(request)
    wanted = _wanted(request.query)
    kept = await explain.list_decisions(house, member, wanted, _before(request.query.get("after", "")), PAGE + 1)
    names, (_, table) = await names_of_hosts(house), await rules.rules_in_force(house)
    made = await explain.contributions_of(house, kept)
    asked = {
        "audience": wanted.audience,
        "verdict": wanted.verdict,
        "rule": wanted.rule,
        "direction": wanted.direction,
        "object": wanted.about,
    }
    rule_ids = dict.fromkeys([*([wanted.rule] if wanted.rule else []), *table.by_id])
    hosts = dict.fromkeys([EVERYONE, *names, *([wanted.audience] if wanted.audience else [])])
    page = DecisionsPage(
        rows=tuple(_row(one, made.get(one.subject_id), names) for one in kept[:PAGE]),
        audiences=_choices([("", say("Anybody")), *((host, name_of(host, names)) for host in hosts)], wanted.audience),
        verdicts=_choices(WORDS, wanted.verdict),
        rules=_choices([("", say("Any rule")), *((id_, id_) for id_ in rule_ids)], wanted.rule),
        directions=_choices(WAYS, wanted.direction),
        about=wanted.about,
        older_url=_older(kept, asked),
        waiting_holds=await holds.count_waiting(house),
    )
    return show(request, "decisions.html", page, section=SECTION)


def _choices(choices: Sequence[tuple[str, str]], chosen: str) -> tuple[Choice, ...]:
    return tuple(Choice(value=value, words=words, chosen=value == chosen) for value, words in choices)


def _wanted(query: Mapping[str, str]) -> Wanted:
    """Read the filters; what is unknown filters nothing."""
    verdict, way = query.get("verdict", ""), query.get("direction", "")
    return Wanted(
        about=query.get("object", "").strip()[:2000],
        audience=query.get("audience", "")[:300],
        verdict=verdict if verdict in dict(WORDS) else "",  # type: ignore[arg-type]
        rule=query.get("rule", "")[:300],
        direction=way if way in dict(WAYS) else "",  # type: ignore[arg-type]
    )


def _before(after: str) -> tuple[float, str] | None:
    time, _, id_ = after.partition("~")
    try:
        return (float(time), id_) if id_ else None
    except ValueError:
        return None


def _older(kept: Sequence[KeptVerdict], asked: Mapping[str, str]) -> str:
    if len(kept) <= PAGE:
        return ""
    last = kept[PAGE - 1].verdict
    at = last.decided_at.timestamp() if last.decided_at else 0.0
    given = {key: value for key, value in asked.items() if value}
    return f"/boundary/decisions?{urlencode({**given, 'after': f'{at!r}~{last.id}'})}"


def _row(kept: KeptVerdict, made: Contribution | None, names: Mapping[str, str]) -> DecisionRow:
    verdict, receiver = kept.verdict, name_of(kept.verdict.audience, names)
    act = kept.act.removeprefix("in ")
    words = (made.title or excerpt(plain(made.html), 90)) if made and not made.deleted else ""
    return DecisionRow(
        object_words=words
        or (
            say("%(act)s from %(receiver)s", act=act, receiver=receiver)
            if kept.direction == "in"
            else say("Deleted since")
        ),
        url=f"/boundary/crossings/{verdict.id}",
        receiver=receiver,
        inward=kept.direction == "in",
        act=act,
        verdict=verdict.verdict,
        rules=verdict.rules,
        reason=named(verdict.reason, verdict.audience, receiver),
        at=verdict.decided_at,
    )


async def show_decision(request: web.Request) -> web.Response:
    """GET /boundary/crossings/{verdict}"""
    house, member = await duty_holder(request)
    told = await explain.explain(house, member, request.match_info["verdict"])
    names, kept, made = await names_of_hosts(house), told.kept, told.contribution
    row = _row(kept, made, names)
    above = told.ruled and told.ruled_because != kept.verdict.reason and told.ruled_because not in kept.verdict.reason
    page = DecisionPage(
        row=row,
        heading=_heading(kept, row),
        object_url=url_of(made) if made and not made.deleted else "",
        version=kept.version,
        rule_set=kept.verdict.rule_set,
        past=kept.past,
        ruled=named(told.ruled_because, kept.verdict.audience, row.receiver) if above else "",
        matched=tuple(
            MatchedRow(id=one.id, kind=one.kind, sentence=one.sentence, note=one.note, decides=one.decides)
            for one in told.matched
        ),
        facts=told.facts,
        found=_found(told, await explain.words_at(house, kept)),
        taken_out=removed(told.redactions) if told.redactions else "",
        changes=told.changes,
        replay=told.replay,
        replay_words=REPLAYS[told.replay].format(version=kept.verdict.rule_set),
        earlier=tuple(_row(one, made, names) for one in told.earlier),
        waiting_holds=await holds.count_waiting(house),
        wrong={},
    )
    return show(request, "decision.html", page, section=SECTION)


def _heading(kept: KeptVerdict, row: DecisionRow) -> str:
    """Say in one line what became of what."""
    if kept.direction == "in":
        said = {"held": "waits for a reviewer", "denied": "was not let in"}.get(row.verdict, "was let in")
        return say("%(act)s from %(receiver)s: %(said)s", act=row.act, receiver=row.receiver, said=said)
    return (
        say("It stays inside")
        if row.verdict == "inside"
        else say("For %(receiver)s: %(verdict)s", receiver=row.receiver, verdict=words_of(kept.verdict))
    )


def _found(told: Explanation, words: tuple[str, str] | None) -> tuple[FoundRow, ...]:
    return tuple(_found_row(place, words) for place in told.places)


def _found_row(place: Place, words: tuple[str, str] | None) -> FoundRow:
    text = "" if words is None else words[0 if place.where == "title" else 1]
    detail = f" ({place.detail})" if place.detail and place.detail != place.kind else ""
    return FoundRow(
        what=f"{found([place.kind])}{detail}",
        where=say(
            "%(where)s, characters %(start)s to %(end)s", where=place.where, start=place.start + 1, end=place.end
        ),
        words=text[place.start : place.end],
        masked=place.masked,
    )
