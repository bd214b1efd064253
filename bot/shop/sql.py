"""The embedded shop: what was imported, in SQLite or PostgreSQL."""

import asyncio
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from hmac import compare_digest

from sqlalchemy import Connection, func, select

from bot.shop import changing, events, notices, receipts, tables
from bot.shop.changes.allowed import OrderChoices, choices
from bot.shop.changes.plan import Plan, Receipt
from bot.shop.changes.requests import Request
from bot.shop.database import Database
from bot.shop.domain import Customer, Event, EventKind, Order, Product, ShopData, ShopProfile
from bot.shop.finding import find_customers
from bot.shop.keys import contact_digest, email_digest, order_key, resident_digest, storable
from bot.shop.loading import load_order
from bot.shop.notices import Notice
from bot.shop.policy import Policy
from bot.shop.replacing import ImportSummary, prepare, replace_shop
from bot.shop.rows import read_customer, read_order
from bot.shop.snapshot import Snapshots

_CONTACT_SLOTS = 16
"""Comparisons made at least, so that their time does not tell how many contacts there are."""
_NO_DIGEST = "-" * 64
_MOST_ORDERS = 200
_SOLD_SECONDS = 60


@dataclass(frozen=True, slots=True)
class _Sold:
    """What sold, kept: counting it reads every order since then."""

    since: int
    units: Mapping[str, int]
    fresh_until: float


class SqlShop:
    """Implements `Shop` on the tables of `bot/shop/tables.py`."""

    def __init__(
        self,
        database: Database,
        *,
        recheck_seconds: float = 1.0,
        on_change: changing.OnChange | None = None,
    ) -> None:
        """Another process' import is noticed within `recheck_seconds`."""
        self._database, self._on_change = database, on_change
        self._snapshots = Snapshots(database, recheck_seconds)
        self._sold: _Sold | None = None

    async def profile(self) -> ShopProfile:
        return (await self._snapshots.current()).profile

    async def catalogue(self) -> Sequence[Product]:
        """The same tuple until something in it changes."""
        return (await self._snapshots.current()).active

    async def product(self, product_id: str) -> Product | None:
        """Also one that is no longer active: orders still name it."""
        return (await self._snapshots.current()).products.get(product_id)

    async def customer(self, customer_id: str) -> Customer | None:
        table = tables.customers
        statement = select(table.c.document).where(table.c.id == storable(customer_id))
        document = await self._database.read(lambda connection: connection.execute(statement).scalar())
        return None if document is None else read_customer(document)

    async def orders(self, customer_id: str, *, limit: int = 20) -> Sequence[Order]:
        table = tables.orders
        statement = (
            select(table.c.document, table.c.version)
            .where(table.c.customer_id == storable(customer_id))
            .order_by(table.c.placed_at.desc(), table.c.number.desc())
            .limit(min(max(limit, 0), _MOST_ORDERS))
        )
        rows = await self._database.read(lambda connection: connection.execute(statement).all())
        return [read_order(row.document, row.version) for row in rows]

    async def order(self, number: str, *, customer_id: str) -> Order | None:
        table = tables.orders
        statement = select(table.c.document, table.c.version).where(
            table.c.key == order_key(number), table.c.customer_id == storable(customer_id)
        )
        row = await self._database.read(lambda connection: connection.execute(statement).first())
        return None if row is None else read_order(row.document, row.version)

    async def verify_order(self, number: str, contact: str) -> Order | None:
        given = contact_digest(contact) or _NO_DIGEST
        key = order_key(number)
        nearest, customer_id, digests = await self._database.read(partial(_contacts_near, key=key))
        slots = [*digests, *["0" * 64] * (_CONTACT_SLOTS - len(digests))]
        matches = sum([compare_digest(given, digest) for digest in slots])
        verified = bool(matches) & compare_digest(nearest.encode(), key.encode())
        return await self.order(number, customer_id=customer_id) if verified else None

    async def customer_by_email(self, email: str) -> Customer | None:
        return await self._found_by(email_digest(email))

    async def customer_by_name(self, name: str, postcode: str) -> Customer | None:
        return await self._found_by(resident_digest(name, postcode))

    async def _found_by(self, digest: str | None) -> Customer | None:
        """Reads and parses customers whether or not the digest is anybody's."""
        given = digest or _NO_DIGEST
        near = await self._database.read(partial(_customers_near, digest=given))
        fits = [compare_digest(given.encode(), other.encode()) for other, _ in near]
        read = [read_customer(document) for _, document in near]
        return self._only([one for one, fit in zip(read, fits, strict=True) if fit])

    def _only(self, found: Sequence[Customer]) -> Customer | None:
        """Two whom the same finds are nobody: it does not say which."""
        return found[0] if len(found) == 1 else None

    async def find_customers(self, text: str, *, limit: int = 10) -> Sequence[Customer]:
        return await self._database.read(partial(find_customers, text=text, limit=limit))

    async def bought_together(self, product_ids: Sequence[str], *, limit: int = 20) -> Mapping[str, int]:
        wanted = [storable(product_id) for product_id in product_ids]
        if not wanted:
            return {}
        return await self._database.read(partial(_bought_together, product_ids=wanted, limit=limit))

    async def popularity(self, *, since: datetime) -> Mapping[str, int]:
        """Counted since the full hour before `since`, and at most a minute old."""
        hour = int(since.timestamp()) // 3600 * 3600
        if self._sold is None or self._sold.since != hour or time.monotonic() >= self._sold.fresh_until:
            units = await self._database.read(partial(_units_sold, since=hour))
            self._sold = _Sold(hour, units, time.monotonic() + _SOLD_SECONDS)
        return self._sold.units

    async def interest(self, customer_id: str, *, since: datetime) -> Mapping[str, EventKind]:
        work = partial(events.interest, customer_id=storable(customer_id), since=int(since.timestamp()))
        return await self._database.read(work)

    async def record(self, happened: Sequence[Event], *, now: datetime) -> Sequence[bool]:
        new = await self._database.write(partial(events.record, events=happened, now=now))
        if any(event.kind == "bought" for event in happened):
            self._sold = None
        return new

    async def policy(self) -> Policy:
        return (await self._snapshots.current()).policy

    async def preview(self, request: Request, *, customer_id: str, now: datetime) -> Plan:
        work = partial(changing.preview, request=request, customer_id=storable(customer_id), now=now)
        return await self._database.read(work)

    async def choices(self, number: str, *, customer_id: str, now: datetime) -> OrderChoices:
        def work(connection: Connection) -> OrderChoices:
            snapshot = load_order(connection, storable(number), storable(customer_id), now)
            return choices(snapshot, changing.policy(connection))

        return await self._database.read(work)

    async def change(
        self, request: Request, *, customer_id: str, now: datetime, key: str, digest: str
    ) -> Receipt:
        work = partial(
            changing.change,
            request=request,
            customer_id=storable(customer_id),
            now=now,
            key=storable(key),
            digest=digest,
            on_change=self._on_change,
        )
        receipt = await self._database.write(work)
        self._forget()
        return receipt

    async def is_whole(self) -> bool:
        return True

    async def is_unsettled(self, key: str, *, customer_id: str) -> bool:  # noqa: ARG002 - the protocol's
        """Never: a change here is one transaction."""
        return False

    async def receipt(self, number: str, *, customer_id: str) -> Receipt | None:
        work = partial(receipts.find, customer_id=storable(customer_id), name=storable(number))
        found = await self._database.read(work)
        return None if found is None else found.receipt

    async def receipts(self, customer_id: str, *, order_number: str | None = None) -> Sequence[Receipt]:
        number = None if order_number is None else storable(order_number)
        return await self._database.read(
            partial(receipts.listed, customer_id=storable(customer_id), order_number=number)
        )

    async def due_notices(self, *, now: datetime) -> Sequence[Notice]:
        days = (await self.policy()).notify_restock.days
        asked_before = now - timedelta(days=days) if days else None
        return await self._database.read(partial(notices.due, asked_before=asked_before))

    async def told(self, notice: Notice, *, at: datetime) -> None:
        await self._database.write(partial(notices.told, notice=notice, at=at))

    async def replace(self, data: ShopData, *, fresh: bool = False) -> ImportSummary:
        """Make `data` the shop, all of it at once; conversations and events stay.

        What was changed in Kefu stays where `data` says nothing new, unless `fresh`: then that and its
        receipts are forgotten.
        """
        prepared = await asyncio.to_thread(prepare, data)
        summary = await self._database.write(partial(replace_shop, shop=prepared, fresh=fresh))
        self._forget()
        return summary

    def _forget(self) -> None:
        self._snapshots.expire()
        self._sold = None


