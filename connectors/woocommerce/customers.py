"""A customer as a row of the import format: one with an account, or whoever ordered without one."""

import hashlib
import re
from collections.abc import Iterable
from typing import Any

from connectors.channel import Payload
from connectors.shop_system import GUEST, Thing
from connectors.woocommerce.addresses import Places, address_row, person
from connectors.woocommerce.products import changed_at
from connectors.woocommerce.values import moment, number, part, text, tidied

_EMAIL = re.compile(r"^[^@\s]{1,128}@[^@\s]{1,120}$")
_DIGITS = re.compile(r"[^0-9]")
_FEWEST_DIGITS, _MOST_DIGITS = 7, 15


async def customer_thing(customer: Payload, places: Places) -> Thing | None:
    at = changed_at(customer)
    if at is None:
        return None
    billing = part(customer.get("billing"))
    emails = _emails((customer.get("email"), billing.get("email")))
    name = person(customer) or person(billing) or text(customer.get("username")) or f"#{customer['id']}"
    row: Payload = {"id": str(customer["id"]), "name": name, "emails": emails, "phones": _phones(billing)}
    row |= await _addresses(customer, places)
    created = moment(customer.get("date_created_gmt"))
    if created:
        row["created_at"] = created.isoformat()
    return Thing("customer", row["id"], tidied(row), at)


async def guest_thing(order: Payload, places: Places) -> Thing | None:
    """As their latest order tells of them."""
    at = changed_at(order)
    if at is None:
        return None
    id, billing = customer_id(order), part(order.get("billing"))
    name = person(billing) or person(order.get("shipping")) or f"#{order['id']}"
    row = {"id": id, "name": name, "emails": _emails((billing.get("email"),)), "phones": _phones(billing)}
    return Thing("customer", id, tidied(row | await _addresses(order, places)), at)


def customer_id(order: Payload) -> str:
    """The account's; of a guest, one that the same e-mail address and phone always come to.

    Both: whoever orders types what they like, and must not come to prove with a phone of their own that the orders
    of somebody else's e-mail address are theirs.
    """
    account = number(order.get("customer_id"))
    if account > 0:
        return str(account)
    billing = part(order.get("billing"))
    known = [*_emails((billing.get("email"),)), *(_DIGITS.sub("", one) for one in _phones(billing))]
    if not known:
        return f"{GUEST}order-{number(order.get('id'))}"
    return GUEST + hashlib.sha256("\n".join(known).casefold().encode()).hexdigest()[:24]


def _emails(given: Iterable[Any]) -> list[str]:
    found = (text(one) for one in given)
    return list({one.casefold(): one for one in found if _EMAIL.match(one)}.values())


def _phones(billing: Payload) -> list[str]:
    """Only the buyer's own: the one below a delivery address may be anybody's, and a phone proves who asks."""
    phone = text(billing.get("phone"))
    digits = _DIGITS.sub("", phone)
    return [phone] if _FEWEST_DIGITS <= len(digits) <= _MOST_DIGITS and "@" not in phone else []


async def _addresses(given: Payload, places: Places) -> Payload:
    """Where things are sent is the default one; the bill's only where it is another."""
    shipping = await address_row(given.get("shipping"), "shipping", places)
    billing = await address_row(given.get("billing"), "billing", places)
    if shipping and billing and {**billing, "id": "", "phone": ""} == {**shipping, "id": "", "phone": ""}:
        billing = None
    found = [one for one in (shipping, billing) if one]
    return {"addresses": found, "default_address_id": found[0]["id"]} if found else {}
