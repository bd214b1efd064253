"""A Shopify shop as things: all, what changed, or one."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

from connectors.shop_system import Kind, Thing
from connectors.shopify import queries
from connectors.shopify.api import Api, Data
from connectors.shopify.config import Config
from connectors.shopify.customers import customer_row, guest_row
from connectors.shopify.ids import gid, guest_id, is_guest, number_of, order_number
from connectors.shopify.orders import order_row
from connectors.shopify.products import product_row
from connectors.shopify.whole import whole_order, whole_product


class Reader:
    def __init__(self, api: Api, config: Config) -> None:
        self._api, self._config = api, config

    def read(self, kind: Kind, since: datetime | None) -> AsyncIterator[Thing]:
        query = f"updated_at:>='{since.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}'" if since else None
        found = {"product": self._products, "customer": self._customers, "order": self._orders}[kind](query)
        return _from(found, since)

    async def ids(self, kind: Kind) -> frozenset[str]:
        found: set[str] = set()
        async for page in self._api.pages(f"{kind}s", queries.IDS[kind]):
            for node in page[f"{kind}s"]["nodes"]:
                found.add(order_number(node["name"]) if kind == "order" else number_of(node["id"]))
        if kind == "customer":
            async for page in self._api.pages("orders", queries.GUEST_IDS):
                found |= {guest_id(one) for one in page["orders"]["nodes"] if one["customer"] is None}
        return frozenset(found)

    async def find(self, kind: Kind, id: str) -> Thing | None:
        if kind == "product":
            return await self._product(id)
        if kind == "customer":
            return await self._guest(id) if is_guest(id) else await self._customer(id)
        order = await self.order(id)
        return _thing("order", order, order_row(order)) if order is not None else None

    async def order(self, number: str) -> Data | None:
        """All of it, as Shopify says it."""
        found = await self._api.ask(queries.NAMED, query=f"name:{_quoted(number)}")
        named = [*found["found"]["nodes"], *found["latest"]["nodes"]]
        id = next((one["id"] for one in named if order_number(one["name"]) == number), None)
        if id is None:
            return None
        order = (await self._api.ask(queries.ORDER, id=id))["order"]
        return await whole_order(self._api, order) if order is not None else None

    async def _products(self, query: str | None) -> AsyncIterator[Thing]:
        document = queries.products(self._config.translations)
        async for page in self._api.pages("products", document, query=query):
            for product in page["products"]["nodes"]:
                yield await self._of_product(product, page)

    async def _product(self, id: str) -> Thing | None:
        name = gid("Product", id)
        if name is None:
            return None
        found = await self._api.ask(queries.product(self._config.translations), id=name)
        return await self._of_product(found["product"], found) if found["product"] is not None else None

    async def _of_product(self, product: Data, page: Data) -> Thing:
        whole = await whole_product(self._api, product)
        return _thing("product", whole, product_row(whole, page["shop"]["currencyCode"], self._config))

    async def _customers(self, query: str | None) -> AsyncIterator[Thing]:
        """Guests last: who they are stands in their orders alone."""
        async for page in self._api.pages("customers", queries.CUSTOMERS, query=query):
            for customer in page["customers"]["nodes"]:
                yield _thing("customer", customer, customer_row(customer))
        async for thing in self._guests(query):
            yield thing

    async def _customer(self, id: str) -> Thing | None:
        name = gid("Customer", id)
        customer = (await self._api.ask(queries.CUSTOMER, id=name))["customer"] if name is not None else None
        return _thing("customer", customer, customer_row(customer)) if customer is not None else None

    async def _guests(self, query: str | None, *, reverse: bool = False) -> AsyncIterator[Thing]:
        """One for each order without a customer."""
        pages = self._api.pages("orders", queries.GUESTS, query=query, reverse=reverse)
        async for page in pages:
            for order in page["orders"]["nodes"]:
                if order["customer"] is None:
                    yield _thing("customer", order, guest_row(order), id=guest_id(order))

    async def _guest(self, id: str) -> Thing | None:
        """By the latest order of theirs."""
        async for thing in self._guests(None, reverse=True):
            if thing.id == id:
                return thing
        return None

    async def _orders(self, query: str | None) -> AsyncIterator[Thing]:
        async for page in self._api.pages("orders", queries.ORDERS, query=query):
            for order in page["orders"]["nodes"]:
                whole = await whole_order(self._api, order)
                yield _thing("order", whole, order_row(whole))


async def _from(things: AsyncIterator[Thing], since: datetime | None) -> AsyncIterator[Thing]:
    """Shopify looks for whole seconds."""
    async for thing in things:
        if since is None or thing.updated_at >= since:
            yield thing


def _thing(kind: Kind, found: Data, row: dict[str, Any], *, id: str | None = None) -> Thing:
    name = id or row["number" if kind == "order" else "id"]
    return Thing(kind, name, row, datetime.fromisoformat(found["updatedAt"]))


def _quoted(number: str) -> str:
    """For Shopify's search syntax."""
    return "'" + number.replace("\\", "\\\\").replace("'", "\\'") + "'"
