"""From a sentence vector to ranked intents, while serving: NumPy and one file, no pickle."""

import json
import math
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple
from zipfile import BadZipFile
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from intents.text import plain

Vector = NDArray[np.float32]

BROUGHT_ALONG = Path(__file__).parent / "classifier.npz"
"""What training on Kefu's own examples with its own encoder gives (`tests/benchmarks/classifier.py`)."""
FORMAT = 4
GRAM_BUCKETS = 1 << 15
LONGEST_GRAM = 4
"""Characters; longer words and pairs of words have their own."""
NEIGHBOURS = 5
REACH = 1.5
"""How fast a landmark's say falls with distance: the gamma of the kernel."""
OUT_OF_SCOPE = "out_of_scope"
READ = 200
"""Characters of a message of which the grams are looked at."""


_HAN = re.compile(r"[\u3400-\u9fff]")
_WORD = re.compile(r"[^\W_\u3400-\u9fff]+(?:'\w+)?|[\u3400-\u9fff]|\?")

# What reading a damaged or foreign file raises.
_BROKEN = (OSError, ValueError, KeyError, TypeError, AttributeError, EOFError, ArithmeticError, BadZipFile)


class ClassifierError(Exception):
    """The stored classifier is missing, broken or made with another encoder; the message says what to do."""


class Score(NamedTuple):  # forty for each request
    name: str
    confidence: float


@dataclass(frozen=True, slots=True)
class Prediction:
    ranked: tuple[Score, ...]
    """In-scope intents, likeliest first; the confidences of all sum to one less that of `out_of_scope`."""
    in_scope: float
    """The probability that the message is one of the intents at all."""
    accepted: bool
    """Whether the gate lets it pass: 95 % of what is in scope does."""

    @property
    def best(self) -> Score:
        return self.ranked[0]

    @property
    def margin(self) -> float:
        """How far the first is ahead of the second."""
        return self.ranked[0].confidence - (self.ranked[1].confidence if len(self.ranked) > 1 else 0.0)


@dataclass(frozen=True, slots=True)
class Head:
    """What training found, as arrays: C classes, D dimensions, M landmarks, B buckets of words."""

    weights: Vector
    """(M, C): what each landmark says for every class, heard as far as it is similar."""
    gram_weights: Vector
    """(B, C), for words as they are typed"""
    words: NDArray[np.uint32]
    """(W,): checksums of the words that the examples have."""
    bias: Vector
    """(C,)"""
    centres: Vector
    """(2, D): mean training vectors of texts without and with Chinese characters; subtracted, they bring the
    languages together."""
    landmarks: Vector
    """(M, D): centred, L2-normalised vectors of the examples that a message is compared with."""
    inside: NDArray[np.bool_]
    """(M,): which of them are in scope."""
    temperature: float
    gate: tuple[float, float, float]
    """Weights of the largest logit and of the neighbours' similarity, and an offset: their sum is a logit."""
    threshold: float
    """The gate's value below which a message is out of scope."""


@dataclass(frozen=True, slots=True)
class Origin:
    """What the head was made from."""

    labels: tuple[str, ...]
    encoder: str
    data: str


@dataclass(frozen=True, slots=True)
class Wording:
    """What n messages say by their words alone: known before there is a vector."""

    scripts: NDArray[np.int64]
    """(n,): one for a text with Chinese characters, else zero."""
    logits: Vector
    """(n, C): of the words as they are typed."""
    familiar: Vector
    """(n,): the share of the words that the examples have."""


