"""One-time codes: a conversation has one at most, and what is kept of it does not tell it."""

from datetime import datetime
from hmac import compare_digest

from sqlalchemy import Connection, bindparam, delete, exists, insert, or_, select, update

from bot.store.base import Code
from bot.store.tables import codes

MOST_TRIES = 5

_HAS = select(
    exists().where(codes.c.conversation_id == bindparam("of"), codes.c.digest == bindparam("known"))
)
# The older one goes, and with it everybody's that nobody can use any more.
_VOID = delete(codes).where(
    or_(codes.c.conversation_id == bindparam("of"), codes.c.expires_at <= bindparam("now"))
)
_TRY = (
    update(codes)
    .where(codes.c.conversation_id == bindparam("of"))
    .values(attempts=codes.c.attempts + 1)
    .returning(codes)
)
_USE = update(codes).where(codes.c.conversation_id == bindparam("of")).values(used_in=bindparam("turn"))


def has_code(connection: Connection, conversation_id: str, digest: str) -> bool:
    return bool(connection.execute(_HAS, {"of": conversation_id, "known": digest}).scalar_one())


def put_code(connection: Connection, code: Code, now: datetime) -> None:
    connection.execute(_VOID, {"of": code.conversation_id, "now": now})
    row = {
        "conversation_id": code.conversation_id,
        "digest": code.digest,
        "customer_id": code.customer_id,
        "expires_at": code.expires_at,
        "attempts": 0,
    }
    connection.execute(insert(codes), row)


def try_code(
    connection: Connection, conversation_id: str, digest: str, turn: int, now: datetime
) -> str | None:
    row = connection.execute(_TRY, {"of": conversation_id}).first()
    if row is None:
        return None
    again = row.used_in is not None and row.used_in == turn
    unused = row.used_in is None and row.attempts <= MOST_TRIES
    fits = compare_digest(row.digest.encode(), digest.encode())
    if not (fits and row.expires_at > now and (unused or again)):
        return None
    connection.execute(_USE, {"of": conversation_id, "turn": turn})
    return str(row.customer_id) if row.customer_id is not None else None
