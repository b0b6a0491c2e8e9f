"""What is attached, as rules count it: files of our own, and those that stay on the server of whoever wrote."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from server.boundary.facts import normal_media_type
from server.domain.files import File
from server.domain.ideas import Attached, Linked

# What is said of the size of attachments where their sender does not: more than any rule lets in or out.
UNKNOWN_BYTES = 1 << 50


@dataclass(frozen=True, slots=True)
class Counted:
    """How many files are attached, their media types as facts spell them, and their bytes together."""

    number: int
    media_types: frozenset[str]
    size: int


def words_of_files(files: Sequence[File]) -> list[str]:
    """Return what is said of files outside: what a picture shows, what another file is called."""
    return [said for one in files for said in ((one.alt,) if one.is_picture else (one.name, one.alt)) if said]


def as_judged(files: Sequence[File]) -> tuple[Linked, ...]:
    """Return of files of our own what rules ask about them: for when these are gone and words that had them stand."""
    return tuple(
        Linked("", "picture" if one.is_picture else "file", "\n".join(words_of_files([one])), one.media_type, one.size)
        for one in files
    )


def counted(theirs: Attached, own: Sequence[File] = ()) -> Counted:
    """Count what is attached. A type that is not stated is an unknown one, and so is a size: above all limits."""
    stated = frozenset(map(normal_media_type, theirs.media_types))
    size = UNKNOWN_BYTES if theirs.size is None else theirs.size
    return Counted(
        theirs.number + len(own),
        stated | {one.media_type for one in own},
        size + sum(one.size for one in own),
    )
