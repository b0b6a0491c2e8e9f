"""How we stand to other servers and to single people on them, beside partnerships: limited or shut out."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, get_args

from server.domain.errors import TooMuch
from server.domain.uris import HOST

Standing = Literal["", "limited", "suspended"]
STANDINGS: tuple[Standing, ...] = get_args(Standing)
Kind = Literal["", "marmalade", "forum", "microblog", "unknown"]
KINDS: tuple[Kind, ...] = get_args(Kind)
LONGEST_LIST = 5_000_000
# What other software calls it (Mastodon's export of domain blocks).
SEVERITIES: dict[str, Standing] = {"silence": "limited", "suspend": "suspended", "noop": "", "": "suspended"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """What an admin said of another server. `kind` is what it runs, "" for what it says itself."""

    host: str
    standing: Standing
    kind: Kind
    note: str
    changed_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Outsider:
    """What an admin said of one actor elsewhere, by its id."""

    uri: str
    standing: Standing
    note: str
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class Line:
    """One server of a list."""

    host: str
    standing: Standing
    note: str


def parents_of(host: str) -> tuple[str, ...]:
    """Return a host and the domains above it, nearest first: what is said of a domain holds for those below.

    "a.b.example:8443" → ("a.b.example:8443", "a.b.example", "b.example"); an address has none above it.
    """
    name, colon, port = host.rpartition(":")
    bare = name if colon and port.isdigit() else host
    labels = bare.split(".")
    above = [".".join(labels[at:]) for at in range(len(labels) - 1)] if not _is_address(bare) else [bare]
    return tuple(dict.fromkeys((host, *above)))


def _is_address(name: str) -> bool:
    return name.startswith("[") or name.replace(".", "").isdigit()


def read_list(text: str, usual: Standing) -> tuple[list[Line], list[str]]:
    """Read a list of servers as other software exports it; return its lines, and what is wrong with others.

    The first column is a domain. A heading (#domain, #severity, #public_comment) names the others; without one, or
    without a severity, each server gets the `usual` standing. Raises TooMuch beyond LONGEST_LIST characters.
    """
    if len(text) > LONGEST_LIST:
        raise TooMuch(
            "The list is %(length)s characters long; at most %(most)s are read. Nothing changed.",
            length=len(text),
            most=LONGEST_LIST,
        )
    lines: dict[str, Line] = {}
    problems: list[str] = []
    heading: list[str] = []
    for number, row in _rows(text):
        if number == 1 and (row[0].startswith("#") or row[0].lower() == "domain"):
            heading = [name.lstrip("#").strip().lower() for name in row]
            continue
        if row[0].startswith("#"):
            continue
        cells = dict(zip(heading or ["domain"], row, strict=False))
        said = _line(cells, usual)
        if isinstance(said, str):
            problems.append(f"Line {number}: {said}")
        elif said is not None:
            lines[said.host] = said
    return list(lines.values()), problems


def _rows(text: str) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(text.removeprefix("\ufeff").splitlines())
    while True:
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error:
            continue
        if row and row[0].strip():
            yield reader.line_num, [cell.strip() for cell in row]


def _line(cells: dict[str, str], usual: Standing) -> Line | str | None:
    host = cells.get("domain", "").lower().strip(".").removeprefix("*.")
    if "*" in host:
        return f"“{host[:80]}” is hidden in part; nobody can tell which server it is."
    if host and not host.isascii():
        try:
            host = host.encode("idna").decode("ascii")
        except UnicodeError:
            return f"“{host[:80]}” is no name of a server."
    if not HOST.fullmatch(host) or len(host) > 255:
        return f"“{host[:80]}” is no name of a server."
    severity = cells.get("severity", "").lower()
    if severity not in SEVERITIES:
        return f"“{severity[:40]}” is no severity; known are silence, suspend and noop."
    standing = SEVERITIES[severity] if severity else usual
    return Line(host, standing, cells.get("public_comment", "")[:500]) if standing or not severity else None


def write_list(servers: list[Server]) -> str:
    """Return servers that are limited or suspended as a list that `read_list` and other software read."""
    words = {"limited": "silence", "suspended": "suspend"}
    rows = ["#domain,#severity,#public_comment"]
    rows += [
        f'{one.host},{words[one.standing]},"{_quoted(one.note)}"' for one in servers if one.standing in words
    ]
    return "\n".join(rows) + "\n"


def _quoted(text: str) -> str:
    return " ".join(text.replace('"', '""').split())
