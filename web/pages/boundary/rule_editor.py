"""The table as text: checked, compared and tried before anything of it decides. What was typed is never lost."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from aiohttp import web

from server.boundary.labels import Level
from server.boundary.rules import RuleErrors
from server.domain.actors import Member
from server.domain.crossings import RulesState
from server.domain.errors import Invalid, Missing, NotAllowed, Refusal, RulesMoved, SignInNeeded
from server.services import dry_run, forums, holds, rule_versions, rules, shadow, widening
from server.services.dry_run import Rehearsal
from server.services.house import House
from server.services.rules import Change, tidy
from web.answers import go, show
from web.forms import read_form, read_time, wrong_of
from web.language import say
from web.pages.boundary.duty import SECTION, duty_holder
from web.pages.boundary.rule_forms import EFFECTS, FINDINGS, KINDS, rule_text
from web.pages.boundary.rule_views import CheckResult, EditorPage, FlipRow, ProblemRow
from web.people import Names, names_of_hosts
from web.reach import name_of, named
from web.session import member_of
from web.views import Choice

NEWEST_DECISIONS = 20_000
FLIPS_SHOWN = 50
LARGEST_TEXT = 900_000
LINE = re.compile(r"\blines? (\d+)")
LABELS = (Choice(value="", words=say("Any label")), *(Choice(value=str(one), words=str(one)) for one in Level))
ANY_FORUM = Choice(value="", words=say("Every forum"))
DONE: dict[RulesState, str] = {"active": "rules", "waiting": "rules-wait", "scheduled": "rules-later"}


async def show_editor(request: web.Request) -> web.Response:
    """GET /boundary/rules/edit: begin with the table in force, with `from` a version's text, or with `widen` a rule
    that came with a forum and lacks what such rules have today: compared already, and not in force before it is sent.
    """
    house, member = await duty_holder(request)
    member.require("rules")
    stored, _ = await rules.rules_in_force(house)
    if widened := request.query.get("widen", ""):
        text = await widening.widened_table(house, widened)
        note = say("%(rule)s takes what such rules take today.", rule=widened)
        return await _checked(request, house, {"text": text, "base": str(stored.version), "note": note})
    begin = request.query.get("from", "")
    text = stored.text
    if begin:
        if not (begin.isascii() and begin.isdigit() and len(begin) < 10):
            raise Missing("version of the rules")
        text = (await rules.version_of(house, int(begin))).text
    return await _show(request, house, {"text": text, "base": str(stored.version)})


async def use_editor(request: web.Request) -> web.Response:
    """POST /boundary/rules/edit: `do` is check, shadow, apply, add (a rule by form) or take (what came meanwhile)."""
    house, member = await duty_holder(request)
    member.require("rules")
    form = await read_form(request)
    act = form.get("do", "check")
    try:
        if act == "add":
            text = f"{tidy(form.get('text', ''))}\n{rule_text(form)}"
            form = {key: value for key, value in form.items() if not key.startswith("rule_")} | {"text": text}
        elif act == "take":
            form["text"] = await rule_versions.catch_up(house, form.get("text", ""), _base(form))
            form["base"] = str((await rules.rules_in_force(house))[0].version)
        elif act == "shadow":
            await shadow.start_shadow(house, member, form.get("text", ""), form.get("note", "").strip())
            return go(request, "/boundary", "shadow")
        elif act == "apply":
            return await _apply(request, house, member, form)
        return await _checked(request, house, form)
    except RuleErrors as error:
        return await _show(request, house, form, CheckResult(problems=_problems(error, form)), status=422)
    except RulesMoved:
        return await _show(request, house, form, status=RulesMoved.status)
    except (NotAllowed, Missing, SignInNeeded):
        raise
    except Refusal as refusal:
        return await _show(request, house, form, wrong=wrong_of(refusal), status=refusal.status)


async def _apply(request: web.Request, house: House, member: Member, form: Mapping[str, str]) -> web.Response:
    stored, _ = await rules.apply_rules(
        house,
        member,
        form.get("text", ""),
        form.get("note", "").strip()[:2000],
        starts_at=_starts_at(form),
        base=_base(form),
    )
    return go(request, "/boundary", DONE[stored.state])


def _starts_at(form: Mapping[str, str]) -> datetime | None:
    if not form.get("starts_at", "").strip():
        return None
    return read_time(form, "starts_at")


def _base(form: Mapping[str, str]) -> int:
    text = form.get("base", "")
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise Invalid("text", "The page does not say which version it was made from. Open the editor again.")
    return int(text)


async def _checked(request: web.Request, house: House, form: Mapping[str, str]) -> web.Response:
    text = form.get("text", "")
    change = await rules.weigh_rules(house, text)
    rehearsal = await dry_run.dry_run(house, text, NEWEST_DECISIONS)
    return await _show(request, house, form, _result(change, rehearsal, await names_of_hosts(house)))


def _result(change: Change, done: Rehearsal, names: Names) -> CheckResult:
    shown = sorted(done.flips, key=lambda flip: not flip.opens)[:FLIPS_SHOWN]
    return CheckResult(
        changes=change.diff,
        remarks=change.findings,
        opens=change.opens,
        proven=change.proven,
        opening=change.is_opening,
        dry_run=done.sentence,
        flips=tuple(
            FlipRow(
                words=f"{flip.facts.act} {'to' if flip.facts.direction == 'out' else 'from'}"
                f" {name_of(flip.facts.peer, names)}, {flip.facts.forum}",
                before=flip.before.effect,
                after=flip.after.effect,
                reason=named(flip.after.reason, flip.facts.peer, name_of(flip.facts.peer, names)),
                opens=flip.opens,
                url=f"/boundary/crossings/{flip.key}",
            )
            for flip in shown
        ),
        more_flips=done.total - len(shown),
    )


def _problems(error: RuleErrors, form: Mapping[str, str]) -> tuple[ProblemRow, ...]:
    """Return what is wrong with a table, each with its line as it was typed."""
    lines = form.get("text", "").replace("\r\n", "\n").split("\n")
    rows = []
    for problem in error.problems:
        at = LINE.search(problem)
        number = int(at[1]) if at else 0
        there = lines[number - 1].strip()[:120] if 0 < number <= len(lines) else ""
        rows.append(ProblemRow(sentence=problem[0].upper() + problem[1:], line=number, text=there))
    return tuple(sorted(rows, key=lambda row: row.line))


async def _show(
    request: web.Request,
    house: House,
    form: Mapping[str, str],
    result: CheckResult | None = None,
    wrong: Mapping[str, str] | None = None,
    status: int = 200,
) -> web.Response:
    stored, _ = await rules.rules_in_force(house)
    text = form.get("text", "")
    page = EditorPage(
        text=text,
        note=form.get("note", ""),
        starts_at=form.get("starts_at", ""),
        base=_base(form) if form.get("base") else stored.version,
        in_force=stored.version,
        too_large=len(text.encode()) > LARGEST_TEXT,
        rows=min(max(text.count("\n") + 3, 16), 48),
        waiting_holds=await holds.count_waiting(house),
        result=result,
        adding={key: value for key, value in form.items() if key.startswith("rule_")},
        kinds=_chosen(KINDS, form.get("rule_kind", "")),
        effects=_chosen(EFFECTS, form.get("rule_effect", "")),
        labels=_chosen(LABELS, form.get("rule_label", "")),
        findings=_chosen(FINDINGS, form.get("rule_findings", "")),
        forums=_chosen([ANY_FORUM, *await _forums(house, member_of(request))], form.get("rule_forum", "")),
        wrong=wrong or {},
    )
    if page.base != stored.version:
        since = await rule_versions.difference(house, page.base, stored.version)
        page = replace(page, moved=since)
    return show(request, "rule_editor.html", page, status=status, section=SECTION)


def _chosen(choices: Sequence[Choice], value: str) -> tuple[Choice, ...]:
    return tuple(replace(one, chosen=one.value == value) for one in choices)


async def _forums(house: House, member: Member) -> list[Choice]:
    """The forums that have readers outside, as a rule names them, as far as they are there for whoever asks."""
    found = [one for one in await forums.list_forums(house, member) if one.audience != "inside"]
    return [Choice(value=forums.mirror_key(one), words=one.title) for one in found]