def _contacts_near(connection: Connection, key: str) -> tuple[str, str, list[str]]:
    """(Key, customer, digests of that customer's contacts) of the order with this key, else of a neighbour.

    A number that does not exist reads as many rows as one that does, so time does not tell them apart.
    """
    orders, contacts = tables.orders, tables.contacts
    columns = select(orders.c.key, orders.c.customer_id).limit(1)
    after = connection.execute(columns.where(orders.c.key >= key).order_by(orders.c.key)).first()
    before = connection.execute(columns.where(orders.c.key < key).order_by(orders.c.key.desc())).first()
    nearest, customer_id = after or before or ("", "")
    rows = connection.execute(select(contacts.c.digest).where(contacts.c.customer_id == customer_id))
    return nearest, customer_id, list(rows.scalars())


def _customers_near(connection: Connection, digest: str) -> Sequence[tuple[str, str]]:
    """(Digest, document) of the first two customers from this digest on, else from the last ones before it.

    Rows of a digest that is nobody's are as many as those of one that is somebody's.
    """
    contacts, customers = tables.contacts, tables.customers
    columns = select(contacts.c.digest, customers.c.document).join(
        customers, customers.c.id == contacts.c.customer_id
    )
    after = columns.where(contacts.c.digest >= digest).order_by(contacts.c.digest, customers.c.id).limit(2)
    before = columns.where(contacts.c.digest < digest).order_by(contacts.c.digest.desc()).limit(2)
    found = [*connection.execute(after), *connection.execute(before)]
    return [(row.digest, row.document) for row in found[:2]]


def _bought_together(connection: Connection, product_ids: list[str], limit: int) -> dict[str, int]:
    ours, others = tables.order_items, tables.order_items.alias()
    holding = select(ours.c.order_number).where(ours.c.product_id.in_(product_ids), ~ours.c.cancelled)
    count = func.count(others.c.order_number.distinct())
    statement = (
        select(others.c.product_id, count)
        .where(others.c.order_number.in_(holding), others.c.product_id.not_in(product_ids))
        .group_by(others.c.product_id)
        .order_by(count.desc(), others.c.product_id)
        .limit(limit)
    )
    return {row[0]: row[1] for row in connection.execute(statement)}


def _units_sold(connection: Connection, since: int) -> dict[str, int]:
    items = tables.order_items
    statement = (
        select(items.c.product_id, func.sum(items.c.quantity))
        .where(items.c.placed_at >= since, ~items.c.cancelled)
        .group_by(items.c.product_id)
    )
    sold = Counter({row[0]: int(row[1]) for row in connection.execute(statement)})
    sold.update(events.units_bought(connection, since))
    return dict(sold)
