"""Ideas, replies and marks over the API."""

from __future__ import annotations

from datetime import timedelta

from msgspec import UNSET

from server.domain.errors import Invalid, Missing
from server.domain.ideas import MARKS, Contribution, MarkKind
from server.services import crossings, files, forums, holds, ideas, ideas_read, judging, marking, threads, undo
from server.services.judging import Draft as DraftToJudge
from server.services.labels import label_of
from server.services.ranking import rank_forum
from server.services.visitors import visitors
from web.api.calls import Call
from web.api.control_shapes import MarkWords
from web.api.hold_shapes import show_review
from web.api.idea_shapes import (
    ContributionAnswer,
    Draft,
    IdeaChanges,
    IdeasQuery,
    JudgedContribution,
    NewIdea,
    NewReply,
    Preview,
    RepliesQuery,
    ThreadAnswer,
    show_contribution,
    show_judged,
    show_thread,
    show_verdicts,
)
from web.api.jams import forum_of
from web.api.paging import page_of, read_count, read_time
from web.api.shapes import Page


async def contribution_of(call: Call) -> Contribution:
    """The idea or reply that the address names, or raise Missing."""
    return await ideas_read.obtain(call.house, call.member, call.path["id"])


async def _named(call: Call, field: str, key: str) -> Contribution:
    """Find what a body names by id or URI; raise Invalid where there is no such thing for this person."""
    known = await ideas_read.by_uri(call.house, key)
    try:
        return await ideas_read.obtain(call.house, call.member, known.id if known else key)
    except Missing as missing:
        raise Invalid(field, missing.public) from missing


async def judged_of(call: Call, made: Contribution) -> JudgedContribution:
    return show_judged(
        call.house, made, await visitors(call.house), await crossings.verdicts_of(call.house, call.member, made)
    )


async def post_idea(call: Call, body: NewIdea) -> JudgedContribution:
    forum = await forum_of(call)
    base = await _named(call, "builds_on", body.builds_on) if body.builds_on else None
    if base is not None and base.kind != "idea":
        raise Invalid("builds_on", "An idea builds on an idea, not on a reply.")
    made = await ideas.post_idea(
        call.house, call.member, forum, body.title, body.text, label=body.label, intent=body.intent,
        builds_on=base.id if base else "", undo=timedelta(seconds=body.undo_seconds),
        files=await files.chosen(call.house, call.member, body.files, {}), language=body.language,
    )  # fmt: skip
    return await judged_of(call, made)


async def post_reply(call: Call, body: NewReply) -> JudgedContribution:
    parent = await contribution_of(call)
    if body.in_reply_to:
        named = await _named(call, "in_reply_to", body.in_reply_to)
        if named.thread_id != parent.thread_id:
            raise Invalid("in_reply_to", "That stands in another thread.")
        parent = named
    made = await ideas.reply(
        call.house, call.member, parent, body.text, label=body.label, intent=body.intent,
        undo=timedelta(seconds=body.undo_seconds),
        files=await files.chosen(call.house, call.member, body.files, {}), language=body.language,
    )  # fmt: skip
    return await judged_of(call, made)


async def list_ideas(call: Call, query: IdeasQuery) -> Page[ContributionAnswer]:
    forum = await forum_of(call)
    if query.order == "fair":
        start, known = read_count(query.after), await visitors(call.house)
        placed = await rank_forum(call.house, call.member, forum, start, query.limit + 1)
        return page_of(
            [one.idea for one in placed],
            query,
            lambda made: show_contribution(call.house, made, known),
            lambda _: str(start + query.limit),
        )
    before = read_time(query.after)
    found = await ideas_read.list_ideas(call.house, call.member, forum, before, query.limit + 1)
    known = await visitors(call.house)
    return page_of(
        found,
        query,
        lambda made: show_contribution(call.house, made, known),
        lambda made: repr(made.created_at.timestamp()),
    )


async def read_idea(call: Call) -> ThreadAnswer:
    made = await contribution_of(call)
    thread = await ideas_read.read_thread(call.house, call.member, made.thread_id)
    verdicts = await crossings.verdicts_of(call.house, call.member, made)
    replies = thread.replies if made.kind == "idea" else _below(made, thread.replies)
    built = thread.built_on_by if made.kind == "idea" else []
    here = {made.id, *(one.id for one in replies)}
    reviews = [
        show_review(call.house, hold)
        for hold in await holds.holds_in_thread(call.house, call.member, made.thread_id)
        if hold.contribution_id in here and hold.state in ("waiting", "deciding", "refused")
    ]
    known = await visitors(call.house)
    return show_thread(call.house, made, known, verdicts, replies, built, thread.mine, reviews, thread.lock)


async def list_replies(call: Call, query: RepliesQuery) -> Page[ContributionAnswer]:
    made = await contribution_of(call)
    idea = made if made.kind == "idea" else await ideas_read.obtain(call.house, call.member, made.thread_id)
    found = await threads.list_replies(
        call.house, call.member, idea, query.after, query.limit + 1, query.intent
    )  # fmt: skip
    known, head = await visitors(call.house), await ideas_read.read_head(call.house, call.member, idea.id)
    return page_of(
        found,
        query,
        lambda one: show_contribution(call.house, one, known, head.mine.get(one.id, ())),
        lambda one: one.id,
    )


def _below(made: Contribution, replies: list[Contribution]) -> list[Contribution]:
    """Return the replies to a reply, and those to them. What answers comes after what it answers."""
    within, found = {made.id}, []
    for one in replies:
        if one.parent_id in within:
            within.add(one.id)
            found.append(one)
    return found


async def edit_idea(call: Call, body: IdeaChanges) -> JudgedContribution:
    old = await contribution_of(call)
    if body.label is not UNSET and body.text is UNSET and body.title is UNSET:
        return await judged_of(call, await ideas.relabel(call.house, call.member, old, body.label))
    changed = await ideas.edit(
        call.house,
        call.member,
        old,
        old.text if body.text is UNSET else body.text,
        title=None if body.title is UNSET else body.title,
        label=None if body.label is UNSET else body.label,
        reason=body.reason,
        language=None if body.language is UNSET else body.language,
    )
    return await judged_of(call, changed)


async def delete_idea(call: Call) -> None:
    await ideas.delete(call.house, call.member, await contribution_of(call))


async def undo_idea(call: Call) -> None:
    await undo.undo(call.house, call.member, await contribution_of(call))


def _mark_of(call: Call) -> MarkKind:
    for kind in MARKS:
        if call.path["mark"] == kind:
            return kind
    raise Missing("mark")


async def set_mark(call: Call, body: MarkWords) -> ContributionAnswer:
    made, kind = await contribution_of(call), _mark_of(call)
    await marking.mark(call.house, call.member, made, kind, body.reason)
    return await _marked(call)


async def take_mark(call: Call) -> ContributionAnswer:
    made, kind = await contribution_of(call), _mark_of(call)
    await marking.unmark(call.house, call.member, made, kind)
    return await _marked(call)


async def _marked(call: Call) -> ContributionAnswer:
    made = await contribution_of(call)
    thread = await ideas_read.read_thread(call.house, call.member, made.thread_id)
    return show_contribution(call.house, made, await visitors(call.house), thread.mine.get(made.id, ()))


async def preview(call: Call, body: Draft) -> Preview:
    forum = await forums.obtain_forum(call.house, call.member, body.forum)
    label = label_of(body.label, forum.label)
    draft = DraftToJudge(forum, call.member, body.title, body.text, label)
    return Preview(crossing=show_verdicts(await judging.judge(call.house, draft)))
