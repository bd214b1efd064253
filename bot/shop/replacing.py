"""Put a whole imported shop in the place of the one there was, in one transaction.

Only rows that differ from what was imported before are written, so importing the same files again
changes nothing, and takes nothing back that was changed in Kefu since. Of a row that says something
new, all of it counts.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column, Connection, Table, bindparam, delete, insert, select, text, update

from bot.shop import tables
from bot.shop.domain import ShopData
from bot.shop.rows import Record, Row, customer_record, order_record, product_record, profile_document


@dataclass(frozen=True, slots=True)
class Counts:
    added: int
    changed: int
    removed: int
    unchanged: int


@dataclass(frozen=True, slots=True)
class ImportSummary:
    products: Counts
    customers: Counts
    orders: Counts


@dataclass(frozen=True, slots=True)
class PreparedShop:
    """A shop as rows, by their primary keys."""

    profile: str
    policy: str | None
    products: Mapping[str, Record]
    customers: Mapping[str, Record]
    orders: Mapping[str, Record]


def prepare(data: ShopData) -> PreparedShop:
    products = (product_record(product, position) for position, product in enumerate(data.products))
    return PreparedShop(
        profile=profile_document(data.profile),
        policy=data.policy,
        products={record.row["id"]: record for record in products},
        customers={customer.id: customer_record(customer) for customer in data.customers},
        orders={order.number: order_record(order) for order in data.orders},
    )


def replace_shop(connection: Connection, shop: PreparedShop, *, fresh: bool = False) -> ImportSummary:
    """Run inside a transaction; on SQLite one that was begun for writing.

    `fresh` first forgets the shop there was, with all that was changed in Kefu and its receipts.
    """
    # First: its row makes a second import, or a change, wait for this one.
    connection.execute(SET_STATE, {"profile": shop.profile, "policy": shop.policy})
    if fresh:
        for table in _CHILDREN_FIRST:
            connection.execute(delete(table))
    summary = ImportSummary(
        products=_replace_products(connection, shop.products),
        customers=_replace_customers(connection, shop.customers),
        orders=_replace_orders(connection, shop.orders),
    )
    _replace_variants(connection, shop.products.values())
    return summary


SET_STATE = text(
    "INSERT INTO shop_state (id, generation, profile, policy) VALUES (1, 1, :profile, :policy) ON CONFLICT (id)"
    " DO UPDATE SET generation = shop_state.generation + 1, profile = excluded.profile,"
    " policy = excluded.policy"
)
_CHILDREN_FIRST = (
    tables.receipts,
    tables.restock_notices,
    tables.order_items,
    tables.orders,
    tables.contacts,
    tables.customers,
    tables.variants,
    tables.products,
)


@dataclass(frozen=True, slots=True)
class _Difference:
    added: Sequence[str]
    changed: Sequence[str]
    gone: Sequence[str]

    def counts(self, total: int) -> Counts:
        unchanged = total - len(self.added) - len(self.changed)
        return Counts(len(self.added), len(self.changed), len(self.gone), unchanged)


def _difference(old: Mapping[str, Any], new: Mapping[str, Any]) -> _Difference:
    return _Difference(
        added=[key for key in new if key not in old],
        changed=[key for key, value in new.items() if key in old and old[key] != value],
        gone=[key for key in old if key not in new],
    )


def _replace_products(connection: Connection, records: Mapping[str, Record]) -> Counts:
    table = tables.products
    old = {row.id: (row.digest, row.position) for row in _read(connection, table, "id", "digest", "position")}
    new = {key: (record.row["digest"], record.row["position"]) for key, record in records.items()}
    difference = _difference(old, new)
    _write(connection, table.c.id, difference, {key: record.row for key, record in records.items()})
    return difference.counts(len(new))


def _replace_variants(connection: Connection, products: Iterable[Record]) -> None:
    """After the products: a deleted product took its variants along."""
    table = tables.variants
    rows = {row["sku"]: row for record in products for row in record.children}
    said = _read(connection, table, "sku", "product_id", "imported_stock")
    old = {row.sku: (row.product_id, row.imported_stock) for row in said}
    new = {sku: (row["product_id"], row["imported_stock"]) for sku, row in rows.items()}
    _write(connection, table.c.sku, _difference(old, new), rows)


def _replace_customers(connection: Connection, records: Mapping[str, Record]) -> Counts:
    table = tables.customers
    old = {row.id: row.digest for row in _read(connection, table, "id", "digest")}
    difference = _difference(old, {key: record.row["digest"] for key, record in records.items()})
    _write(connection, table.c.id, difference, {key: record.row for key, record in records.items()})
    _write_children(connection, tables.contacts.c.customer_id, difference, records)
    return difference.counts(len(records))


def _replace_orders(connection: Connection, records: Mapping[str, Record]) -> Counts:
    """An order that differs gets a version it never had: a confirmation of the old one is void."""
    table = tables.orders
    stored = {row.number: row for row in _read(connection, table, "number", "digest", "version")}
    old = {number: row.digest for number, row in stored.items()}
    difference = _difference(old, {number: record.row["digest"] for number, record in records.items()})
    rows = {number: record.row for number, record in records.items()}
    for number in difference.changed:
        version = max(rows[number]["version"], stored[number].version + 1)
        rows[number] = {**rows[number], "version": version}
    _write(connection, table.c.number, difference, rows)
    _write_children(connection, tables.order_items.c.order_number, difference, records)
    return difference.counts(len(records))


def _read(connection: Connection, table: Table, *columns: str) -> Iterable[Any]:
    return connection.execute(select(*(table.c[name] for name in columns)))


def _write(
    connection: Connection, key: Column[Any], difference: _Difference, rows: Mapping[str, Row]
) -> None:
    table = key.table
    assert isinstance(table, Table)
    _delete(connection, key, difference.gone)
    if difference.changed:
        changes = [{**rows[value], "row_key": value} for value in difference.changed]
        connection.execute(update(table).where(key == bindparam("row_key")), changes)
    if difference.added:
        connection.execute(insert(table), [rows[value] for value in difference.added])


def _write_children(
    connection: Connection, parent: Column[Any], difference: _Difference, records: Mapping[str, Record]
) -> None:
    table = parent.table
    assert isinstance(table, Table)
    _delete(connection, parent, difference.changed)
    rows = [row for key in (*difference.changed, *difference.added) for row in records[key].children]
    if rows:
        connection.execute(insert(table), rows)


def _delete(connection: Connection, key: Column[Any], values: Sequence[str]) -> None:
    if values:
        statement = delete(key.table).where(key == bindparam("row_key"))
        connection.execute(statement, [{"row_key": value} for value in values])
