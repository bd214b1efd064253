"""How far each kind was read, on disk; one process at a time reads on."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select, text, update

from bot.shop import tables
from bot.shop.linked import moments
from bot.shop.linked.tables import looks, things
from connectors.shop_system import Kind

LEASE = 120 * moments.SECOND
"""Renewed with every page."""
_LONGEST_PROBLEM = 200
_ADD = text(
    "INSERT INTO shop_looks (kind, complete, due_at, problem) VALUES (:kind, :complete, 0, '')"
    " ON CONFLICT (kind) DO NOTHING"
)
_IDS = {
    "product": tables.products.c.id,
    "customer": tables.customers.c.id,
    "order": tables.orders.c.number,
}


@dataclass(frozen=True, slots=True)
class Look:
    """One that is held."""

    kind: Kind
    holder: str
    cursor: int | None
    complete: bool
    compared_at: int | None


class LostHold(Exception):
    """It took so long that another process went on."""


def take(connection: Connection, kind: Kind, *, holder: str, early: bool) -> Look | None:
    """None: it is not due, or somebody else is at it; `early`: due or not."""
    connection.execute(_ADD, {"kind": kind, "complete": False})
    now = moments.now()
    free = looks.c.due_at <= now
    row = connection.execute(
        update(looks)
        .where(looks.c.kind == kind, free | looks.c.held_by.is_(None) if early else free)
        .values(held_by=holder, due_at=now + LEASE)
        .returning(looks.c.cursor, looks.c.complete, looks.c.compared_at)
    ).first()
    return None if row is None else Look(kind, holder, row.cursor, row.complete, row.compared_at)


def advance(connection: Connection, look: Look, cursor: int | None) -> None:
    """In the transaction of what was merged. Raises LostHold, which rolls that back."""
    values = {"due_at": moments.now() + LEASE, **({} if cursor is None else {"cursor": cursor})}
    _keep(connection, look, **values)


def done(connection: Connection, look: Look, *, again_at: int, compared: bool) -> None:
    now = moments.now()
    values = {"compared_at": now} if compared else {}
    _keep(connection, look, held_by=None, complete=True, looked_at=now, due_at=again_at, problem="", **values)


def failed(connection: Connection, look: Look, *, again_at: int, problem: str) -> None:
    _keep(connection, look, held_by=None, due_at=again_at, problem=problem[:_LONGEST_PROBLEM])


def unlike(connection: Connection, kind: Kind, ids: frozenset[str]) -> set[str]:
    """What is in the copy and not among `ids`, what is among them and is not in the copy, and what is odd.

    What is there and no order to us (in another currency, say) was never in the copy: it is not asked for every day.
    """
    there = set(connection.execute(select(_IDS[kind])).scalars())
    rows = connection.execute(
        select(things.c.id, things.c.state, things.c.updated_at).where(things.c.kind == kind)
    ).all()
    odd = {row.id for row in rows if row.state == "odd"}
    back = {row.id for row in rows if row.state == "gone" and row.updated_at > 0} & ids
    return (there - ids) | (ids - {row.id for row in rows}) | odd | back


def are_whole(connection: Connection) -> bool:
    """Whether customers and orders were read to their end once."""
    read = select(looks.c.kind).where(looks.c.complete)
    return {"customer", "order"} <= set(connection.execute(read).scalars())


def looked_at(microseconds: int | None) -> datetime | None:
    return None if microseconds is None else moments.moment(microseconds)


def _keep(connection: Connection, look: Look, **values: object) -> None:
    mine = (looks.c.kind == look.kind) & (looks.c.held_by == look.holder)
    if connection.execute(update(looks).where(mine).values(**values)).rowcount == 0:
        raise LostHold
