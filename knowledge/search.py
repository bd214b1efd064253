"""Hybrid search: embeddings and keywords together, in the shopper's language first.

What ranks is the weighted sum of both scores; what is answered with is decided by the calibrated
confidence. A passage is returned only if it can be fetched at that moment: nothing deleted is quoted.
"""

import re
import threading
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from knowledge import keywords
from knowledge.confidence import Calibration, Features, load_calibration, margin
from knowledge.index import Index, Vector
from knowledge.passages import Hit, Kind, Passage
from knowledge.rows import Shelf
from knowledge.terms import terms

DENSE_WEIGHT = 0.7
DENSE_POOL = 30
KEYWORD_POOL = 10
LEAST_RANGE = 0.05
"""Cosines closer together than this say little: they are not stretched to the full scale."""
LEAST_KEYWORD = 0.2
FOREIGN = 0.85
"""Share of the confidence that is left when question and passage differ in language: such matches are right less often."""
QUESTION_LIMIT = 2000
REFRESH_SECONDS = 1.0

PRODUCTS: tuple[Kind, ...] = ("product",)
DOCUMENTS: tuple[Kind, ...] = ("document", "faq")

_PRODUCT_ID = re.compile(r"(?:^|/)([^/]+)@[a-z]{2}#0$")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A passage seen by its id only."""

    id: str
    shelf: Shelf
    dense: float
    keyword: float
    score: float = 0.0
    margin: float = 0.0
    agreement: float = 0.0


@dataclass(frozen=True, slots=True)
class Found:
    """A hit with what led to it."""

    hit: Hit
    score: float
    """What it is ranked by: 0.7 × dense + 0.3 × keyword, both stretched over the candidates."""
    features: Features


@dataclass(frozen=True, slots=True)
class Topic:
    """A section close to a question, to offer when nothing answers it."""

    passage_id: str
    title: str
    section: str


class Search:
    """Blocking and thread-safe; the event loop calls it in an executor."""

    def __init__(self, index: Index, calibration: Calibration | None = None) -> None:
        self._index = index
        self.calibration = calibration or load_calibration()
        self._keywords: keywords.Keywords = {}
        self._products: dict[Shelf, dict[str, str]] = {}
        self._ready = False
        self._loading = threading.Lock()

    @property
    def threshold(self) -> float:
        """Confidence below which a hit is not an answer."""
        return self.calibration.threshold

    @property
    def is_calibrated(self) -> bool:
        """Whether the confidence was fitted to this index's encoder; if not, `calibrate.fit` should be run."""
        return self.calibration.encoder == self._index.fingerprint

    def warm_up(self) -> None:
        """Load the keyword index, build it where it is missing, and bring the vectors into memory."""
        with self._loading:
            self._index.refresh()
            self._load()

    def _load(self) -> None:
        self._keywords = keywords.load_or_build(self._index)
        self._products = {
            shelf: {match[1]: id_ for id_ in found.ids if (match := _PRODUCT_ID.search(id_))}
            for shelf, found in self._keywords.items()
            if shelf.kind == "product"
        }
        self._ready = True
        for shelf in self._index.shelves:
            self._index.touch(shelf)

    def _refresh(self) -> None:
        """Notice what another process ingested; while one thread loads it, the others use what they have."""
        if not self._ready:
            self.warm_up()
        elif self._loading.acquire(blocking=False):
            try:
                if self._index.refresh(every=REFRESH_SECONDS):
                    self._load()
            finally:
                self._loading.release()

    def find(
        self,
        vector: Vector,
        text: str,
        *,
        language: str,
        kinds: Sequence[Kind] = DOCUMENTS,
        limit: int = 5,
    ) -> list[Hit]:
        """The best passages for a question, best first; other languages only where the own one has no answer."""
        return [
            found.hit for found in self.explain(vector, text, language=language, kinds=kinds, limit=limit)
        ]

    def explain(
        self,
        vector: Vector,
        text: str,
        *,
        language: str,
        kinds: Sequence[Kind] = DOCUMENTS,
        limit: int = 5,
    ) -> list[Found]:
        """What `find` finds, with the figures behind it."""
        self._refresh()
        words = question_words(text)
        own, others = self._shelves(language, kinds)
        found = self.rank(vector, words, own, language=language, limit=limit)
        if found and found[0].hit.confidence >= self.threshold:
            return found
        foreign = self.rank(vector, words, others, language=language, limit=limit)
        answers = [one for one in foreign if one.hit.confidence >= self.threshold]
        rest = [one for one in foreign if one.hit.confidence < self.threshold]
        # A guess in the shopper's own language is worth more than one in another.
        return [*answers, *found, *rest][:limit]

    def shelves(self, language: str) -> list[Shelf]:
        """Where answers in the shopper's language stand."""
        self._refresh()
        return self._shelves(language, DOCUMENTS)[0]

    def _shelves(self, language: str, kinds: Collection[Kind]) -> tuple[list[Shelf], list[Shelf]]:
        shelves = [shelf for shelf in self._index.shelves if shelf.kind in kinds]
        own = [shelf for shelf in shelves if shelf.language == language]
        return own, [shelf for shelf in shelves if shelf.language != language]

    def rank(
        self,
        vector: Vector,
        words: Sequence[str],
        shelves: Iterable[Shelf],
        *,
        language: str,
        limit: int,
        without: Collection[str] = (),
    ) -> list[Found]:
        """Ranked passages of some shelves; `without` hides documents, for calibration."""
        pool = [
            candidate for shelf in shelves for candidate in self._candidates(shelf, vector, words, without)
        ]
        ranked = sorted(_scored(pool), key=lambda candidate: -candidate.score)
        found: list[Found] = []
        while ranked and len(found) < limit:
            batch, ranked = ranked[: limit - len(found)], ranked[limit - len(found) :]
            passages = self._fetch(batch)
            found += [
                self._found(candidate, passages[candidate.id], words, language)
                for candidate in batch
                if candidate.id in passages
            ]
        return found

    def _candidates(
        self, shelf: Shelf, vector: Vector, words: Sequence[str], without: Collection[str]
    ) -> list[Candidate]:
        dense = self._index.nearest(shelf, vector, DENSE_POOL)
        share: dict[str, float] = {}
        if index := self._keywords.get(shelf):
            scores = index.scores(words)
            best = index.best(scores, KEYWORD_POOL)
            dense |= self._index.cosines(shelf, [id_ for id_ in best if id_ not in dense], vector)
            share = {id_: float(scores[row]) for id_ in dense if (row := index.rows.get(id_)) is not None}
        return [
            Candidate(id_, shelf, cosine, share.get(id_, 0.0))
            for id_, cosine in dense.items()
            if not without or id_.rpartition("#")[0] not in without
        ]

    def _fetch(self, candidates: Sequence[Candidate]) -> dict[str, Passage]:
        passages: dict[str, Passage] = {}
        for shelf in {candidate.shelf for candidate in candidates}:
            ids = [candidate.id for candidate in candidates if candidate.shelf == shelf]
            passages |= self._index.fetch(shelf, ids)
        return passages

    def _found(self, candidate: Candidate, passage: Passage, words: Sequence[str], language: str) -> Found:
        present = set(terms(f"{passage.title}\n{passage.section}\n{passage.text}"))
        index = self._keywords.get(candidate.shelf)
        weights = index.weights(words) if index else {}
        total = sum(weights.values())
        matched = tuple(word for word in words if word in present)
        features = Features(
            dense=4 * (candidate.dense - 0.75),
            margin=10 * candidate.margin,
            keyword=candidate.keyword,
            coverage=sum(weights.get(word, 0.0) for word in matched) / total if total else 0.0,
            agreement=candidate.agreement,
        )
        confidence = self.calibration.confidence(features) * (
            1.0 if passage.language == language else FOREIGN
        )
        hit = Hit(passage, confidence, candidate.dense, candidate.keyword, longest_terms(matched))
        return Found(hit, candidate.score, features)

    def passage(self, passage_id: str) -> Passage | None:
        """A passage by its id, if it exists now."""
        self._refresh()
        return self._index.passage(passage_id)

    def nearest_topics(self, vector: Vector, language: str, limit: int = 3) -> list[Topic]:
        """Sections nearest to a question, one of each, in the shopper's language where there are any."""
        self._refresh()
        own, others = self._shelves(language, DOCUMENTS)
        near = {
            id_: (cosine, shelf)
            for shelf in own or others
            for id_, cosine in self._index.nearest(shelf, vector, 3 * limit).items()
        }
        best = sorted(near, key=lambda id_: -near[id_][0])[: 3 * limit]
        passages = self._fetch([Candidate(id_, near[id_][1], near[id_][0], 0.0) for id_ in best])
        topics: dict[tuple[str, str], Topic] = {}
        for passage in (passages[id_] for id_ in best if id_ in passages):
            topics.setdefault(
                (passage.title, passage.section), Topic(passage.id, passage.title, passage.section)
            )
        return list(topics.values())[:limit]

    def products(self, vector: Vector, language: str, limit: int = 20) -> list[tuple[str, float]]:
        """(product id, cosine) of the products nearest to a question, best first."""
        self._refresh()
        own, others = self._shelves(language, PRODUCTS)
        found: dict[str, float] = {}
        for shelf in own or others:
            near = self._index.nearest(shelf, vector, limit)
            for id_, passage in self._index.fetch(shelf, list(near)).items():
                product = passage.metadata.get("product_id", "")
                found[product] = max(found.get(product, -1.0), near[id_])
        return sorted(found.items(), key=lambda pair: -pair[1])[:limit]

    def alike(self, product_id: str, language: str, limit: int = 20) -> list[tuple[str, float]]:
        """(product id, cosine) of the products described most like this one, without itself."""
        self._refresh()
        own, others = self._shelves(language, PRODUCTS)
        for shelf in [*own, *others]:
            id_ = self._products.get(shelf, {}).get(product_id)
            stored = self._index.vectors(shelf, [id_]) if id_ else {}
            for vector in stored.values():
                near = self.products(vector, shelf.language, limit + 1)
                return [pair for pair in near if pair[0] != product_id][:limit]
        return []


