"""The channels that a shop has set up: what comes in goes to the desk, photos follow when they are here."""

import asyncio
from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Protocol

import structlog
from aiohttp import ClientSession, ClientTimeout, DummyCookieJar

from bot.attachments import Attachments
from bot.channels_file import ChannelsFile
from bot.desk import Desk
from bot.errors import InvalidInput, SettingsError
from bot.store.base import Fetch, Store
from connectors.base import Button, Message
from connectors.channel import Connector, Inbound, Kit, Received, Remark, Request, Undeliverable
from connectors.plain import named_choices
from connectors.registry import BadConfig, open_connector

_CALL_SECONDS, _CONNECT_SECONDS = 10.0, 5.0
"""Who cannot be connected to was told nothing; who does not answer may have taken it."""
_LOOK_SECONDS = 2.0
_ASIDE_SECONDS = 1.0
_RESTART_SECONDS = 5.0
_MOST_FETCHES = 6
"""Tries at a message's photos; then it is taken without them."""
_MOST_PHOTOS = 9
_HANDING_OVER = timedelta(seconds=30)
"""Until then the platform may not know yet that we handed over."""
_LONGEST_NAME = 120

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class StoreMemory:
    """What one connector remembers, in the store."""

    store: Store
    channel: str

    async def get(self, key: str) -> str | None:
        return await self.store.remembered(self.channel, key)

    async def put(self, key: str, value: str) -> None:
        await self.store.remember(self.channel, key, value)


async def open_channels(
    file: ChannelsFile, store: Store, *, clock: Callable[[], datetime]
) -> tuple[dict[str, Connector], list[ClientSession]]:
    """The connectors of the file by name, and their HTTP clients to be closed.

    Raises:
        SettingsError: a configuration does not fit.
    """
    connectors, sessions = dict[str, Connector](), list[ClientSession]()
    for name, config in file.channels.items():
        times = ClientTimeout(total=_CALL_SECONDS, sock_connect=_CONNECT_SECONDS)
        http = ClientSession(cookie_jar=DummyCookieJar(), timeout=times)
        sessions.append(http)
        try:
            connectors[name] = open_connector(name, config, Kit(http, StoreMemory(store, name), clock))
        except BadConfig as error:
            raise SettingsError(f"Setting KEFU_CHANNELS: {error}.") from error
    return connectors, sessions


class Colleagues(Protocol):
    """The shop's own people, on channels where they are told of hand-overs."""

    async def is_one(self, channel: str, user: str) -> bool: ...

    async def say(self, channel: str, remark: Remark) -> None:
        """What they wrote below an alert, to the shopper."""
        ...

    async def point_to_console(self, channel: str, user: str) -> None:
        """They wrote to the bot as if they were shoppers."""
        ...


