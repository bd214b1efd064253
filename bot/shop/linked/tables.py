"""What keeping a copy of somebody else's shop needs to remember.

Moments are microseconds since 1970, so that what two systems said sorts as numbers do.
"""

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, String, Table, Text, UniqueConstraint

from bot.shop.tables import Number, metadata

things = Table(
    "shop_things",
    metadata,
    Column("kind", String(16), primary_key=True),
    Column("id", String(64), primary_key=True),
    Column("state", String(16), nullable=False),  # there, gone, odd (its row does not parse), forgotten
    Column("updated_at", BigInteger, nullable=False),  # by the system's clock, of what is in the copy
    Column("asked_at", BigInteger, nullable=False),  # by ours: when what we know of it was asked for
    Column("problem", Text, nullable=False),  # what is odd about it
    Index("ix_shop_things_state", "state", "kind"),
)

touched = Table(
    "shop_touched",
    metadata,
    Column("kind", String(16), primary_key=True),
    Column("id", String(64), primary_key=True),
    Column("times", Integer, nullable=False),  # told while it is being fetched, it is fetched again
    Column("attempts", Integer, nullable=False),
    Column("due_at", BigInteger, nullable=False, index=True),
)

looks = Table(
    "shop_looks",
    metadata,
    Column("kind", String(16), primary_key=True),
    Column("cursor", BigInteger),  # everything changed until then is in the copy; NULL: nothing is
    Column("complete", Boolean, nullable=False),  # it was read to its end once
    Column("looked_at", BigInteger),  # the last time that it was
    Column("compared_at", BigInteger),  # the last time that all ids were
    Column("held_by", String(36)),
    Column("due_at", BigInteger, nullable=False),  # the next look; while one is on, its holder's time
    Column("problem", Text, nullable=False),
)

undertakings = Table(
    "shop_undertakings",
    metadata,
    Column("id", Number, primary_key=True),
    Column("customer_id", String(64), nullable=False),
    Column("key", String(255), nullable=False),
    Column("order_number", String(64), index=True),
    Column("document", Text, nullable=False),  # bot.shop.linked.undertakings.Undertaking
    Column("made_at", BigInteger, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("held_by", String(36)),
    Column("due_at", BigInteger, nullable=False, index=True),
    Column("problem", Text, nullable=False),  # why the last attempt failed
    UniqueConstraint("customer_id", "key"),
)
