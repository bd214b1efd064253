"""Products by meaning, for the tools: the message's vector against the product passages."""

import asyncio
from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from knowledge.encoder import Encoder
from knowledge.search import Search


@dataclass(frozen=True, slots=True)
class Finder:
    """Bound to one message."""

    search: Search
    encoder: Encoder
    executor: Executor
    vector: NDArray[np.float32]
    language: str

    async def __call__(self, *, limit: int, words: str | None = None) -> Sequence[tuple[str, float]]:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self.executor, self._nearest, limit, words)

    def _nearest(self, limit: int, words: str | None) -> Sequence[tuple[str, float]]:
        vector = self.encoder.embed_queries([words])[0] if words else self.vector
        return self.search.products(vector, self.language, limit)

    async def alike(self, product_id: str, *, limit: int) -> Sequence[tuple[str, float]]:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self.executor, self.search.alike, product_id, self.language, limit)


class SearchFinder:
    def __init__(self, search: Search, encoder: Encoder, executor: Executor) -> None:
        self._search, self._encoder, self._executor = search, encoder, executor

    def of(self, vector: NDArray[np.float32], language: str) -> Finder:
        return Finder(self._search, self._encoder, self._executor, vector, language)
