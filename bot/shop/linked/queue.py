"""What a webhook said has changed, on disk until it was fetched."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, and_, delete, func, select, text, update

from bot.shop.keys import storable
from bot.shop.linked import moments
from bot.shop.linked.tables import touched
from connectors.shop_system import Kind

LEASE = 60 * moments.SECOND
_LONGEST_WAIT = 3600
_LONGEST_ID = 64

_PUT = text(
    "INSERT INTO shop_touched (kind, id, times, attempts, due_at) VALUES (:kind, :id, 1, 0, :due_at)"
    " ON CONFLICT (kind, id) DO UPDATE SET times = shop_touched.times + 1, attempts = 0, due_at = excluded.due_at"
)


@dataclass(frozen=True, slots=True)
class Waiting:
    kind: Kind
    id: str
    times: int
    attempts: int


def put(connection: Connection, things: Iterable[tuple[Kind, str]]) -> None:
    """In one order for all, so that two who put the same do not wait for each other."""
    fitting = {(kind, id) for kind, id in things if fits(id)}
    rows = [{"kind": kind, "id": id, "due_at": moments.now()} for kind, id in sorted(fitting)]
    if rows:
        connection.execute(_PUT, rows)


def fits(id: str) -> bool:
    """Whether the copy can hold anything of that id; nothing else need be fetched."""
    return 0 < len(id) <= _LONGEST_ID and storable(id) == id


def take(connection: Connection, limit: int) -> Sequence[Waiting]:
    """For a minute; then they are handed to the next who asks."""
    now = moments.now()
    due = (
        select(touched.c.kind, touched.c.id)
        .where(touched.c.due_at <= now)
        .order_by(touched.c.due_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    found = [(row.kind, row.id) for row in connection.execute(due)]
    taken = []
    for kind, id in found:
        row = connection.execute(
            update(touched)
            .where(touched.c.kind == kind, touched.c.id == id)
            .values(due_at=now + LEASE, attempts=touched.c.attempts + 1)
            .returning(touched.c.kind, touched.c.id, touched.c.times, touched.c.attempts)
        ).one()
        taken.append(Waiting(row.kind, row.id, row.times, row.attempts))
    return taken


def done(connection: Connection, waiting: Waiting) -> None:
    """Unless it was told again meanwhile."""
    connection.execute(delete(touched).where(_same(waiting)))


def put_back(connection: Connection, waiting: Waiting, *, seconds: float | None) -> None:
    """`seconds`: how long the system asks to wait."""
    wait = min(seconds if seconds is not None else 2.0**waiting.attempts, _LONGEST_WAIT)
    due_at = moments.now() + int(wait * moments.SECOND)
    connection.execute(update(touched).where(_same(waiting)).values(due_at=due_at))


def length(connection: Connection) -> int:
    return int(connection.execute(select(func.count()).select_from(touched)).scalar_one())


def _same(waiting: Waiting) -> ColumnElement[bool]:
    return and_(touched.c.kind == waiting.kind, touched.c.id == waiting.id, touched.c.times == waiting.times)
