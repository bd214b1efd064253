"""A WooCommerce that holds any shop of the import format, as far as WooCommerce can."""

import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from itertools import count

from aiohttp import ClientSession

from bot.shop.domain import Address, Customer, Order, Payment, Product, ShopData, localize
from connectors.channel import Kit, Request
from connectors.shop_system import Kind, ShopSystem
from connectors.woocommerce import Config, WooCommerce
from tests.connectors.shop_case import Mood, ShopCase
from tests.connectors.woocommerce_server import (
    KEY,
    SECRET,
    WEBHOOK_SECRET,
    Doc,
    WooServer,
    gmt,
    serve,
    signed,
)
from tests.contracts.platform import DictMemory

_STATUSES = {
    "paid": "processing",
    "delivered": "completed",
    "shipped": "processing",
    "cancelled": "cancelled",
}


class WooShop:
    """Implements `Simulated`."""

    def __init__(self, server: WooServer, system: WooCommerce) -> None:
        self.server = server
        self.system: ShopSystem = system

    @property
    def moods(self) -> list[Mood]:
        return self.server.moods

    @moods.setter
    def moods(self, moods: list[Mood]) -> None:
        self.server.moods = moods

    def ship(self, number: str) -> None:
        order = self._order(number)
        sent = int(self.server.now.timestamp())
        order["meta_data"].append(
            tracking([{"tracking_provider": "sf", "tracking_number": "SF1", "date_shipped": sent}])
        )
        self.server.touch(order)

    def restock(self, sku: str, stock: int) -> None:
        """As WooCommerce does: it is the variation that has changed, not the product."""
        for some in self.server.variations.values():
            for one in some:
                if one["sku"] == sku:
                    self.server.touch(one).update(stock_quantity=stock, stock_status="instock")

    def remove(self, kind: Kind, id: str) -> None:
        if kind == "order":
            del self.server.orders[self._order(id)["id"]]
        else:
            things = self.server.products if kind == "product" else self.server.customers
            del things[int(id)]
            self.server.variations.pop(int(id), None)

    def done(self, number: str) -> Sequence[str]:
        id = self._order(number)["id"]
        return [what for order, what in self.server.effects if order == id]

    def webhook(self, kind: Kind, id: str) -> Request:
        if kind == "order":
            there: Doc | None = self._order(id)
        else:
            there = (self.server.products if kind == "product" else self.server.customers).get(int(id))
        topic = f"{kind}.{'updated' if there else 'deleted'}"
        return signed(json.dumps(there or {"id": int(id)}).encode(), topic)

    def erasure(self, customer_id: str) -> Request | None:
        return None

    def _order(self, number: str) -> Doc:
        return next(one for one in self.server.orders.values() if one["number"] == number)


def fill(server: WooServer, data: ShopData) -> None:
    """All changed before now, in order."""
    hour = server.now - timedelta(hours=1)
    ids = count(10_000)
    modified = (gmt(hour + timedelta(seconds=index)) for index in count())
    for product in data.products:
        dates = {"date_created_gmt": gmt(hour), "date_modified_gmt": next(modified)}
        server.products[int(product.id)] = {**_product(product), **dates}
        server.variations[int(product.id)] = [
            {**one, **dates, "id": next(ids)} for one in _variations(product)
        ]
        server.products[int(product.id)]["variations"] = [
            one["id"] for one in server.variations[int(product.id)]
        ]
    for customer in data.customers:
        dates = {"date_created_gmt": gmt(hour), "date_modified_gmt": next(modified)}
        server.customers[int(customer.id)] = {**_customer(customer), **dates}
    variations = {one["sku"]: one["id"] for some in server.variations.values() for one in some}
    for id, order in enumerate(data.orders, start=500):
        number = int(order.number) if order.number.isdecimal() else id
        document = _order(order, variations) | {"id": number, "date_modified_gmt": next(modified)}
        server.orders[number] = document
        server.refunds[number] = [_refund(payment) for payment in order.payments if payment.kind == "refund"]
        document["refunds"] = [
            {"id": one["id"], "total": f"-{one['amount']}"} for one in server.refunds[number]
        ]


def _product(product: Product) -> Doc:
    choices = [
        {
            "id": index,
            "name": option.name,
            "variation": True,
            "visible": True,
            "options": [value.value for value in option.values],
        }
        for index, option in enumerate(product.options, start=1)
    ]
    fixed = [
        {
            "id": 0,
            "name": one.name,
            "variation": False,
            "visible": True,
            "options": [localize(one.value, "zh")],
        }
        for one in product.attributes
    ]
    return {
        "id": int(product.id),
        "name": localize(product.name, "zh"),
        "type": "variable",
        "status": "publish" if product.active else "draft",
        "catalog_visibility": "visible",
        "description": f"<p>{localize(product.description, 'zh')}</p>",
        "short_description": "",
        "sku": "",
        "price": "0",
        "categories": [{"id": 1, "name": product.category, "slug": product.category}],
        "tags": [],
        "images": [],
        "attributes": [*choices, *fixed],
        "permalink": f"https://shop.example/?p={product.id}",
        "meta_data": [],
    }