class IntentClassifier:
    def __init__(self, head: Head, origin: Origin) -> None:
        self.head, self.origin = head, origin
        self._scope = np.array([label != OUT_OF_SCOPE for label in origin.labels])
        self._inside = np.flatnonzero(self._scope).tolist()
        self._words = frozenset(head.words.tolist())

    @staticmethod
    def load(path: Path, encoder: str) -> "IntentClassifier":
        """Refuses what was trained with another encoder than the one named by the fingerprint."""
        try:
            with path.open("rb") as file, np.load(file, allow_pickle=False) as stored:
                arrays = {name: stored[name] for name in stored.files}
            classifier = IntentClassifier(*_parse(arrays))
        except FileNotFoundError:
            raise ClassifierError(f"no intent classifier at {path}: run `kefu train`") from None
        except _BROKEN as error:
            raise ClassifierError(
                f"the intent classifier at {path} is broken ({error}): run `kefu train`"
            ) from error
        if classifier.origin.encoder != encoder:
            raise ClassifierError(
                f"the intent classifier at {path} was trained with the encoder {classifier.origin.encoder}, "
                f"but {encoder} is in use: run `kefu train`"
            )
        return classifier

    def save(self, path: Path) -> None:
        """Replaces the file in one step, so that a reader never sees half of it."""
        head, origin = self.head, self.origin
        facts = {
            "format": FORMAT, "labels": origin.labels, "encoder": origin.encoder, "data": origin.data,
            "temperature": head.temperature, "gate": head.gate, "threshold": head.threshold,
        }  # fmt: skip
        path.parent.mkdir(parents=True, exist_ok=True)
        half = path.with_name(path.name + ".part")
        with half.open("wb") as file:
            np.savez_compressed(
                file, facts=np.array(json.dumps(facts)), weights=head.weights, bias=head.bias, centres=head.centres,
                gram_weights=head.gram_weights, words=head.words, landmarks=head.landmarks, inside=head.inside,
            )  # fmt: skip
        half.replace(path)

    def classify(self, vector: Vector, text: str) -> Prediction:
        """`vector` is the encoder's embedding of `text`, (D,)."""
        return self.classify_all(vector[None, :], [text])[0]

    def classify_all(
        self, vectors: Vector, texts: Sequence[str], wording: Wording | None = None
    ) -> list[Prediction]:
        """One prediction per row of `vectors`, (n, D); `wording` where it is known already."""
        logits, similarity = self.measure(vectors, wording or self.wording(texts))
        confidences, gates = self.confidences(logits), self.gate(logits, similarity)
        return [
            self._prediction(row, gate)
            for row, gate in zip(confidences.tolist(), gates.tolist(), strict=True)
        ]

    def confidences(self, logits: Vector) -> Vector:
        """Calibrated probabilities of all labels, `out_of_scope` included, (n, C)."""
        exponents = np.exp((logits - logits.max(axis=1, keepdims=True)) / self.head.temperature)
        return np.asarray(exponents / exponents.sum(axis=1, keepdims=True), dtype=np.float32)

    def passes(self, logits: Vector, similarity: Vector) -> NDArray[np.bool_]:
        return np.asarray(self.gate(logits, similarity) >= self.head.threshold)

    def wording(self, texts: Sequence[str]) -> Wording:
        return Wording(
            scripts(texts),
            np.stack([_gram_logits(self.head.gram_weights, text) for text in texts]),
            np.array([familiarity(text, self._words) for text in texts], dtype=np.float32),
        )

    def measure(self, vectors: Vector, wording: Wording) -> tuple[Vector, Vector]:
        """Logits (n, C) and the mean similarity to the nearest in-scope landmarks (n,)."""
        head = self.head
        similarities = centred_unit(vectors, wording.scripts, head.centres) @ head.landmarks.T
        meaning = kernel(similarities) @ head.weights + head.bias
        return heard(meaning, wording.logits, wording.familiar), nearest(similarities[:, head.inside])

    def gate(self, logits: Vector, similarity: Vector) -> Vector:
        """The log odds that each message is in scope."""
        largest, near, offset = self.head.gate
        inside = logits[:, self._scope].max(axis=1) - outside_logit(logits, self._scope)
        return np.asarray(largest * inside + near * similarity + offset, dtype=np.float32)

    def _prediction(self, confidences: Sequence[float], gate: float) -> Prediction:
        order = sorted(self._inside, key=confidences.__getitem__, reverse=True)
        ranked = tuple(Score(self.origin.labels[place], round(confidences[place], 4)) for place in order)
        in_scope = 1 / (1 + math.exp(-max(-100.0, gate)))
        return Prediction(ranked, in_scope, gate >= self.head.threshold)


def kernel(cosines: Vector) -> Vector:
    """What counts as how similar: exp(-gamma (1 - cosine)), between 0 and 1."""
    return np.asarray(np.exp(REACH * (cosines - 1)), dtype=np.float32)


def centred_unit(vectors: Vector, script: NDArray[np.int64], centres: Vector) -> Vector:
    """(n, D): every vector from the centre of its script, (n,), of length one."""
    moved = np.asarray(vectors, dtype=np.float32) - centres[script]
    return np.asarray(
        moved / np.maximum(np.linalg.norm(moved, axis=1, keepdims=True), 1e-9), dtype=np.float32
    )


