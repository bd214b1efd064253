"""Who is it? One order's number and its contact open that order, and guessing is slowed down."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from bot.conversation import Identity
from bot.shop.base import Shop
from bot.shop.keys import order_key
from bot.store.base import Store

MOST_ATTEMPTS = 5
WINDOW_MINUTES = 15


@dataclass(frozen=True, slots=True)
class Verdict:
    outcome: Literal["verified", "mismatch", "locked"]
    identity: Identity | None = None


class Identification:
    def __init__(self, shop: Shop, store: Store) -> None:
        self._shop, self._store = shop, store

    async def verify(
        self, number: str, contact: str, *, conversation_id: str, address: str | None, now: datetime
    ) -> Verdict:
        """Counts before it looks, by conversation, by client address and by the order aimed at.

        A locked number answers like any other: whether it exists is not told.
        """
        scopes = [f"verify:conversation:{conversation_id}", f"verify:order:{order_key(number)}"]
        if address:
            scopes.append(f"verify:address:{address}")
        counts = [
            await self._store.count_attempt(scope, at=now, window_seconds=WINDOW_MINUTES * 60)
            for scope in scopes
        ]
        if max(counts) > MOST_ATTEMPTS:
            return Verdict("locked")
        order = await self._shop.verify_order(number, contact)
        if order is None:
            return Verdict("mismatch")
        return Verdict("verified", Identity("order", order.customer_id, order.number))
