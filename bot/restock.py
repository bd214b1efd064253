"""Telling customers that something is back: once, in the conversation in which they last spoke."""

import asyncio
from collections.abc import Callable
from datetime import datetime
from uuid import NAMESPACE_URL, uuid5

import structlog

from bot.desk import Desk
from bot.errors import Stale
from bot.shop.base import Shop
from bot.shop.notices import Notice
from bot.store.base import Interrupted, Store

_EVERY_SECONDS = 30.0

log = structlog.get_logger()


class Restock:
    def __init__(self, shop: Shop, store: Store, desk: Desk, *, clock: Callable[[], datetime]) -> None:
        self._shop, self._store, self._desk, self._clock = shop, store, desk, clock

    async def run(self) -> None:
        """Look for what is due until cancelled."""
        while True:
            try:
                await self.tell_due()
            except Exception:
                log.exception("restock_failed")
            await asyncio.sleep(_EVERY_SECONDS)

    async def tell_due(self) -> None:
        for notice in await self._shop.due_notices(now=self._clock()):
            try:
                await self._tell(notice)
            except (Stale, Interrupted):
                continue  # The shopper is speaking; next time.
            except Exception:
                log.exception("notice_failed")  # Those behind it do not wait for it.

    async def _tell(self, notice: Notice) -> None:
        """The reply's id is the notice's own: after a crash it is found, and nothing is said twice."""
        reply_id = uuid5(NAMESPACE_URL, notice.key).hex
        conversation_id = await self._store.latest_conversation(notice.customer_id)
        said = await self._store.message(reply_id) is not None
        if said or (conversation_id and await self._desk.tell(conversation_id, notice, reply_id)):
            await self._noted(notice)

    async def _noted(self, notice: Notice) -> None:
        await self._shop.told(notice, at=self._clock())
