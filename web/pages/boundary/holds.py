"""What waits for a reviewer."""

from __future__ import annotations

from collections.abc import Mapping

from aiohttp import web

from server.domain.actors import Member
from server.domain.crossings import Hold
from server.domain.errors import Missing, NotAllowed, Refusal, SignInNeeded
from server.domain.ideas import Contribution
from server.domain.jams import Forum
from server.services import forums, holds, ideas
from server.services.house import House, Rulebook
from server.services.text import excerpt, plain
from web.answers import go, show
from web.cards import url_of
from web.forms import read_form
from web.pages.boundary import views
from web.pages.boundary.duty import SECTION, duty_holder
from web.pages.boundary.views import Copy
from web.people import names_of_hosts
from web.reach import listed, name_of, rule_sentences


async def show_holds(request: web.Request) -> web.Response:
    """GET /boundary/holds"""
    return await _holds(request, {}, "", 200)


async def _holds(request: web.Request, wrong: Mapping[str, str], answer: str, status: int) -> web.Response:
    house, member = await duty_holder(request)
    member.require("review")
    names, book = await names_of_hosts(house), await house.rulebook()
    waiting = await holds.list_holds(house, member)
    all_forums = {forum.id: forum for forum in await forums.list_forums(house, member)}
    page = views.HoldsPage(
        holds=tuple([await _hold(house, member, one, names, book, all_forums) for one in waiting]),
        waiting_holds=await holds.count_waiting(house),
        wrong=wrong,
        answer=answer,
    )
    return show(request, "holds.html", page, status=status, section=SECTION)


def _copies(hold: Hold, audience: str) -> tuple[Copy, ...]:
    digests = tuple(dict.fromkeys(hold.copies.values()))
    return (Copy(audience=audience, text=hold.preview, digests=digests),)


async def _hold(
    house: House,
    member: Member,
    hold: Hold,
    names: Mapping[str, str],
    book: Rulebook,
    all_forums: Mapping[str, Forum],
) -> views.HoldRow:
    made = await ideas.by_id(house, hold.contribution_id) if hold.contribution_id else None
    forum = all_forums.get(hold.forum_id)
    audiences = [name_of(audience, names) for audience in hold.copies] or [name_of(hold.peer, names)]
    own = made is not None and made.author_id == member.id
    out = hold.direction == "out"
    return views.HoldRow(
        id=hold.id,
        direction=hold.direction,
        title=_title(made, hold),
        excerpt=hold.preview,
        author=made.author_name if made else hold.author,
        forum=forum.title if forum else "",
        audience=listed(audiences) if out else house.name,
        reason=hold.reason,
        rules=rule_sentences(hold.rules, book),
        at=hold.asked_at,
        copies=_copies(hold, listed(audiences)) if out else (),
        action=f"/boundary/holds/{hold.id}",
        may_decide=member.may("review") and not (own and out),
        why_not="These are your own words; somebody else has to review them." if own else "",
        object_url=url_of(made) if made and not made.deleted else "",
    )


def _title(made: Contribution | None, hold: Hold) -> str:
    if made is None:
        return excerpt(hold.preview, 90) or "Something from another server"
    return made.title or f"Reply: {excerpt(plain(made.html), 90)}"


async def decide_hold(request: web.Request) -> web.Response:
    """POST /boundary/holds/{hold}: `answer` is release or refuse, `note` the reason for a refusal."""
    house, member = await duty_holder(request)
    form = await read_form(request)
    hold_id = request.match_info["hold"]
    try:
        if form.get("answer") == "release":
            await holds.release(house, member, hold_id)
        else:
            await holds.refuse(house, member, hold_id, form.get("note", ""))
    except (NotAllowed, Missing, SignInNeeded):
        raise
    except Refusal as refusal:
        sentence_ = "Say why; the author reads it." if not form.get("note", "").strip() else refusal.public
        return await _holds(request, {hold_id: sentence_}, form.get("note", ""), refusal.status)
    return go(request, "/boundary/holds", "released" if form.get("answer") == "release" else "refused")
