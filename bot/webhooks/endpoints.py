"""Webhooks on disk."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, delete, func, insert, select, update

from bot.errors import Conflict, NotFound
from bot.store.event_tables import DEAD, WAITING, deliveries, webhooks
from bot.webhooks.base import Webhook
from bot.webhooks.queue import hurry
from bot.webhooks.rows import WEBHOOK, webhook_of

MOST = 20
"""Every event is written once for each."""


def listed(connection: Connection) -> Sequence[Webhook]:
    """The oldest first."""
    waiting, dead = _counted(connection, WAITING), _counted(connection, DEAD)
    rows = connection.execute(select(*WEBHOOK).order_by(webhooks.c.created_at, webhooks.c.id))
    return tuple(webhook_of(row, waiting=waiting.get(row.id, 0), dead=dead.get(row.id, 0)) for row in rows)


def _counted(connection: Connection, which: ColumnElement[bool]) -> Mapping[str, int]:
    counted = select(deliveries.c.webhook_id, func.count().label("many")).where(which)
    return {row.webhook_id: row.many for row in connection.execute(counted.group_by(deliveries.c.webhook_id))}


def get(connection: Connection, webhook_id: str) -> Webhook:
    """Raises NotFound."""
    row = connection.execute(select(*WEBHOOK).where(webhooks.c.id == webhook_id)).first()
    if row is None:
        raise NotFound("There is no such webhook.")
    return webhook_of(row)


def add(connection: Connection, row: dict[str, Any]) -> Webhook:
    """
    Raises:
        Conflict: `too_many_webhooks`.
    """
    if connection.execute(select(func.count()).select_from(webhooks)).scalar_one() >= MOST:
        raise Conflict(f"There are {MOST} webhooks already.", code="too_many_webhooks")
    connection.execute(insert(webhooks), row)
    return get(connection, row["id"])


def change(connection: Connection, webhook_id: str, values: dict[str, Any], now: datetime) -> Webhook:
    """Switched on, what waits goes out at once; told nothing personal any more, neither is what waits.

    Raises:
        NotFound: there is none.
    """
    before = get(connection, webhook_id)
    if "enabled" in values and values["enabled"] != before.enabled:
        because = "" if values["enabled"] else "asked"
        values = {**values, "disabled_because": because, "failures": 0, "paused_until": None}
        if values["enabled"]:
            hurry(connection, webhook_id, now)
    if values.get("with_personal") is False:
        waiting = (deliveries.c.webhook_id == webhook_id) & WAITING
        connection.execute(update(deliveries).where(waiting).values(with_personal=False))
    connection.execute(
        update(webhooks).where(webhooks.c.id == webhook_id).values({**values, "updated_at": now})
    )
    return get(connection, webhook_id)


def rotate(connection: Connection, webhook_id: str, previous_until: datetime, now: datetime) -> Webhook:
    """Raises NotFound."""
    return change(
        connection,
        webhook_id,
        {"generation": webhooks.c.generation + 1, "previous_until": previous_until},
        now,
    )


def remove(connection: Connection, webhook_id: str) -> None:
    """With all that was sent to it. Raises NotFound."""
    get(connection, webhook_id)
    connection.execute(delete(deliveries).where(deliveries.c.webhook_id == webhook_id))
    connection.execute(delete(webhooks).where(webhooks.c.id == webhook_id))
