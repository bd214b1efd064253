"""The in-house shop of `restshop_server.py`, holding any shop of the import format."""

import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import yaml
from aiohttp import ClientSession

from bot.shop.domain import Address, Customer, Order, Product, ShopData
from connectors.channel import Kit, Request
from connectors.restshop import Config, RestShop
from connectors.shop_system import Kind, ShopSystem
from tests.connectors.restshop_server import Doc, RestServer, serve, signed
from tests.connectors.shop_case import Mood, ShopCase
from tests.contracts.platform import DictMemory

_STATES = {"pending": "NEW", "paid": "PAID", "shipped": "SENT", "delivered": "DONE", "cancelled": "VOID"}
_TOLD = {"product": "article", "customer": "client", "order": "sale"}


_DESCRIPTION = (Path(__file__).parent / "restshop.yaml").read_text()


def described(url: str) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(_DESCRIPTION)
    return {**found, "url": url}


class OwnShop:
    """Implements `Simulated`."""

    def __init__(self, server: RestServer, system: RestShop) -> None:
        self.server = server
        self.system: ShopSystem = system

    @property
    def moods(self) -> list[Mood]:
        return self.server.moods

    @moods.setter
    def moods(self, moods: list[Mood]) -> None:
        self.server.moods = moods

    def ship(self, number: str) -> None:
        sale = self.server.touch(self.server.sales[number])
        holds = [{"line": line["no"], "count": line["count"]} for line in sale["lines"]]
        parcel = {
            "no": 1,
            "by": "sf",
            "track": "SF1",
            "left": sale["changed"],
            "arrived": None,
            "holds": holds,
        }
        sale.update(state="SENT", parcels=[parcel])

    def restock(self, sku: str, stock: int) -> None:
        for article in self.server.articles.values():
            for unit in article["units"]:
                if unit["code"] == sku:
                    self.server.touch(article)
                    unit["on_hand"] = stock

    def remove(self, kind: Kind, id: str) -> None:
        del {"product": self.server.articles, "customer": self.server.clients, "order": self.server.sales}[
            kind
        ][id]

    def done(self, number: str) -> Sequence[str]:
        return [what for sale, what in self.server.effects if sale == number]

    def webhook(self, kind: Kind, id: str) -> Request:
        return signed(json.dumps({"events": [{"what": _TOLD[kind], "which": id}]}).encode())

    def erasure(self, customer_id: str) -> Request | None:
        return signed(json.dumps({"events": [{"what": "forget-client", "which": customer_id}]}).encode())


def fill(server: RestServer, data: ShopData) -> None:
    at = int((server.now - timedelta(hours=1)).timestamp())
    for index, product in enumerate(data.products):
        server.articles[product.id] = {**_article(product), "changed": at + index}
    for index, customer in enumerate(data.customers):
        server.clients[customer.id] = {**_client(customer), "changed": at + index}
    for index, order in enumerate(data.orders):
        server.sales[order.number] = {**_sale(order), "changed": at + index}


def _article(product: Product) -> Doc:
    return {
        "no": int(product.id),
        "title": product.name,
        "group": product.category,
        "about": product.description,
        "on_sale": 1 if product.active else 0,
        "choices": [
            {
                "key": one.name,
                "label": one.label,
                "values": [{"v": value.value, "label": value.label} for value in one.values],
            }
            for one in product.options
        ],
        "facts": [{"key": one.name, "label": one.label, "value": one.value} for one in product.attributes],
        "units": [
            {"code": one.sku, "price": one.price / 100, "on_hand": str(one.stock), "pick": one.options}
            for one in product.variants
        ],
    }


def _client(customer: Customer) -> Doc:
    return {
        "no": int(customer.id),
        "family": customer.name[:1],
        "given": customer.name[1:],
        "mail": customer.emails,
        "tel": customer.phones,
        "tongue": {"zh": "Chinese", "en": "English"}.get(customer.language or ""),
        "places": [_place(one) for one in customer.addresses],
        "pays": [{"no": one.id, "kind": one.kind} for one in customer.payment_methods],
    }


def _place(address: Address) -> Doc:
    return {
        "no": address.id,
        "who": address.name,
        "street": address.street,
        "town": address.city,
        "state": address.province,
        "zip": address.postcode,
        "tel": address.phone,
    }


def _sale(order: Order) -> Doc:
    return {
        "no": order.number,
        "client": int(order.customer_id),
        "state": _STATES[order.status],
        "made": order.placed_at.timestamp(),
        "to": _place(order.address),
        "lines": [
            {
                "no": one.id,
                "article": int(one.product_id),
                "code": one.sku,
                "title": one.name,
                "count": one.quantity,
                "each": f"{one.unit_price / 100:.2f}",
                "pick": one.options,
            }
            for one in order.items
        ],
        "money": [
            {
                "no": one.id,
                "in": one.kind == "charge",
                "how": one.method,
                "sum": one.amount / 100,
                "when": one.at.timestamp(),
            }
            for one in order.payments
        ],
        "parcels": [
            {
                "no": one.id,
                "by": one.carrier,
                "track": one.tracking_number,
                "left": one.shipped_at.timestamp(),
                "arrived": one.delivered_at.timestamp() if one.delivered_at else None,
                "holds": [{"line": line, "count": count} for line, count in one.items.items()],
            }
            for one in order.fulfilments
        ],
    }


@asynccontextmanager
async def open_shop(data: ShopData, now: datetime) -> AsyncIterator[OwnShop]:
    server = RestServer(now)
    fill(server, data)
    async with serve(server), ClientSession() as http:
        yield OwnShop(server, open_system(server, http))


def open_system(server: RestServer, http: ClientSession) -> RestShop:
    config = Config.model_validate(described(server.url))
    return RestShop(config, Kit(http, DictMemory(), lambda: server.now))


CASE = ShopCase(
    open=open_shop,
    signed=signed,
    loses={
        "order": ("fulfilments.events", "fulfilments.estimated_at", "cancelled_at", "payments.method_id"),
    },
)
