"""Ideas and forums as the lists show them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from server.domain.ideas import Contribution
from server.domain.jams import Forum
from server.services.house import House
from server.services.text import excerpt, plain
from web.language import say
from web.people import Names, author_of
from web.reach import badge_of
from web.views import ForumCard, IdeaCard, Link

NOTHING_UNREAD: Mapping[str, int] = {}


def draw_cards(
    house: House,
    ideas: Iterable[Contribution],
    forums: Mapping[str, Forum],
    names: Names,
    unread: Mapping[str, int] = NOTHING_UNREAD,
) -> tuple[IdeaCard, ...]:
    """A card for each idea or reply whose forum is among `forums` (id → forum); `unread` counts what is new by id."""
    return tuple(
        draw_card(house, made, forums[made.forum_id], names, unread.get(made.id, 0))
        for made in ideas
        if made.forum_id in forums
    )


def draw_card(house: House, made: Contribution, forum: Forum, names: Names, fresh: int = 0) -> IdeaCard:
    return IdeaCard(
        title=made.title or say("Reply: %(words)s", words=excerpt(plain(made.html), 90)),
        excerpt=excerpt(plain(made.html)),
        url=url_of(made),
        author=author_of(made, names),
        at=made.created_at,
        support=made.support,
        replies=made.replies,
        audience=badge_of(house, forum, names),
        forum=Link(text=forum.title, url=f"/forums/{forum.id}"),
        emerging=made.emerging,
        best=made.best,
        fresh=fresh,
        # The title of a reply is a sentence of ours around its words.
        language=made.language if made.title else "",
    )


def url_of(made: Contribution) -> str:
    """The one address of an idea or a reply; that of a reply leads to its place in the thread, on whichever page."""
    return f"/ideas/{made.id}"


def draw_forum(house: House, forum: Forum, names: Names, counts: Mapping[str, tuple[int, int]]) -> ForumCard:
    """A card for a forum; `counts` maps forum ids to (ideas, replies)."""
    ideas, replies = counts.get(forum.id, (0, 0))
    return ForumCard(
        title=forum.title,
        question=forum.question,
        url=f"/forums/{forum.id}",
        audience=badge_of(house, forum, names),
        host=names.get(forum.host, forum.host),
        ideas=ideas,
        replies=replies,
        handle=forum.handle if forum.audience != "inside" else "",
        joined=forum.joined,
        takes_ideas=forum.closed_at is None,
        change_url=f"/forums/{forum.id}/change" if forum.is_local else "",
    )
