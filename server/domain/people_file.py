"""People in a table: the CSV file that an organiser uploads, read whole or refused with every fault by line."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import cast

from server.domain.actors import ROLES, Role
from server.domain.errors import Invalid
from server.domain.sentences import say, together
from server.domain.uris import USERNAME

COLUMNS = ("username", "name", "unit", "role")
LONGEST, MOST_PEOPLE, MOST_PROBLEMS = 1_000_000, 1_000, 50
LIMITS = {"name": 200, "unit": 100}


class BadPeopleFile(Invalid):
    """A file from which nobody was added. `problems` are sentences with the numbers of lines."""

    def __init__(self, problems: tuple[str, ...]) -> None:
        shown = problems[:MOST_PROBLEMS]
        more = (say("And %(n)s more.", n=len(problems) - len(shown)),) if len(problems) > len(shown) else ()
        self.problems = (*shown, *more)
        super().__init__("people", together(say("Nobody was added."), *self.problems))


@dataclass(frozen=True, slots=True, kw_only=True)
class Newcomer:
    """One line: somebody to be added. `line` counts lines of the file from 1."""

    line: int
    username: str
    name: str
    unit: str
    role: Role


def read_people(text: str) -> tuple[Newcomer, ...]:
    """Read a table whose first line names its columns: username, and name, unit, role where wanted.

    Columns may be parted by commas, semicolons or tabs. Raises BadPeopleFile with all that is wrong.
    """
    if len(text) > LONGEST:
        raise BadPeopleFile(
            (say("The file is %(length)s characters long; at most %(most)s are read.", length=len(text), most=LONGEST),)
        )
    text = text.lstrip("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    head = text.partition("\n")[0]
    apart = max(",;\t", key=head.count)
    reader = csv.reader(io.StringIO(text), delimiter=apart, strict=True)
    problems: list[str] = []
    found: list[Newcomer] = []
    seen: dict[str, int] = {}
    try:
        columns = [name.strip().lower() for name in next(reader, [])]
        if faults := tuple(_column_faults(columns)):
            raise BadPeopleFile(faults)
        for cells in reader:
            if any(cell.strip() for cell in cells):
                _read(columns, cells, reader.line_num, seen, found, problems)
            if len(found) > MOST_PEOPLE:
                raise BadPeopleFile((say("It names more than %(most)s people; split it.", most=MOST_PEOPLE),))
    except csv.Error as error:
        problems.append(_in_line(reader.line_num, say("this is no table (%(error)s).", error=error)))
    if not found and not problems:
        problems.append(say("It names nobody: below the first line there is nothing."))
    if problems:
        raise BadPeopleFile(tuple(problems))
    return tuple(found)


def _column_faults(columns: list[str]) -> Iterator[str]:
    if "username" not in columns:
        yield _in_line(1, say("it has to name the columns, %(columns)s; username must be among them.", columns=COLUMNS))
        return
    unknown = [
        say("there is no column %(name)s here.", name=repr(name)) for name in columns if name not in COLUMNS if name
    ]
    twice = [say("%(name)s stands in it twice.", name=repr(name)) for name in COLUMNS if columns.count(name) > 1]
    yield from (_in_line(1, fault) for fault in (*unknown, *twice))


def _in_line(line: int, fault: str) -> str:
    return say("Line %(line)s: %(fault)s", line=line, fault=fault)


def _read(
    columns: list[str], cells: list[str], line: int, seen: dict[str, int], found: list[Newcomer], problems: list[str]
) -> None:
    row = dict(zip(columns, (cell.strip() for cell in cells), strict=False))
    username = row.get("username", "").lstrip("@")
    role = row.get("role", "").lower() or "member"
    faults = list(_faults(row, username, role, len(cells) > len(columns)))
    if (first := seen.setdefault(username.lower(), line)) != line and username:
        faults.append(say("%(username)s stands in line %(line)s already.", username=username, line=first))
    problems += [_in_line(line, fault) for fault in faults]
    found.append(
        Newcomer(
            line=line,
            username=username,
            name=row.get("name", "") or username,
            unit=row.get("unit", ""),
            role=cast(Role, role),
        )
    )


def _faults(row: dict[str, str], username: str, role: str, surplus: bool) -> Iterator[str]:
    if surplus:
        yield say("it has more cells than there are columns.")
    if not username:
        yield say("the username is missing.")
    elif not USERNAME.fullmatch(username):
        yield say(
            "%(username)s is no username: letters, digits, _ . or -, at most 64 of them.", username=repr(username[:80])
        )
    if role not in ROLES[1:]:
        yield say("%(role)s is no role; roles are %(roles)s.", role=repr(role[:80]), roles=ROLES[1:])
    for name, limit in LIMITS.items():
        if len(row.get(name, "")) > limit:
            yield say("the %(column)s has more than %(most)s characters.", column=name, most=limit)
