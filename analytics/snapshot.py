"""Snapshots of live themes: arrays as npz, the rest as JSON inside it; no pickle, nothing of removed documents."""

from __future__ import annotations

import io
import json
import zipfile
from dataclasses import astuple
from typing import IO, TYPE_CHECKING, Any

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

from analytics.branches import Branch
from analytics.corpus import Document
from analytics.emerging import Burst
from analytics.labels import Label
from analytics.map import Cell, Layout
from analytics.picture import Portrait
from analytics.report import Change
from analytics.shelf import PART, PRINT, Sheet, Shelf, flatten
from analytics.tokens import Mixture
from analytics.tongues import Shift

if TYPE_CHECKING:
    from analytics.live import LiveThemes

FORMAT = 5


def dump(live: LiveThemes) -> bytes:
    """Return a snapshot; empty rows are left out."""
    shelf = live.shelf
    _, rows = shelf.standing()
    sheets = [sheet for sheet in shelf.sheets if sheet is not None]
    labels, closeness = live.places()
    arrays: dict[str, NDArray[Any]] = {
        "labels": labels[rows],
        "closeness": closeness[rows],
        "unsure": live.unsure()[rows],
        "centres": live.centres,
        "branches": np.concatenate([live.centres[:0], *(branch.centres for branch in live.branches.values())]),
        "forms": flatten([sheet.forms for sheet in sheets])[0],
        "lengths": np.array([len(sheet.forms) for sheet in sheets], dtype=np.int64),
        "shifts": _shifts(shelf),
        "at": np.array([sheet.about.at for sheet in sheets], dtype=np.float64),
        "words": np.array([sheet.words for sheet in sheets], dtype=np.int64),
        "chatter": np.array([sheet.chatter for sheet in sheets], dtype=np.bool_),
        "prints": np.frombuffer(b"".join(sheet.print for sheet in sheets), dtype=np.uint8),
        "rest": np.frombuffer(json.dumps(_words(shelf, sheets) | _state(live, rows)).encode(), dtype=np.uint8),
    }
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as packed:
        with packed.open("vectors.npy", "w", force_zip64=True) as entry:
            _write_vectors(entry, shelf.vectors, rows)
        for name, array in arrays.items():
            with packed.open(f"{name}.npy", "w", force_zip64=True) as entry:
                npy.write_array(entry, array, allow_pickle=False)
    return target.getvalue()


def _write_vectors(entry: IO[bytes], vectors: NDArray[np.float16], rows: NDArray[np.int64]) -> None:
    """Write some of the rows as npy, without a copy of all of them."""
    kind = npy.dtype_to_descr(vectors.dtype)
    npy.write_array_header_1_0(entry, {"descr": kind, "fortran_order": False, "shape": (len(rows), vectors.shape[1])})
    for start in range(0, len(rows), PART):
        entry.write(vectors[rows[start : start + PART]].tobytes())


def _shifts(shelf: Shelf) -> NDArray[np.float32]:
    """Return a row a shift: origin, then target."""
    rows = [np.concatenate([shift.origin, shift.target]) for shift in shelf.shifts.values()]
    return np.array(rows, dtype=np.float32).reshape(len(rows), 2 * shelf.vectors.shape[1])


def _words(shelf: Shelf, sheets: list[Sheet]) -> dict[str, Any]:
    return {
        "ids": [sheet.about.id for sheet in sheets],
        "authors": [sheet.about.author for sheet in sheets],
        "threads": [sheet.about.thread for sheet in sheets],
        "languages": [sheet.language for sheet in sheets],
        "written": shelf.written,
        "tokens": shelf.tokens,
        "dfs": [shelf.dictionary.dfs.get(key, 0) for key in range(len(shelf.tokens))],
        "documents": shelf.dictionary.num_docs,
        "mixture": shelf.mixture.counts,
        "stretches": [[number, shift.stretch] for number, shift in shelf.shifts.items()],
    }


PLAIN = (
    "seed",
    "participants",
    "names",
    "titles",
    "kept",
    "cuts",
    "named",
    "refreshes",
    "new",
    "counted",
    "learnt",
    "stale",
    "pruned",
    "young",
)


