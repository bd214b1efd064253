"""Between rows and the values of `base.py`."""

import json

from bot.store.event_tables import deliveries, events, webhooks
from bot.store.rows import AnyRow
from bot.webhooks.base import StoredDelivery, StoredEvent, Webhook

EVENT = (
    events.c.number,
    events.c.id.label("event_id"),
    events.c.type,
    events.c.at.label("event_at"),
    events.c.conversation_id,
    events.c.data,
    events.c.personal,
)
DELIVERY = (*(column for column in deliveries.c if column.name != "event_number"), *EVENT)
WEBHOOK = tuple(webhooks.c)


def event_of(row: AnyRow) -> StoredEvent:
    return StoredEvent(
        number=row.number,
        id=row.event_id,
        type=row.type,
        at=row.event_at,
        conversation_id=row.conversation_id,
        data=json.loads(row.data),
        personal=json.loads(row.personal) if row.personal else {},
    )


def webhook_of(row: AnyRow, *, waiting: int = 0, dead: int = 0) -> Webhook:
    values = {column.name: getattr(row, column.name) for column in WEBHOOK}
    types = tuple(row.types.split(",")) if row.types else ()
    return Webhook(**{**values, "types": types}, waiting=waiting, dead=dead)


def delivery_of(row: AnyRow) -> StoredDelivery:
    return StoredDelivery(
        id=row.id,
        event=event_of(row),
        webhook_id=row.webhook_id,
        with_personal=row.with_personal,
        state=row.state,
        due_at=row.due_at,
        attempts=row.attempts,
        created_at=row.created_at,
        tried_at=row.tried_at,
        status=row.status,
        response=row.response,
        error=row.error,
        log=tuple(json.loads(row.log)),
    )
