"""Cosines between a question and what stands on a shelf, both seen from the middle of their language.

All texts of a language share most of their direction, and texts of questions still more: unrelated
ones reach a cosine of 0.8. Without that shared part, what a text is about is what is left to compare.
"""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from knowledge.encoder import Vectors
from knowledge.index import Index, Vector
from knowledge.rows import Shelf

MOST_IN_MEMORY = 20_000
"""Rows of a shelf that are compared one by one, in a millisecond or two; of larger ones Chroma picks the nearest."""
SAMPLE = 2_000
"""Rows of a larger shelf that its middle is taken from."""

Group = tuple[str, bool, bool]
"""Language, whether of products, whether of questions."""


@dataclass(frozen=True, slots=True)
class _Rows:
    """A shelf's ids and vectors."""

    ids: Sequence[str]
    places: dict[str, int]
    vectors: Vectors
    """L2-normalised after the middle was taken off, where all are in memory."""
    middle: Vector | None
    """What is still to be taken off the vectors of a larger shelf, which are in a file."""

    def cosines(self, ids: Sequence[str], centred: Vector) -> dict[str, float]:
        known = [id_ for id_ in ids if id_ in self.places]
        rows = self.vectors[[self.places[id_] for id_ in known]]
        values = (rows if self.middle is None else _centred(rows, self.middle)) @ centred
        return dict(zip(known, values.tolist(), strict=True))


class Neighbours:
    """What is near, on the shelves that an index had when this was made."""

    def __init__(self, index: Index) -> None:
        self._index = index
        self._beside = ThreadPoolExecutor(2, "neighbours")  # of which none is started while all is in memory
        stored = {shelf: rows for shelf, rows in index.stored().items() if rows[0]}
        self._middles = _middles({shelf: _sample(rows) for shelf, (_, rows) in stored.items()})
        self._rows = {
            shelf: _rows(ids, vectors, self._middles[_group(shelf)])
            for shelf, (ids, vectors) in stored.items()
        }

    def centred(self, question: Vector, language: str, *, products: bool = False) -> Vector:
        """A question's vector as the methods below want it."""
        middle = self._middles.get((language, products, True))
        return question if middle is None else _centred(question, middle)

    def holds(self, shelf: Shelf) -> bool:
        """Whether its vectors are in memory, and those of its questions."""
        rows = (self._rows.get(one) for one in (shelf, shelf.questions))
        return all(one is None or one.middle is None for one in rows)

    def nearest_of_both(
        self, shelf: Shelf, question: Vector, centred: Vector, limits: tuple[int, int]
    ) -> tuple[dict[str, float], dict[str, float]]:
        """What `nearest` finds on the shelf and among its questions, at the same time where Chroma is asked."""
        passages, questions = limits
        if self.holds(shelf):
            asked = self.nearest(shelf.questions, question, centred, questions)
            return self.nearest(shelf, question, centred, passages), asked
        beside = self._beside.submit(self.nearest, shelf.questions, question, centred, questions)
        return self.nearest(shelf, question, centred, passages), beside.result()

    def nearest(self, shelf: Shelf, question: Vector, centred: Vector, limit: int) -> dict[str, float]:
        """Id to cosine, nearest first."""
        rows = self._rows.get(shelf)
        if rows is None:
            return {}
        if rows.middle is not None:
            near = rows.cosines(list(self._index.nearest(shelf, question, limit)), centred)
            return dict(sorted(near.items(), key=lambda pair: -pair[1]))
        cosines = rows.vectors @ centred
        limit = min(limit, len(cosines))
        top = np.argpartition(-cosines, limit - 1)[:limit]
        top = top[np.argsort(-cosines[top])]
        return {
            rows.ids[place]: cosine for place, cosine in zip(top.tolist(), cosines[top].tolist(), strict=True)
        }

    def cosines(self, shelf: Shelf, ids: Sequence[str], centred: Vector) -> dict[str, float]:
        """Id to cosine for given ids; what did not exist is left out."""
        rows = self._rows.get(shelf)
        return rows.cosines(ids, centred) if rows else {}


def _rows(ids: Sequence[str], vectors: Vectors, middle: Vector) -> _Rows:
    places = {id_: place for place, id_ in enumerate(ids)}
    if len(ids) > MOST_IN_MEMORY:
        return _Rows(ids, places, vectors, middle)
    return _Rows(ids, places, _centred(vectors, middle), None)


def _sample(vectors: Vectors) -> Vectors:
    return vectors[:: max(1, len(vectors) // SAMPLE)] if len(vectors) > MOST_IN_MEMORY else vectors


def _group(shelf: Shelf) -> Group:
    return shelf.language, shelf.kind == "product", shelf.holds_questions


def _middles(read: dict[Shelf, Vectors]) -> dict[Group, Vector]:
    """The mean of each group, drawn towards 0 where texts are few, and towards the passages' where questions are."""
    found: dict[Group, Vector] = {}
    for language, products in {(shelf.language, shelf.kind == "product") for shelf in read}:
        middle: Vector | None = None
        for questions in (False, True):
            group = (language, products, questions)
            rows = [vectors for shelf, vectors in read.items() if _group(shelf) == group and len(vectors)]
            if rows or middle is not None:
                middle = _mean(rows, middle)
                found[group] = middle
    return found


def _mean(rows: Sequence[Vectors], prior: Vector | None) -> Vector:
    total = sum((vectors.sum(axis=0) for vectors in rows), start=np.float32(0) if prior is None else prior)
    middle: Vector = np.asarray(total / (1 + sum(map(len, rows))), dtype=np.float32)
    return middle


def _centred(vectors: Vectors, middle: Vector) -> Vectors:
    moved = vectors - middle
    length = np.linalg.norm(moved, axis=-1, keepdims=True)
    centred: Vectors = moved / np.maximum(length, np.float32(1e-6))
    return centred
