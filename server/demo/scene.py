"""What the parts of the check share: the running stage, planted strings, and what stands apart."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from server.demo.api import Refused
from server.demo.beats import Told
from server.demo.canaries import Canaries
from server.demo.house import Built
from server.demo.jam import FORUMS, Plan
from server.demo.people import Part
from server.demo.report import Report
from server.demo.stage import Stage
from server.demo.statements import Statement
from server.demo.stranger import Stranger


@dataclass(slots=True)
class Scene:
    """What the parts of the check share. `apart` are URIs at Acme that do not stand elsewhere as they stand there."""

    report: Report
    canaries: Canaries
    built: Built
    stranger: Stranger
    statements: list[Statement]
    plans: tuple[Plan, ...]
    told: Told | None = None
    apart: set[str] = field(default_factory=set)
    hidden_uris: set[str] = field(default_factory=set)

    @property
    def stage(self) -> Stage:
        return self.built.stage

    async def story(self) -> Told:
        """Return what the beats posted; raise Refused where they were not told to the end."""
        if self.told is None:
            raise Refused(0, "the story was not told to its end")
        return self.told


def plans(canaries: Canaries) -> tuple[Plan, ...]:
    """Return the demo's forums with strings planted in what those of the inside and of partners say of themselves."""
    made = []
    for plan in FORUMS:
        family = {"inside": "", "partners": "partner: ", "public": "public: "}[plan.audience]
        name = f"{family}{plan.slug}"
        made.append(
            replace(
                plan,
                title=plan.title + canaries.tag(f"{name} title"),
                question=plan.question + canaries.tag(f"{name} question"),
            )
        )
    return tuple(made)


def extra_people(canaries: Canaries) -> dict[str, tuple[Part, ...]]:
    """Return people of Acme whose names or units stay inside, and one at Globex for Globex's own inside."""
    quiet = Part(canaries.token("quiet username"), f"Demo{canaries.tag('quiet name')}", canaries.token("quiet unit"))
    public = Part("paula", "Paula (demo)", canaries.token("unit of somebody who speaks in public"))
    canaries.watch("unnamed first name", "Ottoline")
    canaries.watch("unnamed last name", "Fennimarsh")
    return {"acme": (quiet, public)}
