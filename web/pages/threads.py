"""A thread: an idea, its lineage, its replies, its marks, and all that its author may do with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from aiohttp import web

from federation.outside import recalls
from federation.outside.ledger import Holding, holdings
from server.domain.actors import Member
from server.domain.differences import Piece, compare
from server.domain.drafts import Place
from server.domain.errors import (
    Conflict,
    JamNotOpen,
    Missing,
    NotAllowed,
    Refusal,
    SignInNeeded,
    ThreadLocked,
)
from server.domain.holds import Hold
from server.domain.ideas import MARKS, Contribution, Version
from server.domain.jams import Forum, Jam
from server.domain.recalls import recall_sentence
from server.keys import HOUSE
from server.services import (
    crossings,
    drafts,
    explain,
    files,
    forums,
    guises,
    holds,
    ideas,
    ideas_read,
    lineage,
    marking,
    mentions,
    threads,
    undo,
)
from server.services.archive import cite
from server.services.bans import why_shut_out
from server.services.elsewhere import stands_now
from server.services.house import House
from server.services.locking import LOCKED
from server.services.outcomes import may_decide
from server.services.presence import note_presence
from server.services.text import excerpt, plain
from web import enclosing, views
from web.answers import DONE, draw, from_htmx, go, head_of, html, show
from web.asking import draw_asking
from web.cards import url_of
from web.composing import Writing, draw_composer, intent_of, label_in, version_in
from web.confirming import ask_before
from web.elsewhere import RestView, draw_rest, share_of_thread
from web.forms import read_form, wrong_of
from web.gate import caught_up
from web.kin import draw_kin
from web.language import _, say, together
from web.ledger import ledger_of
from web.outcomes import outcome_of
from web.pages.control.duty import prompted
from web.pages.control.marks import mark_with_reason
from web.pages.control.thread import draw_control
from web.pages.drafts import url_of_place
from web.pages.forums import answer_preview, closed_words, show_again
from web.people import Names, author_of, names_of_hosts
from web.reach import badge_of
from web.reading import Asked, draw_reading
from web.reading_views import ThreadPage
from web.session import member_of
from web.threads import Tree, draw_passport
from web.views import Link, VersionView


async def obtain(request: web.Request) -> tuple[House, Member, Contribution, Forum, Jam]:
    """The house, the person, the idea or reply of the address, its forum and jam, or raise Missing."""
    house, member = request.app[HOUSE], member_of(request)
    made = await ideas_read.obtain(house, member, request.match_info["idea"])
    forum = await forums.obtain_forum(house, member, made.forum_id)
    _, jam = await forums.forum_and_jam(house, forum.id)
    await note_presence(house, member, jam.id)
    return house, member, made, forum, jam


async def show_thread(request: web.Request) -> web.Response:
    """GET /ideas/{idea}: the thread of an idea; the address of a reply leads to its place in the thread.

    So does that of what another server, which holds its forum, moved since.
    """
    try:
        house, member, made, _, _ = await obtain(request)
    except Missing:
        moved = await stands_now(request.app[HOUSE], member_of(request), request.match_info["idea"])
        if moved is None:
            raise
        return go(request, url_of(moved))
    if made.kind == "reply":
        place = await threads.find(house, member, made)
        url = Asked(made.thread_id, place).url
        kept = request.query.get("done", "")
        return go(request, f"{url}#c-{made.id}", kept if kept in DONE else "")
    return await draw_thread(request, made, made.id, {}, {}, 200)


async def show_branch(request: web.Request) -> web.Response:
    """GET /ideas/{idea}/branch: all that hangs on one reply, on pages of its own."""
    house, member, made, _, _ = await obtain(request)
    if made.kind == "idea":
        return go(request, url_of(made))
    idea = await ideas_read.obtain(house, member, made.thread_id)
    return await draw_thread(request, idea, made.id, {}, {}, 200)


async def show_new(request: web.Request) -> web.Response:
    """GET /ideas/{idea}/new?since=: leads to the first reply of others since a moment, or since the last visit."""
    house, member, made, _, _ = await obtain(request)
    try:
        since = float(request.query["since"]) if "since" in request.query else None
    except ValueError:
        since = None
    idea = made if made.kind == "idea" else await ideas_read.obtain(house, member, made.thread_id)
    first = await threads.first_since(house, member, idea, since)
    return go(request, f"/ideas/{first or idea.id}")


async def draw_thread(
    request: web.Request, idea: Contribution, under: str, typed: dict[str, str], wrong: dict[str, str], status: int
) -> web.Response:
    """The page of a thread, with what was typed below it."""
    house, member = request.app[HOUSE], member_of(request)
    thread = await ideas_read.read_head(house, member, idea.id)
    names = await names_of_hosts(house)
    shut_out = await why_shut_out(house, member, thread.forum)
    closed = closed_words(house, thread.forum, thread.jam) or shut_out
    waiting: dict[str, list[Hold]] = {}
    for hold in await holds.holds_in_thread(house, member, thread.idea.id):
        waiting.setdefault(hold.contribution_id, []).append(hold)
    asked = Asked.of(idea.id, under, request.query)
    reading = await threads.read(house, member, thread.idea, asked.place, asked.order, asked.intent)
    named = await mentions.mentioned(house, [idea.id, *reading.words])
    tree = Tree(thread, member, names, writable=not closed, holds=waiting, now=house.now(), named=named)
    writing = Writing(kind="reply", forum=thread.forum, root=thread.idea, typed=typed, wrong=wrong)
    page = ThreadPage(
        jam=head_of(thread.jam, thread.jam.state_at(house.now())),
        forum=Link(text=thread.forum.title, url=f"/forums/{thread.forum.id}"),
        idea=tree.view(thread.idea),
        reading=draw_reading(reading, asked, tree),
        title=thread.idea.title,
        audience=badge_of(house, thread.forum, names),
        kin=draw_kin(await lineage.lineage_of(house, member, thread.idea), thread.idea, names),
        build_url="" if closed else f"/forums/{thread.forum.id}/build?on={thread.idea.id}",
        marks=tree.marks(thread.idea),
        passport=await _passport(request, house, member, thread.idea, names),
        composer=await draw_composer(house, member, writing) if tree.answerable else None,
        closed_words=closed or (_(LOCKED) if thread.lock else ""),
        stream_url=f"/jams/{thread.jam.id}/stream",
        control=await draw_control(house, member, thread),
        asking=await draw_asking(house, member, thread),
        attached=await enclosing.attached_to(house, member, [thread.idea, *reading.words.values()]),
        cite="" if thread.idea.deleted else await cite(house, member, thread.jam, thread.idea),
        rest=await _rest(request, thread.forum, thread.idea),
        outcome=await outcome_of(house, thread.idea),
        decide_url=f"/ideas/{idea.id}/outcome" if await may_decide(house, member, thread.idea) else "",
    )
    return show(request, "thread.html", page, status=status)


async def _rest(request: web.Request, forum: Forum, idea: Contribution) -> RestView | None:
    """How much of a thread held elsewhere is here; None for one of our own."""
    if forum.is_local or not forum.joined or idea.deleted:
        return None
    return draw_rest(await share_of_thread(request, forum, idea), f"/ideas/{idea.id}/rest", replies=True)


async def _passport(
    request: web.Request, house: House, member: Member, idea: Contribution, names: Names
) -> views.Passport | None:
    if not idea.is_local:
        return None
    copies: list[Holding] = []
    if (ledger := await ledger_of(request)) is not None:
        copies = await holdings(ledger, await guises.all_public_uris(house, idea))
    verdicts = await crossings.verdicts_of(house, member, idea)
    recall_url = f"/ideas/{idea.id}/recall" if member.may("ledger") else ""
    explained = any(member.may(duty) for duty in explain.DUTIES)
    passport = draw_passport(house, verdicts, copies, names, recall_url, explained=explained)
    known = await holds.holds_on(house, "out", idea.id, idea.version)
    refused = next((hold for hold in known if hold.state == "refused"), None)
    if refused is None or passport.tone in ("public", "partners"):
        return passport
    told = member.id == idea.author_id or member.may("review")
    sentence = (
        say("A reviewer kept it inside: “%(note)s”", note=refused.note) if told else say("A reviewer kept it inside.")
    )
    return replace(passport, tone="denied", icon="ban", sentence=sentence)


async def show_reply(request: web.Request) -> web.Response:
    """GET /ideas/{idea}/reply?to={reply}: the composer under the very words that it answers."""
    house, member = request.app[HOUSE], member_of(request)
    thread = await ideas_read.read_head(house, member, request.match_info["idea"])
    parent = await ideas_read.obtain(house, member, request.query.get("to", thread.idea.id))
    if parent.thread_id != thread.idea.id:
        raise Missing("idea", f"{parent.id} is not in {thread.idea.id}")
    return await _write_reply(request, parent, thread.idea, thread.forum, thread.jam, prompted(request), {}, 200)


async def _write_reply(
    request: web.Request, parent: Contribution, root: Contribution, forum: Forum, jam: Jam,
    typed: dict[str, str], wrong: dict[str, str], status: int,
) -> web.Response:  # fmt: skip
    house, member = request.app[HOUSE], member_of(request)
    names = await names_of_hosts(house)
    thread = await ideas_read.read_head(house, member, root.id)
    cancel = url_of(parent)
    writing = Writing(
        kind="reply", forum=forum, root=root, parent=parent, typed=typed, wrong=wrong, cancel_url=cancel
    )  # fmt: skip
    page = views.WriteView(
        jam=head_of(jam, jam.state_at(house.now())),
        heading=say("Answer %(name)s", name=parent.author_name),
        back=Link(text=root.title, url=f"/ideas/{root.id}"),
        composer=await draw_composer(house, member, writing),
        quoted=Tree(thread, member, names, writable=False).view(parent),
    )
    return show(request, "write.html", page, status=status)


async def post_reply(request: web.Request) -> web.Response:
    """POST /ideas/{idea}/replies"""
    house, member, root, forum, jam = await obtain(request)
    form = await read_form(request)
    to = form.get("in_reply_to") or root.id
    parent = await ideas_read.obtain(house, member, to)
    writing = Writing(kind="reply", forum=forum, root=root, parent=parent, typed=form)
    try:
        await enclosing.take(request, member, house, form)
        if asked := await ask_before(house, member, writing, jam, form):
            return await show_again(request, house, replace(writing, confirm=asked), jam)
        made = await ideas.reply(
            house,
            member,
            parent,
            form.get("text", ""),
            label=label_in(form) or None,
            intent=intent_of(form),
            undo=house.undo_window,
            files=await enclosing.chosen(house, member, form),
            language=form.get("language", ""),
        )
    except (NotAllowed, SignInNeeded, JamNotOpen, ThreadLocked):
        raise
    except Refusal as refusal:
        if parent.id == root.id:
            return await draw_thread(request, root, root.id, form, wrong_of(refusal), refusal.status)
        return await _write_reply(request, parent, root, forum, jam, form, wrong_of(refusal), refusal.status)
    await drafts.drop(house, member, writing.place)
    return go(request, url_of(made), "replied")


async def preview(request: web.Request) -> web.Response:
    """POST /ideas/{idea}/preview?of=reply|edit: who would see this, without writing anything."""
    house, member, made, forum, jam = await obtain(request)
    form = await read_form(request)
    wrong = await enclosing.taken(request, member, house, form)
    back = Link(text=made.title or say("Back"), url=url_of(made))
    if request.query.get("of") == "edit":
        writing = Writing(
            kind="edit", forum=forum, edited=made, typed=form, wrong=wrong, previewed=True, cancel_url=url_of(made)
        )
        heading = say("Edit")
    else:
        parent = await ideas_read.obtain(house, member, form["in_reply_to"]) if form.get("in_reply_to") else None
        root = await ideas_read.obtain(house, member, made.thread_id)
        writing = Writing(kind="reply", forum=forum, root=root, parent=parent, typed=form, wrong=wrong, previewed=True)
        heading = say("Your reply")
    return answer_preview(request, house, await draw_composer(house, member, writing), jam, heading, back)


async def show_edit(request: web.Request) -> web.Response:
    """GET /ideas/{idea}/edit"""
    house, _, made, _, _ = await obtain(request)
    attached = enclosing.typed_of(await files.of_one(house, made))
    return await _edit(request, {"title": made.title, "text": made.text, "label": made.label, **attached}, {}, 200)


async def _edit(request: web.Request, typed: dict[str, str], wrong: dict[str, str], status: int) -> web.Response:
    house, member, made, forum, jam = await obtain(request)
    if not member.wrote(made.author_id):
        raise NotAllowed("Only its author can change this.")
    writing = Writing(kind="edit", forum=forum, edited=made, typed=typed, wrong=wrong, cancel_url=url_of(made))
    page = views.WriteView(
        jam=head_of(jam, jam.state_at(house.now())),
        heading=say("Edit your idea") if made.kind == "idea" else say("Edit your reply"),
        back=Link(text=made.title or say("Back to the thread"), url=url_of(made)),
        composer=await draw_composer(house, member, writing),
    )
    return show(request, "write.html", page, status=status)


async def edit(request: web.Request) -> web.Response:
    """POST /ideas/{idea}/edit"""
    house, member, made, forum, jam = await obtain(request)
    form = await read_form(request)
    writing = Writing(kind="edit", forum=forum, edited=made, typed=form, cancel_url=url_of(made))
    try:
        await enclosing.take(request, member, house, form)
        if member.wrote(made.author_id) and (asked := await ask_before(house, member, writing, jam, form)):
            return await show_again(request, house, replace(writing, confirm=asked), jam)
        changed = await ideas.edit(
            house,
            member,
            made,
            form.get("text", ""),
            title=form.get("title"),
            label=label_in(form) or None,
            reason=form.get("reason", ""),
            files=await enclosing.chosen(house, member, form),
            since=version_in(form),
            language=form.get("language"),
        )
    except (NotAllowed, SignInNeeded, JamNotOpen):
        raise
    except Refusal as refusal:
        return await _edit(request, form, wrong_of(refusal), refusal.status)
    await drafts.drop(house, member, writing.place)
    return go(request, url_of(changed), "saved")


async def show_history(request: web.Request) -> web.Response:
    """GET /ideas/{idea}/history"""
    house, member, made, _, jam = await obtain(request)
    earlier = await ideas_read.history(house, member, made.id)
    now = Version(
        number=made.version,
        title=made.title,
        text=made.text,
        written_at=made.edited_at or made.created_at,
        reason=made.edit_reason,
    )
    versions = draw_versions([*earlier, now])
    page = views.HistoryPage(
        jam=head_of(jam, jam.state_at(house.now())),
        back=Link(text=made.title or say("Back to the thread"), url=url_of(made)),
        author=author_of(made, await names_of_hosts(house)),
        versions=versions,
    )
    return show(request, "history.html", page)


def draw_versions(versions: Sequence[Version]) -> tuple[VersionView, ...]:
    """Draw versions given oldest first, the newest first, each with what it changed."""
    drawn, before = [], None
    for one in versions:
        pieces: list[Piece] = compare(_words(before), _words(one)) if before else []
        changes = tuple((piece.change, piece.text) for piece in pieces)
        drawn.append(
            VersionView(
                number=one.number, title=one.title, text=one.text, at=one.written_at, reason=one.reason, changes=changes
            )
        )
        before = one
    return tuple(reversed(drawn))


def _words(version: Version) -> str:
    return "\n\n".join(filter(None, (version.title, version.text)))


async def confirm_delete(request: web.Request) -> web.Response:
    """GET /ideas/{idea}/delete"""
    house, member, made, _, jam = await obtain(request)
    if not member.wrote(made.author_id):
        member.require("moderate")
    words = made.title or excerpt(plain(made.html), 80)
    page = views.ConfirmPage(
        heading=say("Delete this?"),
        sentence=say(
            "“%(words)s” and its earlier versions go for good; replies to it stay."
            " Servers that hold a copy are asked to delete theirs.",
            words=words,
        ),
        action=f"/ideas/{made.id}/delete",
        button=say("Delete it"),
        back_url=url_of(made),
        jam=head_of(jam, jam.state_at(house.now())),
    )
    return show(request, "confirm.html", page)


async def delete(request: web.Request) -> web.Response:
    """POST /ideas/{idea}/delete"""
    house, member, made, forum, _ = await obtain(request)
    await ideas.delete(house, member, made)
    target = f"/forums/{forum.id}" if made.kind == "idea" else f"/ideas/{made.thread_id}"
    return go(request, target, "deleted")


async def take_back(request: web.Request) -> web.Response:
    """POST /ideas/{idea}/undo: take one's words back before any of them crossed."""
    house, member, made, forum, _ = await obtain(request)
    try:
        await undo.undo(house, member, made)
    except Conflict:
        return go(request, url_of(made), "too-late")
    # The words go on as a draft, where they were written.
    to = made.parent_id if made.parent_id != made.thread_id else ""
    place = Place("idea", forum.id, made.builds_on) if made.kind == "idea" else Place("reply", made.thread_id, to)
    await drafts.keep(house, member, place, made.title, made.text, {"label": "", "intent": made.intent})
    return go(request, url_of_place(place), "taken-back")


