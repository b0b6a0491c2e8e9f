"""The demo's search for planted strings sees them in whatever dress they come."""

from __future__ import annotations

import base64
import html
import json
import sqlite3
import zlib
from pathlib import Path
from urllib.parse import quote

import pytest

from server.demo.canaries import Canaries, family_of
from server.demo.check import WANTED, pick
from server.demo.shelves import pieces_of_home
from server.demo.statements import name_of, read_statements

DRESSES = {
    "raw": lambda text: text.encode(),
    "capitals": lambda text: text.upper().encode(),
    "json": lambda text: json.dumps({"é": text}).encode(),
    "every letter escaped in json": lambda text: "".join(f"\\u{ord(one):04X}" for one in text).encode(),
    "html": lambda text: html.escape(f"<b>{text}</b>").encode(),
    "html numbers": lambda text: "".join(f"&#{ord(one)};" for one in text).encode(),
    "percent": lambda text: quote(f"/ {text}").encode(),
    "every letter in percent": lambda text: "".join(f"%{ord(one):02X}" for one in text).encode(),
    "utf-16": lambda text: f"x{text}".encode("utf-16"),
    "utf-16 big-endian": lambda text: text.encode("utf-16-be"),
    "hexadecimal": lambda text: text.encode().hex().encode(),
    **{
        f"base64 after {shift} bytes": lambda text, shift=shift: base64.b64encode(b"z" * shift + text.encode() + b"yy")
        for shift in range(4)
    },
}


@pytest.mark.parametrize("dress", DRESSES)
def test_a_planted_string_is_found_in_every_dress(dress: str) -> None:
    canaries = Canaries()
    worn = DRESSES[dress](canaries.token("here"))
    canaries.token("elsewhere")
    found = canaries.search(canaries.names(), [("a place", b"before " + worn + b" after")])
    assert {(one.canary, one.where) for one in found} == {("here", "a place")}


def test_what_is_not_there_is_not_found() -> None:
    canaries = Canaries()
    assert not canaries.search([*map(canaries.token, "abc")] and canaries.names(), [("a place", b"nothing" * 1000)])


def test_families_tell_who_may_hold_a_string() -> None:
    canaries = Canaries()
    canaries.token("inside title")
    canaries.token("partner: title")
    assert (canaries.names(""), canaries.names("partner")) == (["inside title"], ["partner: title"])
    assert family_of("public: idea") == "public"


def test_rows_that_stand_in_the_write_ahead_log_alone_and_packed_ones_are_seen(tmp_path: Path) -> None:
    canaries = Canaries()
    (tmp_path / "acme" / "outside").mkdir(parents=True)
    store = sqlite3.connect(tmp_path / "acme" / "outside" / "store.sqlite", isolation_level=None)
    store.execute("PRAGMA journal_mode = WAL")
    store.execute("CREATE TABLE kept (words TEXT, packed BLOB)")
    long = "x" * 5000 + canaries.token("long") + "x" * 5000
    store.execute("INSERT INTO kept VALUES (?, ?)", (long, zlib.compress(canaries.token("packed").encode())))
    (tmp_path / "acme" / "serve.log").write_text(canaries.token("logged"))
    found = canaries.search(canaries.names(), pieces_of_home(tmp_path / "acme"))
    assert {one.canary for one in found} == {"long", "packed", "logged"}
    found = canaries.search(canaries.names(), pieces_of_home(tmp_path / "acme", inside=False))
    assert {one.canary for one in found} == {"long", "packed"}
    store.close()


def test_the_check_takes_statements_of_all_three_and_none_without_what_it_answers() -> None:
    picked = pick(read_statements())
    known = {one.id for one in picked}
    assert {one.organisation for one in picked} == set(WANTED)
    assert all(not one.parent or one.parent in known for one in picked)
    assert any(one.parent for one in picked)


def test_every_statement_is_said_by_somebody_who_may_read_what_it_answers() -> None:
    statements = read_statements()
    partners = {"acme", "globex"}
    audience = {"money-and-rules": {"acme"}, "learning-and-work": partners, "health-and-safety": partners}
    assert len(statements) == 887
    known = {one.id: one for one in statements}
    for one in statements:
        assert one.organisation in audience.get(one.forum, {"acme", "globex", "initech"})
        assert not one.parent or known[one.parent].forum == one.forum
        assert not one.parent or known[one.parent].at <= one.at
    assert name_of("ada-k") == "Ada K."
