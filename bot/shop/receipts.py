"""Receipts on disk: what was done, and what undoing it needs."""

import json
import re
import secrets
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, insert, select, update

from bot.shop.adapters import RECEIPT
from bot.shop.changes.plan import Plan, Receipt, Snapshot
from bot.shop.changes.undoing import Done
from bot.shop.rows import customer_document, order_document, read_customer, read_order
from bot.shop.tables import receipts

LETTERS = "23456789CDFGHJKMNPQRTVWXY"
"""Read aloud or copied by hand, none is taken for another; without vowels they spell no word."""
LENGTH = 6
MOST = 200

_SPOKEN = re.compile(rf"\s*KF[-\s]*([{LETTERS}]{{{LENGTH}}})\s*", re.IGNORECASE)


def new_number() -> str:
    """`KF-7Q2M4D`: one of 240 million, so that it tells nobody how many there are."""
    return "KF-" + "".join(secrets.choice(LETTERS) for _ in range(LENGTH))


def find(connection: Connection, customer_id: str, name: str) -> Done | None:
    """By its number, however it is typed, or by its key."""
    spoken = _SPOKEN.fullmatch(name)
    number = f"KF-{spoken[1].upper()}" if spoken else name
    ours = receipts.c.customer_id == customer_id
    wanted = (receipts.c.number == number) | (receipts.c.key == name)
    row = connection.execute(select(receipts).where(ours, wanted).order_by(receipts.c.id)).first()
    if row is None:
        return None
    return Done(
        receipt=_read(row),
        order_before=None if row.order_before is None else read_order(row.order_before, 1),
        version_after=row.version_after,
        customer_before=read_customer(row.customer_before),
        stock=json.loads(row.stock),
    )


def with_key(connection: Connection, customer_id: str, key: str) -> Receipt | None:
    mine = (receipts.c.customer_id == customer_id) & (receipts.c.key == key)
    row = connection.execute(select(receipts).where(mine)).first()
    return None if row is None else _read(row)


def listed(connection: Connection, customer_id: str, order_number: str | None = None) -> Sequence[Receipt]:
    """Newest first, at most MOST."""
    statement = select(receipts).where(receipts.c.customer_id == customer_id)
    if order_number is not None:
        statement = statement.where(receipts.c.order_number == order_number)
    rows = connection.execute(statement.order_by(receipts.c.id.desc()).limit(MOST))
    return [_read(row) for row in rows]


def free_number(connection: Connection, draw: Callable[[], str]) -> str:
    """One that no receipt has; changes take turns, so it stays free until it is used."""
    while True:
        number = draw()
        taken = connection.execute(select(receipts.c.id).where(receipts.c.number == number)).first()
        if taken is None:
            return number


def keep(connection: Connection, receipt: Receipt, plan: Plan, before: Snapshot, version: int | None) -> None:
    """`version` is the order's after the change."""
    row = {
        "number": receipt.number,
        "key": receipt.key,
        "kind": receipt.kind,
        "customer_id": receipt.customer_id,
        "order_number": receipt.order_number,
        "at": int(receipt.at.timestamp()),
        "document": RECEIPT.dump_json(receipt).decode(),
        "order_before": None if before.order is None else order_document(before.order),
        "version_after": version,
        "customer_before": customer_document(before.customer),
        "stock": json.dumps(dict(plan.stock)),
    }
    connection.execute(insert(receipts), row)


def mark_undone(connection: Connection, number: str, by: str) -> None:
    connection.execute(update(receipts).where(receipts.c.number == number).values(undone_by=by))


def _read(row: Any) -> Receipt:
    receipt = RECEIPT.validate_json(row.document)
    return replace(receipt, undone_by=row.undone_by) if row.undone_by else receipt
