"""The list of incidents names tests and mutants that exist."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]
ROWS = [
    [cell.strip() for cell in line.strip().strip("|").split("|")]
    for line in (ROOT / "docs" / "incidents.md").read_text("utf-8").splitlines()
    if line.startswith("| ") and not line.startswith("| incident")
]


def test_every_incident_names_a_test_that_is_there():
    assert len(ROWS) >= 17
    for incident, _, tests, _ in ROWS:
        named = re.findall(r"`(tests/[^`]+)`", tests)
        assert named, f"{incident} names no test"
        for one in named:
            path, _, function = one.partition("::")
            text = (ROOT / path).read_text("utf-8")
            assert f"def {function}(" in text or not function, f"{incident} names {one}, which is not there"


def test_every_incident_names_a_mutant_that_is_there():
    known = {
        one["name"]
        for path in (ROOT / "tests" / "mutants").glob("*.toml")
        for one in tomllib.loads(path.read_text("utf-8"))["mutant"]
    }
    for incident, _, _, mutant in ROWS:
        assert mutant in known, f"{incident} names the mutant {mutant!r}, which is not there"
