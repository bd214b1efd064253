"""A WooCommerce that runs: its REST API as it behaves, strict where it is, over things that others change, too."""

import asyncio
import base64
import hashlib
import hmac
import json
import re
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, Literal

from aiohttp import encode_basic_auth, web

from connectors.channel import Request
from tests.connectors.shop_case import Mood
from tests.contracts.platform import request as made

Doc = dict[str, Any]
KEY, SECRET, WEBHOOK_SECRET = "ck_" + "a1" * 20, "cs_" + "b2" * 20, "a-webhook-secret-of-some-length"
_LISTED = {"page", "per_page", "offset", "order", "orderby", "_fields", "search", "exclude", "include"}
_SINCE = {"after", "before", "modified_after", "modified_before", "dates_are_gmt"}
_PARAMETERS = {
    "products": _LISTED | _SINCE | {"status", "type", "sku"},
    "variations": _LISTED | _SINCE | {"status", "sku"},
    "orders": _LISTED | _SINCE | {"status", "customer", "product"},
    "customers": _LISTED | {"role", "email"},
    "refunds": _LISTED | {"after", "before"},
    "webhooks": _LISTED | {"status", "after", "before"},
}
_DATED = {"date", "id", "include", "title", "slug"}
_ORDERS = {
    "products": _DATED | {"modified", "price", "menu_order"},
    "variations": _DATED | {"modified", "menu_order"},
    "orders": _DATED | {"modified"},
    "customers": {"id", "include", "name", "registered_date"},
    "refunds": _DATED,
    "webhooks": {"date", "id", "title"},
}
_WRITABLE = {
    "orders": {"status", "shipping", "billing", "meta_data", "customer_note", "line_items"},
    "customers": {"shipping", "billing", "meta_data", "email", "first_name", "last_name"},
    "refunds": {"amount", "reason", "api_refund", "api_restock", "meta_data", "line_items"},
    "webhooks": {"name", "status", "topic", "delivery_url", "secret"},
}
_ADDRESS = {
    "first_name",
    "last_name",
    "company",
    "address_1",
    "address_2",
    "city",
    "state",
    "postcode",
    "country",
}
_TOPIC = re.compile(r"(coupon|customer|order|product)\.(created|updated|deleted|restored)|action\.\w+")
_GMT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d")


class Wrong(Exception):
    def __init__(self, status: int, code: str) -> None:
        super().__init__(code)
        self.status, self.code = status, code


