"""Files that people attach to ideas and replies: what may be attached, and how it is told what one is."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePosixPath

from server.domain.errors import Invalid
from server.domain.sentences import say

LONGEST_NAME = 120
LONGEST_ALT = 1_500
MOST_FILES = 4
LARGEST = 10_000_000
PICTURE = "image/webp"
# Pictures that are taken; each is drawn anew as WebP, so nothing but its pixels stays.
DRAWN = {b"\xff\xd8\xff": "JPEG", b"\x89PNG\r\n\x1a\n": "PNG", b"GIF87a": "GIF", b"GIF89a": "GIF"}
OFFICE = {
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    ".odt": "application/vnd.oasis.opendocument.text",
    ".ods": "application/vnd.oasis.opendocument.spreadsheet",
    ".odp": "application/vnd.oasis.opendocument.presentation",
}
TEXTS = {".txt": "text/plain", ".md": "text/markdown", ".csv": "text/csv"}
ENDINGS = {PICTURE: "webp", "application/pdf": "pdf"} | {kind: end[1:] for end, kind in (OFFICE | TEXTS).items()}
MEDIA_TYPES = {ending: kind for kind, ending in ENDINGS.items()}
TAKEN = say("JPEG, PNG, WebP or GIF pictures, PDF, office documents, and plain text (.txt, .md, .csv)")


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """A file as it is kept. `size` is in bytes, `sha` the SHA-256 of them; `alt` says what a picture shows.

    `contribution_id` is "" until what it is attached to is sent.
    """

    id: str
    member_id: str
    contribution_id: str
    name: str
    alt: str
    media_type: str
    width: int
    height: int
    size: int
    sha: str
    created_at: datetime

    @property
    def is_picture(self) -> bool:
        return self.media_type == PICTURE


def picture_format(body: bytes) -> str:
    """Return which of the formats that we draw anew some bytes begin like, or ""."""
    if body[:4] == b"RIFF" and body[8:12] == b"WEBP":
        return "WEBP"
    return next((name for start, name in DRAWN.items() if body.startswith(start)), "")


def document_type(name: str, body: bytes) -> str:
    """Return the media type of what is no picture, by its bytes and its name's ending. Raises Invalid."""
    ending = PurePosixPath(name).suffix.lower()
    if body.startswith(b"%PDF-"):
        return "application/pdf"
    if ending in OFFICE and body.startswith(b"PK\x03\x04"):
        return OFFICE[ending]
    if ending in TEXTS and _is_text(body):
        return TEXTS[ending]
    raise Invalid("file", "“%(name)s” is of a kind that is not taken. We take %(taken)s.", name=name, taken=TAKEN)


def _is_text(body: bytes) -> bool:
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return "\x00" not in text


def clean_name(name: str) -> str:
    """Return a file's name without its path and without signs that no name needs, its ending kept."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    kept = "".join(sign for sign in last if unicodedata.category(sign)[0] != "C" and sign not in '<>:"|?*')
    kept = " ".join(kept.split()).strip(". ") or "file"
    if len(kept) > LONGEST_NAME:
        ending = PurePosixPath(kept).suffix[:10]
        kept = kept[: LONGEST_NAME - len(ending)].rstrip(". ") + ending
    return kept
