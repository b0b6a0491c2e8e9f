"""What people might write in a jam, made of our own sentences: four subjects, many ways to say a thing."""

import random
from collections.abc import Callable

import numpy as np
import pytest

from analytics.corpus import Document
from analytics.live import LiveThemes
from analytics.vectors import SentenceEncoder, Vectors, sentence_encoder
from tests.analytics.town import town

__all__ = ["town"]

SUBJECTS = {
    "bicycles": (
        ["Safe bicycle lanes", "A covered bicycle rack", "Cycling to the office", "Repair stands for bicycles"],
        ["would bring more cyclists to the {0}", "make the ride along the {0} less dangerous"],
        ["bridge", "station", "main road", "gate", "river path", "car park"],
    ),
    "canteen": (
        ["Vegetarian lunch in the canteen", "Fresh salad and soup", "A cheaper canteen menu", "Local vegetables"],
        ["would make the kitchen waste less food on {0}", "help everyone who eats lunch here on {0}"],
        ["Mondays", "Fridays", "busy days", "winter days", "short days", "training days"],
    ),
    "energy": (
        ["Solar panels on the roof", "Turning off the heating at night", "Better insulation of windows", "A heat pump"],
        ["would save electricity in the {0}", "cut the energy bill of the {0}"],
        ["warehouse", "old hall", "laboratory", "garage", "east wing", "data centre"],
    ),
    "mentors": (
        ["A mentor for every trainee", "Training in the first month", "Pairing juniors and seniors", "Manager courses"],
        ["would help beginners learn the {0} faster", "make the career of people in {0} clearer"],
        ["craft", "tools", "sales", "software", "support", "research"],
    ),
}  # fmt: skip

Write = Callable[..., list[Document]]


def _write(count: int, seed: int = 1, start: int = 0, subjects: tuple[str, ...] = tuple(SUBJECTS)) -> list[Document]:
    chance = random.Random(seed)
    written = []
    for number in range(start, start + count):
        subject = subjects[number % len(subjects)]
        openings, wishes, places = SUBJECTS[subject]
        text = f"{chance.choice(openings)} {chance.choice(wishes).format(chance.choice(places))}."
        if chance.random() < 0.5:
            text += f" I would start with the {chance.choice(places)} and ask again in {chance.randint(2, 9)} weeks."
        author = f"person {chance.randrange(40)}"
        at = 1_790_000_000.0 + number * 30
        written.append(Document(f"{subject}-{number:05d}", text, author, f"idea-{number % 50}", at))
    return written


@pytest.fixture(scope="session")
def write() -> Write:
    """Return a function: so many documents on four subjects, the subject being the first part of each id."""
    return _write


@pytest.fixture(scope="session")
def purity() -> Callable[[dict[str, str | None]], float]:
    """Return a function: which share of placed documents stands where most of its subject stands together."""

    def measure(assignment: dict[str, str | None]) -> float:
        groups: dict[str, list[str]] = {}
        for name, theme in assignment.items():
            if theme:
                groups.setdefault(theme, []).append(name.split("-")[0])
        best = sum(max(group.count(subject) for subject in set(group)) for group in groups.values())
        return best / max(1, sum(map(len, groups.values())))

    return measure


class RememberingEncoder:
    """The real encoder, asked once about each text: the tests write the same sentences again and again."""

    size = SentenceEncoder.size

    def __init__(self, encoder: SentenceEncoder) -> None:
        self._encoder = encoder
        self._known: dict[str, Vectors] = {}

    def encode(self, texts: list[str]) -> Vectors:
        for text in texts:
            if text not in self._known:
                self._known[text] = self._encoder.encode([text])[0]
        return np.array([self._known[text] for text in texts], dtype=np.float32)

    def pieces(self, text: str) -> list[str]:
        return self._encoder.pieces(text)


@pytest.fixture(scope="session")
def find_encoder() -> Callable[[], RememberingEncoder]:
    """Return a function that finds the remembering encoder."""
    encoder = sentence_encoder()
    assert encoder is not None, "the sentence encoder is a dependency: install the locked requirements"
    remembering = RememberingEncoder(encoder)
    return lambda: remembering


@pytest.fixture(scope="session")
def begin(find_encoder) -> Callable[..., LiveThemes]:
    """Return a function that begins live themes, with participants' names."""
    return lambda names=(): LiveThemes("jam", names, find_encoder)


@pytest.fixture(scope="session")
def resume(find_encoder) -> Callable[[bytes], LiveThemes]:
    """Return a function that loads a snapshot."""
    return lambda data: LiveThemes.load(data, find_encoder)
