"""Step 6: answers out of the shop's documents. A passage is quoted word for word, or nothing is said."""

import asyncio
from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import partial
from pathlib import PurePath

import numpy as np
from numpy.typing import NDArray

from bot.quoting import quote
from connectors.base import Button, Source
from knowledge.passages import Hit, Passage
from knowledge.search import Search

_MOST_TOPICS = 2


@dataclass(frozen=True, slots=True)
class Answer:
    """What the documents say, or the nearest topics when they do not say it."""

    text: str | None
    sources: tuple[Source, ...]
    topics: tuple[Button, ...]
    """Sections close by, as things to press."""
    nearest: tuple[str, ...]
    """Passage ids, best first."""
    confidence: float
    sure: bool = False
    """Whether the text is surely the answer; if not, it is only the closest that was found."""


class Answers:
    def __init__(self, search: Search, executor: Executor) -> None:
        self._search, self._executor = search, executor

    @property
    def threshold(self) -> float:
        """Confidence from which a passage counts as the answer."""
        return self._search.threshold

    async def look_up(
        self,
        vector: NDArray[np.float32],
        text: str,
        language: str,
        *,
        exclude: Sequence[str] = (),
        read: bool = True,
    ) -> Answer:
        """The best passage that clears the bar, quoted; else no text and the nearest topics. `read` as in `Search.find`."""
        hits = await self._hits(vector, text, language, read=read)
        hits = [hit for hit in hits if hit.passage.id not in exclude]
        best = hits[0] if hits and hits[0].confidence >= self._search.threshold else None
        others = hits[1:] if best else hits
        origin = source(best.passage, text) if best else None
        return Answer(
            text=origin.quote if origin else None,
            sources=(origin,) if origin else (),
            topics=_topics(others, language),
            nearest=tuple(hit.passage.id for hit in hits),
            confidence=hits[0].confidence if hits else 0.0,
            sure=best is not None and best.confidence >= self._search.sure,
        )

    def likeness(self, one: NDArray[np.float32], other: NDArray[np.float32], language: str) -> float:
        """Cosine of two vectors of what shoppers say in this language, -1 to 1."""
        return float(self._search.centred(one, language) @ self._search.centred(other, language))

    async def page(self, stem: str, vector: NDArray[np.float32], language: str) -> Button | None:
        """A button to the passage of the page `stem` that fits best; None when the shop has no such page."""
        for hit in await self._hits(vector, "", language, read=False):
            if PurePath(hit.passage.source).stem == stem:
                return Button(topic(hit.passage), f"passage {hit.passage.id}")
        return None

    async def passage(self, passage_id: str) -> Passage | None:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._executor, self._search.passage, passage_id)

    async def _hits(self, vector: NDArray[np.float32], text: str, language: str, *, read: bool) -> list[Hit]:
        """What is surely found in memory is looked for here: a millisecond of Python holds up the event loop
        from another thread as well, and getting there and back takes half of another one."""
        search = self._search
        begun = search.begin(vector, text, language=language)
        if begun is None:
            work = partial(search.find, vector, text, language=language, read=read)
        elif (found := search.at_once(begun, read=read)) is not None:
            return found
        else:
            work = partial(search.finish, begun, read=read)
        return await asyncio.get_running_loop().run_in_executor(self._executor, work)


def _topics(hits: Sequence[Hit], language: str) -> tuple[Button, ...]:
    """One button a section, in the shopper's language, not twice the same words."""
    buttons: dict[str, Button] = {}
    for hit in hits:
        label = topic(hit.passage)
        if hit.passage.language == language and label not in buttons:
            buttons[label] = Button(label, f"passage {hit.passage.id}")
    return tuple(buttons.values())[:_MOST_TOPICS]


def topic(passage: Passage) -> str:
    """What a passage is about, in its own words: the nearest heading."""
    return passage.section.rpartition(" › ")[2] or passage.title


def source(passage: Passage, question: str) -> Source:
    return Source(
        passage.id, passage.title, passage.section, quote(passage, question), passage.language, passage.url
    )
