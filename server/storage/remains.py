"""Where the inside store still holds the words of something that was deleted."""

from __future__ import annotations

import json
from collections.abc import Sequence

from server.database import Database, Transaction

# So many pages of the search index are merged in one go: a few milliseconds.
PAGES = 64


async def of(store: Database, contribution_id: str, activity_uris: Sequence[str]) -> tuple[str, ...]:
    """Name the places that still hold words of a contribution: empty when none does.

    Themes: a snapshot or a report that was made before the deletion was folded in may still tell of it.
    """
    row = await store.fetch_one(
        "SELECT"
        " EXISTS (SELECT 1 FROM contributions WHERE id = ?"
        "  AND (NOT deleted OR title != '' OR text != '' OR html != '')) AS words,"
        " EXISTS (SELECT 1 FROM versions WHERE contribution_id = ?) AS versions,"
        " EXISTS (SELECT 1 FROM contribution_words WHERE rowid ="
        "  (SELECT number FROM search_rows WHERE contribution_id = ?)) AS search,"
        " EXISTS (SELECT 1 FROM printed WHERE contribution_id = ?) AS prints,"
        " EXISTS (SELECT 1 FROM holds WHERE (preview != '' OR previews != '[]') AND contribution_id = ?) AS review,"
        " EXISTS (SELECT 1 FROM themes t JOIN contributions c ON c.jam_id = t.jam_id WHERE c.id = ? AND t.seq <"
        "  (SELECT seq FROM events WHERE subject_id = c.id AND kind = 'ContributionDeleted' ORDER BY seq DESC LIMIT 1))"
        "  AS themes",
        (contribution_id,) * 6,
    )
    found = [name for name, here in (row or {}).items() if here]
    return (*found, *await of_activities(store, activity_uris))


async def of_activities(store: Database, activity_uris: Sequence[str]) -> tuple[str, ...]:
    """The same for what reviewers were shown of received activities."""
    shown = await store.fetch_value(
        "SELECT EXISTS (SELECT 1 FROM holds WHERE (preview != '' OR previews != '[]') AND direction = 'in'"
        " AND activity_uri IN (SELECT value FROM json_each(?)))",
        (json.dumps(activity_uris),),
    )
    return ("received holds",) if shown else ()


async def merge_words(change: Transaction, *, begin: bool) -> bool:
    """Rewrite a piece of the search index without what was deleted from it; return whether there was more to do.

    FTS5 leaves the words of deleted rows in its segments until they are merged (SQLite, FTS5 6.8).
    """
    before = await change.fetch_value("SELECT total_changes()")
    await change.execute(
        "INSERT INTO contribution_words (contribution_words, rank) VALUES ('merge', ?)", (-PAGES if begin else PAGES,)
    )
    return int(await change.fetch_value("SELECT total_changes()")) - int(before) > 1
