"""How often the idea found most similar is about the same, and how soon: the service that is asked while typing.

    python -m tests.bench.bench_similar SET.jsonl[.gz] [FILL.jsonl.gz …] [--ideas 50000] [--asked 500]

SET has labels. Its texts, and of the others as many as are wanted, stand as ideas of one public forum. Texts of SET
are asked for as somebody would who changes that idea, so that it is not found itself. Printed: of those asked, how
many got an idea first that has their label (P@1; finding none counts as a miss); milliseconds of the whole service
with permission, encoding, words and meaning; and P@1 by the encoder's vectors alone, as the floor.
"""

from __future__ import annotations

import argparse
import asyncio
import tempfile
import time
from dataclasses import replace
from pathlib import Path

import numpy as np

from analytics.corpus import clean
from analytics.nearness import Nearest
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


def floor(vectors: Vectors, labels: list[str], asked: list[int]) -> float:
    """P@1 of the nearest other vector of all."""
    cosine = vectors[asked] @ vectors.T
    cosine[np.arange(len(asked)), asked] = -2.0
    nearest = cosine.argmax(axis=1)
    return float(np.mean([labels[one] == labels[other] for one, other in zip(asked, nearest, strict=True)]))


async def measure(folder: Path, chosen: argparse.Namespace) -> None:
    encoder = sentence_encoder()
    assert encoder is not None, "The sentence encoder is not installed."
    labelled = read(chosen.files[0], 0)
    fill = [document.text for path in chosen.files[1:] for document in read(path, 0).documents]
    texts = [document.text for document in labelled.documents] + fill
    known = zip(texts, labelled.labels + [""] * len(fill), strict=True)
    pairs = [(text, label) for text, label in known if clean(text)][: chosen.ideas]
    texts, labels = [text for text, _ in pairs], [label for _, label in pairs]
    await _found(folder)
    house = await make_house(folder)
    house = replace(house, nearness=Nearest(lambda: house))
    mara = await people.person(house, "mara")
    forum = next(one for one in await forums.list_forums(house, mara) if one.slug == "open-floor")
    made = await post(house, mara, forum, texts)
    vectors = encoded(encoder, [clean(text) for text in texts])
    await keep(house, made, vectors)
    assert isinstance(house.nearness, Nearest)
    assert await house.nearness.ready()
    ours = [at for at, label in enumerate(labels) if label]
    asked = np.random.default_rng(SEED).choice(ours, min(chosen.asked, len(ours)), replace=False).tolist()
    place = {one.id: at for at, one in enumerate(made)}
    hits, waited, spent = 0, [], []
    await resembling.similar(house, mara, texts[asked[0]], forum)
    for at in asked:
        began, used = time.perf_counter(), time.process_time()
        found = await resembling.similar(house, mara, texts[at], forum, subject=made[at].id)
        waited.append(1000 * (time.perf_counter() - began))
        spent.append(1000 * (time.process_time() - used))
        hits += bool(found) and labels[place[found[0].id]] == labels[at]
    alone = floor(vectors, labels, asked)
    print(f"{len(made):,} ideas, {len(asked)} asked for: P@1 {hits / len(asked):.3f}; by vectors alone {alone:.3f}")
    for name, took in (("waited for", waited), ("of the processor", spent)):
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
