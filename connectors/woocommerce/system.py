"""A shop on WooCommerce, as Kefu sees every shop system."""

from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from datetime import datetime

from connectors.channel import Kit, Request, RetryLater
from connectors.shop_system import GUEST, Change, Heard, Kind, Thing
from connectors.woocommerce import hooks
from connectors.woocommerce.addresses import Places
from connectors.woocommerce.api import Api, Failed
from connectors.woocommerce.changes import Changes
from connectors.woocommerce.config import Config
from connectors.woocommerce.customers import customer_thing, guest_thing
from connectors.woocommerce.finding import Finder
from connectors.woocommerce.reading import Reader


class WooCommerce:
    name = "woocommerce"

    def __init__(self, config: Config, kit: Kit) -> None:
        self._config, self._api = config, Api(config, kit.http)
        self._places = Places(self._api, config.language)
        self._finder = Finder(self._api, config)
        self._reader = Reader(self._api, config, self._places, self._finder, kit.clock)
        self._changes = Changes(self._api, config, self._places, self._finder)
        self.changes = self._changes.kinds

    async def read(self, kind: Kind, *, since: datetime | None = None) -> AsyncIterator[Thing]:
        with _later():
            async for thing in self._reader.read(kind, since):
                if since is None or thing.updated_at >= since:
                    yield thing

    async def ids(self, kind: Kind) -> frozenset[str]:
        with _later():
            return await self._reader.ids(kind)

    async def find(self, kind: Kind, id: str) -> Thing | None:
        with _later():
            if kind == "order":
                order = await self._finder.order(id)
                return await self._reader.order(order) if order else None
            if kind == "customer" and id.startswith(GUEST):
                order = await self._finder.guests_order(id)
                return await guest_thing(order, self._places) if order else None
            if not (id.isascii() and id.isdecimal()):
                return None
            if kind == "customer":
                customer = await self._api.one(f"customers/{id}")
                return await customer_thing(customer, self._places) if customer else None
            product = await self._api.one(f"products/{id}")
            return await self._reader.product(product) if product else None

    async def carry_out(self, change: Change, *, key: str) -> None:
        await self._changes.carry_out(change, key)

    def receive(self, request: Request) -> Heard:
        return hooks.heard(request, self._config.webhook_secret)

    async def subscribe(self, url: str) -> None:
        with _later():
            await hooks.subscribe(self._api, url, self._config.webhook_secret)


def open(config: Config, kit: Kit) -> WooCommerce:
    return WooCommerce(config, kit)


@contextmanager
def _later() -> Iterator[None]:
    """What WooCommerce refuses to tell, it may tell once somebody has looked at the key or the address."""
    try:
        yield
    except Failed as failed:
        raise RetryLater(str(failed)) from failed
