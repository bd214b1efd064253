"""The candidates of one search: what is known of each, how they rank, how likely each is the best.

A passage's score is the weighed sum of its clues; the chance that it is the one meant is its share of
the exponentials of all scores, which is also what the weights are fitted to (`calibrate.fit_ranking`).
"""

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from knowledge.confidence import CLUES, SAME, Features
from knowledge.rows import Shelf

LEAST_KEYWORD = 0.2
FEWEST = 30
"""Passages a pool is filled up to with ones that have nothing to do with the question: being the best of two says little."""

Clues = NDArray[np.float64]


class Seen(NamedTuple):
    """What a search knows of a passage, by its id only."""

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

    @property
    def document(self) -> str:
        return self.id.rpartition("#")[0]


class Candidate(NamedTuple):
    """A passage among the others of its search."""

    seen: Seen
    score: float
    chance: float
    """0 to 1."""
    page: float
    """The chances of all candidates of its document together."""
    lead: float
    """Score above that of the best of the others."""
    usual: float
    """How much the question sounds like one that pages answer; the same for all candidates."""

    @property
    def id(self) -> str:
        return self.seen.id

    @property
    def shelf(self) -> Shelf:
        return self.seen.shelf

    def features(self) -> Features:
        seen = self.seen
        return Features(
            dense=seen.dense,
            keyword=seen.keyword,
            coverage=seen.coverage,
            said=seen.said,
            question=seen.question,
            questions=seen.questions,
            asked=float(seen.asked),
            chance=_likely(self.chance),
            page=_likely(self.page),
            lead=self.lead / 5,
            usual=self.usual,
        )


def _likely(chance: float) -> float:
    return 1 + math.log(max(chance, 1e-6)) / 5


def clues(pool: Sequence[Seen]) -> Clues:
    """A row for each candidate, a column for each of `CLUES`."""
    strongest = max(LEAST_KEYWORD, max(one.keyword for one in pool))
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


def ranked(pool: Sequence[Seen], weights: Mapping[str, float], usual: float = 0.0) -> list[Candidate]:
    """Best first, with score, chance and lead, and what is known of the question itself.

    A passage whose page lists the question comes before all others: whoever wrote the page has decided.
    """
    if not pool:
        return []
    scores = clues(pool) @ np.array([weights[name] for name in CLUES])
    rivals = np.append(scores, [0.0] * (FEWEST - len(pool)))
    shares = np.exp(rivals - rivals.max())
    shares /= shares.sum()
    first, second = np.sort(rivals)[::-1][:2].tolist()
    pages: dict[str, float] = defaultdict(float)
    # After the pool come the rivals that fill it up.
    rows = list(zip(pool, [seen.document for seen in pool], scores.tolist(), shares.tolist(), strict=False))
    for _, document, _, share in rows:
        pages[document] += share
    rows.sort(key=lambda row: (row[0].question < SAME, -row[2]))
    return [
        Candidate(seen, score, share, pages[document], score - (second if score == first else first), usual)
        for seen, document, score, share in rows
    ]