def _state(live: LiveThemes, rows: NDArray[np.int64]) -> dict[str, Any]:
    return {name: getattr(live, name) for name in PLAIN} | {
        "format": FORMAT,
        "size": int(live.shelf.vectors.shape[1]),
        "events": [astuple(event) for event in live.events],
        "emerging": [astuple(burst) for burst in live.emerging],
        "portraits": [astuple(portrait) for portrait in live.portraits],
        "layout": [[astuple(cell) for cell in live.layout.cells], live.layout.rows] if live.layout else None,
        "branches": [[name, *_branch(branch)] for name, branch in live.branches.items()],
        "reported": sorted(live.watch.reported),
        "weighed": np.searchsorted(rows, [live.weighed, live.weighing]).tolist(),
    }


def _branch(branch: Branch) -> tuple[Any, ...]:
    return branch.numbers, [astuple(portrait) for portrait in branch.portraits], branch.counted, branch.named


def load(live: LiveThemes, data: bytes) -> None:
    """Fill a fresh `live` with a snapshot. Raises ValueError when the bytes are no snapshot of this kind."""
    try:
        with np.load(io.BytesIO(data), allow_pickle=False) as source:
            arrays = {name: source[name] for name in source.files}
        rest = json.loads(arrays["rest"].tobytes())
    except (OSError, EOFError, KeyError, ValueError, zipfile.BadZipFile) as reason:
        raise ValueError("these bytes are not a snapshot of themes") from reason
    if rest.get("format") != FORMAT:
        raise ValueError(f"this snapshot has format {rest.get('format')}, not {FORMAT}: rebuild from the events")
    live.start(rest["seed"], rest["participants"])
    if rest["size"] != live.shelf.vectors.shape[1]:
        raise ValueError("this snapshot was made with another sentence encoder: rebuild from the events")
    _fill(live.shelf, arrays, rest)
    for name in PLAIN:
        setattr(live, name, rest[name])
    live.centres = arrays["centres"]
    live.place_all(arrays["labels"], arrays["closeness"], arrays["unsure"])
    live.events = [Change(*event) for event in rest["events"]]
    live.emerging = [Burst(theme, word, at, tuple(ids)) for theme, word, at, ids in rest["emerging"]]
    live.portraits = [_portrait(*portrait) for portrait in rest["portraits"]]
    at = 0
    for name, numbers, portraits, counted, named in rest["branches"]:
        centres, at = arrays["branches"][at : at + len(numbers)], at + len(numbers)
        drawn = tuple(_portrait(*portrait) for portrait in portraits)
        live.branches[name] = Branch(centres.copy(), tuple(numbers), drawn, counted, named)
    if rest["layout"]:
        cells, rows = rest["layout"]
        live.layout = Layout(tuple(Cell(*cell) for cell in cells), tuple(rows))
    live.watch.reported = set(rest["reported"])
    live.weighed, live.weighing = rest["weighed"]


def _portrait(keys: list[int], words: list[str], label: list[Any], quotes: list[str], coherence: float) -> Portrait:
    parts = tuple(tuple(part) for part in label[1])
    return Portrait(tuple(keys), tuple(words), Label(label[0], parts), tuple(quotes), coherence)


def _fill(shelf: Shelf, arrays: dict[str, NDArray[Any]], rest: dict[str, Any]) -> None:
    shelf.mixture = Mixture(rest["mixture"])
    for key, token in enumerate(rest["tokens"]):
        shelf.dictionary.token2id[token or f"\0{key}"] = key
        shelf.dictionary.dfs[key] = rest["dfs"][key]
    shelf.dictionary.num_docs = rest["documents"]
    shelf.tokens = rest["tokens"]
    for key, written in rest["written"]:
        shelf.remember((key, written))
    ends = np.cumsum(arrays["lengths"])
    for row, name in enumerate(rest["ids"]):
        forms = arrays["forms"][ends[row] - arrays["lengths"][row] : ends[row]]
        about = Document(name, "", rest["authors"][row], rest["threads"][row], float(arrays["at"][row]))
        mark = arrays["prints"][row * PRINT : (row + 1) * PRINT].tobytes()
        words, chatter = int(arrays["words"][row]), bool(arrays["chatter"][row])
        keys = np.unique(shelf.keys(forms))
        shelf.enter(Sheet(about, forms, keys, words, chatter, rest["languages"][row], mark))
    halves = np.split(arrays["shifts"], 2, axis=1)
    for at, (number, stretch) in enumerate(rest["stretches"]):
        shelf.shifts[number] = Shift(halves[0][at], halves[1][at], stretch)
    shelf.stand(arrays["vectors"])