@dataclass
class WooServer:
    now: datetime
    url: str = ""
    products: dict[int, Doc] = field(default_factory=dict)
    variations: dict[int, list[Doc]] = field(default_factory=dict)
    customers: dict[int, Doc] = field(default_factory=dict)
    orders: dict[int, Doc] = field(default_factory=dict)
    refunds: dict[int, list[Doc]] = field(default_factory=dict)
    webhooks: dict[int, Doc] = field(default_factory=dict)
    moods: list[Mood] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)
    effects: list[tuple[int, str]] = field(default_factory=list)
    """(Order, what was done to it)."""
    bank: Literal["pays", "refuses", "hangs"] = "pays"
    """Hangs: the refund is written down, and WooCommerce dies before it hears from the bank."""
    refunding: bool = True
    """Whether the gateway can pay back by itself."""
    taxes: bool = False
    lists_variations: bool = True
    """As from version 10.3 on."""
    after_call: Callable[[str], None] = lambda path: None
    """The shop's people, who change things between two calls."""
    secrets: dict[int, str] = field(default_factory=dict)
    _last_id: int = 900_000

    # What the shop's people do

    def touch(self, thing: Doc) -> Doc:
        self.now += timedelta(seconds=1)
        thing["date_modified_gmt"] = gmt(self.now)
        return thing

    def deliver(self, topic: str, body: bytes, receiver: Callable[[Request], int]) -> None:
        """To every webhook of that topic, once; more than five failures in a row switch it off."""
        for id, hook in self.webhooks.items():
            if hook["topic"] != topic or hook["status"] != "active":
                continue
            status = receiver(signed(body, topic, secret=self.secrets[id]))
            if 200 <= status < 303:
                hook["failure_count"] = 0
            elif hook["failure_count"] > 5:
                hook["status"] = "disabled"
            else:
                hook["failure_count"] += 1

    # What callers do

    async def handle(self, request: web.Request) -> web.StreamResponse:
        mood = self.moods.pop(0) if self.moods else None
        if isinstance(mood, int):
            headers = {"Retry-After": "0.1"} if mood == 429 else {}
            return web.Response(status=mood, text="<html>busy</html>", headers=headers)
        if isinstance(mood, float):
            await asyncio.sleep(mood)
        path = request.path.removeprefix("/wp-json/wc/v3/")
        self.calls.append(f"{request.method} {path}")
        content = await request.read()
        try:
            answer = self._answer(request, path, content)
        except Wrong as wrong:
            error = {"code": wrong.code, "message": "…", "data": {"status": wrong.status}}
            answer = web.json_response(error, status=wrong.status)
        self.after_call(path)
        if mood == "drop" and request.transport is not None:
            request.transport.abort()
        return answer

    def _answer(self, request: web.Request, path: str, content: bytes) -> web.Response:
        if request.headers.get("Authorization") != encode_basic_auth(KEY, SECRET):
            raise Wrong(401, "woocommerce_rest_cannot_view")
        query = dict(request.query)
        body = json.loads(content) if content else {}
        match request.method, path.split("/"):
            case "GET", [("products" | "orders" | "customers" | "webhooks") as name]:
                return self._listed(name, list(getattr(self, name).values()), query)
            case "GET", ["variations"] if self.lists_variations:
                every = [{**one, "parent_id": id} for id, some in self.variations.items() for one in some]
                return self._listed("variations", every, query)
            case "GET", ["products", id, "variations"]:
                return self._listed("variations", self.variations.get(self._product(id)["id"], []), query)
            case "GET", ["orders", id, "refunds"]:
                return self._listed("refunds", self.refunds.get(self._there("orders", id)["id"], []), query)
            case "GET", ["products", id]:
                return web.json_response(self._product(id))
            case "GET", [("orders" | "customers") as name, id]:
                return web.json_response(self._there(name, id))
            case "GET", ["data", "countries", "CN"]:
                states = [
                    {"code": "CN12", "name": "Zhejiang / 浙江"},
                    {"code": "CN4", "name": "Guangdong / 广东"},
                ]
                return web.json_response({"code": "CN", "name": "China", "states": states})
            case "GET", ["payment_gateways", id]:
                supports = ["products", *(["refunds"] if self.refunding else [])]
                return web.json_response({"id": id, "enabled": True, "method_supports": supports})
            case "GET", ["settings", "general", "woocommerce_calc_taxes" as id]:
                return web.json_response({"id": id, "value": "yes" if self.taxes else "no"})
            case "PUT", ["orders", id]:
                return web.json_response(
                    self._change_order(self._there("orders", id), _known("orders", body))
                )
            case "PUT", ["customers", id]:
                return web.json_response(
                    self._change(self._there("customers", id), _known("customers", body))
                )
            case "POST", ["orders", id, "refunds"]:
                refund = self._refund(self._there("orders", id), _known("refunds", body))
                return web.json_response(refund, status=201)
            case "POST", ["webhooks"]:
                return web.json_response(self._hook(self._new_hook(), _known("webhooks", body)), status=201)
            case "PUT", ["webhooks", id]:
                return web.json_response(self._hook(self._there("webhooks", id), _known("webhooks", body)))
        raise Wrong(404, "rest_no_route")

    def _listed(self, name: str, every: Sequence[Doc], query: dict[str, str]) -> web.Response:
        if query.keys() - _PARAMETERS[name]:
            raise Wrong(400, "rest_invalid_param")
        size, page = int(query.get("per_page", "10")), int(query.get("page", "1"))
        orderby = query.get("orderby", "date" if name != "customers" else "name")
        if (
            not 1 <= size <= 100
            or orderby not in _ORDERS[name]
            or query.get("order", "desc") not in ("asc", "desc")
        ):
            raise Wrong(400, "rest_invalid_param")
        found = sorted(
            (one for one in every if _fits(name, one, query)), key=lambda one: _sorted_by(orderby, one)
        )
        if query.get("order", "asc" if name == "customers" else "desc") == "desc":
            found.reverse()
        start = int(query.get("offset", (page - 1) * size))
        fields = query["_fields"].split(",") if "_fields" in query else None
        shown = [
            {key: value for key, value in one.items() if fields is None or key in fields}
            for one in found[start : start + size]
        ]
        total = str(len(found))
        return web.json_response(
            shown, headers={"X-WP-Total": total, "X-WP-TotalPages": str(-(-len(found) // size))}
        )

    def _there(self, name: str, id: str) -> Doc:
        found: Doc | None = getattr(self, name).get(int(id)) if id.isdecimal() else None
        if found is None:
            raise Wrong(404, f"woocommerce_rest_{name}_invalid_id")
        return found

    def _product(self, id: str) -> Doc:
        """A variation is one, too."""
        for parent, some in self.variations.items():
            for one in some:
                if str(one["id"]) == id:
                    return {**one, "type": "variation", "parent_id": parent}
        return self._there("products", id)

    def _change(self, thing: Doc, body: Doc) -> Doc:
        for name in ("shipping", "billing"):
            given = body.get(name, {})
            if given.keys() - _ADDRESS - {"phone", "email"}:
                raise Wrong(400, "rest_invalid_param")
            thing.setdefault(name, {}).update(given)
        for one in body.get("meta_data", []):
            thing["meta_data"] = [there for there in thing["meta_data"] if there["key"] != one["key"]]
            thing["meta_data"].append({"id": self._next(), **one})
        return self.touch(thing)

    def _change_order(self, order: Doc, body: Doc) -> Doc:
        if body.get("shipping", {}).items() - order["shipping"].items():
            self.effects.append((order["id"], "address"))
        if body.get("status", order["status"]) != order["status"]:
            order["status"] = body["status"]
            self.effects.append(
                (order["id"], "cancel" if body["status"] == "cancelled" else str(body["status"]))
            )
        return self._change(order, body)

    def _refund(self, order: Doc, body: Doc) -> Doc:
        there = self.refunds.setdefault(order["id"], [])
        left = Decimal(order["total"]) - sum(Decimal(one["amount"]) for one in there)
        if not isinstance(body.get("amount"), str):
            raise Wrong(400, "rest_invalid_param")
        if not 0 <= Decimal(body["amount"]) <= left:
            raise Wrong(500, "woocommerce_rest_cannot_create_order_refund")
        api = body.get("api_refund", True)
        if api and (not self.refunding or self.bank == "refuses"):
            raise Wrong(500, "woocommerce_rest_cannot_create_order_refund")
        refund = {
            "id": self._next(),
            "date_created_gmt": gmt(self.now),
            "amount": body["amount"],
            "reason": body.get("reason", ""),
            "refunded_payment": api and self.bank == "pays",
            "line_items": [],
            "meta_data": [],
        }
        there.append(refund)
        if self.bank == "hangs":
            raise Wrong(504, "")
        refund["meta_data"] = body.get("meta_data", [])
        self.effects.append((order["id"], "refund"))
        if Decimal(body["amount"]) == left:
            order["status"] = "refunded"
        self._sum_up(self.touch(order))
        return refund

    def _sum_up(self, order: Doc) -> None:
        order["refunds"] = [
            {"id": one["id"], "reason": one["reason"], "total": f"-{one['amount']}"}
            for one in self.refunds.get(order["id"], [])
        ]

    def _new_hook(self) -> Doc:
        id = self._next()
        self.webhooks[id] = {
            "id": id,
            "status": "active",
            "topic": "",
            "delivery_url": "",
            "failure_count": 0,
        }
        return self.webhooks[id]

    def _hook(self, hook: Doc, body: Doc) -> Doc:
        if "topic" in body and not _TOPIC.fullmatch(body["topic"]):
            raise Wrong(400, "woocommerce_rest_shop_webhook_invalid_topic")
        secret = body.pop("secret", None)
        if secret:
            self.secrets[hook["id"]] = secret
        hook.update(body)
        return hook

    def _next(self) -> int:
        self._last_id += 1
        return self._last_id


def _known(name: str, body: Doc) -> Doc:
    if not isinstance(body, dict) or body.keys() - _WRITABLE[name]:
        raise Wrong(400, "rest_invalid_param")
    return body


def _fits(name: str, one: Doc, query: dict[str, str]) -> bool:
    if "modified_after" in query:
        if not _GMT.fullmatch(query["modified_after"]) or query.get("dates_are_gmt") != "true":
            raise Wrong(400, "rest_invalid_param")
        if one["date_modified_gmt"] <= query["modified_after"]:
            return False
    if "customer" in query and str(one["customer_id"]) != query["customer"]:
        return False
    if name == "customers" and query.get("role", "customer") not in ("all", one["role"]):
        return False
    if "include" in query and str(one["id"]) not in query["include"].split(","):
        return False
    status = query.get("status", "any")
    if name != "webhooks" and (
        one.get("status") == "trash" if status == "any" else one.get("status") != status
    ):
        return False
    return query.get("search", "").casefold() in json.dumps(one, ensure_ascii=False).casefold()


def _sorted_by(orderby: str, one: Doc) -> tuple[str, int]:
    dated = {
        "modified": "date_modified_gmt",
        "date": "date_created_gmt",
        "registered_date": "date_created_gmt",
    }
    return (str(one.get(dated.get(orderby, orderby), "")) if orderby != "id" else "", one["id"])


def gmt(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S")


def signed(body: bytes, topic: str = "order.updated", *, secret: str = WEBHOOK_SECRET) -> Request:
    signature = base64.b64encode(hmac.new(secret.encode(), body, hashlib.sha256).digest()).decode()
    headers = {
        "X-WC-Webhook-Source": "https://shop.example/",
        "X-WC-Webhook-Topic": topic,
        "X-WC-Webhook-Signature": signature,
        "X-WC-Webhook-ID": "1",
        "X-WC-Webhook-Delivery-ID": "the same for all of one second",
    }
    return made(body, headers=headers)


@asynccontextmanager
async def serve(server: WooServer) -> AsyncIterator[WooServer]:
    app = web.Application(client_max_size=20_000_000)
    app.router.add_route("*", "/wp-json/wc/v3/{path:.*}", server.handle)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    server.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield server
    finally:
        await runner.cleanup()
