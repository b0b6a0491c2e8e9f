"""How often the idea found most similar is about the same, and how soon: the service that is asked while typing.

    python -m tests.bench.bench_similar SET.jsonl[.gz] [FILL.jsonl.gz …] [--ideas 50000] [--asked 500]

SET has labels, or `points`: lists, of which two texts are alike where they share one. Its texts, and of the others as
many as are wanted, stand as ideas of one public forum. Texts of SET are asked for as somebody would who changes that
idea, so that it is not found itself; only such as have another that is alike. Printed: of those asked, how many got an
idea first that is alike (P@1; finding none counts as a miss), of every other one and of the rest; the same by the
encoder's vectors alone, as the floor; and milliseconds of the whole service with permission, encoding, words and
meaning, and of encoding alone. Linear algebra has one thread, as in the server.
"""

from __future__ import annotations

import argparse
import asyncio
import gzip
import json
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from analytics.corpus import clean
from analytics.nearness import Nearest
from analytics.threads import use_one_thread
from analytics.vectors import Encoder, Vectors, sentence_encoder
from server.domain.actors import Member
from server.domain.ideas import Contribution
from server.domain.jams import Forum
from server.services import forums, ideas, likeness, people, resembling
from server.services.house import House
from tests.bench.bench_themes import read
from tests.web.pages.conftest import _found, make_house

CHUNK = 500
SEED = 0


async def post(house: House, author: Member, forum: Forum, texts: list[str]) -> list[Contribution]:
    """Write them as ideas, whose first words are the title."""
    made = []
    for at in range(0, len(texts), CHUNK):
        some = [ideas.post_idea(house, author, forum, text[:60], text) for text in texts[at : at + CHUNK]]
        made += await asyncio.gather(*some)
    return made


async def keep(house: House, made: list[Contribution], vectors: Vectors) -> None:
    for at in range(0, len(made), CHUNK):
        pairs = zip(made[at : at + CHUNK], vectors[at : at + CHUNK], strict=True)
        fresh = {one.id: (one.jam_id, one.version, row.astype(np.float16).tobytes()) for one, row in pairs}
        await likeness.keep_meanings(house, likeness.Written(fresh, []))


def encoded(encoder: Encoder, texts: list[str]) -> Vectors:
    return np.concatenate([encoder.encode(texts[at : at + 128]) for at in range(0, len(texts), 128)])


def marks(path: Path) -> list[frozenset[str]]:
    """Return what each text of a set is about: its points where the set has such, or its label."""
    raw = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    rows = [json.loads(line) for line in raw.decode().split("\n") if line.strip()]
    return [frozenset(row["points"] if "points" in row else [str(row["label"])]) for row in rows]


def floor(vectors: Vectors, about: list[frozenset[str]], asked: list[int]) -> list[bool]:
    """Say whether the nearest other vector of all is alike, of each that is asked for."""
    cosine = vectors[asked] @ vectors.T
    cosine[np.arange(len(asked)), asked] = -2.0
    nearest = cosine.argmax(axis=1)
    return [bool(about[one] & about[other]) for one, other in zip(asked, nearest, strict=True)]


class Timed:
    """The encoder, with how long it took each time."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder, self.size, self.took = encoder, encoder.size, list[float]()

    def encode(self, texts: Sequence[str]) -> Vectors:
        began = time.perf_counter()
        try:
            return self._encoder.encode(texts)
        finally:
            self.took.append(1000 * (time.perf_counter() - began))

    def pieces(self, text: str) -> list[str]:
        return self._encoder.pieces(text)


def told(hits: list[bool]) -> str:
    return f"{np.mean(hits):.3f} ({np.mean(hits[::2]):.3f}, {np.mean(hits[1::2]):.3f})"


async def measure(folder: Path, chosen: argparse.Namespace) -> None:
    encoder = sentence_encoder()
    assert encoder is not None, "The sentence encoder is not installed."
    use_one_thread()
    labelled = [document.text for document in read(chosen.files[0], 0).documents]
    fill = [document.text for path in chosen.files[1:] for document in read(path, 0).documents]
    known = zip(labelled + fill, marks(chosen.files[0]) + [frozenset[str]()] * len(fill), strict=True)
    pairs = [(text, about) for text, about in known if clean(text)][: chosen.ideas]
    texts, about = [text for text, _ in pairs], [about for _, about in pairs]
    await _found(folder)
    house = await make_house(folder)
    timed = Timed(encoder)
    house = replace(house, nearness=Nearest(lambda: house, lambda: timed))
    mara = await people.person(house, "mara")
    forum = next(one for one in await forums.list_forums(house, mara) if one.slug == "open-floor")
    made = await post(house, mara, forum, texts)
    vectors = encoded(encoder, [clean(text) for text in texts])
    await keep(house, made, vectors)
    assert isinstance(house.nearness, Nearest)
    assert await house.nearness.ready()
    often = Counter(mark for marks in about for mark in marks)
    ours = [at for at, marks in enumerate(about) if any(often[mark] > 1 for mark in marks)]
    asked = np.random.default_rng(SEED).choice(ours, min(chosen.asked, len(ours)), replace=False).tolist()
    place = {one.id: at for at, one in enumerate(made)}
    hits, waited, spent = list[bool](), list[float](), list[float]()
    await resembling.similar(house, mara, texts[asked[0]], forum)
    timed.took.clear()
    for at in asked:
        began, used = time.perf_counter(), time.process_time()
        found = await resembling.similar(house, mara, texts[at], forum, subject=made[at].id)
        waited.append(1000 * (time.perf_counter() - began))
        spent.append(1000 * (time.process_time() - used))
        hits.append(bool(found) and bool(about[place[found[0].id]] & about[at]))
    alone = told(floor(vectors, about, asked))
    print(f"{len(made):,} ideas, {len(asked)} asked for: P@1 {told(hits)}; by vectors alone {alone}")
    for name, took in (("waited for", waited), ("of the processor", spent), ("waited for the encoder", timed.took)):
        middle, most, nearly = np.quantile(took, (0.5, 0.95, 0.99))
        print(f"  ms {name}: median {middle:.1f}, 95 % within {most:.1f}, 99 % within {nearly:.1f}")
    await house.store.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else "")
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--ideas", type=int, default=50_000)
    parser.add_argument("--asked", type=int, default=500)
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(measure(Path(folder), parser.parse_args()))


if __name__ == "__main__":
    main()
