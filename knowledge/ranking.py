"""The candidates of one search: what is known of each, how they rank, how likely each is the best.

A passage's score is the weighed sum of its clues; the chance that it is the one meant is its share of
the exponentials of all scores, which is also what the weights are fitted to (`calibrate.fit_ranking`).
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from knowledge.confidence import CLUES, Features
from knowledge.rows import Shelf

LEAST_KEYWORD = 0.2
FEWEST = 30
"""Passages a pool is filled up to with ones that have nothing to do with the question: being the best of two says little."""

Clues = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A passage seen by its id only."""

    id: str
    shelf: Shelf
    dense: float
    """Cosine of its own vector, seen from the middle of its language, as all cosines here."""
    keyword: float = 0.0
    """Share of the reachable BM25 score."""
    coverage: float = 0.0
    """Share of the question's words found in it or its questions, weighed by their rarity."""
    said: float = 0.0
    """Share of them found in its text alone."""
    question: float = 0.0
    """Cosine of the nearest of its questions; 0 without any."""
    questions: float = 0.0
    """Mean of the three nearest; 0 without any."""
    asked: bool = False
    """Whether its section lists questions."""
    score: float = 0.0
    chance: float = 0.0
    """0 to 1."""
    page: float = 0.0
    """The chances of all candidates of its document together."""
    lead: float = 0.0
    """Score above that of the best of the others."""
    usual: float = 0.0
    """How much the question sounds like one that pages answer; the same for all candidates."""

    @property
    def document(self) -> str:
        return self.id.rpartition("#")[0]

    def features(self) -> Features:
        return Features(
            dense=self.dense,
            keyword=self.keyword,
            coverage=self.coverage,
            said=self.said,
            question=self.question,
            questions=self.questions,
            asked=float(self.asked),
            chance=_likely(self.chance),
            page=_likely(self.page),
            lead=self.lead / 5,
            usual=self.usual,
        )


def _likely(chance: float) -> float:
    return 1 + float(np.log(max(chance, 1e-6))) / 5


def clues(pool: Sequence[Candidate]) -> Clues:
    """A row for each candidate, a column for each of `CLUES`."""
    strongest = max(LEAST_KEYWORD, max(candidate.keyword for candidate in pool))
    return np.array(
        [
            (
                one.dense,
                one.keyword / strongest,
                one.coverage,
                one.question,
                one.questions,
                float(not one.asked),
                0.0 if one.asked else one.dense,
            )
            for one in pool
        ]
    )


def ranked(pool: Sequence[Candidate], weights: Mapping[str, float], usual: float = 0.0) -> list[Candidate]:
    """Best first, with score, chance and lead, and what is known of the question itself."""
    if not pool:
        return []
    scores = clues(pool) @ np.array([weights[name] for name in CLUES])
    rivals = np.append(scores, [0.0] * (FEWEST - len(pool)))
    shares = np.exp(rivals - rivals.max())
    shares /= shares.sum()
    first, second = np.sort(rivals)[::-1][:2]
    pages: dict[str, float] = defaultdict(float)
    for one, share in zip(pool, shares, strict=False):  # after the pool come the rivals that fill it up
        pages[one.document] += float(share)
    order = np.argsort(-scores, kind="stable").tolist()
    return [
        replace(
            pool[number],
            score=float(scores[number]),
            chance=float(shares[number]),
            page=pages[pool[number].document],
            lead=float(scores[number] - (second if scores[number] == first else first)),
            usual=usual,
        )
        for number in order
    ]
