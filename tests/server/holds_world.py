"""Holds as the gate makes them, for tests that need no gate."""

from __future__ import annotations

from typing import Any

from server.domain.crossings import Demand
from server.domain.holds import Hold, OfferedCopy, part_of
from server.services.house import House


def a_hold(house: House, id_: str, contribution: str, **more: Any) -> Hold:
    """Something of version 1 that wants out to everyone, held by G-findings.

    `approvals` and `reviewers` stand for one demand; `demands` for several.
    """
    values: dict[str, Any] = {
        "id": id_,
        "direction": "out",
        "contribution_id": contribution,
        "version": 1,
        "activity_uri": "",
        "peer": "*",
        "forum_id": "",
        "author": "@bob",
        "preview": "Words.",
        "copies": {"*": "00"},
        "wordings": {"*": "as it was"},
        "previews": (OfferedCopy(sha="00", title="Title", text="Words.", author="Bob"),),
        "rules": ("G-findings",),
        "reason": "An address was found.",
        "rule_set": 1,
        "state": "waiting",
        "asked_at": house.now(),
        **more,
    }
    number, names = values.pop("approvals", 1), values.pop("reviewers", ())
    demands = values.pop("demands", (Demand(number, names),) if number > 1 or names else ())
    return Hold(**{"part": part_of(demands), "demands": demands, **values})
