"""What somebody typed into a form that was not taken: shown again with the refusal, and sent again on request.

A refusal must not cost anybody their words. So each form that is refused comes back: in the page that says why,
behind the sign-in of somebody whose session was over, or in the composer that it was written in.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

from aiohttp import web
from aiohttp.web_request import FileField

from web import csrf
from web.keys import TYPED

#: What is never handed back: secrets, and what belongs to one page alone.
UNKEPT = frozenset({csrf.FIELD, "password", "kept", "next", "back", "confirmed"})
#: Fields that hold words even when it is one word.
WORDY = frozenset({"title", "text", "question", "note", "reason", "answers", "name", "words", "summary", "body"})
_MOST_FIELDS = 100
_ADDRESSES = ("/sign-in", "/sign-out", "/welcome/", "/join/", "/unsubscribe/", "/me/")


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A form as it was sent: to `action`, with `fields` as (name, value). `files` were chosen and are not kept."""

    action: str
    fields: tuple[tuple[str, str], ...]
    files: bool = False

    @property
    def words(self) -> tuple[tuple[str, str], ...]:
        """The fields that somebody wrote something into, as far as that can be told."""
        return tuple(
            (name, value)
            for name, value in self.fields
            if value.strip() and (name in WORDY or len(value.split()) > 1)
        )

    @property
    def typed(self) -> dict[str, str]:
        return dict(self.fields)

    @property
    def place(self) -> str:
        """The place of the composer that it was written in; "" for other forms."""
        return self.typed.get("place", "")

    def write(self) -> str:
        """The form as one text, for a hidden field of the sign-in page."""
        return json.dumps([self.action, self.fields, self.files], ensure_ascii=False)


def read_kept(text: str) -> Kept | None:
    """Read what `write` wrote; None where it is none, or leads off this site."""
    try:
        action, fields, files = json.loads(text or "null")
        pairs = tuple((str(name), str(value)) for name, value in fields)
    except (ValueError, TypeError):
        return None
    if not _is_own(str(action)) or len(pairs) > _MOST_FIELDS:
        return None
    return Kept(action=str(action), fields=pairs, files=bool(files))


def _is_own(action: str) -> bool:
    plain = action.startswith("/") and not action.startswith(("//", "/\\")) and action.isprintable()
    return plain and "\\" not in action and not action.startswith(_ADDRESSES)


async def note_typed(request: web.Request) -> None:
    """Remember what a form holds, for whoever answers for it; its body has passed the limit of size by now."""
    if not _is_own(request.path):
        return
    sent = (await request.post()).items()
    fields = tuple((name, value) for name, value in sent if isinstance(value, str) and name not in UNKEPT)
    files = any(isinstance(value, FileField) and value.filename for _, value in sent)
    if len(fields) <= _MOST_FIELDS:
        request[TYPED].append(Kept(action=request.path_qs, fields=fields, files=files))


def typed_of(request: web.Request) -> Kept | None:
    """What the form of a request held, or None."""
    noted = request.get(TYPED)
    return noted[0] if noted else None
