"""Carrying out what was confirmed: look first, do what is missing, leave a mark to find again."""

from collections.abc import Awaitable, Callable, Mapping

from connectors.channel import RetryLater
from connectors.shop_system import Change, Refusal
from connectors.shopify.addressing import change_address, change_default_address
from connectors.shopify.api import Api
from connectors.shopify.cancelling import cancel_order
from connectors.shopify.editing import change_items
from connectors.shopify.ids import is_guest
from connectors.shopify.orders import owner_of
from connectors.shopify.reading import Reader
from connectors.shopify.refunding import protect_price
from connectors.shopify.returning import return_items
from connectors.shopify.work import ASKED, DONE, CustomerWork, OrderWork

_OF_ORDERS: Mapping[str, Callable[[OrderWork], Awaitable[None]]] = {
    "cancel_order": cancel_order,
    "change_address": change_address,
    "change_items": change_items,
    "return_items": return_items,
    "protect_price": protect_price,
}
_OF_CUSTOMERS: Mapping[str, Callable[[CustomerWork], Awaitable[None]]] = {
    "change_default_address": change_default_address
}
CHANGES = frozenset((*_OF_ORDERS, *_OF_CUSTOMERS))


class Changer:
    def __init__(self, api: Api, reader: Reader) -> None:
        self._api, self._reader = api, reader

    async def carry_out(self, change: Change, key: str) -> None:
        if change.kind in _OF_CUSTOMERS:
            if is_guest(change.customer_id):
                raise Refusal("somebody without an account has no addresses")
            await _OF_CUSTOMERS[change.kind](CustomerWork(self._api, change, key))
        elif change.kind in _OF_ORDERS:
            work = await self._of_order(change, key)
            mark = await work.read_mark()
            if mark == DONE:
                return
            work.asked = mark == ASKED
            if mark is None and not work.has_refund() and owner_of(work.order) != change.customer_id:
                raise Refusal("the customer has no such order")
            try:
                await _OF_ORDERS[change.kind](work)
            except Refusal as refusal:
                if work.begun:
                    raise RetryLater(f"done in part: {refusal}") from refusal
                raise
        else:
            raise Refusal(f"Shopify is not asked to do {change.kind}")

    async def _of_order(self, change: Change, key: str) -> OrderWork:
        order = await self._reader.order(str(change.request["order_number"]))
        if order is None:
            raise Refusal("there is no such order")
        return OrderWork(self._api, change, key, order)
