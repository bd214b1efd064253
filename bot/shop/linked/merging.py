"""What the system said, put into the copy: never an older state over a newer one, and only what says something new."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, delete, func, insert, select, text, update

from bot.shop import tables
from bot.shop.changing import take_turn
from bot.shop.domain import Customer, Order, Product
from bot.shop.linked import queue
from bot.shop.linked.rows import Told
from bot.shop.linked.tables import things, touched, undertakings
from bot.shop.rows import Record, Row, customer_record, order_record, product_record
from connectors.shop_system import Kind

_NOTE = text(
    "INSERT INTO shop_things (kind, id, state, updated_at, asked_at, problem)"
    " VALUES (:kind, :id, :state, :updated_at, :asked_at, :problem) ON CONFLICT (kind, id) DO UPDATE"
    " SET state = excluded.state, updated_at = excluded.updated_at, asked_at = excluded.asked_at,"
    " problem = excluded.problem"
)


class _Odd(Exception):
    """It does not go together with what is there; the text says how."""


def merge(connection: Connection, told: Iterable[Told]) -> None:
    """Within one transaction."""
    take_turn(connection)
    for one in told:
        merge_one(connection, one)


def merge_one(connection: Connection, told: Told) -> None:
    """As `merge`, where the turn is taken already."""
    if not queue.fits(told.id):
        return
    known = connection.execute(
        select(things).where(things.c.kind == told.kind, things.c.id == told.id)
    ).first()
    if known is not None and (known.state == "forgotten" or not _is_newer(told, known)):
        if known.asked_at < told.asked_at:
            _note(connection, told, known.state, known.updated_at, known.problem)
        return
    if told.problem:
        _note(connection, told, "odd", known.updated_at if known else 0, told.problem)
    elif told.value is None:
        _remove(connection, told.kind, told.id)
        _note(connection, told, "gone", known.updated_at if known else 0)
    else:
        try:
            _write(connection, told.value)
        except _Odd as odd:
            _note(connection, told, "odd", known.updated_at if known else 0, str(odd))
        else:
            _note(connection, told, "there", told.updated_at)


def forget(connection: Connection, customer_id: str, asked_at: int) -> None:
    """Erase the customer with everything that tells of them, for good: nothing brings them back."""
    if not queue.fits(customer_id):
        return
    take_turn(connection)
    orders = tables.orders
    numbers = connection.execute(select(orders.c.number).where(orders.c.customer_id == customer_id)).scalars()
    for number in list(numbers):
        _remove(connection, "order", number)
        _note(connection, Told("order", number, asked_at), "forgotten", 0)
        _untouch(connection, "order", number)
    _remove(connection, "customer", customer_id)
    _note(connection, Told("customer", customer_id, asked_at), "forgotten", 0)
    _untouch(connection, "customer", customer_id)
    for table in (tables.receipts, tables.restock_notices, tables.events, undertakings):
        connection.execute(delete(table).where(table.c.customer_id == customer_id))


def is_known(connection: Connection, kind: Kind, id: str) -> bool:
    found = select(things.c.id).where(things.c.kind == kind, things.c.id == id)
    return connection.execute(found).first() is not None


def is_forgotten(connection: Connection, customer_id: str) -> bool:
    mine = (things.c.kind == "customer") & (things.c.id == customer_id) & (things.c.state == "forgotten")
    return connection.execute(select(things.c.id).where(mine)).first() is not None


def _is_newer(told: Told, known: Any) -> bool:
    """What is gone has no date; then what was asked later counts."""
    if told.value is None or known.state != "there":
        return bool(told.asked_at >= known.asked_at)
    return bool((told.updated_at, told.asked_at) >= (known.updated_at, known.asked_at))


def _note(connection: Connection, told: Told, state: str, updated_at: int, problem: str = "") -> None:
    row = {
        "kind": told.kind,
        "id": told.id,
        "state": state,
        "updated_at": updated_at,
        "asked_at": told.asked_at,
        "problem": problem,
    }
    connection.execute(_NOTE, row)


def _untouch(connection: Connection, kind: Kind, id: str) -> None:
    connection.execute(delete(touched).where(touched.c.kind == kind, touched.c.id == id))


def _write(connection: Connection, value: Product | Customer | Order) -> None:
    if isinstance(value, Product):
        _write_product(connection, value)
    elif isinstance(value, Customer):
        _write_customer(connection, customer_record(value))
    else:
        _write_order(connection, order_record(value))


def _write_product(connection: Connection, product: Product) -> None:
    table = tables.products
    old = connection.execute(select(table.c.digest, table.c.position).where(table.c.id == product.id)).first()
    record = product_record(product, _next_position(connection) if old is None else old.position)
    skus = [row["sku"] for row in record.children]
    if len(set(skus)) < len(skus):
        raise _Odd("variants: two have the same sku")
    _require_own(connection, product.id, skus)
    if old is None:
        connection.execute(insert(table), record.row)
    elif old.digest != record.row["digest"]:
        connection.execute(update(table).where(table.c.id == product.id).values(record.row))
    if (
        _write_stock(connection, product.id, record.children)
        or old is None
        or old.digest != record.row["digest"]
    ):
        _count_generation(connection)


def _next_position(connection: Connection) -> int:
    last = connection.execute(select(func.max(tables.products.c.position))).scalar()
    return 0 if last is None else int(last) + 1


def _require_own(connection: Connection, product_id: str, skus: Sequence[str]) -> None:
    table = tables.variants
    theirs = select(table.c.sku, table.c.product_id).where(
        table.c.sku.in_(skus), table.c.product_id != product_id
    )
    other = connection.execute(theirs).first()
    if other is not None:
        raise _Odd(f"variants: the sku {other.sku!r} is product {other.product_id!r}'s")


def _write_stock(connection: Connection, product_id: str, rows: Sequence[Row]) -> bool:
    """Whether anything differed. What the system says counts, whatever was sold here."""
    table = tables.variants
    mine = table.c.product_id == product_id
    old = {row.sku: row.stock for row in connection.execute(select(table.c.sku, table.c.stock).where(mine))}
    if old == {row["sku"]: row["stock"] for row in rows}:
        return False
    connection.execute(delete(table).where(mine))
    connection.execute(insert(table), list(rows))
    return True


def _write_customer(connection: Connection, record: Record) -> None:
    table, contacts = tables.customers, tables.contacts
    id = record.row["id"]
    digest = connection.execute(select(table.c.digest).where(table.c.id == id)).scalar()
    if digest == record.row["digest"]:
        return
    if digest is None:
        connection.execute(insert(table), record.row)
    else:
        connection.execute(update(table).where(table.c.id == id).values(record.row))
        connection.execute(delete(contacts).where(contacts.c.customer_id == id))
    if record.children:
        connection.execute(insert(contacts), list(record.children))


def _write_order(connection: Connection, record: Record) -> None:
    """One that says something new gets a version that it never had: a confirmation of the old one is void."""
    table, items, customers = tables.orders, tables.order_items, tables.customers
    row, number = record.row, record.row["number"]
    if is_forgotten(connection, row["customer_id"]):
        return
    alike = select(table.c.number).where(table.c.key == row["key"], table.c.number != number)
    other = connection.execute(alike).scalar()
    if other is not None:
        raise _Odd(f"number: is written like the order {other!r}")
    old = connection.execute(select(table.c.digest, table.c.version).where(table.c.number == number)).first()
    if old is None:
        connection.execute(insert(table), {**row, "version": 1})
    elif old.digest == row["digest"]:
        return
    else:
        connection.execute(
            update(table).where(table.c.number == number).values({**row, "version": old.version + 1})
        )
        connection.execute(delete(items).where(items.c.order_number == number))
    connection.execute(insert(items), list(record.children))
    owner = select(customers.c.id).where(customers.c.id == row["customer_id"])
    if connection.execute(owner).first() is None and not is_known(connection, "customer", row["customer_id"]):
        queue.put(connection, [("customer", row["customer_id"])])


def _remove(connection: Connection, kind: Kind, id: str) -> None:
    """Receipts stay: they say what was done, whatever became of it."""
    if kind == "product":
        connection.execute(delete(tables.variants).where(tables.variants.c.product_id == id))
        if connection.execute(delete(tables.products).where(tables.products.c.id == id)).rowcount:
            _count_generation(connection)
    elif kind == "customer":
        connection.execute(delete(tables.contacts).where(tables.contacts.c.customer_id == id))
        connection.execute(delete(tables.customers).where(tables.customers.c.id == id))
    else:
        connection.execute(delete(tables.order_items).where(tables.order_items.c.order_number == id))
        connection.execute(delete(tables.orders).where(tables.orders.c.number == id))


def _count_generation(connection: Connection) -> None:
    """So that every process reads the catalogue again."""
    generation = tables.state.c.generation
    connection.execute(update(tables.state).values(generation=generation + 1))
