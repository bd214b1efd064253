"""One thing asked of the system, and put into the copy."""

import asyncio
import time
from functools import partial
from weakref import WeakValueDictionary

import structlog
from sqlalchemy import Connection, select
from sqlalchemy.exc import DataError, IntegrityError

from bot.shop.database import Database
from bot.shop.linked import moments
from bot.shop.linked.merging import merge
from bot.shop.linked.rows import Told, read_thing
from bot.shop.linked.tables import things
from connectors.channel import RetryLater
from connectors.shop_system import Kind, ShopSystem

_QUICK_SECONDS = 2.0
"""How long a shopper's question waits for the system."""
_PAUSE_SECONDS = 30.0
"""How long a system that did not answer in time is not waited for again."""
_AGAIN_SECONDS = 0.5

log = structlog.get_logger()


class Fetching:
    def __init__(self, database: Database, system: ShopSystem, *, insist_seconds: float) -> None:
        self._database, self._system, self._insist = database, system, insist_seconds
        self._asking: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._pause_until = 0.0

    async def ask(self, kind: Kind, id: str) -> Told:
        """Raises RetryLater, or whatever else the system does."""
        asked_at = moments.now()
        thing = await self._system.find(kind, id)
        return Told(kind, id, asked_at) if thing is None else read_thing(thing, asked_at)

    async def take_in(self, told: Told) -> Told:
        """Into the copy; what the tables do not take is odd."""
        try:
            await self._database.write(partial(merge, told=[told]))
        except (IntegrityError, DataError) as error:
            odd = Told(told.kind, told.id, told.asked_at, problem=f"is not taken ({type(error).__name__})")
            await self._database.write(partial(merge, told=[odd]))
            return odd
        return told

    async def refresh(self, number: str, *, fresh_seconds: float) -> None:
        """Have the order as it is now, where the system answers quickly; else the copy must do."""
        async with self._asking.setdefault(number, asyncio.Lock()):
            if time.monotonic() < self._pause_until or await self._is_fresh(number, fresh_seconds):
                return
            try:
                async with asyncio.timeout(_QUICK_SECONDS):
                    told = await self.ask("order", number)
            except (RetryLater, TimeoutError) as error:
                self._pause_until = time.monotonic() + _PAUSE_SECONDS
                log.warning("shop_system_slow", kind=type(error).__name__)
            except Exception as error:  # of this order alone: the others are asked for as ever
                log.warning("shop_fetch_failed", kind="order", why=type(error).__name__)
            else:
                await self.take_in(told)

    async def insist(self, kind: Kind, id: str) -> bool:
        """Have it as it is now; False where the system does not say it however often it is asked."""
        try:
            async with asyncio.timeout(self._insist):
                while True:
                    try:
                        told = await self.ask(kind, id)
                        break
                    except RetryLater as error:
                        await asyncio.sleep(error.seconds or _AGAIN_SECONDS)
        except Exception as error:
            log.warning("shop_system_away", kind=type(error).__name__)
            return False
        return not (await self.take_in(told)).problem

    async def _is_fresh(self, number: str, seconds: float) -> bool:
        def asked_at(connection: Connection) -> int | None:
            mine = (things.c.kind == "order") & (things.c.id == number)
            return connection.execute(select(things.c.asked_at).where(mine)).scalar()

        last = await self._database.read(asked_at)
        return last is not None and moments.now() - last < seconds * moments.SECOND


def wait_of(error: Exception) -> float | None:
    """Seconds that the system asks to wait."""
    return error.seconds if isinstance(error, RetryLater) else None
