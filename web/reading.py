"""A page of a thread: its replies as branches or by time, and the ways to its other pages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from server.domain.ideas import INTENTS, Contribution
from server.domain.threads import Leaf, Place
from server.services.text import excerpt, plain
from server.services.threads import ORDERS, Order, Reading
from web.cards import url_of
from web.composing import INTENT_WORDS
from web.language import _
from web.reading_views import Chip, PageLink, ReadingView
from web.threads import Tree
from web.views import Link, ReplyView

_NEAR = 2


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody asks of a thread: a place in it, an order, one intent alone ("" for all), all folded or not."""

    idea_id: str
    place: Place
    order: Order = "branches"
    intent: str = ""
    folded: bool = False

    @classmethod
    def of(cls, idea_id: str, under: str, query: Mapping[str, str]) -> Asked:
        """Read the query of an address; what is unknown counts as not asked."""
        order: Order = next((one for one in ORDERS if one == query.get("order")), "branches")
        intent = query.get("intent", "")
        return cls(
            idea_id,
            Place(under, query.get("after", "")),
            order,
            intent if intent in INTENTS else "",
            query.get("fold") == "1",
        )

    @property
    def flat(self) -> bool:
        return self.order != "branches" or bool(self.intent)

    @property
    def url(self) -> str:
        """The address that asks just this."""
        page = f"/ideas/{self.idea_id}"
        if self.place.under != self.idea_id:
            page = f"/ideas/{self.place.under}/branch"
        asked = {
            "order": self.order if self.order != "branches" else "",
            "intent": self.intent,
            "fold": "1" if self.folded else "",
            "after": self.place.after,
        }
        kept = urlencode({name: value for name, value in asked.items() if value})
        return f"{page}?{kept}" if kept else page

    def at(self, place: Place) -> Asked:
        return replace(self, place=place)

    def turned(self, order: Order, intent: str = "") -> Asked:
        """The same thread from its beginning in another order, or for another intent."""
        return Asked(self.idea_id, Place(self.idea_id), order, intent)


def draw_reading(reading: Reading, asked: Asked, tree: Tree) -> ReadingView:
    """Draw a page of a thread."""
    sheet, outline = reading.sheet, reading.outline
    fresh = set(reading.fresh)
    drawn = [_draw(leaf, reading, asked, tree, fresh) for leaf in sheet.leaves if leaf.id in reading.words]
    replies = drawn if asked.flat else _nest(drawn)
    later_url = asked.at(sheet.later).url if sheet.later else ""
    ends = [*(f"#c-{one.id}" for one in replies[1:]), later_url]
    replies = [replace(one, next_url=end) for one, end in zip(replies, ends, strict=False)]
    way = outline.way_to(asked.place.under) if asked.place.under != asked.idea_id else []
    return ReadingView(
        replies=tuple(replies),
        total=outline.standing(),
        flat=asked.flat,
        folded=asked.folded,
        fold_url=replace(asked, folded=not asked.folded).url,
        folds=any(one.replies for one in replies),
        orders=_orders(asked),
        intents=_intents(reading, asked),
        pages=_pages(reading, asked) if not asked.flat else (),
        before_url=asked.at(sheet.before).url if sheet.before else "",
        later_url=later_url,
        number=sheet.number,
        of=sheet.pages,
        fresh=len(fresh),
        fresh_url=f"/ideas/{asked.idea_id}/new" if fresh else "",
        line_before=_line_before(drawn, fresh, asked),
        arrivals_url=f"/ideas/{asked.idea_id}/new?since={max((one.at for one in outline.twigs), default=0.0)!r}",
        head=tree.view(reading.words[way[-1]]) if way else None,
        crumbs=tuple(_crumb(reading.words[one]) for one in way[:-1] if one in reading.words),
    )


def _draw(leaf: Leaf, reading: Reading, asked: Asked, tree: Tree, fresh: set[str]) -> ReplyView:
    made = reading.words[leaf.id]
    above = reading.words.get(made.parent_id) if asked.flat else None
    return tree.view(
        made,
        leaf.depth,
        left=leaf.left,
        more_url=f"/ideas/{leaf.id}/branch" if leaf.left else "",
        fresh=leaf.id in fresh,
        answers=Link(text=above.author_name, url=url_of(above)) if above and not above.deleted else None,
    )


def _nest(drawn: list[ReplyView]) -> list[ReplyView]:
    """Hang replies that come in reading order on each other by their depth."""
    open_: list[tuple[ReplyView, list[ReplyView]]] = []
    top: list[ReplyView] = []

    def close(depth: int) -> None:
        while len(open_) > depth:
            view, below = open_.pop()
            (open_[-1][1] if open_ else top).append(replace(view, replies=tuple(below)) if below else view)

    for view in drawn:
        close(view.depth)
        open_.append((view, []))
    close(0)
    return top


def _line_before(drawn: list[ReplyView], fresh: set[str], asked: Asked) -> str:
    """The reply before which the line is drawn: by time, oldest first, the first that is new."""
    if not asked.flat or asked.order == "newest" or not drawn or drawn[0].id in fresh:
        return ""
    return next((one.id for one in drawn if one.id in fresh), "")


def _orders(asked: Asked) -> tuple[Chip, ...]:
    words = {"branches": _("Branches"), "oldest": _("As they came"), "newest": _("Newest first")}
    return tuple(
        Chip(words=words[order], url=asked.turned(order).url, chosen=order == asked.order and not asked.intent)
        for order in ORDERS
    )


def _intents(reading: Reading, asked: Asked) -> tuple[Chip, ...]:
    return tuple(
        Chip(
            words=_(INTENT_WORDS[intent]),
            count=count,
            url=asked.turned("branches" if intent == asked.intent else "oldest", _other(intent, asked)).url,
            chosen=intent == asked.intent,
        )
        for intent, count in reading.intents.items()
        if intent in INTENT_WORDS
    )


def _other(intent: str, asked: Asked) -> str:
    """Pressing what is chosen takes the choice back."""
    return "" if intent == asked.intent else intent


def _pages(reading: Reading, asked: Asked) -> tuple[PageLink, ...]:
    """The first page, the last, and those near this one; a gap before a page whose neighbour is left out."""
    last, here = reading.sheet.pages, reading.sheet.number
    if last == 1:
        return ()
    numbers = [one for one in range(1, last + 1) if one in (1, last) or abs(one - here) <= _NEAR]
    return tuple(
        PageLink(
            number=number,
            url=asked.at(reading.outline.numbered(asked.place.under, number)).url,
            here=number == here,
            gap=number > 1 and number - 1 not in numbers,
        )
        for number in numbers
    )


def _crumb(made: Contribution) -> Link:
    words = excerpt(plain(made.html), 40) if not made.deleted else _("a reply that was deleted")
    return Link(text=f"{made.author_name}: {words}" if not made.deleted else words, url=f"/ideas/{made.id}/branch")
