"""What happened and what was delivered, a page at a time; and sending once more."""

from collections.abc import Sequence
from datetime import datetime
from uuid import uuid4

from sqlalchemy import ColumnElement, Connection, insert, select, update

from bot.errors import Conflict, NotFound
from bot.store.event_tables import DEAD, WAITING, deliveries, events
from bot.store.events import AT_ONCE, delivery, put
from bot.store.happenings import TEST, Happened
from bot.webhooks import endpoints
from bot.webhooks.base import Shown, StoredDelivery, StoredEvent
from bot.webhooks.rows import DELIVERY, EVENT, delivery_of, event_of


def sent(
    connection: Connection, webhook_id: str, state: Shown | None, before: int | None, limit: int
) -> Sequence[StoredDelivery]:
    """The newest first, those below `before`. Raises NotFound."""
    endpoints.get(connection, webhook_id)
    statement = _DELIVERIES.where(deliveries.c.webhook_id == webhook_id)
    if state is not None:
        statement = statement.where(_IS[state])
    if before is not None:
        statement = statement.where(deliveries.c.id < before)
    rows = connection.execute(statement.order_by(deliveries.c.id.desc()).limit(limit))
    return tuple(delivery_of(row) for row in rows)


def get(connection: Connection, delivery_id: int) -> StoredDelivery:
    """Raises NotFound."""
    row = connection.execute(_DELIVERIES.where(deliveries.c.id == delivery_id)).first()
    if row is None:
        raise NotFound("There is no such delivery.")
    return delivery_of(row)


def happened(
    connection: Connection,
    type_: str | None,
    conversation_id: str | None,
    before: int | None,
    limit: int,
) -> Sequence[StoredEvent]:
    """The newest first, those below `before`."""
    statement = select(*EVENT)
    if type_ is not None:
        statement = statement.where(events.c.type == type_)
    if conversation_id is not None:
        statement = statement.where(events.c.conversation_id == conversation_id)
    if before is not None:
        statement = statement.where(events.c.number < before)
    rows = connection.execute(statement.order_by(events.c.number.desc()).limit(limit))
    return tuple(event_of(row) for row in rows)


def again(connection: Connection, delivery_id: int, now: datetime) -> StoredDelivery:
    """Another delivery of the same event, under the same webhook-id, beside what waits in order.

    Raises:
        NotFound: there is no such delivery.
        Conflict: its endpoint is switched off (`disabled`).
    """
    before = get(connection, delivery_id)
    webhook = _enabled(connection, before.webhook_id)
    row = {
        "event_number": before.event.number,
        "webhook_id": webhook,
        "stream": f"again:{uuid4().hex}",
        "with_personal": before.with_personal,
        "state": "waiting",
        "due_at": AT_ONCE,
        "created_at": now,
    }
    number = connection.execute(insert(deliveries).values(row).returning(deliveries.c.id)).scalar_one()
    return get(connection, number)


def dead_again(connection: Connection, webhook_id: str, since: datetime) -> int:
    """What was given up of what happened since then waits as if it had not been tried; how much it is.

    The rows themselves, not others beside them: in their order, and asked twice they are sent once.

    Raises:
        NotFound, Conflict: as in `again`.
    """
    _enabled(connection, webhook_id)
    mine = (deliveries.c.webhook_id == webhook_id) & (deliveries.c.created_at >= since)
    values = {"state": "waiting", "due_at": AT_ONCE, "attempts": 0}
    return int(connection.execute(update(deliveries).where(mine, DEAD).values(values)).rowcount)


def test(connection: Connection, webhook_id: str, now: datetime) -> StoredDelivery:
    """An event that nothing happened for, to this endpoint alone.

    Raises:
        NotFound, Conflict: as in `again`.
    """
    _enabled(connection, webhook_id)
    one = Happened(TEST, now, {"webhook_id": webhook_id}, stream=f"test:{uuid4().hex}")
    row = delivery(put(connection, one, personal=False), webhook_id, one, with_personal=False)
    number = connection.execute(insert(deliveries).values(row).returning(deliveries.c.id)).scalar_one()
    return get(connection, number)


def _enabled(connection: Connection, webhook_id: str) -> str:
    if not endpoints.get(connection, webhook_id).enabled:
        raise Conflict("The webhook is switched off.", code="disabled")
    return webhook_id


_IS: dict[Shown, ColumnElement[bool]] = {
    "waiting": WAITING,
    "failed": WAITING & deliveries.c.tried_at.is_not(None),
    "delivered": deliveries.c.state == "delivered",
    "dead": DEAD,
}
_DELIVERIES = select(*DELIVERY).join(events, events.c.number == deliveries.c.event_number)
