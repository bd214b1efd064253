"""What Shopify tells. Its payload may be a day old, sent again as it was: only who it is about is taken from it."""

import re
from collections.abc import Mapping
from typing import Any

from connectors.channel import Denied, Malformed, Request
from connectors.reading import read_object
from connectors.shop_system import Heard, Touched
from connectors.shopify.config import Config
from connectors.shopify.ids import guest_id, order_number
from connectors.signatures import check_base64

TOPICS = (
    "PRODUCTS_CREATE",
    "PRODUCTS_UPDATE",
    "PRODUCTS_DELETE",
    "CUSTOMERS_CREATE",
    "CUSTOMERS_UPDATE",
    "CUSTOMERS_DELETE",
    "ORDERS_CREATE",
    "ORDERS_UPDATED",
    "FULFILLMENTS_CREATE",
    "FULFILLMENTS_UPDATE",
    "RETURNS_REQUEST",
    "RETURNS_APPROVE",
    "RETURNS_DECLINE",
    "RETURNS_CANCEL",
    "RETURNS_CLOSE",
)
"""Those that name what they are about as we do; the privacy topics are set in the app itself."""

_OF_ORDERS = ("fulfillments", "returns")
"""Named after their order: `#1001.1`, `#1001-R1`."""


def receive(request: Request, config: Config) -> Heard:
    check_base64(config.client_secret, request.body, request.headers.get("X-Shopify-Hmac-Sha256"))
    if request.headers.get("X-Shopify-Shop-Domain") != config.shop:
        raise Denied("another shop")
    body = read_object(request.body)
    resource, _, event = (request.headers.get("X-Shopify-Topic") or "").partition("/")
    try:
        if event == "redact":
            return _redact(resource, body, config)
        return Heard(_touched(resource, body))
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise Malformed(type(error).__name__) from error


def _touched(resource: str, body: Mapping[str, Any]) -> tuple[Touched, ...]:
    """What a topic is about; none for a topic that is nothing to us."""
    if resource == "products":
        return (Touched("product", _id(body["id"])),)
    if resource == "customers" and "id" in body:
        return (Touched("customer", _id(body["id"])),)
    if resource == "orders" and "name" in body:
        order = Touched("order", _name(body["name"]))
        return (order,) if body.get("customer") else (Touched("customer", _guest(body)), order)
    if resource in _OF_ORDERS and "name" in body:
        return (Touched("order", re.sub(r"(\.\d+|-R\d+)$", "", _name(body["name"]))),)
    return ()


def _redact(resource: str, body: Mapping[str, Any], config: Config) -> Heard:
    """The topic is not signed, so the body must speak of it itself."""
    if resource != "customers" or body["shop_domain"] != config.shop:
        return Heard()
    customer = body["customer"]
    known = (_id(customer["id"]),) if customer.get("id") is not None else ()
    contacts = [{"email": one} for one in _contact(customer).values() if one]
    return Heard(forget=(*known, *(guest_id(one) for one in contacts)))


def _id(value: object) -> str:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 < value < 2**63:
        raise TypeError("no id")
    return str(value)


def _name(name: object) -> str:
    if not isinstance(name, str):
        raise TypeError("no name")
    number = order_number(name)
    if not 0 < len(number) <= 64 or not number.isprintable():
        raise ValueError("no number")
    return number


def _guest(body: Mapping[str, Any]) -> str:
    return guest_id({"id": f"gid://shopify/Order/{_id(body['id'])}", **_contact(body)})


def _contact(body: Mapping[str, Any]) -> dict[str, str | None]:
    return {key: body[key] if isinstance(body.get(key), str) else None for key in ("email", "phone")}
