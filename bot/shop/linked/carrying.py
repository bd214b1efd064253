"""A confirmed change, done in the system and then written down: once, whoever dies in between."""

import asyncio
import time
from functools import partial
from uuid import uuid4

import structlog

from bot.shop import receipts
from bot.shop.changes.plan import Receipt, Refused, Unsettled
from bot.shop.changes.rules import refuse
from bot.shop.changing import OnChange
from bot.shop.database import Database
from bot.shop.linked import finishing, moments, undertakings
from bot.shop.linked.fetching import Fetching, wait_of
from bot.shop.linked.rows import Told
from bot.shop.linked.undertakings import Open
from connectors.shop_system import Refusal, ShopSystem

_CALL_SECONDS = 12.0
_LOOK_SECONDS = 3.0
"""To see how the order is after the change."""
_POLL_SECONDS = 0.2
_PAUSE_SECONDS = 0.5
"""Between two tries while a shopper waits."""
_TRIED_FOR = 24 * 3600 * moments.SECOND
"""The shopper was passed on to a colleague: carried out later, it could undo what that one did since."""

log = structlog.get_logger()


class Carrying:
    def __init__(
        self,
        database: Database,
        system: ShopSystem,
        fetching: Fetching,
        *,
        on_change: OnChange | None,
        lease_seconds: float,
    ) -> None:
        self._database, self._system, self._fetching = database, system, fetching
        self._on_change, self._lease = on_change, int(lease_seconds * moments.SECOND)

    async def put(self, work: partial[int | Receipt]) -> tuple[int | Receipt, str]:
        """What `work`, which may put an undertaking on disk, came to; and in whose name it is held."""
        holder = uuid4().hex
        return await self._database.write(partial(work, holder=holder, lease=self._lease)), holder

    async def settle(
        self, id: int, *, customer_id: str, key: str, patience: float, holder: str = ""
    ) -> Receipt:
        """Done, with its receipt.

        Raises:
            Refused: the system will not do it; nothing was changed.
            Unsettled: it is not known to be done after `patience` seconds; it stays on disk.
        """
        holder, until = holder or uuid4().hex, time.monotonic() + patience
        while True:
            open_ = await self._database.write(
                partial(undertakings.take, id=id, holder=holder, lease=self._lease)
            )
            if open_ is not None:
                receipt, wait = await self._try(open_)
            else:
                receipt, wait = await self._elsewhere(id, customer_id, key), _POLL_SECONDS
            if receipt is not None:
                return receipt
            if time.monotonic() + wait > until:
                raise Unsettled("The shop's system has not said whether it was done.")
            await asyncio.sleep(wait)

    async def settle_due(self) -> int:
        """Those that somebody left; returns how many there were."""
        left = await self._database.read(undertakings.due)
        for id in left:
            try:
                await self._settle_left(id)
            except Exception as error:  # one that cannot be read or written down must not hold up the others
                log.warning("change_stuck", id=id, kind=type(error).__name__)
        return len(left)

    async def _settle_left(self, id: int) -> None:
        take = partial(undertakings.take, id=id, holder=uuid4().hex, lease=self._lease)
        open_ = await self._database.write(take)
        if open_ is None:
            return
        if moments.now() - open_.made_at > _TRIED_FOR:
            log.error("change_given_up", kind=open_.undertaking.kind, attempts=open_.attempts)
            await self._database.write(partial(finishing.give_up, open_=open_))
        else:
            try:
                await self._try(open_)
            except Refused:
                log.warning("change_refused_late", kind=open_.undertaking.kind)

    async def _try(self, open_: Open) -> tuple[Receipt | None, float]:
        """The receipt, else the seconds to wait before the next try."""
        undertaking = open_.undertaking
        try:
            async with asyncio.timeout(_CALL_SECONDS):
                await self._system.carry_out(undertaking.change, key=undertaking.system_key)
        except Refusal as refusal:
            log.warning("change_refused", kind=undertaking.kind, why=str(refusal))
            await self._database.write(partial(finishing.give_up, open_=open_))
            refuse("system.refused")
        except Exception as error:
            # Whatever it was, the system may have done it: only the same call again tells.
            why = str(error) or type(error).__name__
            log.warning("change_unsettled", kind=undertaking.kind, attempts=open_.attempts, why=why)
            seconds = wait_of(error)
            await self._database.write(
                partial(undertakings.put_back, open_=open_, problem=why, seconds=seconds)
            )
            return None, max(seconds or 0.0, _PAUSE_SECONDS)
        now_there = await self._look(open_)
        finish = partial(finishing.finish, open_=open_, now_there=now_there, on_change=self._on_change)
        return await self._database.write(finish), 0.0

    async def _look(self, open_: Open) -> Told | None:
        """The order as the system has it now; None where it does not say."""
        if open_.undertaking.order is None:
            return None
        try:
            async with asyncio.timeout(_LOOK_SECONDS):
                return await self._fetching.ask("order", open_.undertaking.order.number)
        except Exception as error:
            log.warning("shop_system_slow", kind=type(error).__name__)
            return None

    async def _elsewhere(self, id: int, customer_id: str, key: str) -> Receipt | None:
        """What became of an undertaking that is not ours to take; None while somebody is at it."""
        given = await self._database.read(partial(receipts.with_key, customer_id=customer_id, key=key))
        if given is None and not await self._database.read(partial(undertakings.there, id=id)):
            # Its receipt may have come between the two looks.
            given = await self._database.read(partial(receipts.with_key, customer_id=customer_id, key=key))
            if given is None:
                refuse("system.refused")
        return given
