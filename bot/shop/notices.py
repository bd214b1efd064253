"""Who waits for something that is sold out, and who is to be told."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, or_, select, update

from bot.shop import tables


@dataclass(frozen=True, slots=True)
class Notice:
    id: int
    customer_id: str
    product_id: str
    sku: str
    asked_at: int
    """Unix seconds."""
    back: bool
    """In stock again; else the time is over."""

    @property
    def key(self) -> str:
        """What names it for good: a row's number may be used again."""
        return f"restock {self.id} {self.customer_id} {self.sku} {self.asked_at}"


def due(connection: Connection, asked_before: datetime | None) -> Sequence[Notice]:
    """Oldest first; of those asked before then also what is not back."""
    notices, variants = tables.restock_notices, tables.variants
    stock = variants.c.stock > 0
    over = notices.c.asked_at < int(asked_before.timestamp()) if asked_before else None
    rows = connection.execute(
        select(notices, stock.label("back"))
        .join(variants, variants.c.sku == notices.c.sku)
        .where(notices.c.told_at.is_(None), stock if over is None else or_(stock, over))
        .order_by(notices.c.id)
    )
    return [
        Notice(row.id, row.customer_id, row.product_id, row.sku, row.asked_at, bool(row.back)) for row in rows
    ]


def heard(connection: Connection, customer_id: str) -> frozenset[tuple[str, int]]:
    """Sku and moment of the notices that the customer was told of."""
    table = tables.restock_notices
    mine = (table.c.customer_id == customer_id) & table.c.told_at.is_not(None)
    rows = connection.execute(select(table.c.sku, table.c.asked_at).where(mine))
    return frozenset((row.sku, row.asked_at) for row in rows)


def told(connection: Connection, notice: Notice, at: datetime) -> None:
    table = tables.restock_notices
    same = (table.c.id == notice.id) & (table.c.asked_at == notice.asked_at) & (table.c.sku == notice.sku)
    connection.execute(update(table).where(same).values(told_at=int(at.timestamp())))
