"""Events on disk, for the webhooks that asked for them, in the transaction of what they tell of.

Where no webhook is set up a transaction is asked for nothing: what is wanted is remembered for a few seconds.
"""

import json
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import Connection, insert, select

from bot.store import happenings
from bot.store.base import Attempt
from bot.store.event_tables import deliveries, events, webhooks
from bot.store.happenings import TYPES, Happened, Where
from bot.store.tables import conversations, scrub
from connectors.base import Message

RECHECK_SECONDS = 2.0
"""A webhook that another process set up is told of what happens from then on."""
AT_ONCE = datetime(1970, 1, 1, tzinfo=UTC)
"""Due whatever the clock says."""

_WANTED = select(webhooks.c.types).where(webhooks.c.enabled)
_TAKERS = select(webhooks.c.id, webhooks.c.types, webhooks.c.with_personal).where(webhooks.c.enabled)


def wants(types: str, type_: str) -> bool:
    """`types` as a row has them: joined by commas, or empty for all."""
    return not types or type_ in types.split(",")


class Events:
    def __init__(self, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._wanted: frozenset[str] = frozenset()
        self._fresh_until = 0.0

    def changed(self) -> None:
        """A webhook was added, changed or removed here."""
        self._fresh_until = 0.0

    def wanted(self, connection: Connection) -> frozenset[str]:
        """The types that somebody is to be told of."""
        now = self._monotonic()
        if now >= self._fresh_until:
            rows = connection.execute(_WANTED).scalars().all()
            self._wanted = frozenset(one for one in TYPES if any(wants(types, one) for types in rows))
            self._fresh_until = now + RECHECK_SECONDS
        return self._wanted

    def received(
        self, connection: Connection, message: Message, conversation_id: str, message_id: str, seq: int
    ) -> None:
        if "message.received" in self.wanted(connection):
            where = Where(conversation_id, message.channel, message.customer_id)
            write(connection, [happenings.received(message, where, message_id, seq)])

    def tried(self, connection: Connection, attempts: Sequence[Attempt]) -> None:
        """Outside a turn: by an integrator, or by an agent in a conversation."""
        if not self.wanted(connection) & {"tool.executed", "receipt.given"}:
            return
        for attempt in attempts:
            channel = connection.execute(
                select(conversations.c.channel).where(conversations.c.id == attempt.conversation_id)
            ).scalar()
            write(connection, happenings.tried(attempt, channel))

    def order_changed(
        self,
        connection: Connection,
        *,
        number: str,
        customer_id: str,
        kind: str,
        receipt: str,
        version: int,
        details: dict[str, Any],
        at: datetime,
    ) -> None:
        if "order.changed" not in self.wanted(connection):
            return
        data = {
            "order_number": number,
            "customer_id": customer_id,
            "kind": kind,
            "receipt": receipt,
            "version": version,
        }
        write(connection, [Happened("order.changed", at, data, details, stream=f"order:{number}")])


def write(connection: Connection, happened: Sequence[Happened]) -> None:
    """Keep what somebody wants to be told of, with a delivery for each who does."""
    if not happened:
        return
    takers = connection.execute(_TAKERS).all()
    for one in happened:
        mine = [taker for taker in takers if wants(taker.types, one.type)]
        if mine:
            number = put(connection, one, personal=any(taker.with_personal for taker in mine))
            connection.execute(
                insert(deliveries),
                [delivery(number, taker.id, one, with_personal=taker.with_personal) for taker in mine],
            )


def put(connection: Connection, one: Happened, *, personal: bool) -> int:
    """Its number."""
    row = {
        "id": f"evt_{uuid4().hex}",
        "type": one.type,
        "at": one.at,
        "conversation_id": one.conversation_id,
        "data": _json(one.data),
        "personal": _json(one.personal) if personal and one.personal else "",
    }
    return int(connection.execute(insert(events).values(row).returning(events.c.number)).scalar_one())


def delivery(number: int, webhook_id: str, one: Happened, *, with_personal: bool) -> dict[str, Any]:
    return {
        "event_number": number,
        "webhook_id": webhook_id,
        "stream": one.stream or f"conversation:{one.conversation_id}",
        "with_personal": with_personal,
        "state": "waiting",
        "due_at": AT_ONCE,
        "created_at": one.at,
    }


def _json(data: dict[str, Any]) -> str:
    return scrub(json.dumps(data, ensure_ascii=False, default=str))
