"""Two languages in one conversation, where a translation service is set up; both versions are kept.

It is asked as LibreTranslate is. When it fails, everybody sees the original; nothing waits for it but a reply.
"""

import asyncio
from collections.abc import Callable, Coroutine, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

import structlog
from aiohttp import ClientError, ClientSession, ClientTimeout

from bot.console.board import Board, shown
from bot.console.protecting import protect
from bot.console.rows import Rows
from bot.console.team import own_language
from bot.live import Live
from bot.shop.base import Shop
from bot.staff.agents import Agent
from bot.staff.base import InboxRow, StaffStore
from bot.store.base import Store, StoredMessage
from intents.language import detect_language

_SECONDS = 4.0
_LONGEST = 5_000
_LARGEST_ANSWER = 200_000
_AT_ONCE = 4
_LOOKED_BACK = 40

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Outgoing:
    text: str
    """What the shopper is sent."""
    translation: Literal["", "ok", "failed"] = ""
    """Empty: none was wanted."""


class Translator:
    """The service."""

    def __init__(self, url: str, key: str | None, *, seconds: float = _SECONDS) -> None:
        self._url, self._key, self._seconds = url, key, seconds
        self._session: ClientSession | None = None
        self._at_once = asyncio.Semaphore(_AT_ONCE)

    async def translate(self, text: str, *, source: str, target: str, names: Iterable[str]) -> str | None:
        """None when it fails, or touched what it must not."""
        held = protect(text[:_LONGEST], names) if len(text) <= _LONGEST else None
        if held is None:
            return None
        try:
            translated = await self._ask(held.text, source, target)
        except (ClientError, TimeoutError, ValueError, KeyError, TypeError) as error:
            log.warning("not_translated", kind=type(error).__name__)
            return None
        restored = held.restored(translated)
        if restored is None:
            log.warning("not_translated", kind="placeholders")
        return restored.strip() if restored else None

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()

    async def _ask(self, text: str, source: str, target: str) -> str:
        body = {"q": text, "source": source, "target": target, "format": "text"}
        if self._key:
            body["api_key"] = self._key
        self._session = self._session or ClientSession(timeout=ClientTimeout(total=self._seconds))
        async with (
            self._at_once,
            self._session.post(self._url, json=body, allow_redirects=False) as response,
        ):
            response.raise_for_status()
            if (response.content_length or 0) > _LARGEST_ANSWER:
                raise ValueError("the answer is too long")
            translated = (await response.json(content_type=None))["translatedText"]
            if not isinstance(translated, str):
                raise TypeError("no text came back")
            return translated


class Translating:
    def __init__(
        self,
        translator: Translator | None,
        *,
        staff: StaffStore,
        store: Store,
        shop: Shop,
        board: Board,
        live: Live,
        rows: Rows,
        clock: Callable[[], datetime],
    ) -> None:
        """Without a `translator` nothing is translated."""
        self._translator, self._staff, self._store, self._shop = translator, staff, store, shop
        self._board, self._live, self._rows, self._clock = board, live, rows, clock
        self._under_way: set[tuple[str, str]] = set()
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def is_on(self) -> bool:
        return self._translator is not None

    async def outgoing(self, agent: Agent, text: str, row: InboxRow) -> Outgoing:
        """An agent's words for a shopper whose language they do not speak; where it fails, as they are."""
        language = row.language
        if self._translator is None or language is None or language in agent.languages or not text.strip():
            return Outgoing(text)
        source = detect_language(text, fallback=own_language(agent))
        if source == language:
            return Outgoing(text)
        names = await self._names(agent, row)
        translated = await self._translator.translate(text, source=source, target=language, names=names)
        return Outgoing(translated or text, "ok" if translated else "failed")

    async def keep(self, message_id: str, agent: Agent, original: str) -> None:
        """What the agent wrote, beside what the shopper was sent."""
        await self._staff.put_translation(message_id, own_language(agent), original, at=self._clock())

    def catch_up(self, agent: Agent, conversation_id: str, lines: Sequence[StoredMessage]) -> None:
        """Translate, beside everything else, what the agent is looking at and cannot read."""
        if self._translator is not None:
            self._later(self._read(agent, conversation_id, lines[-_LOOKED_BACK:]))

    async def run(self) -> None:
        """Translate what is said in conversations that somebody looks at, until cancelled."""
        translator = self._translator
        if translator is None:
            return
        try:
            with self._live.watch_board() as notices:
                while True:
                    notice = await notices.get()
                    if notice is None or notice.line is None or notice.line.author == "system":
                        continue
                    for agent in self._board.lookers(notice.conversation_id):
                        if agent.id != notice.line.agent_id:
                            self._later(self._hear(agent, notice.conversation_id, notice.line.seq))
        finally:
            for task in self._tasks:
                task.cancel()
            await translator.close()

    async def _hear(self, agent: Agent, conversation_id: str, seq: int) -> None:
        """A live line has not its id yet, by which translations are kept."""
        lines = await self._store.history(conversation_id, after=seq - 1, limit=1)
        await self._read(agent, conversation_id, lines)

    async def _read(self, agent: Agent, conversation_id: str, lines: Sequence[StoredMessage]) -> None:
        target = own_language(agent)
        foreign = [(line, source) for line in lines if (source := _foreign(line, agent)) is not None]
        if not foreign:
            return
        known = await self._staff.translations(conversation_id, target)
        names = await self._names(agent, await self._staff.row(conversation_id, agent))
        # The newest first: that is what is being answered.
        for line, source in reversed(foreign):
            if line.id not in known:
                await self._translate(conversation_id, line, source, target, names)

    async def _translate(
        self, conversation_id: str, line: StoredMessage, source: str, target: str, names: Sequence[str]
    ) -> None:
        assert self._translator is not None
        work = (line.id, target)
        if work in self._under_way:
            return
        self._under_way.add(work)
        try:
            text = await self._translator.translate(line.text, source=source, target=target, names=names)
            if text is not None:
                await self._staff.put_translation(line.id, target, text, at=self._clock())
                self._board.show_translated(conversation_id, shown(line, text), target)
        finally:
            self._under_way.discard(work)

    async def _names(self, agent: Agent, row: InboxRow | None) -> list[str]:
        """Of people, of the shop, of what it sells."""
        profile = await self._shop.profile()
        customer = await self._rows.customer(row.customer_id) if row else None
        sold = [name for product in await self._shop.catalogue() for name in product.name.values()]
        own = [*profile.name.values(), *profile.assistant.values(), agent.name]
        return [*own, *([customer["name"]] if customer else []), *sold]

    def _later(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("not_translated", exc_info=error)


def _foreign(line: StoredMessage, agent: Agent) -> str | None:
    """The line's language, where the agent does not speak it."""
    if not line.text.strip() or line.author == "system":
        return None
    language = detect_language(line.text, fallback=own_language(agent))
    return None if language in agent.languages else language
