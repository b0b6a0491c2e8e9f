"""Measure themes on JSON-lines sets against gensim's LDA and NMF, and BERTopic where it is installed.

    python -m tests.bench.bench_themes SET.jsonl[.gz] … [--k 20] [--seeds 3] [--limit N] [--live] [--emerging L]
                                       [--alerts] [--write docs/analytics.md]

Each line has `text` and, where known, `label`, `author`, `lang`, `time`. Columns:

    TC         gensim c_npmi, sliding window of 10 (comparable with print), ten words a theme
    held-out   boolean-document NPMI on one half of words found on the other half
    plain      the same for the same themes with words by class TF-IDF alone: what choosing words is worth
    TD         share of different words among all words
    NMI, purity, placed: against the labels, over the documents that were placed
    NMI language, of the encoder's: how far themes are languages; the same over the languages that the encoder knows
    CPU-s      processor seconds, vectors included (a text is encoded once a run; what that took is added each time)

Means over seeds with ± half the range. `--live` adds: how many placed documents a late refresh moves, how alike
words stay, seconds of a refresh, milliseconds to place a document. `--emerging` withholds labels one after another
and asks whether they are found as they begin. `--alerts` writes the set in the order of its times and lists what was
announced as emerging, for a reader to judge. `--write` puts all tables between the marks of a page.
"""

from __future__ import annotations

import argparse
import gzip
import importlib.util
import json
import logging
import re
import sys
import time
import warnings
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import lru_cache
from importlib import metadata
from pathlib import Path
from typing import Any

import numpy as np
import stopwordsiso

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from analytics.corpus import Document, clean
from analytics.themes import LiveThemes, ThemeReport, fit
from analytics.vectors import Encoder, Vectors, sentence_encoder

ENCODED = {"ara", "deu", "eng", "spa", "fra", "ita", "jpn", "kor", "nld", "pol", "por", "rus", "tha", "tur", "zho"}
ENCODED |= {"ar", "arb", "de", "en", "es", "fr", "it", "ja", "ko", "nl", "pl", "pt", "ru", "th", "tr", "zh"}
"""Languages that the sentence encoder knows, as sets write them."""

Topics = list[list[str]]
Labels = list[str | None]


@dataclass
class Set:
    """A set to measure on: documents, what they are about, and their words as the coherence counts them."""

    name: str
    documents: list[Document]
    labels: list[str]
    languages: list[str]
    words: list[list[str]]


def read(path: Path, limit: int) -> Set:
    text = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    rows = [json.loads(line) for line in text.decode().split("\n") if line.strip()]
    if limit and len(rows) > limit:
        chosen = np.sort(np.random.default_rng(0).choice(len(rows), limit, replace=False))
        rows = [rows[place] for place in chosen]
    documents = [
        Document(f"{n:07d}", row["text"] or "", str(row.get("author") or ""), at=when(row.get("time") or row.get("at")))
        for n, row in enumerate(rows)
    ]
    stops = stopwordsiso.stopwords(["en", "de", "es", "fr"])
    words = [[w for w in re.findall(r"[^\W\d_]{2,}", clean(d.text).lower()) if w not in stops] for d in documents]
    name = path.parent.name if path.name.startswith("docs.") else path.name.split(".")[0]
    labels = [str(row.get("label") or "") for row in rows]
    return Set(name, documents, labels, [str(row.get("lang") or "") for row in rows], words)


def when(told: object) -> float:
    """Return a moment as unix seconds, 0 where none is told that can be read."""
    text = str(told or "").strip()
    if text.replace(".", "", 1).isdigit():
        return float(text) / (1000 if float(text) > 1e11 else 1)
    for parse in (datetime.fromisoformat, _day_first, parsedate_to_datetime):
        try:
            moment = parse(text)
        except ValueError:
            continue
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
    return 0.0


def _day_first(text: str) -> datetime:
    return datetime.strptime(text, "%d/%m/%Y").replace(tzinfo=UTC)


