"""Products by meaning: nearest to a question, and described like one another."""

import re
from collections.abc import Mapping, Sequence

from knowledge.index import Index, Vector
from knowledge.keywords import KeywordIndex
from knowledge.rows import Shelf

_PRODUCT_ID = re.compile(r"(?:^|/)([^/]+)@[a-z]{2}#0$")


class Products:
    """(product id, cosine) pairs, best first."""

    def __init__(self, index: Index, keywords: Mapping[Shelf, KeywordIndex]) -> None:
        self._index = index
        self._first_passages = {
            shelf: {match[1]: id_ for id_ in found.ids if (match := _PRODUCT_ID.search(id_))}
            for shelf, found in keywords.items()
            if shelf.kind == "product"
        }

    def nearest(self, vector: Vector, language: str, limit: int) -> list[tuple[str, float]]:
        """In the shopper's language, in others only where there are none in it."""
        own, others = self._shelves(language)
        found: dict[str, float] = {}
        for shelf in own or others:
            near = self._index.nearest(shelf, vector, limit)
            for id_, passage in self._index.fetch(shelf, list(near)).items():
                product = passage.metadata.get("product_id", "")
                found[product] = max(found.get(product, -1.0), near[id_])
        return sorted(found.items(), key=lambda pair: -pair[1])[:limit]

    def alike(self, product_id: str, language: str, limit: int) -> list[tuple[str, float]]:
        """Those described most like one product, without itself."""
        own, others = self._shelves(language)
        for shelf in [*own, *others]:
            id_ = self._first_passages.get(shelf, {}).get(product_id)
            stored = self._index.vectors(shelf, [id_]) if id_ else {}
            for vector in stored.values():
                near = self.nearest(vector, shelf.language, limit + 1)
                return [pair for pair in near if pair[0] != product_id][:limit]
        return []

    def _shelves(self, language: str) -> tuple[Sequence[Shelf], Sequence[Shelf]]:
        shelves = [shelf for shelf in self._index.shelves if shelf.kind == "product"]
        own = [shelf for shelf in shelves if shelf.language == language]
        return own, [shelf for shelf in shelves if shelf.language != language]
