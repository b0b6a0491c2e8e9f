"""A forum: its ideas, and the composer for a new one."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace

from aiohttp import web

from server.domain.actors import Member
from server.domain.errors import ForumClosed, JamNotOpen, Missing, NotAllowed, Refusal, SignInNeeded
from server.domain.ideas import Contribution
from server.domain.jams import Forum, Jam
from server.keys import HOUSE
from server.services import board, drafts, forums, ideas, ideas_read, likeness, threads
from server.services.bans import why_shut_out
from server.services.house import House
from server.services.presence import note_presence
from web import enclosing, views
from web.answers import draw, from_htmx, go, head_of, html, show
from web.cards import draw_cards
from web.composing import Writing, base_of, draw_composer, label_in
from web.confirming import ask_before
from web.elsewhere import draw_rest, share_of_forum
from web.forms import read_form, wrong_of
from web.hosting import draw_rota
from web.keys import EXPOSURES
from web.language import _, say
from web.pages.finding.fair import ranked, why, with_reasons
from web.people import names_of_hosts
from web.reach import audience_words, badge_of
from web.session import member_of
from web.unnamed import names_words
from web.views import Choice, Composer, Link

PAGE = 30
SORTS = {"new": say("Newest"), "fair": say("Fair order"), "rising": say("Rising")}


async def obtain(request: web.Request) -> tuple[House, Member, Forum, Jam]:
    """The house, the person, the forum of the address and its jam, or raise Missing."""
    house, member = request.app[HOUSE], member_of(request)
    forum = await forums.obtain_forum(house, member, request.match_info["forum"])
    _, jam = await forums.forum_and_jam(house, forum.id)
    await note_presence(house, member, jam.id)
    return house, member, forum, jam


async def show_forum(request: web.Request) -> web.Response:
    """GET /forums/{forum}"""
    return await _forum(request, {}, {}, 200)


async def _forum(request: web.Request, typed: dict[str, str], wrong: dict[str, str], status: int) -> web.Response:
    house, member, forum, jam = await obtain(request)
    names = await names_of_hosts(house)
    sort = request.query.get("sort", "new")
    found, older, whys = await _listed(request, house, member, forum, jam)
    request.app[EXPOSURES].count(member, found)
    unread = await threads.unread(house, member, [made.id for made in found])
    closed = closed_words(house, forum, jam) or closed_to_ideas(forum) or await why_shut_out(house, member, forum)
    base = await base_of(house, member, typed.get("builds_on", ""))
    writing = Writing(kind="idea", forum=forum, typed=typed, wrong=wrong, base=base)
    counts = await board.count_forums(house, member, jam)
    here = counts.get(forum.id, (0, 0))[0]
    rest = None
    if not forum.is_local and forum.joined:
        rest = draw_rest(await share_of_forum(request, forum, here), f"/forums/{forum.id}/rest", replies=False)
    page = views.ForumPage(
        jam=head_of(jam, jam.state_at(house.now())),
        id=forum.id,
        title=forum.title,
        question=forum.question,
        url=f"/forums/{forum.id}",
        handle=forum.handle if forum.audience != "inside" else "",
        audience=badge_of(house, forum, names),
        audience_words=audience_words(house, forum, names),
        names_words=names_words(forum.names),
        host=names.get(forum.host, forum.host),
        ideas=with_reasons(draw_cards(house, found, {forum.id: forum}, names, unread), whys),
        total=here,
        rest=rest,
        sort=sort,
        sorts=tuple(Choice(value=key, words=words, chosen=key == sort) for key, words in SORTS.items()),
        older_url=f"/forums/{forum.id}?{older}" if older else "",
        # What somebody typed before it closed is given back, with the reason.
        composer=None if closed and not typed else await draw_composer(house, member, writing),
        closed_words=closed,
        stream_url=f"/jams/{jam.id}/stream",
        change_url=f"/forums/{forum.id}/change" if member.may("jams") and forum.is_local else "",
        members_url=f"/forums/{forum.id}/members" if forum.members_only else "",
        rota=await draw_rota(house, member, jam, [forum], head_of(jam, jam.state).url),
    )
    return show(request, "forum.html", page, status=status)


async def _listed(
    request: web.Request, house: House, member: Member, forum: Forum, jam: Jam
) -> tuple[list[Contribution], str, dict[str, str]]:
    """The ideas to list, the query of the address of the next ones ("" at the end), and why each stands there."""
    sort, before = request.query.get("sort", "new"), request.query.get("before", "")
    if sort == "fair":
        placed, start = await ranked(house, member, forum, request.query.get("start", ""))
        whys = {one.idea.id: why(one.place) for one in placed}
        return [one.idea for one in placed], f"sort=fair&start={start}" if start else "", whys
    if sort == "rising":
        rising = await ideas_read.ideas_of_jam(house, member, jam, "rising", 500)
        return [made for made in rising if made.forum_id == forum.id][:PAGE], "", {}
    return *await _newest(house, member, forum, before), {}


async def _newest(house: House, member: Member, forum: Forum, before: str) -> tuple[list[Contribution], str]:
    try:
        edge = float(before) if before else None
    except ValueError:
        edge = None
    found = await ideas_read.list_ideas(house, member, forum, edge, PAGE + 1)
    older = f"before={found[PAGE - 1].created_at.timestamp()}" if len(found) > PAGE else ""
    return found[:PAGE], older


def closed_words(house: House, forum: Forum, jam: Jam) -> str:
    """Why nothing can be written here now; "" when it can."""
    try:
        jam.require_open(house.now())
    except JamNotOpen as refusal:
        return refusal.public
    if not forum.is_local and not forum.joined:
        return say("The server that holds this forum has not let us in yet.")
    return ""


def closed_to_ideas(forum: Forum) -> str:
    """Why no new idea can be written here; "" when one can."""
    try:
        forum.require_ideas()
    except ForumClosed as refusal:
        return refusal.public
    return ""


async def post_idea(request: web.Request) -> web.Response:
    """POST /forums/{forum}/ideas"""
    house, member, forum, jam = await obtain(request)
    form = await read_form(request)
    base = await base_of(house, member, form.get("builds_on", ""))
    writing = Writing(kind="idea", forum=forum, typed=form, base=base)
    try:
        await enclosing.take(request, member, house, form)
        if asked := await ask_before(house, member, writing, jam, form):
            return await show_again(request, house, replace(writing, confirm=asked), jam)
        made = await ideas.post_idea(
            house, member, forum, form.get("title", ""), form.get("text", ""),
            label=label_in(form) or None, builds_on=form.get("builds_on", ""),
            undo=house.undo_window, files=await enclosing.chosen(house, member, form),
            language=form.get("language", ""),
        )  # fmt: skip
    except (NotAllowed, SignInNeeded, JamNotOpen):
        raise
    except Refusal as refusal:
        return await _forum(request, form, wrong_of(refusal), refusal.status)
    await drafts.drop(house, member, writing.place)
    return go(request, f"/ideas/{made.id}", "posted")


async def show_again(request: web.Request, house: House, writing: Writing, jam: Jam) -> web.Response:
    """The composer with what was typed, and a question to be answered by sending it again."""
    heading = {"idea": _("Your idea"), "reply": _("Your reply"), "edit": _("Edit")}[writing.kind]
    head = head_of(jam, jam.state_at(house.now()))
    back = Link(text=writing.forum.title, url=f"/forums/{writing.forum.id}")
    if writing.root or writing.edited:
        above = writing.edited or writing.root
        title = above.title if above else ""
        back = Link(text=title or _("Back to the thread"), url=f"/ideas/{above.id if above else ''}")
    composer = await draw_composer(house, member_of(request), writing)
    return show(request, "write.html", views.WriteView(jam=head, heading=heading, back=back, composer=composer))


async def preview_idea(request: web.Request) -> web.Response:
    """POST /forums/{forum}/preview: who would see this. `unlike` keeps that an idea is not similar to it."""
    house, member, forum, jam = await obtain(request)
    form = await read_form(request)
    wrong = await enclosing.taken(request, member, house, form)
    base = await base_of(house, member, form.get("builds_on", ""))
    if form.get("unlike"):
        words = f"{form.get('title', '')} {form.get('text', '')}"
        # An idea that is gone meanwhile is not shown any more either; the words stay.
        with suppress(Missing):
            await likeness.not_similar(house, member, forum.id, form["unlike"], words)
    writing = Writing(kind="idea", forum=forum, typed=form, base=base, previewed=True, wrong=wrong)
    composer = await draw_composer(house, member, writing)
    back = Link(text=forum.title, url=f"/forums/{forum.id}")
    return answer_preview(request, house, composer, jam, say("Your idea"), back)


def answer_preview(
    request: web.Request, house: House, composer: Composer, jam: Jam, heading: str, back: Link
) -> web.Response:
    """The audience line alone for htmx; a whole page with the composer for a browser without scripts."""
    if from_htmx(request):
        return html(draw(request, "parts/reach.html", composer=composer))
    head = head_of(jam, jam.state_at(house.now()))
    page = views.WriteView(jam=head, heading=heading, back=back, composer=composer)
    return show(request, "write.html", page)


async def build_on(request: web.Request) -> web.Response:
    """GET /forums/{forum}/build?on={idea}: the composer, for an idea that extends another."""
    house, member, forum, jam = await obtain(request)
    base = await base_of(house, member, request.query.get("on", ""))
    cancel = f"/ideas/{base.id}" if base else f"/forums/{forum.id}"
    writing = Writing(kind="idea", forum=forum, base=base, cancel_url=cancel)
    page = views.WriteView(
        jam=head_of(jam, jam.state_at(house.now())),
        heading=say("Build on this idea") if base else say("Your idea"),
        back=Link(text=forum.title, url=f"/forums/{forum.id}"),
        composer=await draw_composer(house, member, writing),
    )
    return show(request, "write.html", page)
