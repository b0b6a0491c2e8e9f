"""Themes as people put them, counted anew in the simplest way."""

from __future__ import annotations

import json
from collections import Counter
from datetime import UTC, datetime
from typing import Any, get_args

from hypothesis import given
from hypothesis import strategies as st

from server.domain.curation import EditKind, ThemeEdit, curated, moved_by
from server.services.themes_read import Shown, read

THEMES = ("t1", "t2", "t3", "t4")
IDS = tuple("abcdefgh")
GONE = "gone"
AT = datetime(2026, 1, 1, tzinfo=UTC)

PLACES = st.dictionaries(st.sampled_from(IDS), st.sampled_from(("", *THEMES)))


@st.composite
def edits(draw: st.DrawFn) -> list[ThemeEdit]:
    found = []
    for number in range(draw(st.integers(0, 8))):
        kind: EditKind = draw(st.sampled_from(get_args(EditKind)))
        theme = draw(st.sampled_from(THEMES))
        other = draw(st.sampled_from((*IDS, GONE) if kind == "move" else THEMES))
        undone = AT if draw(st.booleans()) and draw(st.booleans()) else None
        found.append(
            ThemeEdit(
                id=number,
                version=number,
                kind=kind,
                theme=theme,
                other=other,
                title="New",
                member_id="m",
                member_name="M",
                made_at=AT,
                undone_at=undone,
            )
        )
    return found


def drawn(places: dict[str, str]) -> dict[str, Any]:
    sizes = Counter(places.values())
    themes = [
        {
            "id": name,
            "label": name,
            "words": [],
            "size": sizes[name],
            "representative": [id_ for id_, place in sorted(places.items()) if place == name][:3],
            "subthemes": [],
        }
        for name in THEMES
    ]
    return {"themes": themes, "documents": len(places), "unplaced": sizes[""]}


@given(PLACES, edits())
def test_sizes_are_those_of_what_stands_in_themes_and_quotes_stand_in_their_own(
    places: dict[str, str], made: list[ThemeEdit]
) -> None:
    stood = {id_: (places[id_], "", False) for id_ in moved_by(made) if id_ in places}
    report = curated(drawn(places), made, stood)
    shown = Shown(report)
    stands = {id_: shown.of(id_, place) for id_, place in places.items()}
    counts = Counter(stands.values())
    assert all(one["size"] == counts[one["id"]] for one in report["themes"])
    assert set(counts) <= {one["id"] for one in report["themes"]} | {None}
    assert report["unplaced"] == counts[None]
    assert all(stands[id_] == one["id"] for one in report["themes"] for id_ in one["representative"])


@given(PLACES, edits())
def test_members_of_a_theme_are_those_that_stand_in_it(places: dict[str, str], made: list[ThemeEdit]) -> None:
    stood = {id_: (places[id_], "", False) for id_ in moved_by(made) if id_ in places}
    report = curated(drawn(places), made, stood)
    shown = Shown(report)
    for theme in read(json.dumps(report)):
        members = {id_ for id_, place in places.items() if place in theme.members.themes} - set(theme.members.left)
        members |= set(theme.members.joined)
        assert members == {id_ for id_, place in places.items() if shown.of(id_, place) == theme.id}
        assert len(members) == theme.size