def coherence(topics: Topics, texts: list[list[str]], window: int = 10) -> float:
    """Return the mean NPMI of topics' word pairs as gensim counts them; unknown words are left out."""
    from gensim.corpora import Dictionary
    from gensim.models import CoherenceModel

    dictionary = Dictionary(texts)
    known = [[word for word in topic if word in dictionary.token2id] for topic in topics]
    known = [topic for topic in known if len(topic) > 1]
    model = CoherenceModel(
        topics=known, texts=texts, dictionary=dictionary, coherence="c_npmi", window_size=window, processes=1
    )
    return float(np.nanmean(model.get_coherence_per_topic()))


def diversity(topics: Topics) -> float:
    words = [word for topic in topics for word in topic]
    return len(set(words)) / max(1, len(words))


def agreement(found: Sequence[Any], truth: Sequence[Any]) -> tuple[float, float]:
    """Return normalised mutual information (arithmetic mean) and purity."""
    a = np.unique(np.array(found), return_inverse=True)[1]
    b = np.unique(np.array(truth), return_inverse=True)[1]
    table = np.zeros((a.max() + 1, b.max() + 1))
    np.add.at(table, (a, b), 1)
    share = table / table.sum()
    rows, columns = share.sum(axis=1), share.sum(axis=0)
    some = share > 0
    mutual = float((share[some] * np.log(share[some] / np.outer(rows, columns)[some])).sum())
    spread = -float((rows * np.log(rows)).sum() + (columns * np.log(columns)).sum()) / 2
    return (mutual / spread if spread > 0 else 0.0), float(table.max(axis=1).sum() / table.sum())


ROOT = Path(__file__).parents[2]
SHIPPED = ROOT / "server/demo/data/bowling-green.jsonl"
BEGIN, END = "<!-- figures: begin -->", "<!-- figures: end -->"


