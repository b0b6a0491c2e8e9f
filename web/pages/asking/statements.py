"""Statements: one at a time to answer, a form to draft one, what waits for a facilitator, and the results."""

from __future__ import annotations

from aiohttp import web

from server.domain.errors import Missing, NotAllowed, Refusal, SignInNeeded
from server.domain.ideas import Contribution
from server.domain.jams import Jam
from server.domain.statements import AT_ONCE, LONGEST_STATEMENT, Result, Statement, Tally
from server.services import statements
from server.services.text import excerpt
from web.answers import go, head_of, show
from web.cards import url_of
from web.forms import read_form, wrong_of
from web.language import _
from web.pages.asking.views import Drafted, ReportPage, ResultView, StatementForm, StatementPage
from web.pages.jams import obtain
from web.views import Link

OPINION_WORDS = {"agree": "agreed", "pass": "passed", "disagree": "disagreed"}


def _home(jam: Jam) -> str:
    return f"/jams/{jam.id if jam.host else jam.slug}"


def _links(sources: list[Contribution]) -> tuple[Link, ...]:
    return tuple(Link(text=one.title or excerpt(one.text, 90), url=url_of(one)) for one in sources)


async def show_next(request: web.Request) -> web.Response:
    """GET /jams/{jam}/statements?at=N: the next statement; after every tenth a pause."""
    house, member, jam = await obtain(request)
    turn = await statements.next_for(house, member, jam)
    at = request.query.get("at", "")
    answered = int(at) if at.isascii() and at.isdecimal() and len(at) < 5 else 0
    pause = answered > 0 and answered % AT_ONCE == 0 and turn.statement is not None and "on" not in request.query
    waits = await statements.waiting(house, member, jam)
    page = StatementPage(
        jam=head_of(jam, jam.state_at(house.now())),
        url=f"{_home(jam)}/statements",
        statement=None if pause else turn.statement,
        sources=_links(turn.sources),
        done=turn.done,
        total=turn.all,
        answered=answered,
        pause=pause,
        open=jam.state_at(house.now()) == "open",
        waiting=sum(one.state == "proposed" for one in waits),
        moderates=member.may("moderate"),
    )
    return show(request, "asking/statements.html", page)


async def vote(request: web.Request) -> web.Response:
    """POST /jams/{jam}/statements/{statement}/vote"""
    house, member, jam = await obtain(request)
    form = await read_form(request)
    await statements.vote(house, member, jam, request.match_info["statement"], form.get("vote", ""))
    if form.get("back") == "results":
        return go(request, f"{_home(jam)}/statements/results#s-{request.match_info['statement']}", "saved")
    at = form.get("at", "")
    count = int(at) + 1 if at.isascii() and at.isdecimal() and len(at) < 5 else 1
    return go(request, f"{_home(jam)}/statements?at={count}")


async def show_draft(request: web.Request) -> web.Response:
    """GET /jams/{jam}/statements/new?from={idea}"""
    source = request.query.get("from", "")
    return await _draft(request, {"sources": source}, {}, 200)


async def _draft(request: web.Request, typed: dict[str, str], wrong: dict[str, str], status: int) -> web.Response:
    house, member, jam = await obtain(request)
    waits = await statements.waiting(house, member, jam)
    known = await statements.sources_of(house, member, waits)
    page = StatementForm(
        jam=head_of(jam, jam.state_at(house.now())),
        url=f"{_home(jam)}/statements",
        typed={"text": "", "sources": "", **typed},
        wrong=wrong,
        longest=LONGEST_STATEMENT,
        moderates=member.may("moderate"),
        waiting=tuple(_drafted(one, known) for one in waits),
    )
    return show(request, "asking/statement_form.html", page, status=status)


def _drafted(made: Statement, known: dict[str, Contribution]) -> Drafted:
    return Drafted(
        id=made.id,
        text=made.text,
        author=made.author_name,
        at=made.made_at,
        sources=_links([known[one] for one in made.sources if one in known]),
        state=made.state,
        note=made.note,
    )


async def draft(request: web.Request) -> web.Response:
    """POST /jams/{jam}/statements"""
    house, member, jam = await obtain(request)
    form = await read_form(request)
    try:
        made = await statements.draft(house, member, jam, form.get("text", ""), form.get("sources", "").splitlines())
    except (NotAllowed, SignInNeeded):
        raise
    except Refusal as refusal:
        return await _draft(request, form, wrong_of(refusal), refusal.status)
    done = "statement" if made.state == "approved" else "statement-waits"
    return go(request, f"{_home(jam)}/statements", done)


async def decide(request: web.Request) -> web.Response:
    """POST /jams/{jam}/statements/{statement}/decide: `decision` is approve or decline, `note` the reason."""
    house, member, jam = await obtain(request)
    form = await read_form(request)
    verb = form.get("decision", "")
    if verb not in ("approve", "decline"):
        raise Missing("decision")
    try:
        await statements.decide(house, member, jam, request.match_info["statement"], verb, form.get("note", ""))  # type: ignore[arg-type]
    except (NotAllowed, SignInNeeded, Missing):
        raise
    except Refusal as refusal:
        return await _draft(request, {}, {"": refusal.public}, refusal.status)
    return go(request, f"{_home(jam)}/statements/new", "saved")


async def show_results(request: web.Request) -> web.Response:
    """GET /jams/{jam}/statements/results"""
    house, member, jam = await obtain(request)
    report = await statements.report(house, member, jam)
    mine = await statements.answers_of(house, member, jam)
    every = [*report.common, *report.divided, *report.others]
    known = await statements.sources_of(house, member, [one.statement for one in every])

    def drawn(results: list[Result]) -> tuple[ResultView, ...]:
        return tuple(_result(one, known, mine.get(one.statement.id, "")) for one in results)

    page = ReportPage(
        jam=head_of(jam, jam.state_at(house.now())),
        url=f"{_home(jam)}/statements",
        common=drawn(report.common),
        divided=drawn(report.divided),
        others=drawn(report.others),
        open=jam.state_at(house.now()) == "open",
    )
    return show(request, "asking/results.html", page)


def _result(result: Result, known: dict[str, Contribution], mine: str) -> ResultView:
    return ResultView(
        id=result.statement.id,
        text=result.statement.text,
        sources=_links([known[one] for one in result.statement.sources if one in known]),
        people=result.people,
        whole=_row(_("Everybody"), result.whole) if result.whole else None,
        groups=tuple(_row(name or _("No unit"), tally) for _kind, name, tally in result.groups),
        left_out=result.left_out,
        refused=result.is_refused,
        mine=OPINION_WORDS.get(mine, ""),
    )


def _row(name: str, tally: Tally) -> tuple[str, int, str, str, str]:
    """(name, people, agree, pass, disagree), the last three as shares in per cent."""
    share = [f"{100 * part / tally.people:.0f} %" for part in (tally.agree, tally.passed, tally.disagree)]
    return name, tally.people, share[0], share[1], share[2]
