"""What the system was told to do, written down here: once, whatever it said of it meanwhile."""

from zoneinfo import ZoneInfo

from sqlalchemy import Connection, select

from bot.shop import receipts, tables
from bot.shop.changes.plan import Receipt, Snapshot
from bot.shop.changing import OnChange, receipt_of, take_turn, write_customer, write_order
from bot.shop.linked import queue
from bot.shop.linked.merging import is_forgotten, merge_one
from bot.shop.linked.rows import Told
from bot.shop.linked.undertakings import Open, Undertaking, close
from bot.shop.rows import read_customer
from connectors.shop_system import Kind


def finish(
    connection: Connection, open_: Open, now_there: Told | None, *, on_change: OnChange | None = None
) -> Receipt:
    """The copy, the receipt and the end of the undertaking, in one transaction; again changes nothing.

    `now_there` is the order as the system has it since; None where it did not say.
    """
    take_turn(connection)
    undertaking = open_.undertaking
    given = receipts.with_key(connection, undertaking.customer.id, undertaking.key)
    if given is not None:
        close(connection, open_.id)
        return given
    plan = undertaking.plan
    version = None if undertaking.order is None else _write_order(connection, undertaking, now_there)
    if undertaking.customer != undertaking.customer_before:
        _write_customer(connection, undertaking)
    receipt = receipt_of(
        plan, receipts.free_number(connection, receipts.new_number), undertaking.key, undertaking.at
    )
    before = Snapshot(
        undertaking.at, ZoneInfo("UTC"), undertaking.customer_before, undertaking.order_before, {}
    )
    if is_forgotten(connection, undertaking.customer.id):
        return receipt  # erased while the system was at it: nothing is kept that tells of them
    receipts.keep(connection, receipt, plan, before, version)
    if undertaking.undoes is not None:
        receipts.mark_undone(connection, undertaking.undoes, by=receipt.number)
    queue.put(connection, _moved(connection, undertaking))
    close(connection, open_.id)
    if on_change is not None and version is not None:
        on_change(connection, receipt, version)
    return receipt


def give_up(connection: Connection, open_: Open) -> None:
    """The system will not do it: the order is not what it was taken for, and is asked for anew."""
    if open_.undertaking.order is not None:
        queue.put(connection, [("order", open_.undertaking.order.number)])
    close(connection, open_.id)


def _write_order(connection: Connection, undertaking: Undertaking, now_there: Told | None) -> int | None:
    """The order's version after it; None where the copy has it no longer.

    What the system says of it now is what a webhook will say: taken at once, that webhook is no news.
    """
    assert undertaking.order is not None
    before = _version(connection, undertaking.order.number)
    if now_there is not None:
        merge_one(connection, now_there)
    after = _version(connection, undertaking.order.number)
    if before == after == undertaking.order.version:
        return write_order(connection, undertaking.order, undertaking.order_before, undertaking.plan)
    return after


def _version(connection: Connection, number: str) -> int | None:
    table = tables.orders
    return connection.execute(select(table.c.version).where(table.c.number == number)).scalar()


def _write_customer(connection: Connection, undertaking: Undertaking) -> None:
    """Where the copy is as it was; what the system says of them follows."""
    table = tables.customers
    document = connection.execute(
        select(table.c.document).where(table.c.id == undertaking.customer.id)
    ).scalar()
    if document is not None and read_customer(document) == undertaking.customer_before:
        write_customer(connection, undertaking.customer, undertaking.customer_before)


def _moved(connection: Connection, undertaking: Undertaking) -> list[tuple[Kind, str]]:
    """What may be different at the system now, to be fetched: also the order, which it may have told too early."""
    found: list[tuple[Kind, str]] = []
    if undertaking.order is not None:
        found.append(("order", undertaking.order.number))
    if undertaking.customer != undertaking.customer_before:
        found.append(("customer", undertaking.customer.id))
    table = tables.variants
    moved = select(table.c.product_id).where(table.c.sku.in_(list(undertaking.stock)))
    return [*found, *(("product", id) for id in connection.execute(moved).scalars())]
