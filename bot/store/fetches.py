"""Messages whose photos are still at the platform, and what connectors remember."""

import json
from collections.abc import Sequence
from datetime import datetime

from pydantic import TypeAdapter
from sqlalchemy import Connection, delete, insert, select, update

from bot.conflicts import insert_unless_there
from bot.store.base import Fetch
from bot.store.queues import LEASE
from bot.store.tables import connector_memory, fetches
from connectors.base import Message
from connectors.channel import Inbound, Media

_MESSAGE = TypeAdapter(Message)


def put(connection: Connection, inbound: Inbound, now: datetime) -> None:
    message = inbound.message
    connection.execute(
        insert_unless_there(fetches, connection.dialect.name),
        {
            "channel": message.channel,
            "sender": message.sender,
            "external_id": message.external_id,
            "message": _MESSAGE.dump_json(message).decode(),
            "media": json.dumps([media.ref for media in inbound.media]),
            "due_at": now,
            "attempts": 0,
        },
    )


def take(connection: Connection, now: datetime, limit: int) -> Sequence[Fetch]:
    due = (
        select(fetches.c.id)
        .where(fetches.c.due_at <= now)
        .order_by(fetches.c.due_at, fetches.c.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
        .cte("due")
    )
    rows = connection.execute(
        update(fetches)
        .where(fetches.c.id.in_(select(due.c.id)))
        .values(due_at=now + LEASE, attempts=fetches.c.attempts + 1)
        .returning(fetches.c.id, fetches.c.message, fetches.c.media, fetches.c.attempts)
    )
    return tuple(
        Fetch(row.id, Inbound(_MESSAGE.validate_json(row.message), _media(row.media)), row.attempts)
        for row in rows
    )


def _media(text: str) -> tuple[Media, ...]:
    return tuple(Media(ref) for ref in json.loads(text))


def done(connection: Connection, fetch_id: int) -> None:
    connection.execute(delete(fetches).where(fetches.c.id == fetch_id))


def put_back(connection: Connection, fetch_id: int, retry_at: datetime) -> None:
    connection.execute(update(fetches).where(fetches.c.id == fetch_id).values(due_at=retry_at))


def remembered(connection: Connection, channel: str, key: str) -> str | None:
    return connection.execute(
        select(connector_memory.c.value).where(
            connector_memory.c.channel == channel, connector_memory.c.key == key
        )
    ).scalar()


def remember(connection: Connection, channel: str, key: str, value: str) -> None:
    mine = (connector_memory.c.channel == channel, connector_memory.c.key == key)
    if connection.execute(update(connector_memory).where(*mine).values(value=value)).rowcount == 0:
        connection.execute(insert(connector_memory).values(channel=channel, key=key, value=value))