class Remembering:
    """The real encoder, asked once about each text; `owed` is the processor time that asking again would have taken."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self.size = encoder.size
        self._known: dict[str, tuple[Vectors, float]] = {}
        self.owed = 0.0

    def encode(self, texts: Sequence[str]) -> Vectors:
        new = [text for text in dict.fromkeys(texts) if text not in self._known]
        self.owed += sum(self._known[text][1] for text in texts if text in self._known)
        began = time.process_time()
        found = self._encoder.encode(new)
        each = (time.process_time() - began) / max(1, len(new))
        self._known |= {text: (found[place], each) for place, text in enumerate(new)}
        return np.array([self._known[text][0] for text in texts], dtype=np.float32)

    def pieces(self, text: str) -> list[str]:
        return self._encoder.pieces(text)


@lru_cache(maxsize=1)
def encoder() -> Remembering | None:
    found = sentence_encoder()
    return Remembering(found) if found is not None else None


# Every method: documents and their words in, ten words a topic and a label for each document out.


def ours(data: Set, part: list[int], k: int, seed: int) -> tuple[Topics, Labels]:
    report: ThemeReport = fit([data.documents[place] for place in part], k, seed, find_encoder=encoder)
    return [list(theme.words) for theme in report.themes], [
        report.assignment[data.documents[place].id] for place in part
    ]


def plain_words(data: Set, part: list[int], labels: Labels) -> Topics:
    """Return ten words a theme by class TF-IDF alone (Grootendorst 2022)."""
    held: dict[str, Counter[str]] = {}
    for place, label in zip(part, labels, strict=True):
        if label is not None:
            held.setdefault(label, Counter()).update(set(data.words[place]))
    everywhere = sum(held.values(), Counter())
    mean = sum(everywhere.values()) / max(1, len(held))
    topics = []
    for label in sorted(held):
        worth = {w: n * np.log1p(mean / everywhere[w]) for w, n in held[label].items() if everywhere[w] > 2}
        topics.append(sorted(worth, key=lambda word: (-worth[word], word))[:10])
    return topics


def _bags(data: Set, part: list[int]) -> tuple[Any, list[Any]]:
    from gensim.corpora import Dictionary

    texts = [data.words[place] for place in part]
    dictionary = Dictionary(texts)
    dictionary.filter_extremes(no_below=max(3, int(len(part) * 0.0005)), no_above=0.5, keep_n=30_000)
    return dictionary, [dictionary.doc2bow(text) for text in texts]


def _gensim(model: Any, dictionary: Any, bags: list[Any], k: int) -> tuple[Topics, Labels]:
    topics = [[word for word, _ in model.show_topic(topic, 10)] for topic in range(k)]
    labels: Labels = []
    for bag in bags:
        weights = model.get_document_topics(bag, minimum_probability=0.0) if bag else []
        labels.append(str(max(weights, key=lambda pair: pair[1])[0]) if weights else None)
    return topics, labels


def lda(data: Set, part: list[int], k: int, seed: int) -> tuple[Topics, Labels]:
    from gensim.models import LdaModel

    dictionary, bags = _bags(data, part)
    model = LdaModel(bags, num_topics=k, id2word=dictionary, passes=5, random_state=seed)
    return _gensim(model, dictionary, bags, k)


def nmf(data: Set, part: list[int], k: int, seed: int) -> tuple[Topics, Labels]:
    from gensim.models import TfidfModel
    from gensim.models.nmf import Nmf

    dictionary, bags = _bags(data, part)
    weighted = list(TfidfModel(bags)[bags])
    model = Nmf(weighted, num_topics=k, id2word=dictionary, passes=5, random_state=seed)
    return _gensim(model, dictionary, weighted, k)


def bertopic(data: Set, part: list[int], k: int, seed: int) -> tuple[Topics, Labels]:
    """BERTopic as it comes, but with the sentence encoder's vectors: its own model would be fetched from outside."""
    from bertopic import BERTopic  # type: ignore[import-not-found]
    from umap import UMAP  # type: ignore[import-not-found]

    texts = [clean(data.documents[place].text) for place in part]
    known = encoder()
    vectors = known.encode(texts) if known is not None else None
    as_it_comes = UMAP(n_neighbors=15, n_components=5, min_dist=0.0, metric="cosine", random_state=seed)
    model = BERTopic(nr_topics=k + 1, umap_model=as_it_comes)
    found, _ = model.fit_transform(texts, vectors)
    topics = [[word for word, _ in model.get_topic(topic)] for topic in sorted(set(found)) if topic >= 0]
    return topics, [str(topic) if topic >= 0 else None for topic in found]


METHODS: dict[str, Callable[[Set, list[int], int, int], tuple[Topics, Labels]]] = {
    "marmalade": ours,
    "gensim LDA, 5 passes": lda,
    "gensim NMF on TF-IDF, 5 passes": nmf,
}


def measure(data: Set, name: str, k: int, seed: int) -> dict[str, float]:
    """Return the figures of one method with one seed."""
    everything = list(range(len(data.documents)))
    remembered = encoder()
    owed = remembered.owed if remembered else 0.0
    began = time.process_time()
    topics, labels = METHODS[name](data, everything, k, seed)
    spent = time.process_time() - began + (remembered.owed - owed if remembered else 0.0)
    order = np.random.default_rng(seed).permutation(len(everything))
    first, second = sorted(order[::2].tolist()), sorted(order[1::2].tolist())
    half, of_half = METHODS[name](data, first, k, seed)
    unseen = [data.words[place] for place in second]
    figures = {
        "TC": coherence(topics, data.words),
        "held-out": coherence(half, unseen, 100_000),
        "plain": coherence(plain_words(data, first, of_half), unseen, 100_000),
        "TD": diversity(topics),
        "placed": sum(label is not None for label in labels) / len(labels),
        "CPU-s": spent,
    }
    known = [place for place in everything if labels[place] is not None and data.labels[place]]
    if known:
        truth = [data.labels[place] for place in known]
        figures["NMI"], figures["purity"] = agreement([labels[place] for place in known], truth)
    spoken = [place for place in known if data.languages[place]]
    if spoken:
        languages = [data.languages[place] for place in spoken]
        figures["NMI language"] = agreement([labels[place] for place in spoken], languages)[0]
        known = [place for place in spoken if data.languages[place] in ENCODED]
        languages = [data.languages[place] for place in known]
        figures["of the encoder's"] = agreement([labels[place] for place in known], languages)[0] if known else 0.0
    return figures


