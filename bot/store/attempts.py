"""Counting attempts within a window: for limits that must hold over restarts and processes."""

from datetime import datetime, timedelta

from sqlalchemy import Connection, bindparam, delete, func, insert, select

from bot.store.tables import attempts

_FORGET = delete(attempts).where(attempts.c.expires_at <= bindparam("now"))
_COUNT = select(func.count()).where(attempts.c.scope == bindparam("of"), attempts.c.at > bindparam("since"))


def record_attempt(connection: Connection, scope: str, at: datetime, window: timedelta) -> None:
    """Also forgets, in every scope, what no window reaches any more: scopes name people."""
    connection.execute(_FORGET, {"now": at})
    connection.execute(insert(attempts), {"scope": scope, "at": at, "expires_at": at + window})


def count_attempts(connection: Connection, scope: str, at: datetime, window: timedelta) -> int:
    return int(connection.execute(_COUNT, {"of": scope, "since": at - window}).scalar_one())
