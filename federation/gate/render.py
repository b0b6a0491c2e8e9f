"""One contribution for one audience: which URIs it bears there, and its document."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from federation.gate.actors import Face, face_of, forum_of
from federation.gate.plan import Gateway
from federation.gate.redact import redact
from federation.outside import crossings
from federation.outside.crossings import EVERYONE, Card
from federation.vocabulary.objects import Piece, render_object
from server.domain.crossings import Verdict
from server.domain.ideas import Contribution
from server.domain.jams import Forum
from server.services import crossings as judged
from server.services import ideas, people


@dataclass(frozen=True, slots=True)
class Copy:
    """A contribution as one audience gets it."""

    document: dict[str, Any]
    face: Face
    card: Card
    thread_uri: str


async def stands_as(gate: Gateway, made: Contribution, audience: str) -> str | None:
    """Return the URI under which an audience was granted a contribution, or None: hidden equals missing.

    Its author's own server has it anyway, and the server of the forum by which it came to us.
    """
    if not made.is_local:
        forum, _ = await forum_of(gate, made.forum_id)
        public = audience == EVERYONE and forum.audience == "public"
        if audience == made.author_host or (not forum.is_local and (audience == forum.host or public)):
            return made.uri
    for uri in await judged.all_public_uris(gate.house, made):
        if await crossings.is_granted(gate.outside, uri, audience):
            return uri
    return None


async def copy_for(gate: Gateway, made: Contribution, forum: Forum, verdict: Verdict) -> Copy | None:
    """Render one of our own contributions for one audience; None when it cannot be made safe."""
    author = await people.member_by_id(gate.house, made.author_id)
    root = made if made.kind == "idea" else await ideas.by_id(gate.house, made.thread_id)
    if author is None or root is None:
        return None
    words = redact(await gate.house.rulebook(), made, author, verdict.redactions)
    if words is None:
        return None
    uri = await judged.public_uri(gate.house, made, verdict.redactions)
    root_uri = uri if made.kind == "idea" else await stands_as(gate, root, verdict.audience)
    if root_uri is None:
        return None
    face = await face_of(gate, author, root.id, verdict.redactions)
    parent = await _parent(gate, made, verdict.audience)
    piece = Piece(
        uri=uri,
        is_idea=made.kind == "idea",
        title=words.title,
        html=words.html,
        text=words.text,
        author_uri=face.uri,
        forum_uri=forum.uri,
        forum_handle=forum.handle,
        is_public=forum.audience == "public",
        context_uri=f"{root_uri}/context" if root.is_local else "",
        parent_uri=(parent[0] if parent else root_uri) if made.kind == "reply" else "",
        parent_author_uri=parent[1].author_uri if parent else "",
        parent_author_handle=parent[1].author_handle if parent else "",
        intent=made.intent,
        builds_on_uri=await _base(gate, made, verdict.audience),
        created_at=made.created_at,
        edited_at=made.edited_at,
    )
    document = render_object(piece)
    card = Card(
        type=document["type"],
        subject_uri=uri,
        forum_uri=forum.uri,
        thread_uri=root_uri,
        parent_uri=piece.parent_uri,
        author_uri=face.uri,
        author_name=face.name,
        author_handle=face.handle,
        made_at=made.created_at.timestamp(),
    )
    return Copy(document, face, card, root_uri)


async def _parent(gate: Gateway, made: Contribution, audience: str) -> tuple[str, Card] | None:
    """Return what a reply answers, as far as the audience was granted it: the nearest above it that was."""
    found = await nearest_above(gate, made, audience)
    if found is None:
        return None
    uri, parent = found
    # Only another server's author is mentioned: that is how their software finds the answer.
    author = await people.member_by_id(gate.house, parent.author_id) if not parent.is_local else None
    card = Card(type="", author_uri=author.uri if author else "", author_handle=author.handle if author else "")
    return uri, card


async def nearest_above(gate: Gateway, made: Contribution, audience: str) -> tuple[str, Contribution] | None:
    """Return the nearest contribution above a reply that an audience was granted, with its URI there."""
    parent_id = made.parent_id
    while parent_id:
        parent = await ideas.by_id(gate.house, parent_id)
        if parent is None:
            return None
        uri = await stands_as(gate, parent, audience)
        if uri is not None:
            return uri, parent
        parent_id = parent.parent_id
    return None


async def _base(gate: Gateway, made: Contribution, audience: str) -> str:
    base = await ideas.by_id(gate.house, made.builds_on) if made.builds_on else None
    uri = await stands_as(gate, base, audience) if base and not base.deleted else None
    return uri or ""
