"""One contribution for one audience: which URIs it bears there, and its document."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from federation.gate.actors import Face, face_of, forum_of
from federation.gate.enclosing import Enclosed, enclose, files_of
from federation.gate.plan import Gateway
from federation.gate.questions import question_of
from federation.outside import crossings
from federation.outside.crossings import EVERYONE, Card
from federation.vocabulary.collections import thread_uri
from federation.vocabulary.objects import Piece, in_language, render_object
from server.boundary.rules import NAME_TO_ROLE
from server.domain.crossings import Verdict
from server.domain.ideas import Contribution
from server.domain.jams import Forum
from server.domain.polls import Poll
from server.services import guises, ideas_read, people, polls
from server.services.redaction import Words, redact, redact_poll


@dataclass(frozen=True, slots=True)
class Copy:
    """A contribution as some audiences get it."""

    document: dict[str, Any]
    face: Face
    card: Card
    thread_uri: str
    audiences: tuple[str, ...]
    enclosed: tuple[Enclosed, ...] = ()


@dataclass(frozen=True, slots=True)
class Place:
    """Where a contribution hangs for an audience: what it was granted of the thread around it."""

    root_uri: str
    parent_uri: str = ""
    mentioned_uri: str = ""
    mentioned_handle: str = ""
    base_uri: str = ""


async def stands_as(gate: Gateway, made: Contribution, audience: str) -> str | None:
    """Return the URI under which an audience was granted a contribution, or None: hidden equals missing."""
    return (await standings(gate, made, [audience])).get(audience)


async def standings(gate: Gateway, made: Contribution, audiences: Sequence[str]) -> dict[str, str]:
    """Return under which URI each audience was granted a contribution; who was not is left out.

    Its author's own server has it anyway, and the server of the forum by which it came to us.
    """
    found: dict[str, str] = {}
    if not guises.stands_here(gate.house, made):
        forum, _ = await forum_of(gate, made.forum_id)
        public = forum.audience == "public"
        for one in audiences:
            if one == made.author_host or (not forum.is_local and (one == forum.host or (public and one == EVERYONE))):
                found[one] = made.uri
    left = [one for one in audiences if one not in found]
    uris = await guises.all_public_uris(gate.house, made) if left else []
    granted = await crossings.granted(gate.outside, uris, left) if left else {}
    return found | {one: next(uri for uri in uris if uri in granted[one]) for one in left if granted[one]}


async def copy_for(gate: Gateway, made: Contribution, forum: Forum, verdict: Verdict) -> Copy | None:
    """Render one of our own contributions for one audience; None when it cannot be made safe."""
    return next(iter(await copies_for(gate, made, forum, [verdict])), None)


async def copies_for(gate: Gateway, made: Contribution, forum: Forum, verdicts: Sequence[Verdict]) -> list[Copy]:
    """Render one of our own contributions, once for all audiences that get the same.

    An audience for which it cannot be made safe, or that was not granted its thread, gets none.
    """
    author = await people.member_by_id(gate.house, made.author_id)
    root = made if made.kind == "idea" else await ideas_read.by_id(gate.house, made.thread_id)
    if author is None or root is None:
        return []
    book = await gate.house.rulebook()
    poll = await polls.poll_of(gate.house, made) if made.kind == "reply" else None
    copies = []
    for redactions in dict.fromkeys(verdict.redactions for verdict in verdicts):
        if not author.is_local and NAME_TO_ROLE in redactions:
            # A visitor has no role here that could stand for the name.
            continue
        some = await files_of(gate, made, redactions)
        words = (
            redact_poll(book, made, poll.question, poll.choices, author, redactions)
            if poll
            else redact(book, made, author, redactions, some)
        )
        if words is None:
            continue
        uri = await guises.public_uri(gate.house, made, redactions)
        enclosed = enclose(gate, uri, some, words.of_files)
        face = await face_of(gate, author, root.id, redactions)
        alike = [verdict.audience for verdict in verdicts if verdict.redactions == redactions]
        for place, audiences in (await _places(gate, made, root, uri, alike)).items():
            copies.append(_copy(gate, made, forum, root, words, uri, face, place, audiences, poll, enclosed))
    return copies


def _copy(
    gate: Gateway, made: Contribution, forum: Forum, root: Contribution, words: Words, uri: str, face: Face,
    place: Place, audiences: list[str], poll: Poll | None, enclosed: tuple[Enclosed, ...],
) -> Copy:  # fmt: skip
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
        context_uri=_context(gate, forum, root, place.root_uri),
        parent_uri=place.parent_uri,
        parent_author_uri=place.mentioned_uri,
        parent_author_handle=place.mentioned_handle,
        intent=made.intent,
        builds_on_uri=place.base_uri,
        created_at=made.created_at,
        edited_at=made.edited_at,
        attachments=tuple(one.document for one in enclosed),
    )
    document = render_object(piece)
    if poll is not None:
        document = question_of(document, poll, words.choices)
    document = in_language(document, made.language)
    card = Card(
        type=document["type"],
        subject_uri=uri,
        forum_uri=forum.uri,
        thread_uri=place.root_uri,
        parent_uri=piece.parent_uri,
        author_uri=face.uri,
        author_name=face.shown_name or face.name,
        author_handle=face.shown_handle or face.handle,
        made_at=made.created_at.timestamp(),
    )
    return Copy(document, face, card, place.root_uri, tuple(audiences), enclosed)


def _context(gate: Gateway, forum: Forum, root: Contribution, root_uri: str) -> str:
    """Return where the forum's own server lists a thread: ours, at the idea where that is ours; "" for others'."""
    if not forum.is_local:
        return ""
    return f"{root_uri}/context" if guises.stands_here(gate.house, root) else thread_uri(forum.uri, root_uri)


async def _places(
    gate: Gateway, made: Contribution, root: Contribution, uri: str, audiences: list[str]
) -> dict[Place, list[str]]:
    """Return the different places that a contribution has, each with the audiences for which it is so."""
    base = await ideas_read.by_id(gate.house, made.builds_on) if made.builds_on else None
    bases = await standings(gate, base, audiences) if base and not base.deleted else {}
    found: dict[Place, list[str]] = {}
    if made.kind == "idea":
        for one in audiences:
            found.setdefault(Place(uri, base_uri=bases.get(one, "")), []).append(one)
        return found
    roots = await standings(gate, root, audiences)
    parents = await nearest_above(gate, made, list(roots))
    for one, root_uri in roots.items():
        above = parents.get(one)
        # Only another server's author is mentioned: that is how their software finds the answer.
        author = await people.member_by_id(gate.house, above[1].author_id) if above and not above[1].is_local else None
        place = Place(
            root_uri,
            above[0] if above else root_uri,
            author.uri if author else "",
            author.handle if author else "",
            bases.get(one, ""),
        )
        found.setdefault(place, []).append(one)
    return found


async def nearest_above(
    gate: Gateway, made: Contribution, audiences: Sequence[str]
) -> dict[str, tuple[str, Contribution]]:
    """Return, for each audience, the nearest contribution above a reply that it was granted, with its URI there."""
    found: dict[str, tuple[str, Contribution]] = {}
    left, parent_id = list(audiences), made.parent_id
    while parent_id and left:
        parent = await ideas_read.by_id(gate.house, parent_id)
        if parent is None:
            break
        found |= {one: (uri, parent) for one, uri in (await standings(gate, parent, left)).items()}
        left = [one for one in left if one not in found]
        parent_id = parent.parent_id
    return found
