"""Step 3: what the shopper wants, from one encoder pass."""

import asyncio
import re
from collections.abc import Callable, Sequence
from concurrent.futures import Executor, Future
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from bot.conversation import State
from bot.handover.topics import topic_of
from bot.shop.base import Shop
from bot.shop.domain import Product
from bot.shop.mentions import Mention, MentionFinder
from intents.classifier import IntentClassifier
from intents.clauses import clauses
from intents.entities import Entities, extract
from intents.language import detect_language, script_of
from intents.requests import Request, requests, texts_to_embed
from knowledge.encoder import Encoder, Vectors

Prepare = Callable[[str, str], None]
"""Called with a text and its language."""

_REPAIR = re.compile(
    r"\b(the other (one|order|product)|not (that|this) (one|order)|another one|wrong (one|order)|no,? the other"
    r"|(some|any)thing else|other (options|ones|suggestions)|different (ones?|options)|show me (more|others)|what else)\b"
    r"|另外?一?[个单件款]|不是[这那][个单件款]|不是它|别的那[个单]|换一[个单款批]|还有别的吗|搞错了",
    re.IGNORECASE,
)
_LONGEST_REPAIR = 40
_MOST_BEGUN = 256
"""Messages read ahead at most; the oldest are forgotten, and read again should they still come."""


@dataclass(frozen=True, slots=True)
class Understanding:
    """A message, or several that belong together, understood."""

    text: str
    language: str
    """One that Kefu can answer in."""
    requests: tuple[Request, ...]
    vectors: Vectors
    """float32 (rows, dimension): the whole text's first; a request names its row."""
    entities: Entities
    mentions: tuple[Mention, ...]
    repairs: bool
    """Says that the last answer meant the wrong thing."""
    topic: str | None
    """What only a person may answer, if it is about that (`bot/handover/topics.yaml`)."""
    attachments: tuple[str, ...] = ()
    """Ids of the photos that came with it."""

    @property
    def is_only_photos(self) -> bool:
        return bool(self.attachments) and not self.text.strip()


class Understander:
    def __init__(
        self,
        encoder: Encoder,
        classifier: IntentClassifier,
        shop: Shop,
        executor: Executor,
        languages: Sequence[str],
        prepare: Prepare,
    ) -> None:
        """`languages` are those that replies are written in, the first one where nothing else decides.

        `prepare` is told each message while the encoder is at work, as what may be searched for next.
        """
        self._encoder, self._classifier = encoder, classifier
        self._shop, self._executor = shop, executor
        self._languages, self._prepare = tuple(languages), prepare
        self._finder: tuple[Sequence[Product], MentionFinder] | None = None
        self._begun: dict[str, Future[Vectors]] = {}
        self._topics: dict[str, NDArray[np.float32]] = {}

    @property
    def default_language(self) -> str:
        return self._languages[0]

    def anticipate(self, text: str) -> None:
        """Begin to read a message while it is still being put on disk; `understand` takes it up, once."""
        self._begun[text] = self._embed((text,))
        if len(self._begun) > _MOST_BEGUN:
            del self._begun[next(iter(self._begun))]

    async def understand(
        self, text: str, state: State, *, now: datetime, hint: str | None = None
    ) -> Understanding:
        """`hint` is the language that the channel says the person reads."""
        embedding = [self._begun.pop(text, None) or self._embed((text,))]
        language = self._language(text, state, hint)
        parts = clauses(text, language)
        texts = texts_to_embed(text, parts)
        if len(texts) > 1:
            embedding.append(self._embed(texts[1:]))
        # All that needs no vector, while the encoder is at work.
        wording = self._classifier.wording(texts)
        profile = await self._shop.profile()
        finder = self._mention_finder(await self._shop.catalogue())
        entities = extract(text, language, today=now.astimezone(ZoneInfo(profile.timezone)).date())
        mentions = finder.find(text)
        topic = topic_of(text)
        self._prepare(text, language)
        vectors = np.concatenate([await asyncio.wrap_future(one) for one in embedding])
        predictions = self._classifier.classify_all(vectors, texts, wording)
        return Understanding(
            text=text,
            language=language,
            requests=requests(text, parts, predictions),
            vectors=vectors,
            entities=entities,
            mentions=mentions,
            repairs=len(text) < _LONGEST_REPAIR and bool(_REPAIR.search(text)),
            topic=topic,
        )

    async def embed_topic(self, words: str) -> NDArray[np.float32]:
        """The vector of words of ours, of which there are few."""
        if words not in self._topics:
            self._topics[words] = await self.embed(words)
        return self._topics[words]

    async def embed(self, text: str) -> NDArray[np.float32]:
        """The vector of words that were said earlier."""
        loop = asyncio.get_running_loop()
        vectors = await loop.run_in_executor(self._executor, self._encoder.embed_queries, [text])
        vector: NDArray[np.float32] = vectors[0]
        return vector

    def _embed(self, texts: Sequence[str]) -> Future[Vectors]:
        return self._executor.submit(self._encoder.embed_queries, texts)

    def _language(self, text: str, state: State, hint: str | None) -> str:
        """The message's own language where we speak it, else the conversation's, the channel's, ours."""
        known = state.language or hint
        if known is None and script_of(text) is None:
            return self.default_language  # a number, a smiley
        detected = detect_language(text, fallback=known, hint=hint)
        for language in (detected, known):
            if language in self._languages:
                return str(language)
        return "en" if "en" in self._languages else self.default_language

    def _mention_finder(self, catalogue: Sequence[Product]) -> MentionFinder:
        """Built again only when the catalogue is another one."""
        if self._finder is None or self._finder[0] is not catalogue:
            self._finder = (catalogue, MentionFinder(catalogue))
        return self._finder[1]
