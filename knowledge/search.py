"""Hybrid search: embeddings and keywords together, in the shopper's language first.

What ranks is the weighted sum of what is known of a passage; what is answered with is decided by the
calibrated confidence. `find` returns a passage only if it can be fetched at that moment: nothing deleted is quoted.
What begins and ends in memory (`begin`, `at_once`) relies on a look at the index that is a second old at most.
"""

import threading
import time
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from knowledge import keywords
from knowledge.chroma import is_server
from knowledge.confidence import Calibration, Features, load_calibration
from knowledge.cross_encoder import CrossEncoder, open_cross_encoder
from knowledge.encoder import Encoder
from knowledge.gathering import Question, Words, gather
from knowledge.index import Index, Vector
from knowledge.neighbours import Neighbours
from knowledge.passages import Hit, Kind, Passage
from knowledge.products import Products
from knowledge.ranking import Candidate, ranked
from knowledge.recent import Passages
from knowledge.rows import Shelf
from knowledge.terms import terms

FOREIGN = 0.85
"""Share of the confidence that is left when question and passage differ in language: such matches are right less often."""
QUESTION_LIMIT = 2000
REFRESH_SECONDS = 1.0
LOOKED_AT = 5
"""Passages fetched at least, however few are wanted."""
MOST_READ = 2
"""Passages of one section that the cross-encoder is asked about: what answers may stand in the second."""
MOST_PREPARED = 64
SHORT = 300
"""Characters of a question that one need not count the milliseconds for."""

PRODUCTS: tuple[Kind, ...] = ("product",)
DOCUMENTS: tuple[Kind, ...] = ("document", "faq")


@dataclass(frozen=True, slots=True)
class Found:
    """A hit with what led to it."""

    hit: Hit
    score: float
    """What it is ranked by."""
    features: Features
    logit: float | None = None
    """What the cross-encoder said, where it was asked."""


@dataclass(frozen=True, slots=True)
class Topic:
    """A section close to a question, to offer when nothing answers it."""

    passage_id: str
    title: str
    section: str


@dataclass(frozen=True, slots=True)
class Begun:
    """A search as far as it goes without reading anything."""

    text: str
    question: Question
    candidates: Sequence[Candidate]
    """Of the shopper's own language, best first."""
    others: Sequence[Shelf]
    """Where to look next."""
    read: Passages
    """Passages that need not be read again."""