def scripts(texts: Sequence[str]) -> NDArray[np.int64]:
    """(n,): one for a text with Chinese characters, else zero."""
    return np.array([_HAN.search(text) is not None for text in texts], dtype=np.int64)


def nearest(similarities: Vector) -> Vector:
    """(n,): the mean similarity to the nearest landmarks."""
    count = min(NEIGHBOURS, similarities.shape[1])
    return np.asarray(np.partition(similarities, -count, axis=1)[:, -count:].mean(axis=1), dtype=np.float32)


def outside_logit(logits: Vector, scope: NDArray[np.bool_]) -> Vector:
    outside = logits[:, ~scope]
    return outside.max(axis=1) if outside.shape[1] else np.zeros(len(logits), dtype=np.float32)


def heard(meaning: Vector, typed: Vector, familiar: Vector) -> Vector:
    """Logits (n, C): words as typed as far as they are familiar (n,), and meaning the louder the less they are.

    So a message in a language of which there are no examples is told by its meaning, and as surely.
    """
    share = familiar[:, None]
    return np.asarray(meaning * (2 - share) + typed * share, dtype=np.float32)


def familiarity(text: str, known: Collection[int]) -> float:
    """The share of its words that are known by their checksums."""
    found = word_ids(text)
    return sum(word in known for word in found) / len(found) if found else 1.0


def word_ids(text: str) -> list[int]:
    """Checksums of the words, a Chinese character being one."""
    return [_checksum(word) for word in _words(text)]


def gram_ids(text: str) -> list[int]:
    """Hash buckets of runs of characters, words and pairs of words: short texts turn on them."""
    words = ["^", *_words(text), "$"]
    line = f"^{' '.join(_typed(text).split())}$"
    grams = {
        line[start : start + size]
        for size in range(1, LONGEST_GRAM + 1)
        for start in range(len(line) - size + 1)
    }
    grams.update(f"{word}_" for word in words if len(word) > LONGEST_GRAM)
    grams.update(f"{one} {two}" for one, two in pairwise(words))
    return sorted({_checksum(gram) % GRAM_BUCKETS for gram in grams})


def _words(text: str) -> list[str]:
    return _WORD.findall(_typed(text))


def _typed(text: str) -> str:
    return plain(text[:READ]).lower()


def _checksum(text: str) -> int:
    return crc32(text.encode("utf-8", "replace"))


def _gram_logits(weights: Vector, text: str) -> Vector:
    ids = gram_ids(text)
    return np.asarray(weights[ids].sum(axis=0) * len(ids) ** -0.5, dtype=np.float32)


def _parse(arrays: dict[str, NDArray[Any]]) -> tuple[Head, Origin]:
    facts = json.loads(str(arrays["facts"]))
    if facts["format"] != FORMAT:
        raise ValueError(f"format {facts['format']}, this version reads {FORMAT}")
    labels = tuple(str(label) for label in facts["labels"])
    largest, near, offset = (float(value) for value in facts["gate"])
    head = Head(
        weights=arrays["weights"].astype(np.float32),
        gram_weights=arrays["gram_weights"].astype(np.float32),
        words=arrays["words"].astype(np.uint32),
        bias=arrays["bias"].astype(np.float32),
        centres=arrays["centres"].astype(np.float32),
        landmarks=arrays["landmarks"].astype(np.float32),
        inside=arrays["inside"].astype(np.bool_),
        temperature=float(facts["temperature"]),
        gate=(largest, near, offset),
        threshold=float(facts["threshold"]),
    )
    count, dimension = head.landmarks.shape
    shapes = (
        head.weights.shape,
        head.gram_weights.shape,
        head.bias.shape,
        head.centres.shape,
        head.inside.shape,
        head.words.shape,
    )
    classes = len(labels)
    if shapes != (
        (count, classes),
        (GRAM_BUCKETS, classes),
        (classes,),
        (2, dimension),
        (count,),
        (head.words.size,),
    ):
        raise ValueError("its arrays do not fit together")
    if not head.temperature > 0 or not all(np.isfinite(array).all() for array in (head.weights, head.bias)):
        raise ValueError("its numbers make no sense")
    return head, Origin(labels, str(facts["encoder"]), str(facts["data"]))
