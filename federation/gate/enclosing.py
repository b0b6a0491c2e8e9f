"""Files that cross with what they are attached to: under addresses of their own, and withdrawn with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from federation.gate.plan import Gateway, Plan
from federation.outside import crossings
from federation.outside.crossings import Card
from federation.vocabulary.objects import render_file
from server.domain.files import ENDINGS, File
from server.domain.ideas import Contribution
from server.services import files

ATTACHMENTS = "attachments"


@dataclass(frozen=True, slots=True)
class Enclosed:
    """A file as some audiences get it: its address there and what is said of it."""

    file: File
    uri: str
    document: dict[str, Any]


async def files_of(gate: Gateway, made: Contribution, redactions: frozenset[str]) -> tuple[File, ...]:
    """Return the files that cross with a contribution; none where attachments are to be taken out."""
    return () if ATTACHMENTS in redactions else await files.of_one(gate.house, made)


def enclose(gate: Gateway, object_uri: str, some: Sequence[File], said: Sequence[str]) -> tuple[Enclosed, ...]:
    """Give each file an address that is bound to its bytes; `said` is what is told of each, after redaction."""
    made = []
    for file, words in zip(some, said, strict=True):
        key = gate.outside.sealer.derive("file", object_uri, file.sha)
        uri = f"{gate.house.addresses.edge_url}/files/{key}"
        made.append(Enclosed(file, uri, render_file(uri, file.media_type, words, file.width, file.height)))
    return tuple(made)


async def cross(
    gate: Gateway, plan: Plan, made: Contribution, some: Sequence[Enclosed], audiences: Sequence[str], card: Card
) -> None:
    """Seal the bytes of files for those who get what they are attached to, and end what is attached no more."""
    for one in some:
        filed = Card(
            type=ENDINGS[one.file.media_type],
            subject_uri=card.subject_uri,
            forum_uri=card.forum_uri,
            author_uri=card.author_uri,
            made_at=card.made_at,
        )
        body = await files.body_of(gate.house, one.file)
        plan.freeze_bytes(one.uri, body, "file", made.version, audiences, filed)
    if made.version > 1:
        kept, now = [one.uri for one in some], gate.outside.now()
        plan.steps.append(
            lambda change: crossings.revoke_files(change, card.subject_uri, audiences, kept, now)
        )