class Channels:
    def __init__(
        self,
        connectors: Mapping[str, Connector],
        sessions: Sequence[ClientSession],
        desk: Desk,
        store: Store,
        attachments: Attachments,
        colleagues: Colleagues,
        *,
        clock: Callable[[], datetime],
        max_chars: int,
    ) -> None:
        self.connectors, self._sessions = connectors, sessions
        self._desk, self._store, self._attachments = desk, store, attachments
        self._clock, self._max_chars = clock, max_chars
        self._colleagues, self._asides = colleagues, set[asyncio.Task[None]]()
        self._more = asyncio.Event()

    async def receive(self, name: str, request: Request) -> Received:
        """Everything in it is on disk when this returns.

        Raises:
            Denied, Malformed: as the connector says.
            Unavailable: not on disk; the platform is to send it again.
        """
        connector = self.connectors[name]
        received = connector.receive(request)
        for inbound in received.messages:
            await self.submit(inbound)
        for remark in received.remarks:
            await self._aside(self._colleagues.say(name, remark))
        if received.pull:
            connector.pull()
        return received

    async def submit(self, inbound: Inbound) -> None:
        """On disk when this returns; the same message again changes nothing. The shop's own people are no shoppers."""
        channel, sender = inbound.message.channel, inbound.message.sender
        if await self._colleagues.is_one(channel, sender):
            await self._aside(self._colleagues.point_to_console(channel, sender))
            return
        inbound = replace(inbound, message=self._desk.masked(inbound.message))
        try:
            if inbound.is_bots:
                await self._take_back(inbound.message)
            if inbound.media:
                await self._store.put_fetch(
                    replace(inbound, media=inbound.media[:_MOST_PHOTOS]), at=self._clock()
                )
                self._more.set()
            else:
                await self._accept(inbound.message)
        except InvalidInput as error:
            # The platform would send it again and again, and nothing would change.
            log.warning("message_refused", channel=inbound.message.channel, code=error.code)

    async def _aside(self, doing: Coroutine[Any, Any, None]) -> None:
        """Done when this returns, or soon: the platform is not kept waiting."""
        task = asyncio.create_task(doing)
        self._asides.add(task)
        task.add_done_callback(self._done_aside)
        await asyncio.wait({task}, timeout=_ASIDE_SECONDS)

    def _done_aside(self, task: asyncio.Task[None]) -> None:
        self._asides.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("aside_failed", kind=type(error).__name__)

    async def _take_back(self, message: Message) -> None:
        """We wait for the platform's people, and they left the conversation to us again: noted before what is said."""
        conversation_id = await self._store.find(message.channel, message.sender)
        state = await self._store.state(conversation_id) if conversation_id else None
        if state is None or state.floor.name != "waiting" or state.floor.since is None:
            return
        if message.received_at - state.floor.since > _HANDING_OVER:
            id = f"{message.external_id}:returned"[-255:]
            await self._desk.submit(
                replace(message, external_id=id, text="", action="returned", attachments=())
            )

    async def run(self) -> None:
        """Fetch photos and look for what platforms do not bring, until cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._fetch_due())
            for name, connector in self.connectors.items():
                group.create_task(self._keep_running(name, connector))

    async def close(self) -> None:
        if self._asides:
            await asyncio.wait(self._asides, timeout=_CALL_SECONDS)
        for session in self._sessions:
            await session.close()

    async def _keep_running(self, name: str, connector: Connector) -> None:
        while True:
            try:
                await connector.run(self.submit)
                return
            except Exception as error:
                log.warning("channel_broken", channel=name, kind=type(error).__name__)
                await asyncio.sleep(_RESTART_SECONDS)

    async def _fetch_due(self) -> None:
        while True:
            self._more.clear()
            try:
                fetches = await self._store.take_fetches(now=self._clock())
                await asyncio.gather(*map(self._fetch, fetches))
            except Exception:
                log.exception("fetches_failed")
                fetches = ()
            if not fetches:
                try:
                    await asyncio.wait_for(self._more.wait(), _LOOK_SECONDS)
                except TimeoutError:
                    continue

    async def _fetch(self, fetch: Fetch) -> None:
        """One that breaks holds up no other; it is due again by itself."""
        try:
            await self._take_in(fetch)
        except InvalidInput as error:
            log.warning("message_refused", channel=fetch.inbound.message.channel, code=error.code)
            await self._store.fetched(fetch.id)
        except Exception:
            log.exception("fetch_failed", channel=fetch.inbound.message.channel)

    async def _take_in(self, fetch: Fetch) -> None:
        """All photos of a message, or those that can be had once it was tried often enough."""
        message, photos, missing = fetch.inbound.message, list[str](), False
        connector = self.connectors.get(message.channel)
        for media in fetch.inbound.media:
            try:
                if connector is None:
                    raise Undeliverable("the channel is no longer set up")
                content = await connector.fetch(media)
                kept = await self._attachments.keep(
                    content, channel=message.channel, sender=message.sender, customer_id=message.customer_id
                )
                photos.append(kept.id)
            except (Undeliverable, InvalidInput):
                log.warning("photo_refused", channel=message.channel)
            except Exception as error:
                log.warning("photo_failed", channel=message.channel, kind=type(error).__name__)
                missing = True
        if missing and fetch.attempts < _MOST_FETCHES:
            again = self._clock() + timedelta(seconds=2**fetch.attempts)
            await self._store.fetch_failed(fetch.id, retry_at=again)
            return
        if photos or message.text:
            await self._accept(replace(message, attachments=tuple(photos)))
        await self._store.fetched(fetch.id)

    async def _accept(self, message: Message) -> None:
        message = replace(message, text=message.text[: self._max_chars])
        await self._desk.submit(message if message.action else await self._pressed(message))

    async def _pressed(self, message: Message) -> Message:
        """What was typed is the name, or the number, of a button that was shown last: it counts as pressed."""
        said = message.text.strip()
        if not said or len(said) > _LONGEST_NAME:
            return message
        conversation_id = await self._store.find(message.channel, message.sender)
        if conversation_id is None:
            return message
        lines = await self._store.history(conversation_id, before=2**31 - 1, limit=3)
        shown = next((line.reply for line in reversed(lines) if line.reply is not None), None)
        button = named(said, named_choices(shown)) if shown else None
        return message if button is None else replace(message, text=button.label, action=button.action)


def named(said: str, shown: list[tuple[str, Button]]) -> Button | None:
    for number, (name, button) in enumerate(shown, 1):
        if said.casefold() == name.casefold() or said == str(number):
            return button
    return None
