"""All that a planner may look at, read in the transaction that plans."""

from collections.abc import Collection, Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, select

from bot.errors import NotPrepared
from bot.shop import notices, receipts, tables
from bot.shop.changes.plan import Refused, Snapshot
from bot.shop.changes.requests import ChangeItems, ExchangeItems, NotifyRestock, Request, Undo
from bot.shop.changes.undoing import Done
from bot.shop.domain import Customer, Order, Product
from bot.shop.keys import order_key, storable
from bot.shop.rows import read_customer, read_order, read_product, read_profile, with_stock


def load(
    connection: Connection, request: Request, customer_id: str, now: datetime
) -> tuple[Snapshot, Done | None]:
    """With what is to be undone, where `request` asks for that.

    Raises:
        Refused: the customer, the order or the receipt is not there, or is somebody else's.
    """
    customer = _customer(connection, customer_id)
    done = _to_undo(connection, request, customer_id)
    number = done.receipt.order_number if done else getattr(request, "order_number", None)
    order = None if number is None else _order(connection, number, customer_id)
    products = _products(connection, _product_ids(connection, request, order, done))
    history = receipts.listed(connection, customer_id, order.number if order else None)
    told = notices.heard(connection, customer_id) if isinstance(request, NotifyRestock) else frozenset()
    snapshot = Snapshot(now, _zone(connection), customer, order, products, history, told)
    return snapshot, done


def load_order(connection: Connection, number: str, customer_id: str, now: datetime) -> Snapshot:
    """All about one order, whatever is to be done with it; raises Refused as `load`."""
    customer = _customer(connection, customer_id)
    order = _order(connection, number, customer_id)
    products = _products(connection, {item.product_id for item in order.items})
    history = receipts.listed(connection, customer_id, order.number)
    return Snapshot(now, _zone(connection), customer, order, products, history)


def _customer(connection: Connection, customer_id: str) -> Customer:
    table = tables.customers
    document = connection.execute(select(table.c.document).where(table.c.id == customer_id)).scalar()
    if document is None:
        raise Refused("customer.not_found")
    return read_customer(document)


def _to_undo(connection: Connection, request: Request, customer_id: str) -> Done | None:
    if not isinstance(request, Undo):
        return None
    found = receipts.find(connection, customer_id, storable(request.receipt))
    if found is None:
        raise Refused("receipt.not_found", receipt=request.receipt)
    return found


def _order(connection: Connection, number: str, customer_id: str) -> Order:
    table = tables.orders
    statement = select(table.c.document, table.c.version).where(
        table.c.key == order_key(number), table.c.customer_id == customer_id
    )
    row = connection.execute(statement).first()
    if row is None:
        raise Refused("order.not_found", order=number)
    return read_order(row.document, row.version)


def _product_ids(
    connection: Connection, request: Request, order: Order | None, done: Done | None
) -> set[str]:
    """The products of the order's lines, of the variants wanted for them, and the one named."""
    items = order.items if order else ()
    skus = set(done.stock) if done else set()
    if isinstance(request, ChangeItems | ExchangeItems):
        skus |= {storable(request.items[item.id]) for item in items if item.id in request.items}
    table = tables.variants
    found = connection.execute(select(table.c.product_id).where(table.c.sku.in_(skus))).scalars()
    named = {storable(request.product_id)} if isinstance(request, NotifyRestock) else set()
    return {*found, *named, *(item.product_id for item in items)}


def _products(connection: Connection, ids: Collection[str]) -> Mapping[str, Product]:
    products, variants = tables.products, tables.variants
    documents = select(products.c.document).where(products.c.id.in_(ids))
    levels = select(variants.c.sku, variants.c.stock).where(variants.c.product_id.in_(ids))
    stock = {row.sku: row.stock for row in connection.execute(levels)}
    found = map(read_product, connection.execute(documents).scalars())
    return {product.id: with_stock(product, stock) for product in found}


def _zone(connection: Connection) -> ZoneInfo:
    profile = connection.execute(select(tables.state.c.profile)).scalar()
    if profile is None:
        raise NotPrepared("No shop has been imported.", "kefu shop import FOLDER")
    return ZoneInfo(read_profile(profile).timezone)
