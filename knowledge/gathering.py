"""The candidates of a question on one shelf: near by their own vectors, by their questions, or by keywords."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from knowledge.index import Vector
from knowledge.keywords import KeywordIndex, Scores, Weights
from knowledge.neighbours import Neighbours
from knowledge.ranking import Seen
from knowledge.rows import Shelf, passage_of

DENSE_POOL = 30
KEYWORD_POOL = 10
QUESTION_ROWS = 60
"""Questions looked at, of which several may lead to one passage."""
QUESTION_POOL = 20
BEST_QUESTIONS = 3
"""Of a passage, whose mean tells more than the nearest alone."""
MOST_AHEAD = 1000
"""Passages of a shelf of which everything is looked up ahead, in a fraction of a millisecond."""
HIDDEN_REACH = 5
"""A hidden document would take places that others are to have in its stead."""


@dataclass(frozen=True, slots=True)
class Question:
    """What is searched for."""

    vector: Vector
    words: tuple[str, ...]
    """Its terms, each once."""
    language: str


@dataclass(frozen=True, slots=True)
class Asked:
    """The nearest questions of a shelf."""

    cosines: dict[str, list[float]]
    """By the passage they lead to, nearest first."""
    floor: float
    """Of the farthest: none that is not among them is nearer."""

    def best(self, passage_id: str) -> tuple[float, float]:
        """The nearest question's cosine, and the mean of the nearest few."""
        nearest = self.cosines.get(passage_id, ())[:BEST_QUESTIONS]
        total = sum(nearest) + (BEST_QUESTIONS - len(nearest)) * self.floor
        return nearest[0] if nearest else self.floor, total / BEST_QUESTIONS


@dataclass(frozen=True, slots=True)
class Words:
    """What keyword search says of a question on one shelf."""

    index: KeywordIndex | None
    weights: Weights
    scores: Scores
    coverage: Scores
    said: NDArray[np.float64] | None = None
    """Coverage by the text alone, where it was looked up ahead."""
    first: Sequence[str] | None = None
    """The best passages, where they were picked ahead."""

    @staticmethod
    def of(index: KeywordIndex | None, words: Sequence[str]) -> "Words":
        if index is None or not words:
            nothing = np.zeros(0, dtype=np.float32)
            return Words(index, {}, nothing, nothing)
        weights = index.weights(words)
        return Words(index, weights, index.scores(weights), index.coverage(weights))

    def ahead(self) -> "Words":
        """With all that a search may ask for, while there is nothing else to do; on a large shelf that would be too much."""
        if self.index is None or not 0 < len(self.scores) <= MOST_AHEAD:
            return self
        return replace(self, said=self.index.said_by_all(self.weights), first=self.best(KEYWORD_POOL))

    def best(self, limit: int) -> Sequence[str]:
        if self.first is not None and limit == KEYWORD_POOL:
            return self.first
        return self.index.best(self.scores, limit) if self.index else []

    def found(self, passage_ids: Sequence[str]) -> list[tuple[float, float, float]]:
        """Of each passage: its keyword score, its coverage, and the coverage by its text alone."""
        nothing = (0.0, 0.0, 0.0)
        if self.index is None or not len(self.scores):
            return [nothing] * len(passage_ids)
        known = [id_ for id_ in passage_ids if id_ in self.index.rows]
        rows = [self.index.rows[id_] for id_ in known]
        shares = zip(
            self.scores[rows].tolist(),
            self.coverage[rows].tolist(),
            self.index.said(self.weights, known) if self.said is None else self.said[rows].tolist(),
            strict=True,
        )
        by_id = dict(zip(known, shares, strict=True))
        return [by_id.get(id_, nothing) for id_ in passage_ids]

    def lists_questions(self, passage_id: str) -> bool:
        return self.index is not None and passage_id in self.index.asked


def gather(
    shelf: Shelf,
    vector: Vector,
    centred: Vector,
    words: Words,
    neighbours: Neighbours,
    without: Collection[str] = (),
) -> list[Seen]:
    """Candidates in no particular order, for a question's vector and what is known of its words.

    `without` hides documents, for calibration.
    """
    reach = HIDDEN_REACH if without else 1
    dense, questions = neighbours.nearest_of_both(
        shelf, vector, centred, (DENSE_POOL * reach, QUESTION_ROWS * reach)
    )
    asked = _asked(questions)
    near = _first(dense, DENSE_POOL, without)
    others = {
        *_first(asked.cosines, QUESTION_POOL, without),
        *_first(words.best(KEYWORD_POOL * reach), KEYWORD_POOL, without),
    }
    cosines = {id_: dense[id_] for id_ in near}
    cosines |= neighbours.cosines(shelf, [id_ for id_ in others if id_ not in cosines], centred)
    found = words.found(list(cosines))
    return [
        _seen(id_, shelf, cosine, shares, asked, words)
        for (id_, cosine), shares in zip(cosines.items(), found, strict=True)
    ]


def _seen(
    id_: str, shelf: Shelf, cosine: float, found: tuple[float, float, float], asked: Asked, words: Words
) -> Seen:
    keyword, coverage, said = found
    if not words.lists_questions(id_) and id_ not in asked.cosines:
        return Seen(id_, shelf, cosine, keyword, coverage, said)
    nearest, mean = asked.best(id_)
    return Seen(id_, shelf, cosine, keyword, coverage, said, question=nearest, questions=mean, asked=True)


def _asked(rows: dict[str, float]) -> Asked:
    cosines: dict[str, list[float]] = {}
    for id_, cosine in rows.items():
        cosines.setdefault(passage_of(id_), []).append(cosine)
    return Asked(cosines, min(rows.values(), default=0.0))


def _first(ids: Iterable[str], limit: int, without: Collection[str]) -> list[str]:
    """The first passages of those that are not in hidden documents."""
    return list(islice((id_ for id_ in ids if id_.rpartition("#")[0] not in without), limit))
