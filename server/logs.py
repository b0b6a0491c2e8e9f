"""Logs: JSON lines on stderr. Ids and kinds only: no names, no texts, no secrets."""

from __future__ import annotations

import logging
import sys
import traceback
from collections.abc import MutableMapping
from types import TracebackType
from typing import Any

import structlog


def told(error: BaseException) -> str:
    """Return what failed and where: kinds and places, never what an error says, for that may be somebody's words."""
    lines: list[str] = []
    found: BaseException | None = error
    while found is not None and len(lines) < 200:
        lines.append(type(found).__name__)
        lines += [
            f"  {frame.filename}:{frame.lineno} in {frame.name}" for frame in traceback.extract_tb(found.__traceback__)
        ]
        found = found.__cause__ or (None if found.__suppress_context__ else found.__context__)
    return "\n".join(lines)


def _tell_faults(logger: object, method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Put what failed in place of an error (structlog's processor)."""
    asked = event.pop("exc_info", None)
    error = asked if isinstance(asked, BaseException) else sys.exc_info()[1] if asked else None
    if error is not None:
        event["exception"] = told(error)
    return event


class Wordless(logging.Formatter):
    """For what libraries log: the first line, and errors by kind and place.

    asyncio writes the error itself into the lines after its first.
    """

    def format(self, record: logging.LogRecord) -> str:
        lines = [record.getMessage().partition("\n")[0]]
        if record.exc_info and record.exc_info[1] is not None:
            lines.append(told(record.exc_info[1]))
        return "\n".join(lines)


def set_up_logs(level: str) -> None:
    """Write one JSON object a line to stderr, from `level` up."""
    number = getattr(logging, level.upper())
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(Wordless())
    logging.basicConfig(level=max(number, logging.WARNING), handlers=[handler])
    sys.excepthook = _last_words
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _tell_faults,
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )


def _last_words(kind: type[BaseException], error: BaseException, where: TracebackType | None) -> None:
    """Tell of an error that ends the process."""
    print(told(error.with_traceback(where)), file=sys.stderr)
