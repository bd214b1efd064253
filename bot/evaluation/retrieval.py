"""Does search find the passage that answers, and does it hold its tongue where nothing answers?"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from bot.evaluation.cases import Place, RetrievalCase
from bot.evaluation.measures import FALSE_ANSWERS, Figures, bar_above, separation, shares
from bot.evaluation.report import Failure
from knowledge.encoder import Encoder
from knowledge.index import Index
from knowledge.passages import Hit, Passage
from knowledge.search import DOCUMENTS, Search

PRIMARY = "top_3"
DEPTH = 10
OFFERED = 2
"""Nearest topics that a shopper can press where nothing is answered."""


@dataclass(frozen=True, slots=True)
class Retrieved:
    case: RetrievalCase
    hits: tuple[Hit, ...]
    threshold: float
    sure: float = 0.0

    @property
    def answerable(self) -> bool:
        return bool(self.case.expect)

    @property
    def rank(self) -> int | None:
        """Of the first passage that answers, from 1; None when there is none among the hits."""
        ranks = (number for number, hit in enumerate(self.hits, 1) if _answers(hit.passage, self.case))
        return next(ranks, None)

    @property
    def confidence(self) -> float:
        return self.hits[0].confidence if self.hits else 0.0

    @property
    def answered(self) -> bool:
        return self.confidence >= self.threshold

    @property
    def hedged(self) -> bool:
        """Answered with the closest found, and saying so."""
        return self.answered and self.confidence < self.sure


def places(index: Index) -> set[Place]:
    """All that a case may expect: every section of every document, under both names of the document."""
    shelves = [shelf for shelf in index.shelves if shelf.kind in DOCUMENTS]
    return {
        Place(document=name, section=_heading(row.section) or None)
        for shelf in shelves
        for row in index.texts(shelf)
        for name in _names(row.id.rpartition("#")[0].rpartition("@")[0])
    }


def retrieve(cases: Sequence[RetrievalCase], search: Search, encoder: Encoder) -> list[Retrieved]:
    """What search finds for each case; blocking."""
    vectors = encoder.embed_queries([case.question for case in cases])
    return [
        Retrieved(
            case,
            tuple(search.find(vector, case.question, language=case.language, limit=DEPTH)),
            search.threshold,
            search.sure,
        )
        for case, vector in zip(cases, vectors, strict=True)
    ]


def retrieval_figures(outcomes: Sequence[Retrieved]) -> Figures:
    """Shares of the answerable, unless the name says otherwise."""
    answerable = [one for one in outcomes if one.answerable]
    strangers = [one for one in outcomes if not one.answerable]
    right = [one.confidence for one in answerable if one.rank == 1]
    bar = bar_above([one.confidence for one in strangers], FALSE_ANSWERS)
    return (
        {"answerable": float(len(answerable)), "unanswerable": float(len(strangers))}
        | shares(
            top_1=(one.rank == 1 for one in answerable),
            top_3=((one.rank or DEPTH) <= 3 for one in answerable),
        )
        | _mean_reciprocal_rank(answerable)
        | shares(
            answered_right=(one.answered and one.rank == 1 for one in answerable),
            answered_wrong=(one.answered and one.rank != 1 for one in answerable),
            hedged_right=(one.hedged and one.rank == 1 for one in answerable),
            hedged_wrong=(one.hedged and one.rank != 1 for one in answerable),
            refused=(not one.answered for one in answerable),
            refused_but_offered=(not one.answered and (one.rank or DEPTH) <= OFFERED for one in answerable),
            unanswerable_answered=(one.answered for one in strangers),
            unanswerable_hedged=(one.hedged for one in strangers),
        )
        | separation(right, [one.confidence for one in strangers])
        | (shares(answered_at_5_percent=(one.confidence >= bar for one in answerable)) if strangers else {})
    )


def retrieval_failures(outcomes: Sequence[Retrieved]) -> list[Failure]:
    """Not found in the first three, answered with another passage, refused, answered without an answer."""
    return [
        Failure(
            id=one.case.id,
            part=one.case.part,
            what=what,
            said=one.case.question,
            expected=" | ".join(map(str, one.case.expect)),
            got=_seen(one.hits[0].passage) if one.hits else "",
            confidence=one.confidence,
        )
        for one in outcomes
        for what in [_failing(one)]
        if what
    ]


def _failing(one: Retrieved) -> str:
    if not one.answerable:
        return "answered" if one.answered else ""
    if (one.rank or DEPTH) > 3:
        return "not in the first three"
    if one.answered:
        return "" if one.rank == 1 else "another passage answered"
    return "refused"


def _mean_reciprocal_rank(answerable: Sequence[Retrieved]) -> Figures:
    if not answerable:
        return {}
    return {"mrr": sum(1 / one.rank for one in answerable if one.rank) / len(answerable)}


def _answers(passage: Passage, case: RetrievalCase) -> bool:
    names, heading = _names(passage.source), _heading(passage.section)
    return any(
        place.document in names and (place.section is None or place.section == heading)
        for place in case.expect
    )


def _names(path: str) -> tuple[str, str]:
    return PurePosixPath(path).stem, path


def _heading(section: str) -> str:
    """The nearest of the headings above a passage."""
    return section.rpartition(" › ")[2]


def _seen(passage: Passage) -> str:
    return f"{_names(passage.source)[0]} › {_heading(passage.section)}"
