"""What a refusal says can be said in the reader's language: it is an id and values, never words put together."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from server.domain.absent import ABSENT

ROOT = Path(__file__).parents[2]
#: Refusals that people in a browser can meet, and which of their arguments is the sentence.
SENTENCE_AT = {
    "Refusal": 0, "NotAllowed": 0, "SignInNeeded": 0, "Invalid": 1, "Conflict": 0, "JamNotOpen": 0, "ForumClosed": 0,
    "CharterIncomplete": 0, "TooMuch": 0, "WrongKind": 0, "Unreadable": 0, "NoOutside": 0, "SecondPlaceTrouble": 0,
}  # fmt: skip
ROOMS = ("server/domain", "server/services", "web")


def refusals(source: str) -> Iterator[ast.Call]:
    """Return the calls that make a refusal."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call):
            name = getattr(node.func, "id", getattr(node.func, "attr", ""))
            if name in SENTENCE_AT or name == "Missing":
                yield node


def put_together(call: ast.Call) -> bool:
    """Say whether the sentence of a refusal is made of pieces where it is raised, so that no catalogue can know it."""
    name = getattr(call.func, "id", getattr(call.func, "attr", ""))
    place = SENTENCE_AT.get(name)
    if place is None or len(call.args) <= place:
        return False
    said = call.args[place]
    joined = isinstance(said, ast.Call) and getattr(said.func, "attr", "") in ("format", "join")
    return isinstance(said, ast.JoinedStr | ast.BinOp) or joined


def test_a_sentence_put_together_is_seen() -> None:
    bad = [
        "Conflict(f'There is {x}.')",
        "Invalid('a', 'b' + c)",
        "errors.TooMuch('{}'.format(n))",
        "NotAllowed(f'{x}')",
    ]
    good = ["Conflict('There is %(x)s.', x=x)", "Invalid('a', SENTENCE)", "Invalid(f'{place}', 'b')", "print(f'{x}')"]
    assert [line for line in bad + good if any(map(put_together, refusals(line)))] == bad


FILES = sorted(path for room in ROOMS for path in (ROOT / room).rglob("*.py"))


def test_no_refusal_says_something_that_no_catalogue_can_know() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{call.lineno}"
        for path in FILES
        for call in refusals(path.read_text("utf-8"))
        if put_together(call)
    ]
    assert not found, f'Write `Conflict("There is %(x)s.", x=x)` at {found}'


def test_everything_that_can_be_missing_has_a_sentence_of_its_own() -> None:
    named = {
        str(call.args[0].value)
        for path in FILES
        for call in refusals(path.read_text("utf-8"))
        if getattr(call.func, "id", "") == "Missing" and call.args and isinstance(call.args[0], ast.Constant)
    }
    assert not named - set(ABSENT)


@pytest.mark.parametrize("path", [ROOT / "server/services/ideas.py"], ids=["ideas"])
def test_refusals_are_found_where_they_are(path: Path) -> None:
    assert len(list(refusals(path.read_text("utf-8")))) > 10