# Live figures.


def measure_live(data: Set, seed: int) -> dict[str, float]:
    """Write the set document by document in random order; refresh when due."""
    order = np.random.default_rng(seed).permutation(len(data.documents)).tolist()
    live = LiveThemes(str(seed), find_encoder=encoder)
    placing: list[float] = []
    refreshing: list[float] = []
    moved: list[float] = []
    alike: list[float] = []
    for number, place in enumerate(order):
        began = time.perf_counter()
        live.add(data.documents[place])
        placing.append(time.perf_counter() - began)
        if live.due():
            before = live.report()
            began = time.perf_counter()
            live.refresh()
            refreshing.append(time.perf_counter() - began)
            if number > len(order) // 2:
                after = live.report()
                moved.append(_moved(before, after))
                alike.append(_alike(before, after))
    report = live.report()
    figures = {
        "moved a refresh": float(np.mean(moved)),
        "words alike": float(np.mean(alike)),
        "refresh s (last)": refreshing[-1],
        "place ms": float(np.median(placing)) * 1000,
        "place ms p99": float(np.quantile(placing, 0.99)) * 1000,
        "themes": float(len(report.themes)),
    }
    if any(data.labels):
        found = [report.assignment[data.documents[place].id] or "" for place in order]
        figures["NMI"] = agreement(found, [data.labels[place] for place in order])[0]
    return figures


def _moved(before: ThemeReport, after: ThemeReport) -> float:
    stood = [(name, theme) for name, theme in before.assignment.items() if theme]
    return sum(after.assignment[name] != theme for name, theme in stood) / max(1, len(stood))


def _alike(before: ThemeReport, after: ThemeReport) -> float:
    known = {theme.id: set(theme.words) for theme in before.themes}
    pairs = [(known[theme.id], set(theme.words)) for theme in after.themes if known.get(theme.id)]
    return float(np.mean([len(old & new) / len(old | new) for old, new in pairs]))


def measure_emerging(data: Set, labels: int, quiet: int, share: float, seed: int) -> dict[str, float]:
    """Withhold a label, let it start at `share` of what is written after `quiet` documents; how soon is it seen?"""
    rng = np.random.default_rng(seed)
    common = [label for label, _ in Counter(data.labels).most_common(labels) if label]
    soon: list[int] = []
    alarms = looks = 0
    for label in common:
        inside = rng.permutation([n for n, own in enumerate(data.labels) if own == label]).tolist()
        others = rng.permutation([n for n, own in enumerate(data.labels) if own != label]).tolist()
        live = LiveThemes(f"{seed}{label}", find_encoder=encoder)
        shown, found = 0, 0
        for number in range(min(quiet + 2_000, len(others))):
            new = number >= quiet and inside and rng.random() < share
            place = inside.pop() if new else others.pop()
            shown += bool(new)
            live.add(data.documents[place])
            looks += number % live.watch.SOON == 0
            if live.due():
                live.refresh()
            for burst in live.emerging:
                truth = Counter(data.labels[int(name)] for name in burst.ids)
                if truth[label] >= len(burst.ids) / 2:
                    found = found or shown
                elif burst.at >= 0 and burst.theme not in live.titles:
                    live.rename(burst.theme, "seen")
                    alarms += 1
            if found:
                break
        soon += [found] if found else []
    middle = float(np.median(soon)) if soon else float("nan")
    return {"found": len(soon) / len(common), "after": middle, "false alarms": float(alarms), "looks": float(looks)}


