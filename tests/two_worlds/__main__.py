"""Many trials on all cores: `python -m tests.two_worlds --trials 1000 --seed 1`.

Before them each kind of observer asks the whole script after one long history. Prints progress, each failing trial with
its history and first difference, and one line of totals. Exit 1 if any
observer saw a difference or a canary, or if anything of the server failed. `--only N` runs one trial and tells more.
"""

from __future__ import annotations

import argparse
import os
import sys
import time

from tests.two_worlds.history import OBSERVERS
from tests.two_worlds.running import SHARE, explain, run


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.two_worlds", description=__doc__.split("\n", 1)[0])
    parser.add_argument("--trials", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--first", type=int, default=0, help="number of the first trial")
    parser.add_argument(
        "--only", type=int, help="run this one alone, with the whole script (-1 to -6: the long history)"
    )
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--share", type=float, default=SHARE, help="how much of the script each trial asks")
    asked = parser.parse_args()
    numbers = [*range(-len(OBSERVERS), 0), *range(asked.first, asked.first + asked.trials)]
    share, trials = asked.share, asked.trials
    if asked.only is not None:
        numbers, share, trials = [asked.only], 1.0, 1
    begun, ran, asks, bad = time.monotonic(), 0, 0, {"differences": 0, "canaries": 0, "faults": 0}
    for number, result in run(asked.seed, numbers, min(asked.jobs, len(numbers)), share):
        ran += number >= 0 or asked.only is not None
        if isinstance(result, str):
            bad["faults"] += 1
        else:
            asks += result.entries * 2
            bad["differences"] += bool(result.differences)
            bad["canaries"] += bool(result.canaries)
            bad["faults"] += bool(result.faults)
        if isinstance(result, str) or not result.clean:
            print(explain(asked.seed, number, share, result), flush=True)
        if ran and ran % 50 == 0:
            seconds = time.monotonic() - begun
            print(f"{ran}/{trials} trials, {seconds:.0f} s, {seconds / ran:.2f} s each", file=sys.stderr, flush=True)
    seconds = time.monotonic() - begun
    print(
        f"{ran} trials, {bad['differences']} differences, {bad['canaries']} canaries"
        + (f", {bad['faults']} faults" if bad["faults"] else "")
        + f" (seed {asked.seed}, {asks} answers and deliveries compared, {seconds:.0f} s)"
    )
    return int(ran != trials or any(bad.values()))


if __name__ == "__main__":
    sys.exit(main())
