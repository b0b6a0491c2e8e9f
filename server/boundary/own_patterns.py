"""Admins' own patterns: RE2, whose searches take time linear in the text whatever the pattern."""

from __future__ import annotations

import re
from typing import Any

import re2

LONGEST_PATTERN = 2_000
MEMORY = 4 << 20
NAME = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?")


class PatternError(ValueError):
    """An admin's own pattern that cannot be used; the message names it and says why."""


def compile_own(name: str, pattern: str) -> Any:
    """Return a pattern compiled; raise PatternError if it is malformed, too large, or matches every text."""
    if not name or not name.isprintable():
        raise PatternError(f"the pattern {pattern!r} needs a printable name")
    if len(pattern) > LONGEST_PATTERN:
        raise PatternError(f"the pattern “{name}” is longer than {LONGEST_PATTERN} characters")
    options = re2.Options()
    options.log_errors = False
    options.max_mem = MEMORY
    try:
        compiled = re2.compile(pattern, options)
    except re2.error as error:
        reason = error.args[0] if error.args else "not understood"
        reason = reason.decode(errors="replace") if isinstance(reason, bytes) else reason
        raise PatternError(f"the pattern “{name}” cannot be used: {reason}") from error
    if compiled.search("") is not None:
        raise PatternError(f"the pattern “{name}” matches every text")
    return compiled