async def confirm_recall(request: web.Request) -> web.Response:
    """GET /ideas/{idea}/recall"""
    house, member, made, _, jam = await obtain(request)
    member.require("ledger")
    outside = await ledger_of(request)
    asks = await recalls.would_ask(outside, await guises.uris_with(house, made), None) if outside else {}
    page = views.ConfirmPage(
        heading=say("Take this back from everyone outside?"),
        sentence=together(recall_sentence(len(asks)), say("Inside %(name)s it stays.", name=house.name)),
        action=f"/ideas/{made.id}/recall",
        button=say("Take it back"),
        back_url=url_of(made),
        jam=head_of(jam, jam.state_at(house.now())),
    )
    return show(request, "confirm.html", page)


async def recall(request: web.Request) -> web.Response:
    """POST /ideas/{idea}/recall"""
    house, member, made, _, _ = await obtain(request)
    await crossings.recall(house, member, made)
    outside = await ledger_of(request)
    done = "recalled" if outside is not None and await caught_up(house, outside) else "recalling"
    return go(request, url_of(made), done)


async def mark(request: web.Request) -> web.Response:
    """POST /ideas/{idea}/marks/{kind}: `made` is 1 to set the mark, 0 to take it back."""
    house, member, made, _, _ = await obtain(request)
    kind = next((one for one in MARKS if one == request.match_info["kind"]), None)
    if kind is None:
        raise Missing("mark", request.match_info["kind"])
    form = await read_form(request)
    if form.get("made") == "0":
        await marking.unmark(house, member, made, kind)
    elif kind == "support":
        await marking.mark(house, member, made, kind)
    else:
        return await mark_with_reason(request, made, kind, form)
    if not from_htmx(request):
        return go(request, url_of(made))
    thread = await ideas_read.read_head(house, member, made.thread_id)
    fresh = await ideas_read.obtain(house, member, made.id)
    marks = Tree(thread, member, Names(), writable=True).marks(fresh)
    return html(draw(request, "parts/marks_of.html", marks=marks, id=made.id))
