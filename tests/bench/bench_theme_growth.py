"""How live themes bear growth: milliseconds to place a text, seconds of a refresh, memory, from 10 texts on.

    python -m tests.bench.bench_theme_growth SET.jsonl[.gz] … [--count 1000000] [--whole | --asked | --same] [--seed 0]

Each text is two texts of the sets, drawn at random and joined: as many as are wanted, hardly two the same. All is done
to them that a live jam does, but for the sentence encoder: the texts of the sets are encoded (`--parts` of them), and
a joined text has the mean of its two vectors. `--whole` writes the sets' own texts once, in random order, and asks the
encoder for each; `--asked` goes on after that with joined texts and asks it for each of these too; `--same` writes
1,000 texts, then one again and again. A refresh is made when it is due.

A line a step: texts; milliseconds to place one (median and p99 of the last 2,000); the last refresh, a report as it is
told while people write, and a snapshot, in seconds, all of the processor (a busy machine says nearly the same); memory
above what the process had before, in MB: now, at most since the last line, at most with the snapshot; themes; what was
announced; seconds in all.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from pathlib import Path

import numpy as np
import orjson

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from analytics.corpus import Document, clean
from analytics.themes import LiveThemes
from analytics.vectors import Encoder, Vectors, sentence_encoder, unit
from tests.bench.bench_themes import read

STEPS = (10, 100, 1_000, 10_000, 50_000, 100_000, 200_000, 300_000, 500_000, 1_000_000)
JOINT = " \u2014 "


class Joined:
    """Stands in for the encoder: a joined text lies between its two parts, which the encoder was asked about."""

    def __init__(self, encoder: Encoder, parts: Sequence[str]) -> None:
        self._encoder, self.size = encoder, encoder.size
        self._row = {part: row for row, part in enumerate(parts)}
        self._known = np.concatenate([encoder.encode(parts[at : at + 128]) for at in range(0, len(parts), 128)])

    def encode(self, texts: Sequence[str]) -> Vectors:
        rows = [[self._row[part] for part in text.split(JOINT)] for text in texts]
        return unit(np.array([self._known[pair].sum(axis=0) for pair in rows], dtype=np.float32))

    def pieces(self, text: str) -> list[str]:
        return self._encoder.pieces(text)


def joined(parts: Sequence[str], seed: int, number: int = 0) -> Iterator[Document]:
    """Write texts of two parts without end, by 5,000 people in threads of twenty, one a second."""
    rng = np.random.default_rng(seed)
    while True:
        for one, other, author in rng.integers(0, (len(parts), len(parts), 5_000), (1_000, 3)).tolist():
            text = parts[one] + JOINT + parts[other]
            yield Document(f"{number:07d}", text, f"p{author}", f"i{number // 20}", 1.79e9 + number)
            number += 1


def same(parts: Sequence[str], seed: int) -> Iterator[Document]:
    """Write one text again and again, by 300 people; the sets' texts come first, 1,000 of them."""
    for number, text in enumerate([*parts[:1_000], *[parts[-1]] * 2_000_000]):
        yield Document(f"{number:07d}", text, f"p{number % 300}", f"i{number // 20}", 1.79e9 + number)


def whole(parts: Sequence[str], seed: int) -> Iterator[Document]:
    """Write each text once."""
    for number, place in enumerate(np.random.default_rng(seed).permutation(len(parts)).tolist()):
        yield Document(f"{number:07d}", parts[place], f"p{number % 5_000}", f"i{number // 20}", 1.79e9 + number)


def asked(parts: Sequence[str], seed: int) -> Iterator[Document]:
    """Write each text once, then texts of two without end."""
    yield from whole(parts, seed)
    yield from joined(parts, seed, len(parts))


def stands_alone(text: str) -> bool:
    """Say whether a text stays as it is when it is read again, and beside another one."""
    return not set("<>`|") & set(text) and clean(text) == text


def memory(line: str) -> float:
    """Return a line of what the kernel says of this process, in MB."""
    told = Path("/proc/self/status").read_text()
    return float(told.split(line + ":")[1].split()[0]) / 1024


def forget_peak() -> None:
    """Let the highest memory be counted anew, where the kernel does that."""
    try:
        Path("/proc/self/clear_refs").write_text("5")
    except OSError:
        return


def timed(work: Callable[[], object]) -> float:
    began = time.process_time()
    work()
    return time.process_time() - began


def grow(live: LiveThemes, documents: Iterator[Document], count: int) -> Iterator[str]:
    """Write `count` documents; yield a line a step."""
    before = memory("VmRSS")
    placing: list[float] = []
    spent = refreshing = 0.0
    for number, document in enumerate(islice(documents, count), 1):
        placing.append(timed(lambda document=document: live.add(document)))  # type: ignore[misc]
        spent += placing[-1]
        if live.due():
            refreshing = timed(live.refresh)
            spent += refreshing
        if number in STEPS or number == count:
            last = np.array(placing[-2_000:]) * 1_000
            placing.clear()
            most = memory("VmHWM") - before
            live.told(live.tell()[1])
            report, dump = timed(lambda: orjson.dumps(live.tell()[0].to_json())), timed(live.dump)
            yield (
                f"| {number:,} | {np.median(last):.2f} | {np.quantile(last, 0.99):.1f} | {refreshing:.2f} | "
                f"{report:.2f} | {dump:.2f} | {memory('VmRSS') - before:.0f} | {most:.0f} | "
                f"{memory('VmHWM') - before:.0f} | {len(live.names)} | {len(live.emerging)} | {spent:.0f} |"
            )
            forget_peak()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else "")
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--count", type=int, default=1_000_000)
    parser.add_argument("--parts", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--whole", action="store_true")
    parser.add_argument("--asked", action="store_true")
    parser.add_argument("--same", action="store_true")
    chosen = parser.parse_args()
    texts = [clean(document.text) for path in chosen.files for document in read(path, 0).documents]
    parts = [text for text in dict.fromkeys(texts) if len(text) >= 20 and JOINT not in text]
    if not chosen.whole:
        parts = [text for text in parts if stands_alone(text)]
    encoder = sentence_encoder()
    if encoder is None:
        raise SystemExit("the sentence encoder is not installed: make install-dev")
    found: Encoder = encoder
    if not chosen.whole and not chosen.asked and not chosen.same:
        rng = np.random.default_rng(chosen.seed)
        parts = [parts[at] for at in np.sort(rng.permutation(len(parts))[: chosen.parts]).tolist()]
        found = Joined(encoder, parts)
    write = whole if chosen.whole else asked if chosen.asked else same if chosen.same else joined
    count = min(chosen.count, len(parts)) if chosen.whole else chosen.count
    live = LiveThemes("growth", find_encoder=lambda: found)
    print("| texts | place ms | p99 | refresh s | report s | snapshot s | MB | peak | with snapshot | themes | "
          "emerging | spent s |\n|---|---|---|---|---|---|---|---|---|---|---|---|", flush=True)  # fmt: skip
    for line in grow(live, write(parts, chosen.seed), count):
        print(line, flush=True)


if __name__ == "__main__":
    main()
