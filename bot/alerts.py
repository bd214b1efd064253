"""Telling the shop's people on their own channels that somebody waits: once when it begins, once when it is late."""

import asyncio
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from functools import partial
from urllib.parse import urlencode

import structlog

from bot.channels_file import Place
from bot.errors import SettingsError
from bot.handover.topics import topics
from bot.outbox import retry_at
from bot.shop.base import Shop
from bot.store import alerts as rows
from bot.store.alerts import Alert
from bot.store.database import Database
from bot.texts.catalogue import Texts
from connectors.channel import Alerting, Answerable, Box, Connector, Undeliverable
from intents.addresses import AddressParts, parse_address
from intents.entities import extract, masked

_LOOK_SECONDS = 2.0
_SECONDS = 15.0
"""For one alert."""
_AT_ONCE = 20
_LINK = re.compile(r"(?:https?://|www\.)\S+", re.IGNORECASE)
_MINUTES_IN_HOURS = 120
"""A wait longer than this is told in hours."""

log = structlog.get_logger()


class Alerts:
    def __init__(
        self,
        database: Database,
        shop: Shop,
        texts: Texts,
        connectors: Mapping[str, Connector],
        places: Sequence[Place],
        *,
        public_url: str | None,
        clock: Callable[[], datetime],
    ) -> None:
        """
        Raises:
            SettingsError: a place is on no channel that could tell it, or nobody knows where the console is.
        """
        self._database, self._shop, self._texts, self._clock = database, shop, texts, clock
        self._channels = {place.channel: _alerting(connectors, place.channel) for place in places}
        self._places = {
            name: [place.where for place in places if place.channel == name] for name in self._channels
        }
        self._elsewhere: Collection[str] = [name for name, one in connectors.items() if one.has_people]
        if places and not public_url:
            raise SettingsError("Setting KEFU_CHANNELS: alerts need KEFU_PUBLIC_URL for their links.")
        self._console = f"{(public_url or '').rstrip('/')}/console/inbox"

    async def run(self) -> None:
        """Tell until cancelled; a channel that is slow or gone holds up no other."""
        async with asyncio.TaskGroup() as loops:
            for channel in self._channels:
                loops.create_task(self._serve(channel))

    async def _serve(self, channel: str) -> None:
        while True:
            try:
                await self.tell_due(channel)
            except Exception:
                log.exception("alerts_failed", channel=channel)
            await asyncio.sleep(_LOOK_SECONDS)

    async def tell_due(self, channel: str) -> None:
        look = partial(
            rows.due,
            channel=channel,
            places=self._places[channel],
            now=self._clock(),
            elsewhere=self._elsewhere,
            limit=_AT_ONCE,
        )
        for alert in await self._database.read(look):
            await self._tell(alert)

    async def _tell(self, alert: Alert) -> None:
        now = self._clock()
        attempts = await self._database.write(partial(rows.claim, alert=alert, now=now))
        if attempts is None:
            return
        profile = await self._shop.profile()
        language = self._texts.languages(profile.languages)[0]
        text = text_of(alert, self._texts, language, now=now)
        link = f"{self._console}?{urlencode({'c': alert.conversation_id})}"
        again, error = None, ""
        try:
            async with asyncio.timeout(_SECONDS):
                label = self._texts.say("alert.open", language)
                await self._alert(alert, text, link, label, language)
        except Exception as failure:
            lost = isinstance(failure, Undeliverable)
            again, error = None if lost else retry_at(attempts, failure, now), repr(failure)
            log.warning(
                "alert_failed",
                channel=alert.channel,
                attempts=attempts,
                kind=type(failure).__name__,
                again=again is not None,
            )
        await self._database.write(partial(rows.settle, alert=alert, retry_at=again, error=error))

    async def _alert(self, alert: Alert, text: str, link: str, label: str, language: str) -> None:
        channel = self._channels[alert.channel]
        if isinstance(channel, Answerable):
            words = (self._texts.say(f"alert.{key}", language) for key in ("box", "send"))
            await channel.ask(alert.place, text, link, label, Box(alert.conversation_id, *words))
        else:
            await channel.alert(alert.place, text, link, label)


def text_of(alert: Alert, texts: Texts, language: str, *, now: datetime) -> str:
    """Why, since when, and about what: in a few lines without anything that tells who it is."""
    reason = texts.say(f"reason.{alert.reason}", language)
    lines = [texts.say(f"alert.{alert.kind}", language, reason=reason)]
    minutes = int((now - alert.opened_at).total_seconds() // 60)
    if minutes > 0:
        span = ("minutes", minutes) if minutes <= _MINUTES_IN_HOURS else ("hours", minutes // 60)
        time = texts.say(f"span.{span[0]}", language, count=span[1])
        lines.append(texts.say("alert.waiting", language, time=time))
    if problem := _told_of(alert, now):
        lines.append(texts.say("alert.problem", language, problem=problem))
    return "\n".join(lines)


def _told_of(alert: Alert, now: datetime) -> str:
    """The shopper's words without contacts, numbers and links; nothing of grave matters and of addresses."""
    if alert.reason in topics():
        return ""
    text = _LINK.sub("…", alert.problem)
    text = masked(text, extract(text, "zh", today=now.date()))
    return text if parse_address(text) == AddressParts() else ""


def _alerting(connectors: Mapping[str, Connector], name: str) -> Alerting:
    connector = connectors.get(name)
    if not isinstance(connector, Alerting):
        why = "is not set up" if connector is None else "cannot tell the shop's people anything"
        raise SettingsError(f"Setting KEFU_CHANNELS: alerts name the channel {name}, which {why}.")
    return connector
