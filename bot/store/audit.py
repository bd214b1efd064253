"""The audit: every change that was asked for, who asked, and what came of it."""

import json
from collections.abc import Sequence
from dataclasses import fields, replace
from typing import Any

from sqlalchemy import Connection, insert, select

from bot.store.base import Attempt
from bot.store.tables import tool_attempts

_FIELDS = tuple(field.name for field in fields(Attempt))
_COLUMNS = tuple(tool_attempts.c[name] for name in _FIELDS)
_MOST = 1000


def record(connection: Connection, attempts: Sequence[Attempt]) -> None:
    if attempts:
        connection.execute(insert(tool_attempts), [_row(attempt) for attempt in attempts])


def record_of_turn(
    connection: Connection, conversation_id: str, turn_id: str, attempts: Sequence[Attempt]
) -> None:
    record(
        connection,
        [replace(attempt, conversation_id=conversation_id, turn_id=turn_id) for attempt in attempts],
    )


def listed(
    connection: Connection, conversation_id: str | None, customer_id: str | None, limit: int
) -> Sequence[Attempt]:
    """Newest first."""
    statement = select(*_COLUMNS)
    if conversation_id is not None:
        statement = statement.where(tool_attempts.c.conversation_id == conversation_id)
    if customer_id is not None:
        statement = statement.where(tool_attempts.c.customer_id == customer_id)
    newest = statement.order_by(tool_attempts.c.id.desc()).limit(min(max(limit, 0), _MOST))
    return tuple(_attempt(row._asdict()) for row in connection.execute(newest))


def _row(attempt: Attempt) -> dict[str, Any]:
    values = {name: getattr(attempt, name) for name in _FIELDS}
    return {**values, "arguments": json.dumps(attempt.arguments, ensure_ascii=False)}


def _attempt(values: dict[str, Any]) -> Attempt:
    return Attempt(**{**values, "arguments": json.loads(values["arguments"])})
