"""How the copy stands, for who runs the shop."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, select

from bot.shop.linked import looks, queue, undertakings
from bot.shop.linked.tables import looks as looks_table
from bot.shop.linked.tables import things
from bot.shop.linked.undertakings import Listed
from connectors.shop_system import KINDS, Kind

MOST = 20


@dataclass(frozen=True, slots=True)
class Standing:
    kind: Kind
    there: int
    odd: int
    complete: bool
    """Everything was read to its end once."""
    looked_at: datetime | None
    """The last time that what changed was read."""
    problem: str
    """Why it could not be, since."""


@dataclass(frozen=True, slots=True)
class Odd:
    kind: Kind
    id: str
    problem: str


@dataclass(frozen=True, slots=True)
class Status:
    kinds: Sequence[Standing]
    waiting: int
    """Things that a webhook named and that are not fetched yet."""
    odd: Sequence[Odd]
    """Rows that do not fit, at most MOST."""
    unsettled: Sequence[Listed]


def read_status(connection: Connection) -> Status:
    odd = select(things.c.kind, things.c.id, things.c.problem).where(things.c.state == "odd")
    rows = connection.execute(odd.order_by(things.c.kind, things.c.id).limit(MOST))
    return Status(
        kinds=[_standing(connection, kind) for kind in KINDS],
        waiting=queue.length(connection),
        odd=[Odd(row.kind, row.id, row.problem) for row in rows],
        unsettled=undertakings.listed(connection),
    )


def _standing(connection: Connection, kind: Kind) -> Standing:
    counted = select(things.c.state, func.count()).where(things.c.kind == kind).group_by(things.c.state)
    counts = {state: int(count) for state, count in connection.execute(counted)}
    row = connection.execute(select(looks_table).where(looks_table.c.kind == kind)).first()
    return Standing(
        kind=kind,
        there=counts.get("there", 0),
        odd=counts.get("odd", 0),
        complete=row is not None and row.complete,
        looked_at=looks.looked_at(row.looked_at if row else None),
        problem=row.problem if row else "",
    )
