"""How the classes of rows are made."""

from __future__ import annotations

from typing import Any

from tortoise.models import ModelMeta


class Rows(ModelMeta):
    """Makes the class of a row without reading its source: `class IdeaRow(Model, metaclass=Rows)`.

    Tortoise reads and parses the file once for each class, to find comments (`#:`) that it would keep in the schema.
    We write none, and over all rows it takes a sixth of a second at each start of a process.
    """

    def __new__(cls, name: str, bases: tuple[type, ...], attrs: dict[str, Any]) -> Rows:
        return super().__new__(cls, name, bases, {**attrs, "_no_comments": True})  # type: ignore[return-value]
