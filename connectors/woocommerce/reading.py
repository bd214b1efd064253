"""All of a shop, or what changed in it: the longest unchanged first, so that a reader who is interrupted can go on."""

from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from connectors.channel import Payload
from connectors.shop_system import Kind, Thing
from connectors.woocommerce.addresses import Places
from connectors.woocommerce.api import PAGE, Api, Failed
from connectors.woocommerce.config import Config
from connectors.woocommerce.customers import customer_id, customer_thing, guest_thing
from connectors.woocommerce.finding import Finder
from connectors.woocommerce.orders import order_thing
from connectors.woocommerce.products import changed_at, product_thing
from connectors.woocommerce.statuses import NO_ORDER
from connectors.woocommerce.values import number, objects, text

_MOST_SORTED = 10_000
"""Accounts, whose dates are read before the first of them: more than that takes too long."""
_LOOK_AGAIN = timedelta(hours=1)


class Reader:
    def __init__(
        self, api: Api, config: Config, places: Places, finder: Finder, clock: Callable[[], datetime]
    ) -> None:
        self._api, self._config, self._places, self._finder = api, config, places, finder
        self._clock = clock
        self._accounts_at: datetime | None = None

    def read(self, kind: Kind, since: datetime | None) -> AsyncIterator[Thing]:
        if kind == "product":
            return _merged(self._products(since), self._by_variations(since))
        if kind == "customer":
            return _merged(self._accounts(since), self._guests(since))
        return self._orders(since)

    async def ids(self, kind: Kind) -> frozenset[str]:
        if kind == "product":
            products = self._all("products", orderby="id", _fields="id")
            return frozenset({str(one["id"]) async for one in products})
        if kind == "order":
            orders = self._all("orders", orderby="id", _fields="id,number,status")
            return frozenset({text(one.get("number")) async for one in orders if _is_order(one)})
        accounts = self._all("customers", role="all", orderby="id", _fields="id")
        guests = self._all("orders", customer="0", orderby="id", _fields="id,billing,status")
        known = {str(one["id"]) async for one in accounts}
        return frozenset(known | {customer_id(one) async for one in guests if _is_order(one)})

    async def product(self, product: Payload) -> Thing | None:
        """As new as the newest of its variations."""
        if product.get("type") == "variation" or product.get("status") == "trash":
            return None
        variations: list[Payload] = []
        if product.get("variations"):
            listed = self._all(f"products/{product['id']}/variations", orderby="id", status="publish")
            variations = [one async for one in listed]
            variations.sort(key=lambda one: (number(one.get("menu_order")), number(one["id"])))
        self._finder.saw_variations(product, variations)
        return product_thing(product, variations, self._config)

    async def order(self, order: Payload) -> Thing | None:
        self._finder.saw_order(order)
        refunds: list[Payload] = []
        if objects(order.get("refunds")):
            refunds = await self._api.some(f"orders/{order['id']}/refunds", orderby="id", order="asc")
        skus = await self._finder.skus_of(order)
        return await order_thing(order, refunds, skus, self._places, self._config)

    async def _products(self, since: datetime | None) -> AsyncIterator[Thing]:
        """By their own date, in which order they come."""
        async for one in self._changed("products", since):
            thing, at = await self.product(one), changed_at(one)
            if thing and at:
                yield replace(thing, updated_at=at)

    async def _by_variations(self, since: datetime | None) -> AsyncIterator[Thing]:
        """A sale may leave the product itself as it was. Before version 10.3 WooCommerce lists no variations."""
        changed: dict[int, datetime] = {}
        try:
            async for one in self._changed("variations", since) if since else _nothing():
                if (at := changed_at(one)) is not None:
                    changed[number(one.get("parent_id"))] = at
        except Failed as failed:
            if failed.status != 404:
                raise
        for id, at in sorted(changed.items(), key=lambda item: item[1]):
            product = await self._api.one(f"products/{id}")
            thing = await self.product(product) if product else None
            if thing:
                yield replace(thing, updated_at=at)

    async def _accounts(self, since: datetime | None) -> AsyncIterator[Thing]:
        """WooCommerce can neither sort nor choose them by when they changed: all of their dates are looked at."""
        if since and self._accounts_at and self._clock() - self._accounts_at < _LOOK_AGAIN:
            async for thing in self._new_accounts(since):
                yield thing
            return
        dates: list[tuple[datetime, int]] = []
        listed = self._all(
            "customers", role="all", orderby="id", _fields="id,date_modified_gmt,date_created_gmt"
        )
        async for one in listed:
            if (at := changed_at(one)) is not None:
                dates.append((at, number(one["id"])))
            if len(dates) > _MOST_SORTED:
                break
        self._accounts_at = self._clock()
        if len(dates) > _MOST_SORTED:
            async for thing in self._new_accounts(since) if since else self._accounts_unsorted():
                yield thing
            return
        wanted = sorted(one for one in dates if since is None or one[0] >= since)
        for start in range(0, len(wanted), PAGE):
            ids = ",".join(str(id) for _, id in wanted[start : start + PAGE])
            things = await self._customers(await self._api.some("customers", role="all", include=ids))
            for thing in sorted(things, key=lambda thing: thing.updated_at):
                yield thing

    async def _new_accounts(self, since: datetime) -> AsyncIterator[Thing]:
        found: list[Payload] = []
        newest = self._api.every("customers", role="all", orderby="registered_date", order="desc")
        async for page in newest:
            found += [one for one in page if (at := changed_at(one)) and at >= since]
            if not page or (changed_at(page[-1]) or since) < since:
                break
        for thing in sorted(await self._customers(found), key=lambda thing: thing.updated_at):
            yield thing

    async def _accounts_unsorted(self) -> AsyncIterator[Thing]:
        async for page in self._api.every("customers", role="all", orderby="id", order="asc"):
            for thing in await self._customers(page):
                yield thing

    async def _customers(self, accounts: list[Payload]) -> list[Thing]:
        found = [await customer_thing(one, self._places) for one in accounts if number(one.get("id")) > 0]
        return [thing for thing in found if thing]

    async def _guests(self, since: datetime | None) -> AsyncIterator[Thing]:
        async for one in self._changed("orders", since, customer="0"):
            self._finder.saw_order(one)
            thing = await guest_thing(one, self._places) if _is_order(one) else None
            if thing:
                yield thing

    async def _orders(self, since: datetime | None) -> AsyncIterator[Thing]:
        async for one in self._changed("orders", since):
            thing = await self.order(one)
            if thing:
                yield thing

    async def _changed(self, path: str, since: datetime | None, **query: str) -> AsyncIterator[Payload]:
        """WooCommerce leaves out the second that it is asked for, and reads no offset."""
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


def _is_order(order: Payload) -> bool:
    return order.get("status") not in NO_ORDER


async def _nothing() -> AsyncIterator[Payload]:
    nothing: tuple[Payload, ...] = ()
    for one in nothing:
        yield one


async def _merged(one: AsyncIterator[Thing], other: AsyncIterator[Thing]) -> AsyncIterator[Thing]:
    """Both by their dates, each of which is in order."""
    first, second = await anext(one, None), await anext(other, None)
    while first or second:
        if second is None or (first is not None and first.updated_at <= second.updated_at):
            assert first is not None
            yield first
            first = await anext(one, None)
        else:
            yield second
            second = await anext(other, None)
