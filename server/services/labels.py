"""Labels and clearances as people give them."""

from __future__ import annotations

from server.boundary.labels import ONWARD, Clearance, Label, LabelError, Level
from server.domain.actors import Member
from server.domain.errors import Invalid, NotAllowed
from server.domain.sentences import say, together

LEVELS = ", ".join(map(str, Level))
DECLASSIFIERS = ("review", "rules")


def label_of(asked: str | None, default: str = "GREEN") -> str:
    """Return a label in its canonical spelling, or the default where none is given; raise Invalid."""
    try:
        return str(Label.parse(asked or default))
    except LabelError as error:
        said = say(
            "A label is one of %(levels)s, with categories and an onward wish where wanted: AMBER+legal>organisation.",
            levels=LEVELS,
        )
        raise Invalid("label", together(said, _sentence(error))) from error


def clearance_of(asked: str) -> str:
    """Return a clearance in its canonical spelling; raise Invalid."""
    try:
        return str(Clearance.parse(asked))
    except LabelError as error:
        said = say("A clearance is one of %(levels)s, with categories where wanted: GREEN+legal.", levels=LEVELS)
        raise Invalid("clearance", together(said, _sentence(error))) from error


def put_together(level: str, categories: str, onward: str) -> str:
    """Return the text of a label from the three fields of a form, not checked; categories in any usual list."""
    named = "".join(f"+{each}" for each in categories.replace(",", " ").replace("+", " ").split())
    return level + named + (f">{onward}" if onward and onward in ONWARD else "")


def may_declassify(by: Member) -> bool:
    """Say whether this person may make a label less strict."""
    return any(by.may(duty) for duty in DECLASSIFIERS)


def require_declassifier(by: Member, before: str, after: str) -> None:
    """Raise NotAllowed unless this person may make a label less strict."""
    if not may_declassify(by):
        raise NotAllowed(
            "Its label can be raised but not lowered from %(before)s to %(after)s: that takes a reviewer or an admin.",
            f"{by.id} may not declassify",
            before=before,
            after=after,
        )


def _sentence(error: LabelError) -> str:
    text = str(error)
    return f"{text[0].upper()}{text[1:]}{'' if text.endswith(('?', '.')) else '.'}"
