"""Shopify as the contract suites meet it."""

import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime

from bot.shop.domain import ShopData
from connectors.channel import Request
from connectors.shop_system import Kind
from connectors.shopify import Config, Shopify
from tests.connectors.shop_case import Mood, ShopCase
from tests.connectors.shopify_server import SECRET, SHOP, TOKEN, Server, open_server
from tests.connectors.shopify_state import LOCALE, State
from tests.contracts.platform import open_kit, request


def config(url: str, **changes: object) -> Config:
    given = {"shop": SHOP, "token": TOKEN, "client_secret": SECRET, "api": url, "translations": (LOCALE,)}
    return Config.model_validate({**given, **changes})


class SimulatedShopify:
    def __init__(self, server: Server, system: Shopify) -> None:
        self.server, self.system = server, system

    @property
    def moods(self) -> list[Mood]:
        return self.server.moods

    @moods.setter
    def moods(self, moods: list[Mood]) -> None:
        self.server.moods = moods

    def ship(self, number: str) -> None:
        self.server.state.ship(number)

    def restock(self, sku: str, stock: int) -> None:
        self.server.state.restock(sku, stock)

    def remove(self, kind: Kind, id: str) -> None:
        self.server.state.remove(kind, id)

    def done(self, number: str) -> Sequence[str]:
        gid = self.server.state.order(number)["id"]
        return [what for about, what in self.server.state.effects if about == gid]

    def webhook(self, kind: Kind, id: str) -> Request:
        return self.server.webhook(*self.server.state.last_told(kind, id))

    def erasure(self, customer_id: str) -> Request | None:
        body = {
            "shop_id": 1,
            "shop_domain": SHOP,
            "customer": {"id": int(customer_id)},
            "orders_to_redact": [],
        }
        return self.server.webhook("customers/redact", json.dumps(body).encode())


@asynccontextmanager
async def open_shopify(data: ShopData, now: datetime) -> AsyncIterator[SimulatedShopify]:
    async with open_server(State(data, now)) as server, open_kit(now) as kit:
        yield SimulatedShopify(server, Shopify(config(server.url), kit))


def signed(body: bytes) -> Request:
    headers = Server.webhook(None, "orders/updated", body).headers  # type: ignore[arg-type]
    return request(body, headers=dict(headers))


CASE = ShopCase(
    open=open_shopify,
    signed=signed,
    loses={
        # The variant's id stands for its sku; Shopify translates what it was asked to, and has no attributes.
        "product": (
            "variants.sku",
            "attributes",
            "aliases",
            "added_at",
            "description",
            "options.label",
            "options.values.label",
        ),
        # One e-mail address and phone number, in its own spelling; how people pay is the checkout's secret.
        "customer": ("emails", "phones", "payment_methods", "coupons", "consent", "created_at"),
        "order": ("items.sku", "items.name", "fulfilments.events"),
    },
)
