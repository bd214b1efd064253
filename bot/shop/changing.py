"""Changing the embedded shop: a plan, and the same plan once more where it is done, in one transaction."""

import json
from collections.abc import Callable
from datetime import datetime

from pydantic_core import PydanticSerializationError
from sqlalchemy import Connection, bindparam, delete, insert, select, update

from bot.errors import InvalidInput
from bot.shop import receipts, tables
from bot.shop.changes.plan import Outdated, Plan, Receipt, Snapshot
from bot.shop.changes.planning import make_plan
from bot.shop.changes.requests import NotifyRestock, Request, Undo, kind_of, request_document
from bot.shop.changes.undoing import Done, undo_plan
from bot.shop.domain import Customer, Order
from bot.shop.loading import load
from bot.shop.policy import Policy, policy_from
from bot.shop.rows import customer_document, found_by, order_record

OnChange = Callable[[Connection, Receipt, int], None]
"""Called within the transaction with an order's receipt and its new version."""
LONGEST_KEY = 255
LARGEST = 20_000
"""Bytes of a request as JSON."""

_MOVE_STOCK = (
    update(tables.variants)
    .where(tables.variants.c.sku == bindparam("of"), tables.variants.c.stock + bindparam("moved") >= 0)
    .values(stock=tables.variants.c.stock + bindparam("moved"))
)


def policy(connection: Connection) -> Policy:
    return policy_from(connection.execute(select(tables.state.c.policy)).scalar())


def check_size(request: Request) -> None:
    """Raises InvalidInput where the request is larger than anybody's wishes, or no text that can be kept."""
    try:
        size = len(json.dumps(request_document(request), ensure_ascii=False).encode())
    except (UnicodeEncodeError, PydanticSerializationError):
        raise InvalidInput("The request holds half a character.") from None
    if size > LARGEST:
        raise InvalidInput(f"A request has at most {LARGEST} bytes.")


def preview(connection: Connection, request: Request, *, customer_id: str, now: datetime) -> Plan:
    """Raises Refused or InvalidInput."""
    check_size(request)
    before, done = load(connection, request, customer_id, now)
    return plan_of(connection, request, before, done)


def change(
    connection: Connection,
    request: Request,
    *,
    customer_id: str,
    now: datetime,
    key: str,
    digest: str,
    draw: Callable[[], str] = receipts.new_number,
    on_change: OnChange | None = None,
) -> Receipt:
    """`draw` makes up receipt numbers.

    Raises:
        Refused: it is no longer allowed.
        Outdated: it would no longer come to what was shown.
        InvalidInput: the key is empty or too long, or the request is too large.
    """
    check_size(request)
    if not 0 < len(key) <= LONGEST_KEY:
        raise InvalidInput(f"A key has 1 to {LONGEST_KEY} characters.")
    take_turn(connection)
    given = receipts.with_key(connection, customer_id, key)
    if given is not None:
        return given
    before, done = load(connection, request, customer_id, now)
    plan = plan_of(connection, request, before, done)
    if plan.digest != digest:
        raise Outdated(plan)
    _move_stock(connection, plan)
    version = None if plan.order is None else write_order(connection, plan.order, before.order, plan)
    if plan.customer != before.customer:
        write_customer(connection, plan.customer, before.customer)
    receipt = receipt_of(plan, receipts.free_number(connection, draw), key, now)
    receipts.keep(connection, receipt, plan, before, version)
    if done is not None:
        receipts.mark_undone(connection, done.receipt.number, by=receipt.number)
        _forget_to_tell(connection, done.receipt)
    if isinstance(request, NotifyRestock):
        _ask_to_be_told(connection, request, customer_id, now)
    if on_change is not None and version is not None:
        on_change(connection, receipt, version)
    return receipt


def take_turn(connection: Connection) -> None:
    """Changes and imports go one after the other: SQLite has one writer, PostgreSQL locks this row."""
    connection.execute(select(tables.state.c.id).with_for_update())


def plan_of(connection: Connection, request: Request, before: Snapshot, done: Done | None) -> Plan:
    if isinstance(request, Undo):
        assert done is not None
        return undo_plan(request, done, before, policy(connection))
    return make_plan(request, before, policy(connection))


def _move_stock(connection: Connection, plan: Plan) -> None:
    moved = {sku: number for sku, number in plan.stock.items() if number}
    for sku, number in sorted(moved.items()):
        if connection.execute(_MOVE_STOCK, {"of": sku, "moved": number}).rowcount == 0:
            raise Outdated(plan)
    if moved:
        generation = tables.state.c.generation
        connection.execute(update(tables.state).values(generation=generation + 1))


def write_order(connection: Connection, order: Order, before: Order | None, plan: Plan) -> int:
    """The new version: also where nothing but the receipt was added, so that other open plans are void.

    The row's digest stays the imported document's: an import that says nothing new about this order
    leaves the change alone.
    """
    record = order_record(order)
    row = {name: record.row[name] for name in ("status", "document")}
    table = tables.orders
    seen = (table.c.number == order.number) & (table.c.version == order.version)
    written = connection.execute(update(table).where(seen).values({**row, "version": order.version + 1}))
    if written.rowcount == 0:
        raise Outdated(plan)
    if before is None or record.children != order_record(before).children:
        items = tables.order_items
        connection.execute(delete(items).where(items.c.order_number == order.number))
        connection.execute(insert(items), list(record.children))
    return order.version + 1


def write_customer(connection: Connection, customer: Customer, before: Customer) -> None:
    """The row's digest stays, too; what the customer is found by moves with their addresses."""
    table, contacts = tables.customers, tables.contacts
    row = {"document": customer_document(customer)}
    connection.execute(update(table).where(table.c.id == customer.id).values(row))
    found = found_by(customer)
    if found != found_by(before):
        connection.execute(delete(contacts).where(contacts.c.customer_id == customer.id))
        rows = [{"customer_id": customer.id, "digest": digest} for digest in found]
        connection.execute(insert(contacts), rows)


def receipt_of(plan: Plan, number: str, key: str, at: datetime) -> Receipt:
    return Receipt(
        number=number,
        key=key,
        kind=kind_of(plan.request),
        customer_id=plan.customer.id,
        order_number=None if plan.order is None else plan.order.number,
        at=at,
        request=request_document(plan.request),
        movements=plan.movements,
        facts=dict(plan.facts),
        undo_until=plan.undo_until,
    )


def _ask_to_be_told(connection: Connection, request: NotifyRestock, customer_id: str, now: datetime) -> None:
    row = {
        "customer_id": customer_id,
        "product_id": request.product_id,
        "sku": request.sku,
        "asked_at": int(now.timestamp()),
    }
    connection.execute(insert(tables.restock_notices), row)


def _forget_to_tell(connection: Connection, undone: Receipt) -> None:
    if undone.kind == "notify_restock":
        table = tables.restock_notices
        mine = (table.c.customer_id == undone.customer_id) & (table.c.sku == undone.request["sku"])
        connection.execute(delete(table).where(mine, table.c.told_at.is_(None)))