def _variations(product: Product) -> list[Doc]:
    return [
        {
            "sku": variant.sku,
            "status": "publish",
            "price": _money(variant.price),
            "regular_price": _money(variant.price),
            "manage_stock": True,
            "stock_quantity": variant.stock,
            "stock_status": "instock" if variant.stock else "outofstock",
            "backorders_allowed": False,
            "menu_order": 0,
            "attributes": [
                {"id": index, "name": option.name, "option": variant.options[option.name]}
                for index, option in enumerate(product.options, start=1)
            ],
        }
        for variant in product.variants
    ]


def _customer(customer: Customer) -> Doc:
    first, *others = [*customer.emails, ""]
    billing = {"email": others[0] if others else "", "phone": next(iter(customer.phones), "")}
    return {
        "id": int(customer.id),
        "email": first,
        "first_name": customer.name,
        "last_name": "",
        "username": "",
        "role": "customer",
        "billing": billing,
        "shipping": address(customer.addresses[0]),
        "meta_data": [],
    }


def address(given: Address) -> Doc:
    return {
        "first_name": given.name,
        "last_name": "",
        "company": "",
        "address_1": given.street,
        "address_2": "",
        "city": given.city,
        "state": {"浙江": "CN12"}.get(given.province, given.province),
        "postcode": given.postcode,
        "country": given.country,
        "phone": given.phone,
    }


def _order(order: Order, variations: dict[str, int]) -> Doc:
    charge = next(payment for payment in order.payments if payment.kind == "charge")
    arrived = next((parcel.delivered_at for parcel in order.fulfilments), None)
    lines = [
        {
            "id": int(item.id),
            "name": localize(item.name, "zh"),
            "parent_name": localize(item.name, "zh"),
            "product_id": int(item.product_id),
            "variation_id": variations[item.sku],
            "quantity": item.quantity,
            "subtotal": _money(item.unit_price * item.quantity),
            "subtotal_tax": "0.00",
            "total": _money(item.unit_price * item.quantity),
            "total_tax": "0.00",
            "sku": item.sku,
            "meta_data": [
                {"id": 1, "key": name, "value": value, "display_key": name, "display_value": value}
                for name, value in item.options.items()
            ],
        }
        for item in order.items
    ]
    parcels = [
        {
            "tracking_provider": parcel.carrier,
            "custom_tracking_provider": "",
            "tracking_number": parcel.tracking_number,
            "date_shipped": str(int(parcel.shipped_at.timestamp())),
            "tracking_id": parcel.id,
        }
        for parcel in order.fulfilments
    ]
    return {
        "number": order.number,
        "status": _STATUSES[order.status],
        "currency": "CNY",
        "customer_id": int(order.customer_id),
        "customer_note": "",
        "date_created_gmt": gmt(order.placed_at),
        "date_paid_gmt": gmt(charge.at),
        "date_completed_gmt": gmt(arrived) if arrived else None,
        "total": _money(order.total),
        "shipping_total": _money(order.shipping_fee),
        "shipping_tax": "0.00",
        "payment_method": charge.method,
        "billing": {},
        "shipping": address(order.address),
        "line_items": lines,
        "fee_lines": [],
        "coupon_lines": [],
        "meta_data": [tracking(parcels)] if parcels else [],
    }


def tracking(parcels: list[Doc]) -> Doc:
    return {"id": 1, "key": "_wc_shipment_tracking_items", "value": parcels}


def _refund(payment: Payment) -> Doc:
    at = gmt(payment.at)
    shown = {"id": int(payment.id), "amount": _money(payment.amount), "date_created_gmt": at, "reason": ""}
    return {**shown, "refunded_payment": True, "line_items": [], "meta_data": []}


def _money(cents: int) -> str:
    return f"{cents / 100:.2f}"


@asynccontextmanager
async def open_shop(data: ShopData, now: datetime) -> AsyncIterator[WooShop]:
    server = WooServer(now)
    fill(server, data)
    async with serve(server), ClientSession() as http:
        yield WooShop(server, open_system(server, http))


def open_system(server: WooServer, http: ClientSession) -> WooCommerce:
    config = Config(
        url=server.url,
        consumer_key=KEY,
        consumer_secret=SECRET,
        webhook_secret=WEBHOOK_SECRET,
        currency="CNY",
        language="zh",
    )
    return WooCommerce(config, Kit(http, DictMemory(), lambda: server.now))


CASE = ShopCase(
    open=open_shop,
    signed=signed,
    loses={
        "product": (
            "name",
            "description",
            "options.label",
            "options.values.label",
            "attributes.label",
            "attributes.value",
            "url",
            "added_at",
        ),
        "customer": (
            "language",
            "addresses.id",
            "default_address_id",
            "payment_methods",
            "created_at",
        ),
        "order": (
            "items.name",
            "address.id",
            "payments.id",
            "payments.method_id",
            "fulfilments.events",
            "fulfilments.estimated_at",
            "cancelled_at",
        ),
    },
)
