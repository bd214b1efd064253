"""Which questions want the same answer.

Questions are compared seen from the middle of their language (`knowledge.neighbours`): before that, unrelated
ones reach a cosine of 0.8 and one language is nearer to itself than a question to its translation.
"""

from collections.abc import Sequence

import numpy as np

from knowledge.encoder import Vectors
from knowledge.index import Vector

THRESHOLD = 0.42
"""Mean cosine between two groups from which they are one: at the upper end of what gives the best pair F1 over the
tuned part of `tests/evaluation/clusters.yaml`, since what is together wrongly is in the way of who answers.

Held back, it puts together 58 % of the pairs that one answer serves, and 62 % of what it puts together is right.
So who answers sees the questions and picks.
"""


def cluster(vectors: Vectors, threshold: float = THRESHOLD) -> list[list[int]]:
    """Rows of L2-normalised vectors in groups (average linkage), the largest first; rows in order within each."""
    count = len(vectors)
    groups = [[row] for row in range(count)]
    if count < 2:
        return groups
    near = (vectors @ vectors.T).astype(np.float32)
    np.fill_diagonal(near, -np.inf)
    while True:
        one, other = divmod(int(near.argmax()), count)
        if near[one, other] < threshold:
            break
        sizes = len(groups[one]), len(groups[other])
        near[one] = (near[one] * sizes[0] + near[other] * sizes[1]) / sum(sizes)
        near[:, one] = near[one]
        near[one, one] = -np.inf
        near[other] = near[:, other] = -np.inf
        groups[one] += groups[other]
        groups[other] = []
    return sorted((sorted(group) for group in groups if group), key=lambda group: (-len(group), group[0]))


def middlemost(vectors: Vectors, rows: Sequence[int], times: Sequence[int]) -> int:
    """Which of the rows is nearest to the middle of all that was asked, each so many times."""
    chosen = vectors[list(rows)]
    return rows[int((chosen @ (np.array(times) @ chosen)).argmax())]


def from_their_middle(vectors: Vectors) -> Vectors:
    """For a language that the index has no middle of: seen from their own, drawn towards 0 where they are few."""
    moved = vectors - vectors.sum(axis=0) / (1 + len(vectors))
    lengths = np.maximum(np.linalg.norm(moved, axis=1, keepdims=True), 1e-6)
    seen: Vectors = (moved / lengths).astype(np.float32)
    return seen


def is_centred(vector: Vector, centred: Vector) -> bool:
    """Whether the index had a middle to take off: `Search.centred` hands back the very vector where it has none."""
    return centred is not vector
