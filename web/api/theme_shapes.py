"""What the API reads and answers of changes to themes."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from server.domain.curation import ThemeEdit
from web.api.shapes import Answer, Body


class NewThemeEdit(Body, frozen=True, kw_only=True):
    """A change. `other` is the theme to merge into, or the idea or reply to move into `theme`; `title` a new name."""

    kind: Literal["rename", "merge", "split", "pin", "move"]
    theme: str
    other: str = ""
    title: str = ""


class ThemeEditAnswer(Answer, frozen=True, kw_only=True):
    """A change as it stands. `version`, and `id`, count a jam's changes from 1; `undone_at` is null while it counts."""

    id: int
    version: int
    kind: str
    theme: str
    other: str
    title: str
    made_by: str
    made_at: datetime
    undone_at: datetime | None


def show_edit(edit: ThemeEdit) -> ThemeEditAnswer:
    return ThemeEditAnswer(
        id=edit.version,
        version=edit.version,
        kind=edit.kind,
        theme=edit.theme,
        other=edit.other,
        title=edit.title,
        made_by=edit.member_name,
        made_at=edit.made_at,
        undone_at=edit.undone_at,
    )
