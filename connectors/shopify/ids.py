"""Shopify's ids: `gid://shopify/Order/4501?x=y` is `4501` to us; and the marks by which we find our own work."""

import hashlib
import re
import uuid
from collections.abc import Mapping
from typing import Any

from connectors.shop_system import GUEST


def number_of(gid: str) -> str:
    return gid.rsplit("/", 1)[-1].split("?", 1)[0]


def gid(kind: str, id: str) -> str | None:
    """None where it can be no id of Shopify's."""
    return f"gid://shopify/{kind}/{id}" if re.fullmatch(r"[0-9]{1,19}", id) else None


def order_number(name: str) -> str:
    """What stands on the receipt, without its `#`."""
    return name.strip().lstrip("#").strip()


def guest_id(order: Mapping[str, Any]) -> str:
    """Of somebody who ordered without an account: the same for the same e-mail address or phone number."""
    contact = order.get("email") or order.get("phone") or order["id"]
    return GUEST + hashlib.sha256(f"kefu guest {contact}".lower().encode()).hexdigest()[:24]


def is_guest(customer_id: str) -> bool:
    return customer_id.startswith(GUEST)


def mark_of(key: str) -> str:
    """A change's key as it is written at Shopify: `kefu-` and 20 digits."""
    return "kefu-" + hashlib.sha256(key.encode()).hexdigest()[:20]


def idempotency_key(key: str) -> str:
    """As Shopify wants them: a UUID, the same for the same change."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"kefu:{key}"))
