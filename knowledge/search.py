"""Hybrid search: embeddings and keywords together, in the shopper's language first.

What ranks is the weighted sum of both scores; what is answered with is decided by the calibrated
confidence. A passage is returned only if it can be fetched at that moment: nothing deleted is quoted.
"""

import threading
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from itertools import islice

from knowledge import keywords
from knowledge.confidence import Calibration, Features, load_calibration
from knowledge.index import Index, Vector
from knowledge.passages import Hit, Kind, Passage
from knowledge.products import Products
from knowledge.ranking import Candidate, ranked
from knowledge.rows import Shelf
from knowledge.terms import terms

DENSE_POOL = 30
KEYWORD_POOL = 10
QUESTION_ROWS = 30
"""Questions looked at, of which several may lead to one passage."""
QUESTION_POOL = 10
HIDDEN_REACH = 5
FOREIGN = 0.85
"""Share of the confidence that is left when question and passage differ in language: such matches are right less often."""
QUESTION_LIMIT = 2000
REFRESH_SECONDS = 1.0

PRODUCTS: tuple[Kind, ...] = ("product",)
DOCUMENTS: tuple[Kind, ...] = ("document", "faq")


@dataclass(frozen=True, slots=True)
class Question:
    """What is searched for."""

    vector: Vector
    words: tuple[str, ...]
    """Its terms, each once."""
    language: str


@dataclass(frozen=True, slots=True)
class Found:
    """A hit with what led to it."""

    hit: Hit
    score: float
    """What it is ranked by: 0.6 × closeness + 0.4 × keyword, both stretched over the candidates."""
    features: Features
    question: float
    """Cosine of the nearest question that its section lists; 0 when none is near."""


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
        self._products = Products(index, {})
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
        self._products = Products(self._index, self._keywords)
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
        question = Question(vector, question_words(text), language)
        own, others = self._shelves(language, kinds)
        found = self.rank(question, own, limit=limit)
        if found and found[0].hit.confidence >= self.threshold:
            return found
        foreign = self.rank(question, others, limit=limit)
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
        self, question: Question, shelves: Iterable[Shelf], *, limit: int, without: Collection[str] = ()
    ) -> list[Found]:
        """Ranked passages of some shelves; `without` hides documents, for calibration."""
        candidates = ranked(
            [candidate for shelf in shelves for candidate in self._candidates(shelf, question, without)]
        )
        found: list[Found] = []
        while candidates and len(found) < limit:
            batch, candidates = candidates[: limit - len(found)], candidates[limit - len(found) :]
            passages = self._fetch(batch)
            found += [
                self._found(candidate, passages[candidate.id], question)
                for candidate in batch
                if candidate.id in passages
            ]
        return found

    def _candidates(self, shelf: Shelf, question: Question, without: Collection[str] = ()) -> list[Candidate]:
        """The passages nearest by their own vectors, by the questions that lead to them, and by keywords."""
        # A hidden document would take places that others are to have in its stead.
        reach = HIDDEN_REACH if without else 1
        near = self._index.nearest(shelf, question.vector, DENSE_POOL * reach)
        dense = _first(near, DENSE_POOL, without)
        near = self._index.nearest_questions(shelf, question.vector, QUESTION_ROWS * reach)
        asked = _first(near, QUESTION_POOL, without)
        words: dict[str, float] = {}
        best: dict[str, float] = {}
        if index := self._keywords.get(shelf):
            scores = index.scores(question.words)
            near = dict.fromkeys(index.best(scores, KEYWORD_POOL * reach), 0.0)
            best = _first(near, KEYWORD_POOL, without)
            known = [*dense, *asked, *best]
            words = {id_: float(scores[row]) for id_ in known if (row := index.rows.get(id_)) is not None}
        others = [id_ for id_ in dict.fromkeys([*asked, *best]) if id_ not in dense]
        dense |= self._index.cosines(shelf, others, question.vector)
        return [
            Candidate(id_, shelf, cosine, words.get(id_, 0.0), asked.get(id_, 0.0))
            for id_, cosine in dense.items()
        ]

    def _fetch(self, candidates: Sequence[Candidate]) -> dict[str, Passage]:
        passages: dict[str, Passage] = {}
        for shelf in {candidate.shelf for candidate in candidates}:
            ids = [candidate.id for candidate in candidates if candidate.shelf == shelf]
            passages |= self._index.fetch(shelf, ids)
        return passages

    def _found(self, candidate: Candidate, passage: Passage, question: Question) -> Found:
        in_text = set(terms(f"{passage.title}\n{passage.section}\n{passage.text}"))
        present = in_text.union(terms("\n".join(passage.questions)))
        index = self._keywords.get(candidate.shelf)
        weights = index.weights(question.words) if index else {}
        total = sum(weights.values())
        covered = sum(weights.get(word, 0.0) for word in question.words if word in present)
        features = candidate.features(covered / total if total else 0.0, asked=bool(passage.questions))
        confidence = self.calibration.confidence(features) * (
            1.0 if passage.language == question.language else FOREIGN
        )
        words = longest_terms([word for word in question.words if word in in_text])
        hit = Hit(passage, confidence, candidate.dense, candidate.keyword, words)
        return Found(hit, candidate.score, features, candidate.question)

    def passage(self, passage_id: str) -> Passage | None:
        """A passage by its id, if it exists now."""
        self._refresh()
        return self._index.passage(passage_id)

    def nearest_topics(self, vector: Vector, language: str, limit: int = 3) -> list[Topic]:
        """Sections nearest to a question, one of each, in the shopper's language where there are any."""
        self._refresh()
        own, others = self._shelves(language, DOCUMENTS)
        question = Question(vector, (), language)
        near = [candidate for shelf in own or others for candidate in self._candidates(shelf, question)]
        best = sorted(near, key=lambda candidate: -candidate.closeness)[: 3 * limit]
        passages = self._fetch(best)
        topics: dict[tuple[str, str], Topic] = {}
        for passage in (passages[one.id] for one in best if one.id in passages):
            topics.setdefault(
                (passage.title, passage.section), Topic(passage.id, passage.title, passage.section)
            )
        return list(topics.values())[:limit]

    def products(self, vector: Vector, language: str, limit: int = 20) -> list[tuple[str, float]]:
        """(product id, cosine) of the products nearest to a question, best first."""
        self._refresh()
        return self._products.nearest(vector, language, limit)

    def alike(self, product_id: str, language: str, limit: int = 20) -> list[tuple[str, float]]:
        """(product id, cosine) of the products described most like this one, without itself."""
        self._refresh()
        return self._products.alike(product_id, language, limit)


def _first(near: dict[str, float], limit: int, without: Collection[str]) -> dict[str, float]:
    """The first passages of those that are not in hidden documents."""
    shown = ((id_, value) for id_, value in near.items() if id_.rpartition("#")[0] not in without)
    return dict(islice(shown, limit))


def question_words(text: str) -> tuple[str, ...]:
    """The question's terms, each once, in order."""
    return tuple(dict.fromkeys(terms(text[:QUESTION_LIMIT])))


def longest_terms(words: Sequence[str]) -> tuple[str, ...]:
    """Words that are not part of a longer one, for people to read; a group only where the words differ."""
    plain = [word for word in words if not word.startswith("≈")]
    groups = [word for word in words if word.startswith("≈") and word[1:] not in plain]
    longest = [word for word in plain if not any(word != other and word in other for other in plain)]
    return (*longest, *groups)