def alerts(data: Set) -> list[str]:
    """Write the set in the order of its times; return what was announced as emerging, a line each."""
    live = LiveThemes(data.name, find_encoder=encoder)
    for document in sorted(data.documents, key=lambda one: (one.at, one.id)):
        live.add(document)
        if live.due():
            live.refresh()
    texts = {document.id: clean(document.text) for document in data.documents}
    told = [f"{len(live.emerging)} announced in {len(data.documents)} documents."]
    for burst in live.emerging:
        told.append(f"- {burst.word} ({len(burst.ids)}): {' / '.join(texts[name][:60] for name in burst.ids[:3])}")
    return told


def table(rows: list[tuple[str, list[dict[str, float]]]]) -> str:
    """Return a Markdown table: mean ± half the range over seeds."""
    columns = list(dict.fromkeys(name for _, runs in rows for run in runs for name in run))
    lines = ["| | " + " | ".join(columns) + " |", "|---|" + "---|" * len(columns)]
    for name, runs in rows:
        cells = []
        for column in columns:
            values = [run[column] for run in runs if column in run]
            spread = (max(values) - min(values)) / 2 if values else 0.0
            cells.append((f"{np.mean(values):.3f}" + (f" ±{spread:.3f}" if spread >= 0.0005 else "")) if values else "")
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def write(page: Path, told: list[str]) -> None:
    """Put the tables between the marks of a page; the rest of it stays."""
    before, _, after = page.read_text().partition(BEGIN)
    _, _, after = after.partition(END)
    page.write_text(f"{before}{BEGIN}\n" + "\n".join(told) + f"\n{END}{after}")


def tables(path: Path, chosen: argparse.Namespace) -> Iterator[str]:
    """Yield the tables of one set."""
    data = read(path, chosen.limit)
    yield f"\n### {data.name}: {len(data.documents)} documents, k {chosen.k}, {chosen.seeds} seeds\n"
    seeds = range(chosen.seeds)
    names = [name for name in METHODS if chosen.only in name]
    if names:
        yield table([(name, [measure(data, name, chosen.k, seed) for seed in seeds]) for name in names])
    if chosen.live:
        yield "\n" + table([("live", [measure_live(data, seed) for seed in seeds])])
    if chosen.emerging and len(set(data.labels)) > 1:
        quiet = min(3_000, len(data.documents) // 3)
        yield "\n" + table([("emerging", [measure_emerging(data, chosen.emerging, quiet, 0.05, 0)])])
    if chosen.alerts and any(document.at for document in data.documents):
        yield "\n" + "\n".join(alerts(data))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else "")
    parser.add_argument("files", nargs="*", type=Path, help="JSON lines; default: the demo's text")
    parser.add_argument("--k", type=int, default=20)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--limit", type=int, default=0, help="documents a set, drawn at random")
    parser.add_argument("--live", action="store_true")
    parser.add_argument("--emerging", type=int, default=0, metavar="LABELS")
    parser.add_argument("--alerts", action="store_true")
    parser.add_argument("--only", default="", help="a part of a method's name")
    parser.add_argument("--write", type=Path, metavar="PAGE")
    chosen = parser.parse_args()
    warnings.simplefilter("ignore")
    logging.disable(logging.WARNING)
    if importlib.util.find_spec("bertopic"):
        METHODS["BERTopic"] = bertopic
    packages = ", ".join(f"{name} {metadata.version(name)}" for name in ("gensim", "numpy"))
    bound = f", at most {chosen.limit} documents a set" if chosen.limit else ""
    told = [f"\nMeasured {datetime.now(UTC):%Y-%m-%d}, Python {sys.version.split()[0]}, {packages}{bound}."]
    if "BERTopic" not in METHODS:
        told.append("BERTopic is not installed here and was not measured.")
    for path in chosen.files or [SHIPPED]:
        for part in tables(path, chosen):
            print(part, flush=True)
            told.append(part)
    if chosen.write:
        write(chosen.write, told)


if __name__ == "__main__":
    main()
