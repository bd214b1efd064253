"""WooCommerce's webhooks: what they tell, and that they are there.

WooCommerce tells nothing twice, gives two deliveries of one second the same id, and switches a webhook off after six
failures in a row. So nothing is read from a delivery but what it is about, and `subscribe` switches on again.
"""

import hashlib
import re
from typing import Any

from connectors.channel import Malformed, Payload, Request
from connectors.reading import read_object
from connectors.shop_system import KINDS, Heard, Touched
from connectors.signatures import check_base64
from connectors.woocommerce.api import Api
from connectors.woocommerce.customers import customer_id
from connectors.woocommerce.values import identifier, number, part

TOPICS = (
    *(f"{kind}.{event}" for kind in KINDS for event in ("created", "updated", "deleted")),
    "product.restored",
    "order.restored",
)
_PING = re.compile(rb"webhook_id=[0-9]{1,20}")
_LARGEST_ID = 2**63


def heard(request: Request, secret: str) -> Heard:
    """The signature covers the body alone: the topic, a header, only says which kind of thing to look at again."""
    signature = request.headers.get("X-WC-Webhook-Signature")
    if signature is None and _PING.fullmatch(request.body.strip()):
        return Heard()  # it asks whether we are there, and is not signed
    check_base64(secret, request.body, signature)
    kind = request.headers.get("X-WC-Webhook-Topic", "").partition(".")[0]
    told = read_object(request.body)
    if kind == "product":
        parent = number(told.get("parent_id")) if told.get("type") == "variation" else 0
        return Heard((Touched("product", str(parent) if parent > 0 else _id(told)),))
    if kind == "customer":
        return Heard((Touched("customer", _id(told)),))
    if kind == "order":
        return Heard(_order(told))
    return Heard()


def _order(told: Payload) -> tuple[Touched, ...]:
    """Of one that is deleted only the id is told; whoever ordered without an account may be new."""
    order = Touched("order", identifier(told.get("number")) or _id(told))
    is_guests = "billing" in told and number(told.get("customer_id")) == 0
    return (
        (Touched("customer", customer_id({**told, "billing": part(told["billing"])})), order)
        if is_guests
        else (order,)
    )


def _id(told: Payload) -> str:
    """
    Raises:
        Malformed: there is none.
    """
    given: Any = told.get("id")
    if isinstance(given, str) and given.isascii() and given.isdecimal() and len(given) < 20:
        given = int(given)
    if isinstance(given, bool) or not isinstance(given, int) or not 0 < given < _LARGEST_ID:
        raise Malformed("no id")
    return str(given)


async def subscribe(api: Api, url: str, secret: str) -> None:
    """One webhook for each topic; another secret since then is told, too. Raises as `Api.some`."""
    print_of_it = hashlib.sha256(f"kefu {secret}".encode()).hexdigest()[:8]
    there = {
        one.get("topic"): one
        for one in await api.some("webhooks", status="all")
        if one.get("delivery_url") == url
    }
    for topic in TOPICS:
        name = f"Kefu {topic} {print_of_it}"
        wanted = {"name": name, "status": "active", "secret": secret}
        found = there.get(topic)
        if found is None:
            await api.write("POST", "webhooks", {**wanted, "topic": topic, "delivery_url": url})
        elif found.get("status") != "active" or found.get("name") != name:
            await api.write("PUT", f"webhooks/{found['id']}", wanted)