def question_words(text: str) -> list[str]:
    """The question's terms, each once, in order."""
    return list(dict.fromkeys(terms(text[:QUESTION_LIMIT])))


def longest_terms(words: Sequence[str]) -> tuple[str, ...]:
    """Words that are not part of a longer one, for people to read; a group only where the words differ."""
    plain = [word for word in words if not word.startswith("≈")]
    groups = [word for word in words if word.startswith("≈") and word[1:] not in plain]
    longest = [word for word in plain if not any(word != other and word in other for other in plain)]
    return (*longest, *groups)


def _scored(pool: Sequence[Candidate]) -> list[Candidate]:
    """Both scores stretched over the pool and weighed, with what the confidence needs of the rivals."""
    if not pool:
        return []
    dense = np.array([candidate.dense for candidate in pool])
    keyword = np.array([candidate.keyword for candidate in pool])
    stretched = (dense - dense.min()) / max(float(np.ptp(dense)), LEAST_RANGE)
    scores = DENSE_WEIGHT * stretched + (1 - DENSE_WEIGHT) * keyword / max(
        float(keyword.max()), LEAST_KEYWORD
    )
    order = np.argsort(-keyword, kind="stable")
    place = np.empty(len(pool), dtype=int)
    place[order] = np.arange(len(pool))
    best = np.sort(dense)[::-1][:11]
    return [
        Candidate(
            id=candidate.id,
            shelf=candidate.shelf,
            dense=candidate.dense,
            keyword=candidate.keyword,
            score=float(scores[number]),
            margin=margin(candidate.dense, _others(best.tolist(), candidate.dense)),
            agreement=1 / (1 + int(place[number])) if candidate.keyword > 0 else 0.0,
        )
        for number, candidate in enumerate(pool)
    ]


def _others(best: list[float], own: float) -> list[float]:
    """The best cosines without the passage's own."""
    rest = list(best)
    if own in rest:
        rest.remove(own)
    return rest
