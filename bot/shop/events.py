"""What shoppers did elsewhere: told by the shop's own programs, each thing once."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, func, or_, select

from bot.conflicts import insert_unless_there
from bot.shop import tables
from bot.shop.domain import EVENT_KINDS, Event, EventKind
from bot.shop.keys import order_key, storable

KEPT = timedelta(days=180)
"""So long the same event again is known to be the same."""
_LONGEST_TEXT = 1000
_MOST_LOOKED_AT = 200


def record(connection: Connection, events: Sequence[Event], now: datetime) -> Sequence[bool]:
    """For each whether it is new; what is older than `KEPT` is forgotten."""
    table = tables.events
    old = table.c.kind.in_(EVENT_KINDS) & (table.c.at < int((now - KEPT).timestamp()))
    connection.execute(delete(table).where(old))
    statement = insert_unless_there(table, connection.dialect.name).returning(table.c.id)
    return [connection.execute(statement, _row(event)).first() is not None for event in events]


def _row(event: Event) -> dict[str, object]:
    return {
        "kind": event.kind,
        "at": int(event.at.timestamp()),
        "customer_id": event.customer_id and storable(event.customer_id)[:64],
        "product_id": event.product_id and storable(event.product_id)[:64],
        "text": storable(event.text)[:_LONGEST_TEXT],
        "quantity": event.quantity,
        "order_key": order_key(event.order_number) if event.order_number else None,
        "source": event.source and storable(event.source),
        "external_id": event.id and storable(event.id),
    }


def units_bought(connection: Connection, since: int) -> dict[str, int]:
    """By product; orders that the shop has itself are counted there, cancelled or not."""
    table = tables.events
    elsewhere = or_(table.c.order_key.is_(None), table.c.order_key.not_in(select(tables.orders.c.key)))
    statement = (
        select(table.c.product_id, func.sum(table.c.quantity))
        .where(table.c.kind == "bought", table.c.at >= since, table.c.product_id.is_not(None), elsewhere)
        .group_by(table.c.product_id)
    )
    return {row[0]: int(row[1]) for row in connection.execute(statement)}


def interest(connection: Connection, customer_id: str, since: int) -> Mapping[str, EventKind]:
    """Product to what the customer did about it that says most, the latest first."""
    table = tables.events
    statement = (
        select(table.c.product_id, table.c.kind)
        .where(table.c.customer_id == customer_id, table.c.at >= since, table.c.product_id.is_not(None))
        .order_by(table.c.at.desc(), table.c.id.desc())
        .limit(_MOST_LOOKED_AT)
    )
    found: dict[str, EventKind] = {}
    for product_id, kind in connection.execute(statement):
        if _SAYS.get(kind, 0) > _SAYS.get(found.get(product_id, ""), 0):
            found[product_id] = kind
    return found


_SAYS = {"viewed": 1, "added": 2, "bought": 3}
