"""Templates are kept compiled beside them, as modules are, and never after they changed."""

from __future__ import annotations

import sys
from pathlib import Path

import jinja2
import pytest

from server.compiled import Compiled


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "page.html").write_text("Hello {{ name }}")
    (tmp_path / "maker.py").write_text("")
    return tmp_path


def draw(folder: Path) -> str:
    """Draw the page as a new process would."""
    kept = Compiled(folder, str(folder / "maker.py"))
    environment = jinja2.Environment(loader=jinja2.FileSystemLoader(folder), autoescape=True, bytecode_cache=kept)
    return environment.get_template("page.html").render(name="you")


def kept_in(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (folder / "__pycache__").glob("*")}


def test_a_template_is_compiled_once(folder: Path) -> None:
    assert draw(folder) == "Hello you"
    kept = folder / "__pycache__" / next(iter(kept_in(folder)))
    before = kept.stat().st_mtime_ns
    assert draw(folder) == "Hello you"
    assert kept.stat().st_mtime_ns == before


def test_a_template_that_changed_is_compiled_anew_and_so_are_all_when_their_maker_changed(folder: Path) -> None:
    draw(folder)
    before = kept_in(folder)
    (folder / "page.html").write_text("Bye {{ name }}")
    assert draw(folder) == "Bye you"
    between = kept_in(folder)
    assert between != before
    (folder / "maker.py").touch()
    assert draw(folder) == "Bye you"
    assert kept_in(folder) != between


def test_what_was_damaged_is_compiled_anew(folder: Path) -> None:
    draw(folder)
    for name in kept_in(folder):
        (folder / "__pycache__" / name).write_bytes(b"nothing")
    assert draw(folder) == "Hello you"


def test_nothing_is_kept_where_no_bytecode_is_to_be_written(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    assert draw(folder) == "Hello you"
    assert not (folder / "__pycache__").exists()


def test_a_folder_that_cannot_be_written_only_keeps_nothing(folder: Path) -> None:
    (folder / "__pycache__").write_text("in the way")
    assert draw(folder) == "Hello you"
