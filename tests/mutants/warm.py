"""Runs pytest again and again in one copy of the tree, each time in a child of a process that knows the libraries.

Importing them takes longer than most of the tests. Nothing of ours is imported before the child is made.

Reads a line of JSON, a list of pytest's arguments; answers a line of JSON: [exit code, what it printed].
"""

from __future__ import annotations

import ctypes
import gc
import importlib
import json
import os
import signal
import sys
import tempfile
import time
import traceback
from contextlib import suppress

LIBRARIES = (
    "ahocorasick_rs", "aiohttp.test_utils", "aiohttp.web", "argon2", "base58", "click", "jinja2",
    "cryptography.hazmat.primitives.asymmetric.rsa", "cryptography.hazmat.primitives.serialization", "markdown_it",
    "msgspec", "nh3", "numpy", "orjson", "phonenumbers", "prometheus_client", "re2", "rfc8785", "structlog", "tomllib",
    "tortoise.fields", "tortoise.migrations", "tortoise.backends.sqlite",
)  # fmt: skip
LONGEST_SECONDS = 600.0
# prctl(2): which signal a process gets when its parent ends.
PR_SET_PDEATHSIG = 1


def run(arguments: list[str]) -> tuple[int, str]:
    """Run pytest in a child; return its exit code (1 when it took too long) and its last words."""
    with tempfile.TemporaryFile() as said:
        child = os.fork()
        if child == 0:
            os.setsid()
            # Whoever breaks this off leaves no tests running behind.
            ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
            os.dup2(said.fileno(), 1)
            os.dup2(said.fileno(), 2)
            import pytest

            code = 3
            try:
                # Some of what is warm already brings a plugin of pytest along, whose asserts it would have rewritten.
                code = int(pytest.main([*arguments, "-W", "ignore::pytest.PytestAssertRewriteWarning"]))
            except BaseException:
                traceback.print_exc()
            sys.stdout.flush()
            os._exit(code)
        code = _wait(child)
        said.seek(0)
        return code, said.read().decode("utf-8", "replace")[-20_000:]


def _wait(child: int) -> int:
    ends = time.monotonic() + LONGEST_SECONDS
    while time.monotonic() < ends:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            return os.waitstatus_to_exitcode(status)
        time.sleep(0.02)
    os.killpg(child, 9)
    os.waitpid(child, 0)
    return 1


def main() -> None:
    for name in LIBRARIES:
        with suppress(ImportError):
            importlib.import_module(name)
    gc.freeze()
    for line in sys.stdin:
        print(json.dumps(run(json.loads(line))), flush=True)


if __name__ == "__main__":
    main()
