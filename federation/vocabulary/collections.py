"""Collections: where Marmalade servers keep theirs for one another, and pages read as they come. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, unquote

from federation.urls import same_origin

KINDS = ("Collection", "OrderedCollection", "CollectionPage", "OrderedCollectionPage")
# As many items of one page are looked at as any server puts on one.
MOST_ITEMS = 1_000


class MalformedCollection(ValueError):
    """The document is no collection, or one of another server."""


@dataclass(frozen=True, slots=True)
class Leaf:
    """A collection or one page of it. `total` is how many it says there are, None where it does not.

    `onward` is the address where it goes on: its first page, or the next; "" at the end.
    """

    items: tuple[str | dict[str, Any], ...]
    onward: str
    total: int | None


def history_uri(forum_uri: str) -> str:
    """Return where a forum's own server keeps its history."""
    return f"{forum_uri}/history"


def guest_history_uri(server_uri: str, forum_uri: str) -> str:
    """Return where another server keeps what its people did in a forum."""
    return f"{server_uri}/history?forum={quote(forum_uri, safe='')}"


def thread_uri(forum_uri: str, root_uri: str) -> str:
    """Return where a forum's own server lists a thread, wherever its idea lives."""
    return f"{forum_uri}/context?thread={quote(root_uri, safe='')}"


def root_of(context_uri: object, forum_uri: str) -> str:
    """Return the idea of a thread by the address at which a Marmalade server lists it, "" for any other address."""
    if not isinstance(context_uri, str) or not same_origin(context_uri, forum_uri):
        return ""
    prefix = thread_uri(forum_uri, "")
    if context_uri.startswith(prefix):
        return unquote(context_uri.removeprefix(prefix))
    return context_uri.removesuffix("/context") if context_uri.endswith("/context") else ""


def page_uri(uri: str, page: str) -> str:
    """Return the address of one page of a collection."""
    return f"{uri}{'&' if '?' in uri else '?'}page={page}"


def read_leaf(document: dict[str, Any], uri: str) -> Leaf:
    """Read a collection or page that was asked for at `uri`; raise MalformedCollection for anything else.

    Pages on other servers than the collection are not followed. A first page that is embedded is read with it.
    """
    if document.get("type") not in KINDS:
        raise MalformedCollection(f"{uri} is no collection but {str(document.get('type'))[:40]!r}")
    items = list(_items(document))
    first = document.get("first")
    onward = document.get("next") if str(document["type"]).endswith("Page") else first
    if isinstance(onward, dict):
        items += _items(onward)
        onward = onward.get("next")
    if onward is not None and not (isinstance(onward, str) and same_origin(onward, uri)):
        onward = None
    total = document.get("totalItems")
    counted = total if isinstance(total, int) and not isinstance(total, bool) and 0 <= total < 1 << 31 else None
    return Leaf(tuple(items[:MOST_ITEMS]), onward or "", counted)


def _items(document: dict[str, Any]) -> Iterator[str | dict[str, Any]]:
    listed = document.get("orderedItems", document.get("items"))
    for one in (listed if isinstance(listed, list) else [listed])[:MOST_ITEMS]:
        if isinstance(one, dict) or (isinstance(one, str) and one):
            yield one
