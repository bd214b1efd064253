"""What the system was told to do, written down here: once, whatever it said of it meanwhile."""

from zoneinfo import ZoneInfo

from sqlalchemy import Connection, select

from bot.shop import receipts, tables
from bot.shop.changes.plan import Receipt, Snapshot
from bot.shop.changing import OnChange, receipt_of, take_turn, write_customer, write_order
from bot.shop.linked import queue
from bot.shop.linked.intents import Intent, Open, close
from bot.shop.linked.merging import merge_one
from bot.shop.linked.rows import Told
from bot.shop.rows import read_customer
from connectors.shop_system import Kind


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


def give_up(connection: Connection, open_: Open) -> None:
    """The system will not do it: the order is not what it was taken for, and is asked for anew."""
    if open_.intent.order is not None:
        queue.put(connection, [("order", open_.intent.order.number)])
    close(connection, open_.id)


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
    if document is not None and read_customer(document) == intent.customer_before:
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
