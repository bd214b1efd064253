"""Rows of a foreign system as values of the shop: read as strictly as an import, but for pictures and contacts."""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from pydantic import TypeAdapter

from bot.shop.adapters import CUSTOMER, ORDER, PRODUCT
from bot.shop.checks import Finding, Known, check_customer, check_order, check_product
from bot.shop.domain import Customer, Order, Product
from bot.shop.images import is_address
from bot.shop.jsonlines import MAX_LINE, Malformed, parse
from bot.shop.keys import contact_key, order_key, storable
from bot.shop.linked import moments
from connectors.channel import Payload
from connectors.shop_system import Kind, Thing

Value = Product | Customer | Order

_LONGEST_PROBLEM = 500
_EARLIEST, _LATEST = datetime.fromisoformat("1990-01-01T00:00Z"), datetime.fromisoformat("2100-01-01T00:00Z")
_AHEAD = 3600 * moments.SECOND
"""How far the system's clock may be ahead of ours: a date beyond that would never be overtaken by a true one."""
# An order may name what is deleted since: it is told as it is.
_KNOWN = Known(customers=None, skus=None)


@dataclass(frozen=True, slots=True)
class Told:
    """What the system said of something, and when it was asked."""

    kind: Kind
    id: str
    asked_at: int
    """Microseconds by our clock, before the question was sent."""
    updated_at: int = 0
    """Microseconds by the system's."""
    value: Value | None = None
    """None: it is gone, or odd."""
    problem: str = ""
    """What is odd about it."""


def read_thing(thing: Thing, asked_at: int) -> Told:
    """Never fails; what cannot be read is odd."""
    id = storable(str(thing.id))
    try:
        updated_at = min(moments.micros(_dated(thing)), asked_at + _AHEAD)
    except (TypeError, ValueError, AttributeError, OverflowError):
        return Told(thing.kind, id, asked_at, 0, None, "updated_at: is no moment of our time")
    try:
        value = _value(thing.kind, thing.id, thing.row)
    except Malformed as error:
        problem = "; ".join(f"{path}: {what}" if path else what for path, what in error.findings)
        return Told(thing.kind, id, asked_at, updated_at, None, problem[:_LONGEST_PROBLEM])
    return Told(thing.kind, id, asked_at, updated_at, value)


def row_of(order: Order) -> Payload:
    """The order's row, as an import would read it."""
    row: Payload = ORDER.dump_python(order, mode="json", exclude_none=True)
    del row["version"]  # Kefu's own
    return row


def _dated(thing: Thing) -> datetime:
    if not _EARLIEST <= thing.updated_at < _LATEST:
        raise ValueError("out of range")
    return thing.updated_at


def _value(kind: Kind, id: str, row: Payload) -> Value:
    """Raises Malformed with all that is wrong."""
    try:
        text = json.dumps(row, ensure_ascii=False, allow_nan=False)
        size = len(text.encode())
    except (TypeError, ValueError, RecursionError) as error:
        raise Malformed([("", f"is no JSON ({type(error).__name__})")]) from error
    if size > MAX_LINE:
        raise Malformed([("", f"is longer than {MAX_LINE >> 10} KiB")])
    adapter, check = _READERS[kind]
    value: Value = parse(adapter, text)
    value = _with_contacts(value) if isinstance(value, Customer) else value
    own = value.number if isinstance(value, Order) else value.id
    findings = list(check(value))
    if own != id:
        findings.append(("number" if kind == "order" else "id", "is not the one that was asked for"))
    if isinstance(value, Order) and not order_key(value.number):
        findings.append(("number", "holds neither a letter nor a digit"))
    if findings:
        raise Malformed(findings)
    return _without_files(value) if isinstance(value, Product) else value


def _without_files(product: Product) -> Product:
    """Pictures are shown from https addresses; there is no folder that could hold others."""
    variants = tuple(
        replace(variant, image=None) if _is_file(variant.image) else variant for variant in product.variants
    )
    return replace(product, image=None if _is_file(product.image) else product.image, variants=variants)


def _with_contacts(customer: Customer) -> Customer:
    """Elsewhere people type what they like as a phone number; what is none finds nobody."""
    return replace(
        customer,
        emails=tuple(one for one in customer.emails if contact_key(one) is not None),
        phones=tuple(one for one in customer.phones if contact_key(one) is not None),
    )


def _is_file(image: str | None) -> bool:
    return image is not None and not is_address(image)


_READERS: Mapping[Kind, tuple[TypeAdapter[Any], Callable[[Any], Iterable[Finding]]]] = {
    "product": (PRODUCT, check_product),
    "customer": (CUSTOMER, check_customer),
    "order": (ORDER, lambda order: check_order(order, _KNOWN)),
}
