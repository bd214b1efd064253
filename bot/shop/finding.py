"""Customers as an agent looks for them: by an order's number, an e-mail address, a phone number, an id or a name."""

import json
from collections.abc import Sequence

from sqlalchemy import Connection, or_, select

from bot.shop.domain import Customer
from bot.shop.keys import contact_digest, order_key, storable
from bot.shop.rows import read_customer
from bot.shop.tables import contacts, customers, orders

_SHORTEST_NAME = 2
_LONGEST = 100


def find_customers(connection: Connection, text: str, limit: int) -> Sequence[Customer]:
    """Whole numbers, addresses and ids first; names only where none of those fits."""
    wanted = storable(text).strip()[:_LONGEST]
    key, digest = order_key(wanted), contact_digest(wanted)
    exactly = [customers.c.id == wanted]
    if key:
        exactly.append(customers.c.id.in_(select(orders.c.customer_id).where(orders.c.key == key)))
    if digest is not None:
        exactly.append(customers.c.id.in_(select(contacts.c.customer_id).where(contacts.c.digest == digest)))
    found = _read(connection, or_(*exactly), limit)
    if found or len(wanted) < _SHORTEST_NAME:
        return found
    # As the document has it: quotes and backslashes are escaped there.
    written = json.dumps(wanted, ensure_ascii=False)[1:-1]
    similar = _read(connection, customers.c.document.icontains(written, autoescape=True), 10 * limit)
    return [one for one in similar if _is_called(one, wanted.casefold())][:limit]


def _read(connection: Connection, condition: object, limit: int) -> list[Customer]:
    statement = select(customers.c.document).where(condition).order_by(customers.c.id).limit(limit)  # type: ignore[arg-type]
    return [read_customer(document) for document in connection.execute(statement).scalars()]


def _is_called(customer: Customer, wanted: str) -> bool:
    """Also by the name on a parcel, and by a part of an e-mail address."""
    names = (customer.name, *(one.name for one in customer.addresses), *customer.emails)
    return any(wanted in name.casefold() for name in names)
