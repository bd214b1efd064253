"""The unanswered list: what shoppers asked in vain, put together by what would answer it."""

import asyncio
import re
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Literal

import numpy as np

from bot.console import questions
from bot.console.clusters import cluster, from_their_middle, is_centred, middlemost
from bot.console.questions import MOST, Question, Settled, Signature
from bot.quoting import quote
from bot.store.database import Database
from knowledge.encoder import Encoder, Vectors
from knowledge.index import Index, Vector
from knowledge.passages import Passage
from knowledge.search import DOCUMENTS, Search

Kind = Literal["unanswered", "edited"]
NEAREST = 3
"""Passages shown with a cluster."""
KEPT = 5000
"""Vectors that are kept; more are forgotten all at once and embedded again."""
BATCH = 16
"""Questions embedded at a time, so that shoppers' messages wait for few of them."""

_SIGNS = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class Near:
    """A passage that came closest, with what it would have said."""

    passage_id: str
    title: str
    section: str
    quote: str


@dataclass(frozen=True, slots=True)
class Cluster:
    """Questions that one answer would serve."""

    id: str
    question: str
    """The one in the middle of them."""
    language: str
    languages: tuple[str, ...]
    """Most frequent first."""
    kind: Kind
    questions: tuple[Question, ...]
    """Newest first."""
    nearest: tuple[Near, ...]


@dataclass(frozen=True, slots=True)
class Overview:
    clusters: tuple[Cluster, ...]
    """Largest first."""
    open: int
    """All open rows, of which the newest 1,000 are in the clusters."""


def reworded(suggested: str, given: str) -> bool:
    """Whether an agent said something else than was suggested: other words, not other spaces and signs."""
    return bool(suggested.strip()) and _words(suggested) != _words(given)


def _words(text: str) -> str:
    return _SIGNS.sub("", text).casefold()


class Unanswered:
    def __init__(
        self,
        database: Database,
        open_index: Callable[[], Index],
        search: Search,
        encoder: Encoder,
        executor: Executor,
        *,
        clock: Callable[[], datetime],
    ) -> None:
        """`executor` is the models'; `open_index` opens the console's own, for the texts of passages; blocking."""
        self._database, self._open_index, self._search = database, open_index, search
        self._encoder, self._executor, self._clock = encoder, executor, clock
        self._vectors: dict[str, Vector] = {}
        self._made: tuple[Signature, tuple[Cluster, ...]] | None = None
        self._making = asyncio.Lock()

    async def overview(self) -> Overview:
        """Made anew only when the open rows are others."""
        signature = await self._database.read(questions.signature)
        async with self._making:
            if self._made is None or self._made[0] != signature:
                rows = await self._database.read(questions.still_open)
                await self._embed([row.text for row in rows])
                self._made = (signature, await asyncio.to_thread(self._clusters, rows))
            return Overview(self._made[1], signature.count)

    async def settled(self) -> Sequence[Settled]:
        return await self._database.read(questions.settled)

    async def dismiss(self, ids: Sequence[int], *, agent_id: str) -> int:
        """Set aside, without an answer; how many rows were open."""
        return await self._database.write(
            partial(questions.settle, ids=ids[:MOST], document=None, agent_id=agent_id, at=self._clock())
        )

    async def restore(self, ids: Sequence[int]) -> int:
        """Back on the list; how many rows were settled."""
        return await self._database.write(partial(questions.reopen, ids=ids[:MOST]))

    async def _embed(self, texts: Sequence[str]) -> None:
        if len(self._vectors) > KEPT:
            self._vectors = {}
        missing = [text for text in dict.fromkeys(texts) if text not in self._vectors]
        loop = asyncio.get_running_loop()
        for start in range(0, len(missing), BATCH):
            batch = missing[start : start + BATCH]
            vectors = await loop.run_in_executor(self._executor, self._encoder.embed_queries, batch)
            self._vectors |= dict(zip(batch, vectors, strict=True))

    def _clusters(self, rows: Sequence[Question]) -> tuple[Cluster, ...]:
        """Blocking."""
        kinds: tuple[Kind, ...] = ("unanswered", "edited")
        groups = [
            (kind, [same[place] for place in group], vectors[group])
            for kind in kinds
            for same in [_same([row for row in rows if bool(row.suggested) == (kind == "edited")])]
            for vectors in [self._seen([rows_[0] for rows_ in same])]
            for group in cluster(vectors)
        ]
        passages = self._passages({id_ for row in rows for id_ in row.nearest[:NEAREST]})
        made = [_cluster(kind, same, vectors, passages) for kind, same, vectors in groups]
        return tuple(sorted(made, key=lambda one: (-len(one.questions), -one.questions[0].id)))

    def _seen(self, rows: Sequence[Question]) -> Vectors:
        """The vector of each question, seen from the middle of its language."""
        vectors = np.empty((len(rows), self._encoder.dimension), np.float32)
        lost: dict[str, list[int]] = {}
        for place, row in enumerate(rows):
            vector = self._vectors[row.text]
            vectors[place] = centred = self._search.centred(vector, row.language)
            if not is_centred(vector, centred):
                lost.setdefault(row.language, []).append(place)
        for places in lost.values():
            vectors[places] = from_their_middle(vectors[places])
        return vectors

    def _passages(self, ids: set[str]) -> dict[str, Passage]:
        index = self._open_index()
        index.refresh(every=1.0)
        shelves = [shelf for shelf in index.shelves if shelf.kind in DOCUMENTS]
        found: dict[str, Passage] = {}
        for shelf in shelves:
            found |= index.fetch(shelf, sorted(ids - found.keys()))
        return found


def _same(rows: Sequence[Question]) -> list[list[Question]]:
    """Rows with the very same words together: counted each, compared once."""
    found: dict[tuple[str, str], list[Question]] = {}
    for row in rows:
        found.setdefault((row.language, row.text), []).append(row)
    return list(found.values())


def _cluster(
    kind: Kind, same: Sequence[Sequence[Question]], vectors: Vectors, passages: dict[str, Passage]
) -> Cluster:
    rows = sorted((row for rows in same for row in rows), key=lambda row: (row.at, row.id), reverse=True)
    languages = tuple(language for language, _ in Counter(row.language for row in rows).most_common())
    own = [place for place, rows_ in enumerate(same) if rows_[0].language == languages[0]]
    middle = same[middlemost(vectors, own, [len(same[place]) for place in own])][0]
    return Cluster(
        id=str(min(row.id for row in rows)),
        question=middle.text,
        language=middle.language,
        languages=languages,
        kind=kind,
        questions=tuple(rows),
        nearest=_nearest(rows, middle.text, passages),
    )


def _nearest(rows: Sequence[Question], asked: str, passages: dict[str, Passage]) -> tuple[Near, ...]:
    """What came closest to most of them and still exists."""
    weights: Counter[str] = Counter()
    for row in rows:
        for place, id_ in enumerate(row.nearest[:NEAREST]):
            weights[id_] += NEAREST - place
    best = [passages[id_] for id_, _ in weights.most_common() if id_ in passages][:NEAREST]
    return tuple(Near(one.id, one.title, one.section, quote(one, asked)) for one in best)
