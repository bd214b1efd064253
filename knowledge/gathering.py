"""The candidates of a question on one shelf: near by their own vectors, by their questions, or by keywords."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import islice

import numpy as np

from knowledge.index import Vector
from knowledge.keywords import KeywordIndex, Scores
from knowledge.neighbours import Neighbours
from knowledge.ranking import Candidate
from knowledge.rows import Shelf, passage_of

DENSE_POOL = 30
KEYWORD_POOL = 10
QUESTION_ROWS = 60
"""Questions looked at, of which several may lead to one passage."""
QUESTION_POOL = 20
BEST_QUESTIONS = 3
"""Of a passage, whose mean tells more than the nearest alone."""
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
        padded = [*self.cosines.get(passage_id, ()), *[self.floor] * BEST_QUESTIONS][:BEST_QUESTIONS]
        return padded[0], sum(padded) / BEST_QUESTIONS


def gather(
    shelf: Shelf,
    question: Question,
    neighbours: Neighbours,
    index: KeywordIndex | None,
    without: Collection[str] = (),
) -> list[Candidate]:
    """Candidates in no particular order; `without` hides documents, for calibration."""
    reach = HIDDEN_REACH if without else 1
    centred = neighbours.centred(question.vector, question.language, products=shelf.kind == "product")
    dense = neighbours.nearest(shelf, question.vector, centred, DENSE_POOL * reach)
    asked = _asked(neighbours.nearest(shelf.questions, question.vector, centred, QUESTION_ROWS * reach))
    words = _Words.of(index, question.words)
    near = _first(dense, DENSE_POOL, without)
    others = {
        *_first(asked.cosines, QUESTION_POOL, without),
        *_first(words.best(KEYWORD_POOL * reach), KEYWORD_POOL, without),
    }
    cosines = {id_: dense[id_] for id_ in near}
    cosines |= neighbours.cosines(shelf, [id_ for id_ in others if id_ not in cosines], centred)
    said = words.said(list(cosines))
    return [
        replace(_candidate(id_, shelf, cosine, asked, words), said=said[id_])
        for id_, cosine in cosines.items()
    ]


def _candidate(id_: str, shelf: Shelf, cosine: float, asked: Asked, words: "_Words") -> Candidate:
    keyword, coverage = words.shares(id_)
    if not words.lists_questions(id_) and id_ not in asked.cosines:
        return Candidate(id_, shelf, cosine, keyword, coverage)
    nearest, mean = asked.best(id_)
    return Candidate(id_, shelf, cosine, keyword, coverage, question=nearest, questions=mean, asked=True)


def _asked(rows: dict[str, float]) -> Asked:
    cosines: dict[str, list[float]] = {}
    for id_, cosine in rows.items():
        cosines.setdefault(passage_of(id_), []).append(cosine)
    return Asked(cosines, min(rows.values(), default=0.0))


def _first(ids: Iterable[str], limit: int, without: Collection[str]) -> list[str]:
    """The first passages of those that are not in hidden documents."""
    return list(islice((id_ for id_ in ids if id_.rpartition("#")[0] not in without), limit))


@dataclass(frozen=True, slots=True)
class _Words:
    """What keyword search says of a question on one shelf."""

    index: KeywordIndex | None
    words: Sequence[str]
    scores: Scores
    coverage: Scores

    @staticmethod
    def of(index: KeywordIndex | None, words: Sequence[str]) -> "_Words":
        nothing = np.zeros(0, dtype=np.float32)
        if index is None or not words:
            return _Words(index, words, nothing, nothing)
        return _Words(index, words, index.scores(words), index.coverage(words))

    def best(self, limit: int) -> list[str]:
        return self.index.best(self.scores, limit) if self.index else []

    def shares(self, passage_id: str) -> tuple[float, float]:
        """Keyword score and coverage of a passage."""
        row = self.index.rows.get(passage_id) if self.index and len(self.scores) else None
        return (0.0, 0.0) if row is None else (float(self.scores[row]), float(self.coverage[row]))

    def said(self, passage_ids: Sequence[str]) -> dict[str, float]:
        """Coverage by the texts of passages alone."""
        known = [id_ for id_ in passage_ids if self.index and id_ in self.index.rows]
        shares = self.index.said(self.words, known) if self.index and known else []
        return dict.fromkeys(passage_ids, 0.0) | dict(zip(known, shares, strict=True))

    def lists_questions(self, passage_id: str) -> bool:
        return self.index is not None and passage_id in self.index.asked