class Search:
    """Thread-safe. All but `prepare`, `begin` and `at_once` block: the event loop calls them in an executor."""

    def __init__(
        self, index: Index, calibration: Calibration | None = None, cross: CrossEncoder | None = None
    ) -> None:
        self._index, self.cross = index, cross
        self.calibration = calibration or load_calibration()
        self._keywords: keywords.Keywords = {}
        self._products = Products(index, {})
        self._neighbours: Neighbours | None = None
        self._looked: tuple[float, Passages | None] = 0.0, None
        """When, and what had been read of what was there then."""
        self._prepared: dict[tuple[Shelf, tuple[str, ...]], Words] = {}
        self._ready = False
        self._loading = threading.Lock()

    @property
    def threshold(self) -> float:
        """Confidence below which a hit is not an answer."""
        return self.calibration.threshold

    @property
    def sure(self) -> float:
        """Confidence below which an answer is only the closest found."""
        return self.calibration.sure

    @property
    def is_calibrated(self) -> bool:
        """Whether the confidence was fitted to this index's encoder; if not, `calibrate.fit` should be run."""
        return self.calibration.encoder == self._index.fingerprint

    @property
    def is_loaded(self) -> bool:
        """Whether the first question finds everything in memory."""
        return self._ready

    def warm_up(self) -> None:
        """Load the keyword index, build it where it is missing, and bring the vectors into memory."""
        with self._loading:
            self._index.refresh()
            self._load()
            if self.cross is not None:
                self.cross.warm_up()

    def _load(self) -> None:
        self._looked = 0.0, None
        question_words("ready?")  # reads its table of synonyms
        self._keywords = keywords.load_or_build(self._index)
        self._products = Products(self._index, self._keywords)
        self._neighbours = Neighbours(self._index)
        self._ready = True
        for shelf in self._index.shelves:
            self._index.touch(shelf)

    @property
    def is_local(self) -> bool:
        """Whether looking costs next to nothing, so that `begin` is possible at all."""
        return not is_server(self._index.location)

    def look(self) -> None:
        """Notice what was written since; for a second, `begin` takes it that nothing else was."""
        self._refresh()

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
        self._looked = time.monotonic(), self._index.at_hand()

    def find(
        self,
        vector: Vector,
        text: str,
        *,
        language: str,
        kinds: Sequence[Kind] = DOCUMENTS,
        limit: int = 5,
        read: bool = True,
    ) -> list[Hit]:
        """The best passages for a question, best first; other languages only where the own one has no answer.

        `read` lets the cross-encoder decide where the confidence does not: for what somebody asked, not for our own words.
        """
        found = self.explain(vector, text, language=language, kinds=kinds, limit=limit, read=read)
        return [one.hit for one in found]

    def explain(
        self,
        vector: Vector,
        text: str,
        *,
        language: str,
        kinds: Sequence[Kind] = DOCUMENTS,
        limit: int = 5,
        read: bool = True,
    ) -> list[Found]:
        """What `find` finds, with the figures behind it."""
        self._refresh()
        return self._finish(self._begin(vector, text, language, kinds, {}), limit, read)

    def begin(self, vector: Vector, text: str, *, language: str) -> Begun | None:
        """The first half of `find` in the documents, a millisecond.

        None where it would take longer or would have to read, and where nobody called `look` a moment ago.
        """
        looked_at, read = self._looked
        if (
            read is None
            or time.monotonic() - looked_at > REFRESH_SECONDS
            or not self._is_quick(text, language)
        ):
            return None
        return self._begin(vector, text, language, DOCUMENTS, read)

    def at_once(self, begun: Begun, *, limit: int = 5, read: bool = True) -> list[Hit] | None:
        """What `finish` finds, where that is certain without reading a page or asking the cross-encoder."""
        found: list[Found] = []
        for one in begun.candidates[: max(limit, LOOKED_AT)]:
            passage = begun.read.get((one.shelf, one.id))
            if passage is None:
                return None
            found.append(self._found(one, passage, begun.question))
        if not found or found[0].hit.confidence < self.threshold or (read and self._is_unsure(found[0])):
            return None
        return [one.hit for one in found[:limit]]

    def finish(self, begun: Begun, *, limit: int = 5, read: bool = True) -> list[Hit]:
        """The second half of `find`."""
        return [one.hit for one in self._finish(begun, limit, read)]

    def _begin(
        self, vector: Vector, text: str, language: str, kinds: Collection[Kind], read: Passages
    ) -> Begun:
        question = Question(vector, question_words(text), language)
        own, others = self._shelves(language, kinds)
        return Begun(text, question, self.candidates(question, own), others, read)

    def _is_quick(self, text: str, language: str) -> bool:
        if len(text) > SHORT or self._neighbours is None:
            return False
        return all(map(self._neighbours.holds, self._shelves(language, DOCUMENTS)[0]))

    def _finish(self, begun: Begun, limit: int, read: bool) -> list[Found]:
        question = begun.question
        found = self.fetched(begun.candidates, question, max(limit, LOOKED_AT))
        if read:
            found = self._read(found, begun.text)
        if found and found[0].hit.confidence >= self.threshold:
            return found[:limit]
        elsewhere = self.candidates(question, begun.others)
        if len(found) >= limit:  # only an answer is worth fetching
            language = question.language
            elsewhere = [one for one in elsewhere[:limit] if self.confidence(one, language) >= self.threshold]
        foreign = self.fetched(elsewhere, question, limit)
        answers = [one for one in foreign if one.hit.confidence >= self.threshold]
        # A guess in the shopper's own language is worth more than one in another.
        return [*answers, *found, *(one for one in foreign if one not in answers)][:limit]

    def _read(self, found: list[Found], text: str) -> list[Found]:
        """With the cross-encoder's word on the first section, where that may decide."""
        reading = self.calibration.reading
        if reading is None or not found or not self._is_unsure(found[0]):
            return found
        best = self.read(found, text)
        if best is None or best.logit is None:
            return found
        confidence = reading.confidence(found[0].features, best.logit)
        others = [one for one in found if one.hit.passage.id != best.hit.passage.id]
        return [replace(best, hit=replace(best.hit, confidence=confidence)), *others]

    def _is_unsure(self, first: Found) -> bool:
        """Whether what the cross-encoder says of it may decide."""
        reading = self.calibration.reading
        is_page = first.hit.passage.kind in DOCUMENTS
        return reading is not None and is_page and reading.concerns(first.hit.confidence)

    def read(self, found: Sequence[Found], text: str) -> Found | None:
        """Of the passages of the first one's section, the one that answers best by the cross-encoder.

        None without a cross-encoder, or without passages.
        """
        cross = self.cross
        if cross is None or not found:
            return None
        place = _place(found[0])
        section = [one for one in found if _place(one) == place][:MOST_READ]
        read = [replace(one, logit=cross.score(text, one.hit.passage)) for one in section]
        return max(read, key=lambda one: one.logit or 0.0)

    def shelves(self, language: str) -> list[Shelf]:
        """Where answers in the shopper's language stand."""
        self._refresh()
        return self._shelves(language, DOCUMENTS)[0]

    def _shelves(self, language: str, kinds: Collection[Kind]) -> tuple[list[Shelf], list[Shelf]]:
        shelves = [shelf for shelf in self._index.shelves if shelf.kind in kinds]
        own = [shelf for shelf in shelves if shelf.language == language]
        return own, [shelf for shelf in shelves if shelf.language != language]

    def candidates(
        self, question: Question, shelves: Collection[Shelf], *, without: Collection[str] = ()
    ) -> list[Candidate]:
        """Best first, by ids only; `without` hides documents, for calibration."""
        neighbours = self._neighbours
        if neighbours is None:  # nothing has been loaded yet
            return []
        vector, language = question.vector, question.language
        groups = {False, *(shelf.kind == "product" for shelf in shelves)}
        views = {products: neighbours.centred(vector, language, products=products) for products in groups}
        pool = [
            one
            for shelf in shelves
            for one in gather(
                shelf,
                vector,
                views[shelf.kind == "product"],
                self._words(shelf, question.words),
                neighbours,
                without,
            )
        ]
        return ranked(pool, self.calibration.ranking, self.calibration.usualness(views[False]))

    def prepare(self, text: str, language: str) -> None:
        """Look up the words of a text that `begin` may be asked about next, which has no vector yet."""
        if self._is_quick(text, language):
            if len(self._prepared) >= MOST_PREPARED:
                self._prepared.clear()  # most are of messages that nothing was searched for
            words = question_words(text)
            for shelf in self._shelves(language, DOCUMENTS)[0]:
                self._prepared[shelf, words] = Words.of(self._keywords.get(shelf), words).ahead()

    def _words(self, shelf: Shelf, words: tuple[str, ...]) -> Words:
        found, index = self._prepared.pop((shelf, words), None), self._keywords.get(shelf)
        return found if found is not None and found.index is index else Words.of(index, words)

    def centred(self, vector: Vector, language: str) -> Vector:
        """A question's vector seen from the middle of its language."""
        return vector if self._neighbours is None else self._neighbours.centred(vector, language)

    def listed(self) -> list[tuple[str, str]]:
        """Every question that the pages list, with its language."""
        self._refresh()
        shelves = [shelf for shelf in self._index.shelves if shelf.kind in DOCUMENTS]
        return [
            (text, shelf.language)
            for shelf in shelves
            for row in self._index.texts(shelf)
            for text in row.questions
        ]

    def confidence(self, candidate: Candidate, language: str) -> float:
        """The probability that it answers a question in this language."""
        own = candidate.shelf.language == language
        return self.calibration.confidence(candidate.features()) * (1.0 if own else FOREIGN)

    def fetched(self, candidates: Sequence[Candidate], question: Question, limit: int) -> list[Found]:
        """The first candidates that exist now."""
        found: list[Found] = []
        while candidates and len(found) < limit:
            batch, candidates = candidates[: limit - len(found)], candidates[limit - len(found) :]
            passages = self._fetch(batch)
            found += [self._found(one, passages[one.id], question) for one in batch if one.id in passages]
        return found

    def _found(self, candidate: Candidate, passage: Passage, question: Question) -> Found:
        confidence, seen = self.confidence(candidate, question.language), candidate.seen
        return Found(
            Hit(passage, confidence, seen.dense, seen.keyword), candidate.score, candidate.features()
        )

    def _fetch(self, candidates: Sequence[Candidate]) -> dict[str, Passage]:
        passages: dict[str, Passage] = {}
        for shelf in {candidate.shelf for candidate in candidates}:
            ids = [candidate.id for candidate in candidates if candidate.shelf == shelf]
            passages |= self._index.fetch(shelf, ids)
        return passages

    def passage(self, passage_id: str) -> Passage | None:
        """A passage by its id, if it exists now."""
        self._refresh()
        return self._index.passage(passage_id)

    def nearest_topics(self, vector: Vector, language: str, limit: int = 3) -> list[Topic]:
        """Sections nearest to a question, one of each, in the shopper's language where there are any."""
        self._refresh()
        own, others = self._shelves(language, DOCUMENTS)
        question = Question(vector, (), language)
        best = self.candidates(question, own or others)[: 3 * limit]
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


def _place(found: Found) -> tuple[str, str]:
    return found.hit.passage.document_id, found.hit.passage.section


def open_search(index: Index, encoder: Encoder) -> Search:
    """With the cross-encoder that belongs to the encoder, where there is one; nothing is loaded yet."""
    return Search(index, cross=open_cross_encoder(encoder))


def question_words(text: str) -> tuple[str, ...]:
    """The question's terms, each once, in order."""
    return tuple(dict.fromkeys(terms(text[:QUESTION_LIMIT])))


def words_found(question: str, passage: Passage) -> tuple[str, ...]:
    """The question's words that stand in a passage, for people to read: none that is part of a longer one.

    A group of synonyms is among them only where the words themselves differ.
    """
    in_text = set(terms(f"{passage.title}\n{passage.section}\n{passage.text}"))
    words = [word for word in question_words(question) if word in in_text]
    plain = [word for word in words if not word.startswith("≈")]
    groups = [word for word in words if word.startswith("≈") and word[1:] not in plain]
    longest = [word for word in plain if not any(word != other and word in other for other in plain)]
    return (*longest, *groups)
