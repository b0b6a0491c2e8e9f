"""Telling another server of what one of its people wrote here: its address there, and what a facilitator says of it."""

from __future__ import annotations

from server.domain.actors import Member
from server.domain.crossings import EVERYONE, Verdict
from server.domain.errors import Conflict
from server.domain.ideas import Contribution
from server.domain.moderation import Case
from server.services import judging
from server.services.forums import forum_and_jam
from server.services.house import House
from server.services.judging import Draft
from server.services.redaction import Words, redact
from server.services.text import render
from server.storage import cases


async def require_tellable(house: House, by: Member, made: Contribution, words: str) -> None:
    """Raise Conflict where its author's own server cannot be told, with the reason."""
    if not made.author_host:
        raise Conflict("Its author is one of our own people: there is no other server to tell.")
    if made.author_host.endswith(".invalid"):
        raise Conflict("Its author is simulated: there is no server to tell.")
    verdict = await judge_flag(house, by, made, words)
    if verdict is None or not verdict.crosses:
        why = verdict.reason if verdict else "Their server may not see this forum."
        raise Conflict("The rules keep this from %(author_host)s. %(why)s", author_host=made.author_host, why=why)
    if await outbound(house, by, words, verdict) is None:
        raise Conflict("What you wrote has something in it that may not leave. Say it in other words.")


async def judge_flag(house: House, by: Member, made: Contribution, words: str) -> Verdict | None:
    """Return what the rules say of telling an author's own server, as one of its forum's readers or as anybody."""
    forum, _ = await forum_and_jam(house, made.forum_id)
    draft = Draft(forum, by, "", words, forum.label, "Flag", made.thread_id, "")
    verdicts = {one.audience: one for one in await judging.judge(house, draft)}
    return verdicts.get(made.author_host) or verdicts.get(EVERYONE)


async def outbound(house: House, by: Member, words: str, verdict: Verdict) -> str | None:
    """Return what a facilitator wrote as it may leave, None where no copy is safe."""
    safe = redact(await house.rulebook(), Words("", words, render(words)), by, verdict.redactions)
    return safe.text if safe else None


async def told_last(house: House, case_id: str) -> tuple[Case, str, str] | None:
    """Return a case with what was told of it last and who told it: for the gate."""
    case = await cases.by_id(house.store, case_id)
    step = next((one for one in reversed(case.steps) if one.act == "tell"), None) if case else None
    return (case, step.note, step.member_id) if case and step else None
