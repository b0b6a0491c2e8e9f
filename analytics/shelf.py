"""The shelf: every document of one corpus as numbers, ready to be grouped, counted and forgotten.

Texts are read once and not kept. What stays is the vector, the ids of the words and who wrote when. Taking a
document down leaves nothing of it but an empty row.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from analytics.columns import Columns, widened
from analytics.corpus import Document, clean, name_words
from analytics.groups import Indices, Numbers
from analytics.threads import use_one_thread
from analytics.tokens import Mixture, Tokens, shared_reader
from analytics.tongues import Shift, learn, shifted
from analytics.vectors import FindEncoder, Vectors, sentence_encoder, unit, wide

LEXICAL = 256
"""Numbers of a vector that say which words a text uses, beside those that say what it means."""
LEXICAL_SHARE = 0.2
BATCH = 256
PRINT = 12
PART = 4_096
"""Rows that are computed at a time: memory stays small however many there are."""
LATELY = 1_000
"""Texts of which is kept what was read, for when they are said again."""

Forms = NDArray[np.int32]
"""The words of a document in order, as ids of (word, spelling); −1 where a run of neighbouring words ends."""
_NONE = np.zeros(0, dtype=np.int32)


@dataclass(frozen=True, slots=True)
class Sheet:
    """What is kept of one document: `about` has no text, copies share `print`, `words` counts all."""

    about: Document
    forms: Forms
    keys: Forms
    words: int
    chatter: bool
    language: str
    print: bytes


@dataclass(slots=True)
class Said:
    """What is known of a text that was just said: its languages' ranks, what it means, and its sheet as `read` in the
    light (language, names known, forms as one) of then."""

    rank: Numbers
    meaning: NDArray[np.float16] | None = None
    light: tuple[str, int, bool] | None = None
    sheet: Sheet | None = None


def _signs(words: Sequence[str]) -> Vectors:
    """Return (words, LEXICAL) signs: hashing a word is as quick as remembering them, which took 60 MB."""
    some = (hashlib.blake2b(word.encode("utf-8", "replace"), digest_size=LEXICAL // 8) for word in words)
    bits = np.unpackbits(np.frombuffer(b"".join(one.digest() for one in some), dtype=np.uint8))
    return bits.reshape(len(words), LEXICAL).astype(np.float32) * 2 - 1


def _print(text: str) -> bytes:
    return hashlib.blake2b(" ".join(re.findall(r"\w+", text.casefold())).encode(), digest_size=PRINT).digest()


class Shelf:
    """Documents as rows, in the order in which they were put up; a row taken down stays empty."""

    def __init__(self, names: Iterable[str] = (), find_encoder: FindEncoder = sentence_encoder) -> None:
        from gensim.corpora import Dictionary

        use_one_thread()
        self.encoder = find_encoder()
        self.names = set(name_words(names))
        self.mixture = Mixture()
        self.dictionary = Dictionary()
        self.sheets: list[Sheet | None] = []
        self.row_of: dict[str, int] = {}
        self.tokens: list[str] = []
        self.written: list[tuple[int, str]] = []
        self._form_of: dict[tuple[int, str], int] = {}
        self._keys = np.zeros(1_024, dtype=np.int32)
        self.faces: list[tuple[int, str]] = []
        self._face_of: dict[tuple[int, str], int] = {}
        self._faces = np.zeros(1_024, dtype=np.int32)
        self._reader = shared_reader(self.encoder.pieces if self.encoder else None)
        self._meaning = self.encoder.size if self.encoder else 0
        self._lately: dict[bytes, Said] = {}
        self._vectors = np.zeros((64, self._meaning + LEXICAL), dtype=np.float16)
        self.columns = Columns()
        self.shifts: dict[int, Shift] = {}

    def __len__(self) -> int:
        return len(self.sheets)

    @property
    def vectors(self) -> NDArray[np.float16]:
        """(rows, d) vectors of length about one; zeros where there is nothing to place."""
        return self._vectors[: len(self)]

    def lying(self, rows: Indices | Sequence[int]) -> Vectors:
        """Return where rows lie among themes, as float32: their vectors, those of unknown languages shifted."""
        found = wide(self._vectors[rows])
        return shifted(found, self.columns.language[rows], self.shifts) if self.shifts else found

    def learn_tongues(self, weights: Numbers) -> None:
        """Learn where languages lie that the encoder does not know; `weights` say which documents count."""
        self.shifts = learn(self.columns, self.vectors, weights) if self.encoder else {}

    def standing(self) -> tuple[list[str], Indices]:
        """Return the ids of all documents in the order of their rows, and these rows."""
        return list(self.row_of), np.fromiter(self.row_of.values(), dtype=np.int64, count=len(self.row_of))

    def speaking(self) -> Indices:
        """Return the rows that say something: neither taken down nor mere thanks and nods."""
        return np.flatnonzero(self.columns.speaks)

    def put(self, documents: Sequence[Document], progress: Callable[[float], None] | None = None) -> list[int]:
        """Read `documents` and put each on a row of its own; return the rows. A known id must be taken first.

        `progress` is told the share done, 0 to 1.
        """
        if len(documents) == 1:
            return [self._put_one(documents[0])]
        cleaned = {text: clean(text) for text in {document.text for document in documents}}
        texts = [cleaned[document.text] for document in documents]
        ranks = {text: self._reader.rank(text) for text in dict.fromkeys(texts)}
        for text in texts:
            self.mixture.see(text, ranks[text])
        first = len(self)
        read: dict[str, Sheet] = {}
        for document, text in zip(documents, texts, strict=True):
            if text in read:
                self._copy(document, read[text])
            else:
                tokens = self._read(text, self.mixture.likeliest(text, ranks[text]))
                read[text] = self._add(document, text, tokens)
        self._mean(first, texts, progress or (lambda share: None))
        rows = list(range(first, len(self)))
        self.weigh(rows)
        return rows

    def _put_one(self, document: Document) -> int:
        """Put up one document; a text that was just said is not read again."""
        text = clean(document.text)
        said = self._said(text)
        self.mixture.see(text, said.rank)
        language = self.mixture.likeliest(text, said.rank)
        light = (language, len(self.names), self.mixture.common(language))
        row = len(self)
        if said.sheet is not None and said.light == light:
            self._copy(document, said.sheet)
        else:
            sheet = self._add(document, text, self._read(text, language))
            said.sheet, said.light = replace(sheet, about=Document("", "")), light
        if self.encoder and said.sheet.words:
            if said.meaning is None:
                said.meaning = self.encoder.encode([text])[0].astype(np.float16)
            self._vectors[row, : self._meaning] = said.meaning
        self.weigh([row])
        return row

    def _said(self, text: str) -> Said:
        mark = hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=16).digest()
        if mark not in self._lately:
            if len(self._lately) >= LATELY:
                self._lately.clear()
            self._lately[mark] = Said(self._reader.rank(text))
        return self._lately[mark]

    def take(self, document_id: str) -> int | None:
        """Take a document down: words, vector and print are gone. Return its empty row, None if unknown."""
        row = self.row_of.pop(document_id, None)
        if row is None:
            return None
        sheet = self.sheets[row]
        assert sheet is not None
        self.dictionary.num_docs -= 1
        for key in sheet.keys.tolist():
            self.dictionary.dfs[key] -= 1
        gone = {key for key in sheet.keys.tolist() if not self.dictionary.dfs[key]}
        self._forget(gone)
        self.sheets[row] = None
        self._vectors[row] = 0
        self.columns.clear(row)
        self._lately.clear()
        return row

    def vector(self, text: str) -> Vectors:
        """Return the (d,) vector that cleaned `text` would have; zeros where there is nothing to place."""
        tokens = self._read(text, self.mixture.likeliest(text, self._reader.rank(text)))
        known = [self.dictionary.token2id[key] for key in tokens.keys if key in self.dictionary.token2id]
        uses = self._use(np.array(known, dtype=np.int32))[None, :]
        means = np.zeros((1, self._meaning), dtype=np.float32)
        if self.encoder and tokens.words:
            means = self.encoder.encode([text])
        return np.asarray(self._both(means, uses)[0])

    def _forget(self, keys: set[int]) -> None:
        """Blot out words that nobody uses any more. Their ids stay, so that nobody else's change."""
        if not keys:
            return
        for key in keys:
            del self.dictionary.token2id[self.tokens[key]]
            self.dictionary.token2id[f"\0{key}"] = key
            self.tokens[key] = ""
        for form in np.flatnonzero(np.isin(self._keys[: len(self.written)], sorted(keys))).tolist():
            key, written = self.written[form]
            self._form_of.pop((key, written), None)
            self._face_of.pop((key, written.lower()), None)
            self.written[form] = (key, "")
            self.faces[int(self._faces[form])] = (key, "")

    def _mean(self, first: int, texts: Sequence[str], progress: Callable[[float], None]) -> None:
        """Write the part of the vectors that says what texts mean; the same text is encoded once."""
        if not self.encoder:
            return
        unique = sorted({text for place, text in enumerate(texts) if self._worded(first + place)})
        found = np.zeros((len(unique), self._meaning), dtype=np.float16)
        for start in range(0, len(unique), BATCH):
            progress(start / len(unique))
            found[start : start + BATCH] = self.encoder.encode(unique[start : start + BATCH])
        number = {text: place for place, text in enumerate(unique)}
        for place, text in enumerate(texts):
            if text in number:
                self._vectors[first + place, : self._meaning] = found[number[text]]

    def _worded(self, row: int) -> bool:
        sheet = self.sheets[row]
        return sheet is not None and sheet.words > 0

    def _read(self, text: str, language: str) -> Tokens:
        return self._reader.read(text, language, self.names, self.mixture.common(language))

    def _add(self, document: Document, text: str, tokens: Tokens) -> Sheet:
        forms = self._intern(tokens)
        keys = np.unique(self.keys(forms))
        about = replace(document, text="")
        return self._stand(Sheet(about, forms, keys, tokens.words, tokens.chatter, tokens.language, _print(text)))

    def _copy(self, document: Document, first: Sheet) -> None:
        """Put up the very text of another row: its words are counted, not read again."""
        self.dictionary.num_docs += 1
        for key in first.keys.tolist():
            self.dictionary.dfs[key] += 1
        self._stand(replace(first, about=replace(document, text="")))

    def _stand(self, sheet: Sheet) -> Sheet:
        row = len(self)
        if row == len(self._vectors):
            self._vectors = widened(self._vectors)
        self.enter(sheet)
        return sheet

    def enter(self, sheet: Sheet) -> None:
        """Put a sheet on the next row; its vector is written apart."""
        self.row_of[sheet.about.id] = len(self)
        self.sheets.append(sheet)
        self.columns.append(sheet)

    def _intern(self, tokens: Tokens) -> Forms:
        self.dictionary.doc2bow(tokens.keys, allow_update=True)
        while len(self.tokens) < len(self.dictionary):
            self.tokens.append("")
        forms: list[int] = []
        for run in tokens.runs:
            for key, written in run:
                pair = (self.dictionary.token2id[key], key if key == written else written)
                self.tokens[pair[0]] = key
                if pair not in self._form_of:
                    self.remember(pair)
                forms.append(self._form_of[pair])
            forms.append(-1)
        return np.array(forms, dtype=np.int32)

    def remember(self, pair: tuple[int, str]) -> None:
        """Give a (word id, spelling) the next form id; "" stands for one that is forgotten."""
        form = len(self.written)
        if form == len(self._keys):
            self._keys = np.concatenate([self._keys, np.zeros_like(self._keys)])
            self._faces = np.concatenate([self._faces, np.zeros_like(self._faces)])
        self._keys[form] = pair[0]
        lower = pair[1].lower()
        self._faces[form] = self._face(pair if lower == pair[1] else (pair[0], lower))
        self.written.append(pair)
        if pair[1]:
            self._form_of[pair] = form

    def _face(self, pair: tuple[int, str]) -> int:
        """Return the id of a (word id, lower-case spelling), a new one where it is new or forgotten."""
        if not pair[1] or pair not in self._face_of:
            self._face_of[pair] = len(self.faces)
            self.faces.append(pair)
        return self._face_of[pair]

    def weigh(self, rows: Sequence[int]) -> None:
        """(Re)write the part of these rows' vectors that says which words they use: TF-IDF folded by signs.

        Words that only one document uses are left out. Each word's signs come from its own hash alone.
        """
        for start in range(0, len(rows), PART):
            part = list(rows[start : start + PART])
            orders = [self.order(row) for row in part]
            uses = self._uses(orders) if len(part) > 1 else self._use(orders[0])[None, :]
            means = unit(wide(self._vectors[part, : self._meaning]))
            self._vectors[part] = self._both(means, uses)

    def _both(self, means: Vectors, uses: Vectors) -> Vectors:
        share = LEXICAL_SHARE if self._meaning else 1.0
        return unit(np.hstack([means * np.float32(np.sqrt(1 - share)), uses * np.float32(np.sqrt(share))]))

    def _uses(self, orders: Sequence[Forms]) -> Vectors:
        keys, source = flatten(orders)
        ids, column = np.unique(keys.astype(np.int64), return_inverse=True)
        counts = sparse.csr_matrix((np.ones(len(keys)), (source, column)), shape=(len(orders), len(ids)))
        counts.sum_duplicates()
        counts.data = (1 + np.log(counts.data)) * self._rarity(ids)[counts.indices]
        signs = _signs([self.tokens[key] for key in ids.tolist()])
        return unit(np.asarray(counts.astype(np.float32) @ signs, dtype=np.float32))

    def _use(self, order: Forms) -> Vectors:
        """Return what `_uses` does for one document, without its detours."""
        ids, counts = np.unique(order.astype(np.int64), return_counts=True)
        if not len(ids):
            return np.zeros(LEXICAL, dtype=np.float32)
        signs = _signs([self.tokens[key] for key in ids.tolist()])
        weights = (1 + np.log(counts)) * self._rarity(ids)
        return np.asarray(unit((weights.astype(np.float32) @ signs)[None, :])[0])

    def _rarity(self, ids: Indices) -> Numbers:
        from gensim.models.tfidfmodel import df2idf

        held = np.array([self.dictionary.dfs.get(int(key), 0) for key in ids], dtype=np.float64)
        rare = df2idf(np.maximum(held, 1), max(2, self.dictionary.num_docs), add=0.1)
        return np.asarray(np.where(held > 1, rare, 0.0))

    def order(self, row: int) -> Forms:
        """Return the word ids of a row in the order of its text; none for an empty row."""
        sheet = self.sheets[row]
        return _NONE if sheet is None else self.keys(sheet.forms)

    def forms(self, rows: Sequence[int]) -> tuple[Forms, Indices]:
        """Return the words of rows end to end, and for each the number of its row among `rows`, none of them empty."""
        return flatten([sheet.forms for row in rows if (sheet := self.sheets[row]) is not None])

    def uses(self, rows: int, forms: Forms, source: Indices) -> tuple[sparse.csr_matrix, list[tuple[int, str]]]:
        """Return (rows, words): 1 where a document holds a word as it is written, in whatever case; and these words.

        `forms` and `source` are what `forms` tells of the documents.
        """
        held = forms >= 0
        faces, column = numbered(self._faces[forms[held]], len(self.faces))
        cells = (np.ones(len(column)), (source[held], column))
        found = sparse.csr_matrix(cells, shape=(rows, len(faces)))
        found.data[:] = 1.0
        return found, [self.faces[face] for face in faces.tolist()]

    def keys(self, forms: Forms) -> Forms:
        """Return the word id of each form, without the ends of runs."""
        return self._keys[forms[forms >= 0]]

    def stand(self, vectors: NDArray[np.float16]) -> None:
        """Take over the vectors of all rows, whose sheets stand already."""
        room = max(64, len(vectors))
        self._vectors = np.zeros((room, vectors.shape[1]), dtype=np.float16)
        self._vectors[: len(vectors)] = vectors


def flatten(parts: Sequence[Forms]) -> tuple[Forms, Indices]:
    """Join arrays end to end; return the values and for each the index of the array that it came from."""
    if not parts:
        return _NONE, np.zeros(0, dtype=np.int64)
    return np.concatenate(parts), np.repeat(np.arange(len(parts)), [len(part) for part in parts])


def numbered(values: NDArray[np.integer], most: int) -> tuple[Indices, Indices]:
    """Return the different values, all less than `most`, in order, and for each the number of it among them."""
    there = np.zeros(most, dtype=np.bool_)
    there[values] = True
    different = np.flatnonzero(there)
    number = np.zeros(most, dtype=np.int64)
    number[different] = np.arange(len(different))
    return different, number[values]
