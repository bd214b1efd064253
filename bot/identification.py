"""Who is it? The ways to prove it, question by question; guessing is counted and stopped."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from bot.asker import Asker
from bot.codes import Codes
from bot.conversation import Identity
from bot.settings import Way
from bot.shop.base import Shop
from bot.shop.changes.plan import Unreached
from bot.shop.keys import email_digest, order_key, resident_digest
from bot.store.base import Store

MOST_ATTEMPTS = 5
WINDOW_MINUTES = 15
SIGNED_IN_FOR = timedelta(hours=1)
"""Without a token nobody tells us that the shopper left the computer."""

Level = Literal["anonymous", "order", "signed_in"]
LEVELS: tuple[Level, ...] = ("anonymous", "order", "signed_in")
SLOTS: Mapping[Way, tuple[str, ...]] = {
    "order_contact": ("order_number", "contact"),
    "email_code": ("email",),  # the code is asked for once it is sent
    "email": ("email",),
    "name_postcode": ("name", "postcode"),
}
_GIVES: Mapping[Way, Level] = {
    "order_contact": "order",
    "email_code": "signed_in",
    "email": "signed_in",
    "name_postcode": "signed_in",
}
CREDENTIALS = frozenset({"contact", "email", "code", "name", "postcode"})
"""Slots that prove who asks and are no tool's arguments."""


def suffices(identity: Identity, level: Level) -> bool:
    return LEVELS.index(identity.level) >= LEVELS.index(level)


@dataclass(frozen=True, slots=True)
class Verdict:
    """`code_sent`: go on by asking for the slot `code`; the same whether there is an account or not."""

    outcome: Literal["verified", "mismatch", "locked", "code_sent"]
    way: Way
    identity: Identity | None = None


class Identification:
    def __init__(
        self,
        shop: Shop,
        store: Store,
        *,
        ways: Sequence[Way] = ("order_contact",),
        codes: Codes | None = None,
    ) -> None:
        """`ways` in the order in which they are proposed; `email_code` needs `codes`."""
        assert codes is not None or "email_code" not in ways
        self._shop, self._store, self._ways, self._codes = shop, store, tuple(ways), codes

    def ways(self, level: Level) -> tuple[Way, ...]:
        """Those that prove at least `level`; none when only the shop's token does."""
        return tuple(way for way in self._ways if LEVELS.index(_GIVES[way]) >= LEVELS.index(level))

    def needed(self, given: Mapping[str, str], level: Level) -> str | None:
        """The slot to ask for next; None when `verify` has what it needs."""
        way = self._way(given, level)
        return next((slot for slot in SLOTS[way] if slot not in given), None)

    async def verify(self, given: Mapping[str, str], asker: Asker, level: Level) -> Verdict:
        """What `given` proves, with nothing needed any more.

        Counts before it looks, by conversation, by client address and by what is aimed at; a locked
        aim answers like any other, so whether it exists is not told.

        Raises:
            Unreached: not all of the shop has been read yet, so what is not found may well be right.
        """
        way = self._way(given, level)
        if way == "email_code":
            return await self._by_code(given, asker)
        if await self._is_locked(way, given, asker):
            return Verdict("locked", way)
        if way == "order_contact":
            order = await self._shop.verify_order(given["order_number"], given["contact"])
            proved = Identity("order", order.customer_id, order.number) if order else None
        elif way == "email":
            customer = await self._shop.customer_by_email(given["email"])
            proved = _signed_in(customer.id, asker) if customer else None
        else:
            customer = await self._shop.customer_by_name(given["name"], given["postcode"])
            proved = _signed_in(customer.id, asker) if customer else None
        if proved is None:
            await self._require_whole()
        return Verdict("verified" if proved else "mismatch", way, proved)

    async def _by_code(self, given: Mapping[str, str], asker: Asker) -> Verdict:
        assert self._codes is not None
        code = given.get("code")
        if not code:
            await self._require_whole()
            sent = await self._codes.send(given["email"], asker)
            return Verdict("code_sent" if sent else "locked", "email_code")
        customer_id = await self._codes.check(code, asker)
        if customer_id is None:
            return Verdict("mismatch", "email_code")
        return Verdict("verified", "email_code", _signed_in(customer_id, asker))

    async def _require_whole(self) -> None:
        if not await self._shop.is_whole():
            raise Unreached("Not all of the shop has been read yet.")

    def _way(self, given: Mapping[str, str], level: Level) -> Way:
        """The first that has all it needs, else the first one begun, else the first."""
        ways = self.ways(level)
        complete = [way for way in ways if all(slot in given for slot in SLOTS[way])]
        begun = [way for way in ways if any(slot in given for slot in SLOTS[way])]
        return [*complete, *begun, *ways][0]

    async def _is_locked(self, way: Way, given: Mapping[str, str], asker: Asker) -> bool:
        scopes = [f"verify:conversation:{asker.conversation_id}", f"verify:{_aim(way, given)}"]
        if asker.address:
            scopes.append(f"verify:address:{asker.address}")
        counts = await asyncio.gather(
            *(
                self._store.count_attempt(scope, at=asker.now, window_seconds=WINDOW_MINUTES * 60)
                for scope in scopes
            )
        )
        return max(counts) > MOST_ATTEMPTS


def _aim(way: Way, given: Mapping[str, str]) -> str:
    """What a guesser would hold fast while trying the other."""
    if way == "order_contact":
        return f"order:{order_key(given['order_number'])}"
    if way == "email":
        return f"email:{email_digest(given['email'])}"
    return f"name:{resident_digest(given['name'], 'any')}"


def _signed_in(customer_id: str, asker: Asker) -> Identity:
    return Identity("signed_in", customer_id, until=asker.now + SIGNED_IN_FOR)
