"""A confirmed change on disk before the system hears of it: killed anywhere, somebody knows how it goes on."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from pydantic import AwareDatetime, TypeAdapter
from sqlalchemy import Connection, Row, delete, insert, select, update

from bot.shop import receipts, tables
from bot.shop.changes.plan import Facts, Movement, Plan, Receipt, Snapshot
from bot.shop.changes.requests import kind_of, read_request, request_document
from bot.shop.changing import OnChange, receipt_of, take_turn, write_customer, write_order
from bot.shop.domain import Customer, Order
from bot.shop.linked import moments, queue
from bot.shop.linked.merging import merge_one
from bot.shop.linked.rows import Told, row_of
from bot.shop.linked.tables import intents
from connectors.shop_system import Change, Kind

_LONGEST_PROBLEM = 200
_LONGEST_WAIT = 3600


@dataclass(frozen=True)
class Intent:
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
    intent: Intent
    attempts: int


@dataclass(frozen=True, slots=True)
class Listed:
    """For who runs the shop."""

    kind: str
    order_number: str | None
    made_at: datetime
    attempts: int
    problem: str


def intent_of(plan: Plan, before: Snapshot, *, key: str, at: datetime, undoes: str | None) -> Intent:
    return Intent(
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


def put(connection: Connection, intent: Intent, *, holder: str, lease: int) -> int:
    """Its id; it is `holder`'s for `lease` microseconds."""
    now = moments.now()
    row = {
        "customer_id": intent.customer.id,
        "key": intent.key,
        "order_number": intent.order.number if intent.order else None,
        "document": _INTENT.dump_json(intent).decode(),
        "made_at": now,
        "attempts": 0,
        "held_by": holder,
        "due_at": now + lease,
        "problem": "",
    }
    return int(connection.execute(insert(intents).values(row).returning(intents.c.id)).scalar_one())


def with_key(connection: Connection, customer_id: str, key: str) -> int | None:
    """The id of the one with that key."""
    mine = (intents.c.customer_id == customer_id) & (intents.c.key == key)
    return connection.execute(select(intents.c.id).where(mine)).scalar()


def is_under_way(connection: Connection, order_number: str) -> bool:
    found = select(intents.c.id).where(intents.c.order_number == order_number)
    return connection.execute(found).first() is not None


def due(connection: Connection) -> Sequence[int]:
    """Ids of those that nobody is at, and whose time has come."""
    waiting = select(intents.c.id).where(intents.c.due_at <= moments.now()).order_by(intents.c.id)
    return connection.execute(waiting).scalars().all()


def there(connection: Connection, id: int) -> bool:
    return connection.execute(select(intents.c.id).where(intents.c.id == id)).first() is not None


def take(connection: Connection, id: int, *, holder: str, lease: int) -> Open | None:
    """None: it is closed, or somebody else is at it."""
    now = moments.now()
    free = (intents.c.held_by == holder) | intents.c.held_by.is_(None) | (intents.c.due_at <= now)
    row = connection.execute(
        update(intents)
        .where(intents.c.id == id, free)
        .values(held_by=holder, due_at=now + lease, attempts=intents.c.attempts + 1)
        .returning(intents.c.document, intents.c.attempts)
    ).first()
    return None if row is None else Open(id, _INTENT.validate_json(row.document), row.attempts)


def put_back(connection: Connection, open_: Open, *, problem: str, seconds: float | None) -> None:
    """It is nobody's, and tried again after a while; `seconds`: how long the system asks to wait."""
    wait = min(max(seconds or 0.0, 2.0 ** min(open_.attempts, 12)), _LONGEST_WAIT)
    values = {
        "held_by": None,
        "due_at": moments.now() + int(wait * moments.SECOND),
        "problem": problem[:_LONGEST_PROBLEM],
    }
    connection.execute(update(intents).where(intents.c.id == open_.id).values(values))


def close(connection: Connection, id: int) -> None:
    connection.execute(delete(intents).where(intents.c.id == id))


def finish(
    connection: Connection, open_: Open, now_there: Told | None, *, on_change: OnChange | None = None
) -> Receipt:
    """The copy, the receipt and the end of the intent, in one transaction; again changes nothing.

    `now_there` is the order as the system has it since; None where it did not say.
    """
    take_turn(connection)
    intent = open_.intent
    given = receipts.with_key(connection, intent.customer.id, intent.key)
    if given is not None:
        close(connection, open_.id)
        return given
    plan = intent.plan
    version = None if intent.order is None else _write_order(connection, intent, now_there)
    if intent.customer != intent.customer_before:
        _write_customer(connection, intent)
    receipt = receipt_of(plan, receipts.free_number(connection, receipts.new_number), intent.key, intent.at)
    before = Snapshot(intent.at, ZoneInfo("UTC"), intent.customer_before, intent.order_before, {})
    receipts.keep(connection, receipt, plan, before, version)
    if intent.undoes is not None:
        receipts.mark_undone(connection, intent.undoes, by=receipt.number)
    queue.put(connection, _moved(connection, intent))
    close(connection, open_.id)
    if on_change is not None and version is not None:
        on_change(connection, receipt, version)
    return receipt


def listed(connection: Connection) -> Sequence[Listed]:
    """Oldest first."""

    def read(row: Row[Any]) -> Listed:
        intent = _INTENT.validate_json(row.document)
        return Listed(intent.kind, row.order_number, moments.moment(row.made_at), row.attempts, row.problem)

    return [read(row) for row in connection.execute(select(intents).order_by(intents.c.id))]


def _write_order(connection: Connection, intent: Intent, now_there: Told | None) -> int | None:
    """The order's version after it; None where the copy has it no longer.

    What the system says of it now is what a webhook will say: taken at once, that webhook is no news.
    """
    assert intent.order is not None
    before = _version(connection, intent.order.number)
    if now_there is not None:
        merge_one(connection, now_there)
    after = _version(connection, intent.order.number)
    if before == after == intent.order.version:
        return write_order(connection, intent.order, intent.order_before, intent.plan)
    return after


def _version(connection: Connection, number: str) -> int | None:
    table = tables.orders
    return connection.execute(select(table.c.version).where(table.c.number == number)).scalar()


def _write_customer(connection: Connection, intent: Intent) -> None:
    """Where the copy is as it was; what the system says of them follows."""
    table = tables.customers
    document = connection.execute(select(table.c.document).where(table.c.id == intent.customer.id)).scalar()
    if document is not None and _CUSTOMER.validate_json(document) == intent.customer_before:
        write_customer(connection, intent.customer, intent.customer_before)


def _moved(connection: Connection, intent: Intent) -> list[tuple[Kind, str]]:
    """What may be different at the system now, to be fetched: also the order, which it may have told too early."""
    found: list[tuple[Kind, str]] = []
    if intent.order is not None:
        found.append(("order", intent.order.number))
    if intent.customer != intent.customer_before:
        found.append(("customer", intent.customer.id))
    table = tables.variants
    moved = select(table.c.product_id).where(table.c.sku.in_(list(intent.stock)))
    return [*found, *(("product", id) for id in connection.execute(moved).scalars())]


_INTENT: TypeAdapter[Intent] = TypeAdapter(Intent)
_CUSTOMER: TypeAdapter[Customer] = TypeAdapter(Customer)
