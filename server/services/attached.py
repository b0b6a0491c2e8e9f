"""What is attached, as rules count it: files of our own, and those that stay on the server of whoever wrote."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from server.boundary.facts import normal_media_type
from server.domain.files import File
from server.domain.ideas import Attached

# What is said of the size of attachments where their sender does not: more than any rule lets in or out.
UNKNOWN_BYTES = 1 << 50


@dataclass(frozen=True, slots=True)
class Counted:
    """How many files are attached, their media types as facts spell them, and their bytes together."""

    number: int
    media_types: frozenset[str]
    size: int


def counted(theirs: Attached, own: Sequence[File] = ()) -> Counted:
    """Count what is attached. A type that is not stated is an unknown one, and so is a size: above all limits."""
    stated = frozenset(map(normal_media_type, theirs.media_types))
    size = UNKNOWN_BYTES if theirs.size is None else theirs.size
    return Counted(
        theirs.number + len(own),
        stated | {one.media_type for one in own},
        size + sum(one.size for one in own),
    )
