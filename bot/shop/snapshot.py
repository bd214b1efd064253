"""Profile and products as of one generation, kept in memory and read again when another process changed them."""

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select

from bot.errors import NotPrepared
from bot.shop import tables
from bot.shop.database import Database
from bot.shop.domain import Product, ShopProfile
from bot.shop.policy import Policy, policy_from
from bot.shop.rows import read_product, read_profile, with_stock


@dataclass(frozen=True, slots=True)
class Snapshot:
    generation: int
    profile: ShopProfile
    policy: Policy
    products: Mapping[str, Product]
    active: tuple[Product, ...]
    """In the order of the import."""
    digests: Mapping[str, str]
    """Product id to its document's digest."""


@dataclass(frozen=True, slots=True)
class _Reading:
    """What the database said; parsed outside of the transaction."""

    generation: int
    profile: str
    policy: str | None
    digests: dict[str, str]
    stock: dict[str, int]
    documents: dict[str, str]
    """Only of products whose digest is new."""


class Snapshots:
    """The newest snapshot; the database is asked at most every `recheck_seconds`."""

    def __init__(self, database: Database, recheck_seconds: float) -> None:
        self._database = database
        self._recheck_seconds = recheck_seconds
        self._current: Snapshot | None = None
        self._fresh_until = 0.0
        self._lock = asyncio.Lock()

    async def current(self) -> Snapshot:
        """Raises NotPrepared when no shop was imported."""
        if self._current is None or time.monotonic() >= self._fresh_until:
            async with self._lock:
                if self._current is None or time.monotonic() >= self._fresh_until:
                    self._current = await self._refresh(self._current)
                    self._fresh_until = time.monotonic() + self._recheck_seconds
        return self._current

    def expire(self) -> None:
        """Ask the database at the next call."""
        self._fresh_until = 0.0

    async def _refresh(self, old: Snapshot | None) -> Snapshot:
        while True:
            reading = await self._database.read(lambda connection: _read(connection, old))
            if reading is None:
                assert old is not None
                return old
            # PostgreSQL gives each statement its own view: a reading across an import is read again.
            if await self._database.read(_generation) == reading.generation:
                return await asyncio.to_thread(_build, reading, old)


def _generation(connection: Connection) -> int | None:
    return connection.execute(select(tables.state.c.generation)).scalar()


def _read(connection: Connection, old: Snapshot | None) -> _Reading | None:
    """None when `old` is still right."""
    state = connection.execute(select(tables.state)).first()
    if state is None:
        raise NotPrepared("No shop has been imported.", "kefu shop import FOLDER")
    if old is not None and state.generation == old.generation:
        return None
    products, variants = tables.products, tables.variants
    digests = _pairs(connection, products.c.id, products.c.digest, order_by=products.c.position)
    known = old.digests if old is not None else {}
    new = {key for key, digest in digests.items() if known.get(key) != digest}
    documents = select(products.c.id, products.c.document)
    if len(new) <= 500:  # a few are picked out; many are read with all the rest
        documents = documents.where(products.c.id.in_(new))
    return _Reading(
        generation=state.generation,
        profile=state.profile,
        policy=state.policy,
        digests=digests,
        stock=_pairs(connection, variants.c.sku, variants.c.stock),
        documents={row.id: row.document for row in connection.execute(documents) if row.id in new},
    )


def _pairs(connection: Connection, key: Any, value: Any, order_by: Any = None) -> dict[str, Any]:
    return {row[0]: row[1] for row in connection.execute(select(key, value).order_by(order_by))}


def _build(reading: _Reading, old: Snapshot | None) -> Snapshot:
    kept = old.products if old is not None else {}
    products = {}
    for key in reading.digests:
        document = reading.documents.get(key)
        product = kept[key] if document is None else read_product(document)
        products[key] = with_stock(product, reading.stock)
    return Snapshot(
        generation=reading.generation,
        profile=read_profile(reading.profile),
        policy=policy_from(reading.policy),
        products=products,
        active=_same_if_equal(tuple(p for p in products.values() if p.active), old),
        digests=reading.digests,
    )


def _same_if_equal(active: tuple[Product, ...], old: Snapshot | None) -> tuple[Product, ...]:
    """The old tuple when nothing in it changed: what others computed from the catalogue stays right."""
    return old.active if old is not None and old.active == active else active
