"""Ideas and forums as the lists show them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from server.domain.ideas import Contribution
from server.domain.jams import Forum
from server.services.house import House
from server.services.text import excerpt, plain
from web.people import Names, author_of
from web.reach import badge_of
from web.views import ForumCard, IdeaCard, Link


def draw_cards(
    house: House, ideas: Iterable[Contribution], forums: Mapping[str, Forum], names: Names
) -> tuple[IdeaCard, ...]:
    """A card for each idea or reply whose forum is among `forums` (id → forum)."""
    return tuple(draw_card(house, made, forums[made.forum_id], names) for made in ideas if made.forum_id in forums)


def draw_card(house: House, made: Contribution, forum: Forum, names: Names) -> IdeaCard:
    return IdeaCard(
        title=made.title or f"Reply: {excerpt(plain(made.html), 90)}",
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
    )


def url_of(made: Contribution) -> str:
    """The page of an idea; for a reply, its place in the page of its thread."""
    return f"/ideas/{made.id}" if made.kind == "idea" else f"/ideas/{made.thread_id}#c-{made.id}"


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
    )
