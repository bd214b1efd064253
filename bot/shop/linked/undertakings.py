"""A confirmed change on disk before the system hears of it: killed anywhere, somebody knows how it goes on."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from pydantic import AwareDatetime, TypeAdapter
from sqlalchemy import Connection, Row, delete, insert, select, update

from bot.shop.changes.plan import Facts, Movement, Plan, Snapshot
from bot.shop.changes.requests import kind_of, read_request, request_document
from bot.shop.domain import Customer, Order
from bot.shop.linked import moments
from bot.shop.linked.rows import row_of
from bot.shop.linked.tables import undertakings
from connectors.shop_system import Change

_LONGEST_PROBLEM = 200
_LONGEST_WAIT = 3600


@dataclass(frozen=True)
class Undertaking:
    """Exactly what was confirmed, and how things were."""

    key: str
    at: AwareDatetime
    request: dict[str, Any]
    kind: str
    customer: Customer
    customer_before: Customer
    order: Order | None = None
    """With the version that was read, as in a plan."""
    order_before: Order | None = None
    stock: dict[str, int] = field(default_factory=dict)
    movements: tuple[Movement, ...] = ()
    facts: Facts = field(default_factory=dict)
    undo_until: AwareDatetime | None = None
    undoes: str | None = None
    """The number of the receipt that is taken back."""

    @property
    def system_key(self) -> str:
        """Opaque and short, so that it fits wherever a system keeps it; keys are a customer's own."""
        return hashlib.sha256(f"{self.customer.id}\n{self.key}".encode()).hexdigest()[:32]

    @property
    def change(self) -> Change:
        """As the system is told it."""
        return Change(
            kind=self.kind,
            request=self.request,
            customer_id=self.customer.id,
            at=self.at,
            before=None if self.order_before is None else row_of(self.order_before),
            after=None if self.order is None else row_of(self.order),
            movements=tuple(
                {"kind": one.kind, "amount": one.amount, "method": one.method, "method_id": one.method_id}
                for one in self.movements
            ),
        )

    @property
    def plan(self) -> Plan:
        return Plan(
            request=read_request(self.kind, self.request),
            customer=self.customer,
            order=self.order,
            stock=self.stock,
            movements=self.movements,
            facts=self.facts,
            undo_until=self.undo_until,
        )


@dataclass(frozen=True, slots=True)
class Open:
    """One on disk."""

    id: int
    undertaking: Undertaking
    attempts: int
    made_at: int
    """Microseconds, by the machine's clock."""


@dataclass(frozen=True, slots=True)
class Listed:
    """For who runs the shop."""

    kind: str
    order_number: str | None
    made_at: datetime
    attempts: int
    problem: str


def undertaking_of(
    plan: Plan, before: Snapshot, *, key: str, at: datetime, undoes: str | None
) -> Undertaking:
    return Undertaking(
        key=key,
        at=at,
        request=request_document(plan.request),
        kind=kind_of(plan.request),
        customer=plan.customer,
        customer_before=before.customer,
        order=plan.order,
        order_before=before.order,
        stock=dict(plan.stock),
        movements=plan.movements,
        facts=dict(plan.facts),
        undo_until=plan.undo_until,
        undoes=undoes,
    )


def put(connection: Connection, undertaking: Undertaking, *, holder: str, lease: int) -> int:
    """Its id; it is `holder`'s for `lease` microseconds."""
    now = moments.now()
    row = {
        "customer_id": undertaking.customer.id,
        "key": undertaking.key,
        "order_number": undertaking.order.number if undertaking.order else None,
        "document": _UNDERTAKING.dump_json(undertaking).decode(),
        "made_at": now,
        "attempts": 0,
        "held_by": holder,
        "due_at": now + lease,
        "problem": "",
    }
    return int(connection.execute(insert(undertakings).values(row).returning(undertakings.c.id)).scalar_one())


def with_key(connection: Connection, customer_id: str, key: str) -> int | None:
    """The id of the one with that key."""
    mine = (undertakings.c.customer_id == customer_id) & (undertakings.c.key == key)
    return connection.execute(select(undertakings.c.id).where(mine)).scalar()


def is_under_way(connection: Connection, order_number: str) -> bool:
    found = select(undertakings.c.id).where(undertakings.c.order_number == order_number)
    return connection.execute(found).first() is not None


def due(connection: Connection) -> Sequence[int]:
    """Ids of those that nobody is at, and whose time has come."""
    waiting = (
        select(undertakings.c.id).where(undertakings.c.due_at <= moments.now()).order_by(undertakings.c.id)
    )
    return connection.execute(waiting).scalars().all()


def there(connection: Connection, id: int) -> bool:
    return connection.execute(select(undertakings.c.id).where(undertakings.c.id == id)).first() is not None


def take(connection: Connection, id: int, *, holder: str, lease: int) -> Open | None:
    """None: it is closed, or somebody else is at it."""
    now = moments.now()
    free = (
        (undertakings.c.held_by == holder) | undertakings.c.held_by.is_(None) | (undertakings.c.due_at <= now)
    )
    row = connection.execute(
        update(undertakings)
        .where(undertakings.c.id == id, free)
        .values(held_by=holder, due_at=now + lease, attempts=undertakings.c.attempts + 1)
        .returning(undertakings.c.document, undertakings.c.attempts, undertakings.c.made_at)
    ).first()
    if row is None:
        return None
    return Open(id, _UNDERTAKING.validate_json(row.document), row.attempts, row.made_at)


def put_back(connection: Connection, open_: Open, *, problem: str, seconds: float | None) -> None:
    """It is nobody's, and tried again after a while; `seconds`: how long the system asks to wait."""
    wait = min(max(seconds or 0.0, 2.0 ** min(open_.attempts, 12)), _LONGEST_WAIT)
    values = {
        "held_by": None,
        "due_at": moments.now() + int(wait * moments.SECOND),
        "problem": problem[:_LONGEST_PROBLEM],
    }
    connection.execute(update(undertakings).where(undertakings.c.id == open_.id).values(values))


def close(connection: Connection, id: int) -> None:
    connection.execute(delete(undertakings).where(undertakings.c.id == id))


def listed(connection: Connection) -> Sequence[Listed]:
    """Oldest first."""

    def read(row: Row[Any]) -> Listed:
        undertaking = _UNDERTAKING.validate_json(row.document)
        return Listed(
            undertaking.kind, row.order_number, moments.moment(row.made_at), row.attempts, row.problem
        )

    return [read(row) for row in connection.execute(select(undertakings).order_by(undertakings.c.id))]


_UNDERTAKING: TypeAdapter[Undertaking] = TypeAdapter(Undertaking)
