"""One thing as it is now, by the name that its row has."""

from typing import TypeVar

from connectors.channel import Payload
from connectors.woocommerce.api import Api
from connectors.woocommerce.config import Config
from connectors.woocommerce.customers import customer_id
from connectors.woocommerce.products import sku_of
from connectors.woocommerce.values import number, objects, part, text

K = TypeVar("K")
V = TypeVar("V")
_MOST_REMEMBERED = 100_000
_GUESTS = {"customer": "0", "orderby": "modified", "order": "desc"}


class Finder:
    """Remembers what can be looked up again: an order by its number, a guest's order, a variation's SKU."""

    def __init__(self, api: Api, config: Config) -> None:
        self._api, self._config = api, config
        self._orders: dict[str, int] = {}
        self._guests: dict[str, int] = {}
        self._skus: dict[int, str] = {}

    def saw_order(self, order: Payload) -> None:
        _remember(self._orders, text(order.get("number")), order["id"])
        if not number(order.get("customer_id")):
            _remember(self._guests, customer_id(order), order["id"])

    def saw_variations(self, product: Payload, variations: list[Payload]) -> None:
        for one in variations:
            _remember(self._skus, number(one["id"]), self._sku(one, product))

    async def order(self, given: str) -> Payload | None:
        """An order's number is its id, unless a plugin counts another way: then it is searched for."""
        known = self._orders.get(given) or (given if given.isascii() and given.isdecimal() else None)
        if known is not None:
            found = await self._api.one(f"orders/{known}")
            if found is not None and text(found.get("number")) == given:
                return found
        for one in await self._api.some("orders", search=given):
            if text(one.get("number")) == given:
                self.saw_order(one)
                return await self._api.one(f"orders/{one['id']}")
        return None

    async def guests_order(self, id: str) -> Payload | None:
        """The latest of theirs. Their id tells nothing of them: one order of theirs must be known, or be found."""
        known = self._guests.get(id)
        found = await self._api.one(f"orders/{known}") if known is not None else None
        email = text(part(part(found).get("billing")).get("email"))
        if email:
            async for page in self._api.every("orders", search=email, **_GUESTS):
                for one in page:
                    if customer_id(one) == id:
                        return one
        async for page in self._api.every("orders", **_GUESTS):
            for one in page:
                if customer_id(one) == id:
                    _remember(self._guests, id, one["id"])
                    return one
        return None

    async def skus_of(self, order: Payload) -> dict[int, str]:
        """Line to sku."""
        return {number(line["id"]): await self._sku_of(line) for line in objects(order.get("line_items"))}

    async def _sku_of(self, line: Payload) -> str:
        """A line tells its variation's parent's SKU where that has none: so the variation itself is asked."""
        id = number(line.get("variation_id"))
        if not id:
            return sku_of(line.get("sku"), number(line.get("product_id")), None, self._config)
        if id not in self._skus:
            variation = await self._api.one(f"products/{id}")
            parent = (
                await self._api.one(f"products/{number(variation.get('parent_id'))}") if variation else None
            )
            _remember(self._skus, id, self._sku(variation, parent or {}) if variation else str(id))
        return self._skus[id]

    def _sku(self, variation: Payload, parent: Payload) -> str:
        return sku_of(variation.get("sku"), number(variation["id"]), parent.get("sku"), self._config)


def _remember(known: dict[K, V], key: K, value: V) -> None:
    """The oldest are forgotten."""
    known.pop(key, None)
    if len(known) >= _MOST_REMEMBERED:
        known.pop(next(iter(known)))
    known[key] = value
