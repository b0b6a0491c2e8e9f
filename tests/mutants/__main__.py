"""Take one check away at a time and see whether the tests notice: `python -m tests.mutants [--only TEXT] [--jobs N]`.

Each mutant of the lists beside this file is put into a copy of the tree, and the tests that it names are run there. A
mutant that those do not notice is tried on the wider proof. Prints a line for each and the total; exits with 1 when one
survives, when the tests are red without any mutant, or when the text that a mutant replaces is not there just once.
"""

from __future__ import annotations

import argparse
import json
import queue
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import tomllib
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
LISTS = sorted(Path(__file__).parent.glob("*.toml"))
LEFT_OUT = shutil.ignore_patterns("__pycache__", ".*", "var", "artefacts")
WIDER = ("tests/server/boundary", "tests/federation", "tests/two_worlds", "tests/server")


@dataclass(frozen=True)
class Mutant:
    """One check removed: in `file`, `old` becomes `new`. `removes` says what is gone; `tests` should notice first."""

    name: str
    file: str
    old: str
    new: str
    removes: str
    tests: tuple[str, ...]


def read_mutants() -> list[Mutant]:
    """Return the list; raise SystemExit naming every mutant whose text is not there exactly once."""
    found = []
    wrong = []
    for table in (one for path in LISTS for one in tomllib.loads(path.read_text("utf-8"))["mutant"]):
        one = Mutant(**{**table, "tests": tuple(table["tests"])})
        times = (ROOT / one.file).read_text("utf-8").count(one.old)
        if times != 1 or one.old == one.new:
            wrong.append(f"{one.name}: its text stands {times} times in {one.file}")
        found.append(one)
    names = [one.name for one in found]
    wrong += [f"{name}: there are two of that name" for name in sorted({n for n in names if names.count(n) > 1})]
    if wrong:
        raise SystemExit("\n".join(wrong))
    return found


class Copy:
    """A copy of the tree in which mutants live, one at a time, with a process that runs tests there."""

    def __init__(self, folder: Path) -> None:
        self.folder = shutil.copytree(ROOT, folder, ignore=LEFT_OUT)
        command = [sys.executable, "-m", "tests.mutants.warm"]
        self._warm = subprocess.Popen(
            command, cwd=self.folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def run(self, tests: Iterable[str]) -> tuple[int, str]:
        """Run tests until the first failure; return pytest's exit code and the test that failed."""
        assert self._warm.stdin is not None
        assert self._warm.stdout is not None
        self._warm.stdin.write(json.dumps(["-x", "-q", "-p", "no:cacheprovider", *tests]) + "\n")
        self._warm.stdin.flush()
        code, said = json.loads(self._warm.stdout.readline())
        failed = [line for line in said.splitlines() if line.startswith(("FAILED", "ERROR"))]
        return code, failed[0].split(" ")[1].rsplit("/", 1)[-1] if failed else said[-2000:]

    def close(self) -> None:
        assert self._warm.stdin is not None
        self._warm.stdin.close()
        self._warm.wait()

    def try_out(self, one: Mutant) -> tuple[bool, str]:
        """Put a mutant in, run its tests, take it out again; return whether it was noticed, and by what."""
        path = self.folder / one.file
        text = path.read_text("utf-8")
        self._write(path, text.replace(one.old, one.new))
        try:
            for tests in (one.tests, WIDER):
                code, said = self.run(tests)
                if code == 1:
                    return True, said
                if code != 0:
                    return False, f"the tests could not run (pytest says {code}): {said}"
        finally:
            self._write(path, text)
        return False, "nothing noticed it"

    @staticmethod
    def _write(path: Path, text: str) -> None:
        path.write_text(text, "utf-8")
        # Compiled modules are told apart by the second: one of a moment ago would be taken for this one.
        for compiled in (path.parent / "__pycache__").glob(f"{path.stem}.*.pyc"):
            compiled.unlink()


def without_mutants(copies: list[Copy], mutants: list[Mutant]) -> str:
    """Run all that the mutants name in the tree as it is, shared out among the copies; return what is red, or ""."""
    named = sorted({test for one in mutants for test in one.tests})
    files = [test for test in named if not any(test != one and _within(test, one) for one in named)]
    with ThreadPoolExecutor(len(copies)) as pool:
        shares = [files[number :: len(copies)] for number in range(len(copies))]
        said = list(
            pool.map(lambda pair: pair[0].run(pair[1]) if pair[1] else (0, ""), zip(copies, shares, strict=True))
        )
    return "; ".join(told for code, told in said if code != 0)


def _within(test: str, whole: str) -> bool:
    return test.startswith((f"{whole.rstrip('/')}/", f"{whole}::"))


def main(only: str, jobs: int) -> int:
    mutants = [one for one in read_mutants() if only in one.name or only in one.file]
    waiting: queue.SimpleQueue[Mutant] = queue.SimpleQueue()
    survived: list[str] = []
    killed = [0]
    lock = threading.Lock()
    began = time.monotonic()

    def work(copy: Copy) -> None:
        while True:
            try:
                one = waiting.get_nowait()
            except queue.Empty:
                return
            noticed, by = copy.try_out(one)
            with lock:
                killed[0] += noticed
                if not noticed:
                    survived.append(one.name)
                print(f"{'killed  ' if noticed else 'SURVIVED'} {one.name}: {one.removes} [{by}]", flush=True)

    with tempfile.TemporaryDirectory() as folder:
        copies = [Copy(Path(folder) / str(number)) for number in range(jobs)]
        red = without_mutants(copies, mutants)
        if red:
            print(f"The tests are red without any mutant: {red}")
            return 1
        for one in mutants:
            waiting.put(one)
        threads = [threading.Thread(target=work, args=(copy,)) for copy in copies]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        for copy in copies:
            copy.close()
    print(f"{killed[0]} of {len(mutants)} mutants killed in {time.monotonic() - began:.0f} s")
    return 1 if survived or not mutants else 0


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", default="", help="only mutants whose name or file holds this text")
    parser.add_argument("--jobs", type=int, default=2, help="how many run at once")
    given = parser.parse_args()
    sys.exit(main(given.only, given.jobs))
