"""Somebody else's shop as the bot's: read from a copy, which is the embedded shop, and changed where it is kept."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from weakref import WeakValueDictionary

from sqlalchemy import Connection

from bot.errors import InvalidInput
from bot.shop import changing, receipts
from bot.shop.changes.allowed import OrderChoices
from bot.shop.changes.plan import Outdated, Plan, Receipt, Unreached
from bot.shop.changes.requests import Request, Undo, kind_of
from bot.shop.changes.rules import refuse
from bot.shop.database import Database
from bot.shop.domain import Customer, Order
from bot.shop.keys import storable
from bot.shop.linked import looks, undertakings
from bot.shop.linked.by_hand import LOCAL, only_those_of
from bot.shop.linked.carrying import Carrying
from bot.shop.linked.fetching import Fetching
from bot.shop.loading import load
from bot.shop.sql import SqlShop
from connectors.shop_system import GUEST, ShopSystem

_FRESH_SECONDS, _FRESH_IN_LIST_SECONDS = 10.0, 60.0
"""What was asked for less than this ago need not be asked again."""
_NEWEST = 3
"""Of a customer's orders, that are refreshed before all are listed."""


class LinkedShop(SqlShop):
    """Implements `Shop`. `carrying` and `fetching` are shared with who works off what was left."""

    def __init__(
        self,
        database: Database,
        system: ShopSystem,
        fetching: Fetching,
        carrying: Carrying,
        *,
        on_change: changing.OnChange | None,
        recheck_seconds: float,
        patience_seconds: float,
    ) -> None:
        super().__init__(database, recheck_seconds=recheck_seconds, on_change=on_change)
        self._system, self._fetching, self._carrying = system, fetching, carrying
        self._patience = patience_seconds
        self._whole = False
        self._changing: WeakValueDictionary[tuple[str, str], asyncio.Lock] = WeakValueDictionary()

    async def orders(self, customer_id: str, *, limit: int = 20) -> Sequence[Order]:
        newest = await super().orders(customer_id, limit=min(limit, _NEWEST))
        await asyncio.gather(
            *(self._fetching.refresh(one.number, fresh_seconds=_FRESH_IN_LIST_SECONDS) for one in newest)
        )
        return await super().orders(customer_id, limit=limit)

    async def order(self, number: str, *, customer_id: str) -> Order | None:
        """As it is now, where the system says so quickly; while the copy is not whole, also one not read yet."""
        found = await super().order(number, customer_id=customer_id)
        if found is None and await self.is_whole():
            return None
        written = number.strip().lstrip("#") if found is None else found.number
        await self._fetching.refresh(written, fresh_seconds=_FRESH_SECONDS)
        return await super().order(number, customer_id=customer_id)

    def _only(self, found: Sequence[Customer]) -> Customer | None:
        """The account: anybody may have ordered with its e-mail address as a guest."""
        return super()._only([one for one in found if not one.id.startswith(GUEST)] or found)

    async def preview(self, request: Request, *, customer_id: str, now: datetime) -> Plan:
        plan = await super().preview(request, customer_id=customer_id, now=now)
        if await self._is_local(request, customer_id):
            return plan
        self._check_supported(request)
        if plan.order is not None:
            await self._database.read(partial(_check_free, number=plan.order.number))
        return self._final(plan)

    async def choices(self, number: str, *, customer_id: str, now: datetime) -> OrderChoices:
        found = await super().choices(number, customer_id=customer_id, now=now)
        return only_those_of(self._system.changes, found)

    async def change(
        self, request: Request, *, customer_id: str, now: datetime, key: str, digest: str
    ) -> Receipt:
        changing.check_size(request)
        if not 0 < len(key) <= changing.LONGEST_KEY:
            raise InvalidInput(f"A key has 1 to {changing.LONGEST_KEY} characters.")
        customer_id, key = storable(customer_id), storable(key)
        given = await self._database.read(partial(receipts.with_key, customer_id=customer_id, key=key))
        if given is not None:
            return given
        if await self._is_local(request, customer_id):
            return await super().change(request, customer_id=customer_id, now=now, key=key, digest=digest)
        # Pressed twice, the second waits for the first and finds its receipt.
        async with self._changing.setdefault((customer_id, key), asyncio.Lock()):
            receipt = await self._change(request, customer_id, now, key, digest)
        self._forget()
        return receipt

    async def is_whole(self) -> bool:
        """Customers and orders were read to their end once."""
        if not self._whole:
            self._whole = await self._database.read(looks.are_whole)
        return self._whole

    async def is_unsettled(self, key: str, *, customer_id: str) -> bool:
        work = partial(undertakings.with_key, customer_id=storable(customer_id), key=storable(key))
        return await self._database.read(work) is not None

    async def _change(
        self, request: Request, customer_id: str, now: datetime, key: str, digest: str
    ) -> Receipt:
        id = await self._database.read(partial(undertakings.with_key, customer_id=customer_id, key=key))
        holder = ""
        if id is None:
            await self._ask_anew(request, customer_id)
            begin = partial(
                self._begin, request=request, customer_id=customer_id, now=now, key=key, digest=digest
            )
            begun, holder = await self._carrying.put(begin)
            if isinstance(begun, Receipt):
                return begun
            id = begun
        return await self._carrying.settle(
            id, customer_id=customer_id, key=key, patience=self._patience, holder=holder
        )

    def _begin(
        self,
        connection: Connection,
        *,
        request: Request,
        customer_id: str,
        now: datetime,
        key: str,
        digest: str,
        holder: str,
        lease: int,
    ) -> int | Receipt:
        """The id of the undertaking, on disk; the receipt where another process was there first."""
        changing.take_turn(connection)
        given = receipts.with_key(connection, customer_id, key)
        if given is not None:
            return given
        there = undertakings.with_key(connection, customer_id, key)
        if there is not None:
            return there
        before, done = load(connection, request, customer_id, now)
        plan = changing.plan_of(connection, request, before, done)
        self._check_supported(request)
        if plan.order is not None:
            _check_free(connection, plan.order.number)
        if plan.digest != digest:
            raise Outdated(self._final(plan))
        undoes = None if done is None else done.receipt.number
        undertaking = undertakings.undertaking_of(self._final(plan), before, key=key, at=now, undoes=undoes)
        return undertakings.put(connection, undertaking, holder=holder, lease=lease)

    async def _ask_anew(self, request: Request, customer_id: str) -> None:
        """The order as the system has it now, whatever it takes: what is changed must be what there is.

        Raises:
            Unreached: it does not say.
        """
        number = getattr(request, "order_number", None)
        if isinstance(request, Undo):
            receipt = await self.receipt(request.receipt, customer_id=customer_id)
            number = receipt.order_number if receipt else None
        found = None if number is None else await super().order(number, customer_id=customer_id)
        if found is not None and not await self._fetching.insist("order", found.number):
            raise Unreached("The shop's system does not answer.")

    async def _is_local(self, request: Request, customer_id: str) -> bool:
        if not isinstance(request, Undo):
            return kind_of(request) in LOCAL
        receipt = await self.receipt(request.receipt, customer_id=customer_id)
        return receipt is not None and receipt.kind in LOCAL

    def _check_supported(self, request: Request) -> None:
        if kind_of(request) not in self._system.changes:
            refuse("system.by_hand")

    def _final(self, plan: Plan) -> Plan:
        """Nothing is promised to be taken back that cannot be."""
        return plan if "undo" in self._system.changes else replace(plan, undo_until=None)


def _check_free(connection: Connection, number: str) -> None:
    """Raises Refused while another change of the order is not settled."""
    if undertakings.is_under_way(connection, number):
        refuse("system.under_way", order=number)
