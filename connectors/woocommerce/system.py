"""A shop on WooCommerce, as Kefu sees every shop system."""

from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

from connectors.channel import Kit, Payload, Request, RetryLater
from connectors.shop_system import Change, Heard, Kind, Thing
from connectors.woocommerce import hooks
from connectors.woocommerce.addresses import Places
from connectors.woocommerce.api import Api, Failed
from connectors.woocommerce.changes import Changes
from connectors.woocommerce.config import Config
from connectors.woocommerce.customers import GUEST, customer_id, customer_thing, guest_thing
from connectors.woocommerce.finding import Finder
from connectors.woocommerce.orders import order_thing
from connectors.woocommerce.products import product_thing
from connectors.woocommerce.statuses import NO_ORDER
from connectors.woocommerce.values import number, objects, text

_NO_ROUTE = ("rest_no_route", "rest_invalid_handler")


class WooCommerce:
    name = "woocommerce"

    def __init__(self, config: Config, kit: Kit) -> None:
        self._config, self._api = config, Api(config, kit.http)
        self._places = Places(self._api, config.language)
        self._finder = Finder(self._api, config)
        self._changes = Changes(self._api, config, self._places, self._finder)
        self.changes = self._changes.kinds

    async def read(self, kind: Kind, *, since: datetime | None = None) -> AsyncIterator[Thing]:
        with _later():
            things = {"product": self._products, "customer": self._customers, "order": self._orders}[kind](
                since
            )
            async for thing in things:
                if since is None or thing.updated_at >= since:
                    yield thing

    async def ids(self, kind: Kind) -> frozenset[str]:
        with _later():
            if kind == "product":
                return frozenset(
                    {str(one["id"]) async for one in self._all("products", orderby="id", _fields="id")}
                )
            if kind == "order":
                orders = self._all("orders", orderby="id", _fields="id,number,status")
                return frozenset(
                    {text(one.get("number")) async for one in orders if one.get("status") not in NO_ORDER}
                )
            accounts = {
                str(one["id"]) async for one in self._all("customers", role="all", orderby="id", _fields="id")
            }
            guests = self._all("orders", customer="0", orderby="id", _fields="id,billing,status")
            return frozenset(
                accounts | {customer_id(one) async for one in guests if one.get("status") not in NO_ORDER}
            )

    async def find(self, kind: Kind, id: str) -> Thing | None:
        with _later():
            if kind == "order":
                order = await self._finder.order(id)
                return await self._order_thing(order) if order else None
            if kind == "customer" and id.startswith(GUEST):
                order = await self._finder.guests_order(id)
                return await guest_thing(order, self._places) if order else None
            if not (id.isascii() and id.isdecimal()):
                return None
            if kind == "customer":
                customer = await self._api.one(f"customers/{id}")
                return await customer_thing(customer, self._places) if customer else None
            product = await self._api.one(f"products/{id}")
            return await self._product_thing(product) if product else None

    async def carry_out(self, change: Change, *, key: str) -> None:
        await self._changes.carry_out(change, key)

    def receive(self, request: Request) -> Heard:
        return hooks.heard(request, self._config.webhook_secret)

    async def subscribe(self, url: str) -> None:
        with _later():
            await hooks.subscribe(self._api, url, self._config.webhook_secret)

    async def _products(self, since: datetime | None) -> AsyncIterator[Thing]:
        """A product is as new as the newest of its variations, by which WooCommerce cannot sort."""
        found: dict[str, Thing] = {}
        async for one in self._changed("products", since):
            thing = await self._product_thing(one)
            if thing:
                found[thing.id] = thing
        for id in await self._parents(since) if since else ():
            thing = await self.find("product", id) if id not in found else None
            if thing:
                found[thing.id] = thing
        for thing in sorted(found.values(), key=_when):
            yield thing

    async def _parents(self, since: datetime) -> Sequence[str]:
        """Of variations that changed: WooCommerce lists them from version 10.3 on; before, they change unseen."""
        try:
            changed = [one async for one in self._changed("variations", since)]
        except Failed as failed:
            if failed.code in _NO_ROUTE or failed.status == 404:
                return ()
            raise
        return list(dict.fromkeys(str(number(one.get("parent_id"))) for one in changed))

    async def _customers(self, since: datetime | None) -> AsyncIterator[Thing]:
        """WooCommerce can neither sort nor choose accounts by when they changed: all of them are looked at."""
        found: dict[str, Thing] = {}
        async for one in self._all("customers", role="all", orderby="id"):
            thing = await customer_thing(one, self._places)
            if thing:
                found[thing.id] = thing
        async for one in self._changed("orders", since, customer="0"):
            self._finder.saw_order(one)
            thing = await guest_thing(one, self._places) if one.get("status") not in NO_ORDER else None
            if thing:
                found[thing.id] = thing
        for thing in sorted(found.values(), key=_when):
            yield thing

    async def _orders(self, since: datetime | None) -> AsyncIterator[Thing]:
        async for one in self._changed("orders", since):
            thing = await self._order_thing(one)
            if thing:
                yield thing

    async def _product_thing(self, product: Payload) -> Thing | None:
        if product.get("type") == "variation" or product.get("status") == "trash":
            return None
        variations: list[Payload] = []
        if product.get("variations"):
            listed = self._all(f"products/{product['id']}/variations", orderby="id", status="publish")
            variations = [one async for one in listed]
            variations.sort(key=lambda one: (number(one.get("menu_order")), number(one["id"])))
        self._finder.saw_variations(product, variations)
        return product_thing(product, variations, self._config)

    async def _order_thing(self, order: Payload) -> Thing | None:
        self._finder.saw_order(order)
        refunds: list[Payload] = []
        if objects(order.get("refunds")):
            refunds = await self._api.some(f"orders/{order['id']}/refunds", orderby="id", order="asc")
        skus = await self._finder.skus_of(order)
        return await order_thing(order, refunds, skus, self._places, self._config)

    async def _changed(self, path: str, since: datetime | None, **query: str) -> AsyncIterator[Payload]:
        """The longest unchanged first. WooCommerce leaves out the second that it is asked for, and reads no offset."""
        if since:
            before = since.replace(microsecond=0).astimezone(UTC) - timedelta(seconds=1)
            query |= {"modified_after": before.strftime("%Y-%m-%dT%H:%M:%S"), "dates_are_gmt": "true"}
        async for one in self._all(path, orderby="modified", **query):
            yield one

    async def _all(self, path: str, **query: str) -> AsyncIterator[Payload]:
        async for page in self._api.every(path, order="asc", **query):
            for one in page:
                if number(one.get("id")) > 0:
                    yield one


def open(config: Config, kit: Kit) -> WooCommerce:
    return WooCommerce(config, kit)


def _when(thing: Thing) -> datetime:
    return thing.updated_at


@contextmanager
def _later() -> Iterator[None]:
    """What WooCommerce refuses to tell, it may tell once somebody has looked at the key or the address."""
    try:
        yield
    except Failed as failed:
        raise RetryLater(str(failed)) from failed
