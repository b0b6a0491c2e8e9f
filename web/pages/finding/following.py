"""What somebody follows, their saved searches and their feeds."""

from __future__ import annotations

from aiohttp import web

from server.keys import HOUSE
from server.services import feeds, follows
from web.answers import draw, from_htmx, go, html, own_path, show
from web.forms import read_form
from web.pages.finding.views import FeedLine, FollowButton, FollowingPage, FollowLine, SavedLine
from web.session import member_of


async def show_following(request: web.Request) -> web.Response:
    """GET /me/following"""
    return await _page(request, "")


async def _page(request: web.Request, address: str) -> web.Response:
    house, member = request.app[HOUSE], member_of(request)
    page = FollowingPage(
        follows=tuple(
            FollowLine(
                words=one.words,
                url=one.path,
                kind=one.follow.kind,
                subject=one.follow.subject_id,
                jam=one.follow.jam_id,
            )
            for one in await follows.list_follows(house, member)
        ),
        searches=tuple(
            SavedLine(id=one.id, name=one.name, new=one.new, query=one.query)
            for one in await feeds.list_searches(house, member)
        ),
        feeds=tuple(
            FeedLine(id=one.id, name=one.name, kind=one.kind, made_at=one.made_at, used_at=one.used_at)
            for one in await feeds.list_feeds(house, member)
        ),
        address=address,
    )
    return show(request, "finding/following.html", page, section="inbox")


async def show_button(request: web.Request) -> web.Response:
    """GET /follow?kind=&subject=&jam=&back=: the button that follows something, as a fragment or a page."""
    house, member = request.app[HOUSE], member_of(request)
    kind, subject = request.query.get("kind", ""), request.query.get("subject", "")
    jam, back = request.query.get("jam", ""), own_path(request.query.get("back", "/"))
    followed = await follows.is_followed(house, member, kind, subject, jam)
    button = FollowButton(kind=kind, subject=subject, jam=jam, followed=followed, back=back)
    if from_htmx(request):
        return html(draw(request, "finding/follow_button.html", button))
    return show(request, "finding/follow.html", button, section="inbox")


async def change_follow(request: web.Request) -> web.Response:
    """POST /follow"""
    house, member = request.app[HOUSE], member_of(request)
    form = await read_form(request)
    kind, subject, jam = form.get("kind", ""), form.get("subject", ""), form.get("jam", "")
    if form.get("act") == "end":
        await follows.unfollow(house, member, kind, subject, jam)
    else:
        await follows.follow(house, member, kind, subject, jam)
    return go(request, own_path(form.get("back", "/me/following")))


async def save_search(request: web.Request) -> web.Response:
    """POST /me/searches: keep a search, or let go of one."""
    house, member = request.app[HOUSE], member_of(request)
    form = await read_form(request)
    if form.get("act") == "end":
        await feeds.drop_search(house, member, _number(form.get("id", "")))
    else:
        await feeds.save_search(house, member, form.get("name", ""), form.get("query", ""))
    return go(request, "/me/following", "saved")


async def open_search(request: web.Request) -> web.Response:
    """POST /me/searches/{search}: go there, and count it as looked at."""
    query = await feeds.open_search(request.app[HOUSE], member_of(request), int(request.match_info["search"]))
    return go(request, f"/search?{query}")


async def change_feed(request: web.Request) -> web.Response:
    """POST /me/feeds: make a feed, whose address is shown once, or revoke one."""
    house, member = request.app[HOUSE], member_of(request)
    form = await read_form(request)
    if form.get("act") == "end":
        await feeds.revoke_feed(house, member, _number(form.get("id", "")))
        return go(request, "/me/following", "saved")
    secret = await feeds.make_feed(house, member, form.get("kind", ""), form.get("subject", ""))
    return await _page(request, f"{house.addresses.inside_url}/feeds/{secret}.atom")


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 17 else 0
