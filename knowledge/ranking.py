"""The candidates of one search: how close each is, how they rank, what the confidence is told of them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from knowledge.confidence import Features, margin
from knowledge.rows import Shelf

DENSE_WEIGHT = 0.6
LEAST_RANGE = 0.05
"""Cosines closer together than this say little: they are not stretched to the full scale."""
LEAST_KEYWORD = 0.2
QUESTION_LEAD = 0.02
"""Questions resemble each other this much more than they resemble the passage that answers them."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A passage seen by its id only."""

    id: str
    shelf: Shelf
    dense: float
    keyword: float
    question: float = 0.0
    """Cosine of the nearest question that leads to it; 0 when none is near."""
    score: float = 0.0
    margin: float = 0.0
    agreement: float = 0.0

    @property
    def closeness(self) -> float:
        """By its own vector or by a question, whichever says more."""
        return max(self.dense, self.question - QUESTION_LEAD)

    def features(self, coverage: float, *, asked: bool) -> Features:
        """`coverage` and whether its section lists questions are only known once the passage is fetched."""
        return Features(
            dense=4 * (self.dense - 0.75),
            margin=10 * self.margin,
            keyword=self.keyword,
            coverage=coverage,
            agreement=self.agreement,
            question=4 * max(0.0, self.question - 0.75),
            asked=float(asked),
        )


def ranked(pool: Sequence[Candidate]) -> list[Candidate]:
    """Best first: both scores stretched over the pool and weighed, with what the confidence needs of the rivals."""
    if not pool:
        return []
    close = np.array([candidate.closeness for candidate in pool])
    keyword = np.array([candidate.keyword for candidate in pool])
    stretched = (close - close.min()) / max(float(np.ptp(close)), LEAST_RANGE)
    scores = DENSE_WEIGHT * stretched + (1 - DENSE_WEIGHT) * keyword / max(
        float(keyword.max()), LEAST_KEYWORD
    )
    place = np.empty(len(pool), dtype=int)
    place[np.argsort(-keyword, kind="stable")] = np.arange(len(pool))
    best = np.sort(close)[::-1][:11].tolist()
    found = [
        replace(
            candidate,
            score=float(scores[number]),
            margin=margin(candidate.closeness, _others(best, candidate.closeness)),
            agreement=1 / (1 + int(place[number])) if candidate.keyword > 0 else 0.0,
        )
        for number, candidate in enumerate(pool)
    ]
    return sorted(found, key=lambda candidate: -candidate.score)


def _others(best: list[float], own: float) -> list[float]:
    """The best figures without the passage's own."""
    rest = list(best)
    if own in rest:
        rest.remove(own)
    return rest
