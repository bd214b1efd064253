"""A small real encoder for tests of the plumbing: character n-grams hashed into a vector."""

import zlib
from collections.abc import Sequence

import numpy as np

from knowledge.encoder import Vectors


class HashedEncoder:
    """Texts that share pieces are close; knows nothing of meaning, and is the same on every machine."""

    def __init__(self, fingerprint: str = "hashed-1", dimension: int = 64) -> None:
        self.fingerprint = fingerprint
        self.dimension = dimension
        self.embedded: list[str] = []
        """Every passage text seen, to tell what was embedded again."""

    def warm_up(self) -> None:
        pass

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        return np.stack([self._vector(text) for text in texts])

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        self.embedded += texts
        return np.stack([self._vector(text) for text in texts])

    def _vector(self, text: str) -> Vectors:
        vector = np.full(self.dimension, 0.01, dtype=np.float32)
        for size in (1, 2):
            for start in range(len(text) - size + 1):
                vector[zlib.crc32(text[start : start + size].lower().encode()) % self.dimension] += 1
        return vector / np.linalg.norm(vector)
