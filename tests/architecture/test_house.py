"""The house keeps its own rules: names, rooms, and documents that say what is true."""

import re
import subprocess
import sys
from importlib import metadata
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGES = ("server", "federation", "web", "analytics")
SOURCES = [path for package in PACKAGES for path in (ROOT / package).rglob("*.py") if "migrations" not in path.parts]
NEVER_FILES = {"utils", "util", "helpers", "helper", "common", "misc", "manager", "managers", "handlers"}


def test_no_installed_distribution_claims_our_names() -> None:
    claimed = metadata.packages_distributions()
    assert not [name for name in PACKAGES if name in claimed], (
        "An installed package bears the name of one of our rooms: one of the two would be imported for the other."
    )


def test_the_top_level_holds_only_our_rooms() -> None:
    packages = {path.parent.name for path in ROOT.glob("*/__init__.py")}
    assert packages == set(PACKAGES)
    shadows = [path for room in ("", *PACKAGES) for path in (ROOT / "tests" / room).glob("__init__.py")]
    assert not shadows, "A package under tests would shadow a room of the same name."


def test_no_file_bears_a_name_that_says_nothing() -> None:
    assert not [path for path in SOURCES if path.stem in NEVER_FILES]


def test_only_the_transport_speaks_to_other_servers_and_only_one_file_to_our_identity_provider() -> None:
    holders = [
        str(path.relative_to(ROOT))
        for path in SOURCES
        if re.search(
            r"ClientSession|urllib\.request|http\.client|import requests|import httpx", path.read_text("utf-8")
        )
    ]
    # The one beside it asks the organisation's own provider, whose address the operator sets (docs/decisions/035).
    assert set(holders) == {"federation/transport.py", "server/oidc.py"}, "Others are reached by the transport alone."


def test_the_environment_is_read_in_one_place() -> None:
    readers = [
        str(path.relative_to(ROOT)) for path in SOURCES if re.search(r"os\.environ|getenv", path.read_text("utf-8"))
    ]
    allowed = {"server/settings.py"}
    assert set(readers) <= allowed, "Settings come from server.settings; nobody else reads the environment."


def test_only_the_gate_seals_and_only_verify_makes_a_verified_activity() -> None:
    sealing = [path for path in SOURCES if ".seal(" in path.read_text("utf-8")]
    assert {path.relative_to(ROOT).parts[:2] for path in sealing} == {("federation", "gate")}


def test_the_inside_address_is_given_the_ledger_without_any_key() -> None:
    naming = [
        str(path.relative_to(ROOT))
        for path in (ROOT / "web").rglob("*.py")
        if re.search(r"\bOUTSIDE\b|\bOutside\b", path.read_text("utf-8"))
    ]
    assert not naming, "Pages and API read the outside store through `web.ledger.ledger_of` and `Call.ledger`."


def test_every_room_says_what_it_is_for() -> None:
    silent = [
        str(path.relative_to(ROOT))
        for path in SOURCES
        if not path.read_text("utf-8").lstrip().startswith(('"""', "# ruff"))
    ]
    assert not silent, "Each module begins with a sentence that says what belongs in it."


def test_the_edge_never_imports_the_inside() -> None:
    code = (
        "import sys, federation.edge.setup; inside = ('server.storage', 'server.services', 'federation.gate');"
        "print([name for name in sys.modules if name.startswith(inside)])"
    )
    printed = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True).stdout
    assert printed.strip() == "[]"


def test_architecture_names_every_room() -> None:
    text = (ROOT / "ARCHITECTURE.md").read_text("utf-8")
    rooms = {
        f"{path.parent.relative_to(ROOT)}/"
        for package in PACKAGES
        for path in (ROOT / package).glob("*/__init__.py")
        if "migrations" not in path.parts
    }
    assert not [room for room in sorted(rooms) if room not in text], "ARCHITECTURE.md does not mention these rooms."
