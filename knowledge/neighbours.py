"""Cosines between a question and what stands on a shelf, both seen from the middle of their language.

All texts of a language share most of their direction, and texts of questions still more: unrelated
ones reach a cosine of 0.8. Without that shared part, what a text is about is what is left to compare.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from knowledge.encoder import Vectors
from knowledge.index import FEW, Index, Vector
from knowledge.rows import Shelf

MOST_IN_MEMORY = FEW
"""Rows of a shelf that are compared one by one, in a millisecond or two; of larger ones Chroma picks the nearest."""
SAMPLE = 2_000
"""Rows of a larger shelf that its middle is taken from."""

Group = tuple[str, bool, bool]
"""Language, whether of products, whether of questions."""


@dataclass(frozen=True, slots=True)
class _Rows:
    """A shelf in memory: L2-normalised after its middle was taken off."""

    ids: tuple[str, ...]
    places: dict[str, int]
    vectors: Vectors


class Neighbours:
    """What is near, on the shelves that an index had when this was made."""

    def __init__(self, index: Index) -> None:
        self._index = index
        held: dict[Shelf, tuple[list[str], Vectors]] = {}
        read: dict[Shelf, Vectors] = {}
        for shelf in index.shelves:
            for one in (shelf, shelf.questions):
                if index.count(one) <= MOST_IN_MEMORY:
                    held[one] = index.stored(one)
                    read[one] = held[one][1]
                else:
                    read[one] = index.sample(one, SAMPLE)
        self._middles = _middles(read)
        self._rows = {
            shelf: _Rows(
                tuple(ids),
                {id_: place for place, id_ in enumerate(ids)},
                _centred(vectors, self._middles[_group(shelf)]),
            )
            for shelf, (ids, vectors) in held.items()
            if ids
        }
        self._empty = {shelf for shelf, (ids, _) in held.items() if not ids}

    def centred(self, question: Vector, language: str, *, products: bool = False) -> Vector:
        """A question's vector as the methods below want it."""
        middle = self._middles.get((language, products, True))
        return question if middle is None else _centred(question, middle)

    def holds(self, shelf: Shelf) -> bool:
        """Whether its vectors are in memory, and those of its questions."""
        return all(one in self._rows or one in self._empty for one in (shelf, shelf.questions))

    def nearest(self, shelf: Shelf, question: Vector, centred: Vector, limit: int) -> dict[str, float]:
        """Id to cosine, nearest first."""
        if shelf in self._empty:
            return {}
        if rows := self._rows.get(shelf):
            cosines = rows.vectors @ centred
            limit = min(limit, len(cosines))
            top = np.argpartition(-cosines, limit - 1)[:limit]
            top = top[np.argsort(-cosines[top])]
            return {
                rows.ids[place]: cosine
                for place, cosine in zip(top.tolist(), cosines[top].tolist(), strict=True)
            }
        found = self._index.nearest_vectors(shelf, question, limit)
        return _sorted(self._compared(shelf, found, centred))

    def cosines(self, shelf: Shelf, ids: Sequence[str], centred: Vector) -> dict[str, float]:
        """Id to cosine for given ids; what does not exist is left out."""
        if rows := self._rows.get(shelf):
            places = [rows.places[id_] for id_ in ids if id_ in rows.places]
            values = (rows.vectors[places] @ centred).tolist()
            return {rows.ids[place]: value for place, value in zip(places, values, strict=True)}
        return self._compared(shelf, self._index.vectors(shelf, ids), centred)

    def _compared(self, shelf: Shelf, found: dict[str, Vector], centred: Vector) -> dict[str, float]:
        if not found:
            return {}
        middle = self._middles.get(_group(shelf))
        vectors = np.stack(list(found.values()))
        values = (vectors if middle is None else _centred(vectors, middle)) @ centred
        return dict(zip(found, values.tolist(), strict=True))


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


def _sorted(found: dict[str, float]) -> dict[str, float]:
    return dict(sorted(found.items(), key=lambda pair: -pair[1]))
