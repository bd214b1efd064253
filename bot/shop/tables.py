"""The embedded shop's tables: key columns beside the document, which is the domain value as JSON.

There are no foreign keys between products, customers and orders: an import checks them before it
writes, and may then replace a customer's row while that customer's orders stay.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)

Number = BigInteger().with_variant(Integer, "sqlite")
"""SQLite numbers rows by itself for INTEGER only, which is 64 bits wide there."""

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)

state = Table(
    "shop_state",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),  # always 1
    Column("generation", Integer, nullable=False),  # grows with every change to profile, products or stock
    Column("profile", Text),
    Column("policy", Text),  # policy.yaml as it was imported; NULL: Kefu's own
)

products = Table(
    "shop_products",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("position", Integer, nullable=False),  # the order of the import
    Column("digest", String(64), nullable=False),  # of the document
    Column("document", Text, nullable=False),
)

variants = Table(
    "shop_variants",
    metadata,
    Column("sku", String(64), primary_key=True),
    Column("product_id", ForeignKey(products.c.id, ondelete="CASCADE"), nullable=False, index=True),
    # The one truth about stock; the document holds none.
    Column("stock", Integer, nullable=False),
    Column("imported_stock", Integer, nullable=False, server_default="0"),  # what the last import said
)

customers = Table(
    "shop_customers",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("digest", String(64), nullable=False),  # of the document that was imported
    Column("document", Text, nullable=False),
)

contacts = Table(
    "shop_contacts",
    metadata,
    Column("customer_id", ForeignKey(customers.c.id, ondelete="CASCADE"), primary_key=True),
    Column("digest", String(64), primary_key=True, index=True),  # bot.shop.rows.found_by
)

orders = Table(
    "shop_orders",
    metadata,
    Column("number", String(64), primary_key=True),
    Column("key", String(64), nullable=False, unique=True),  # bot.shop.keys.order_key
    Column("customer_id", String(64), nullable=False),
    Column("status", String(16), nullable=False),
    Column("placed_at", BigInteger, nullable=False),  # Unix seconds; the document has the offset
    # The one truth about the version: a change is `UPDATE ... WHERE version = :seen`.
    Column("version", Integer, nullable=False),
    # Of the document that was imported, its version left out: one that says nothing new changes nothing.
    Column("digest", String(64), nullable=False),
    Column("document", Text, nullable=False),
    Index("ix_shop_orders_customer", "customer_id", "placed_at"),
)

order_items = Table(
    "shop_order_items",
    metadata,
    Column("order_number", ForeignKey(orders.c.number, ondelete="CASCADE"), primary_key=True),
    Column("item_id", String(64), primary_key=True),
    Column("product_id", String(64), nullable=False),
    Column("sku", String(64), nullable=False),
    Column("quantity", Integer, nullable=False),
    # The order's own; repeated here so that counting what sells reads one index.
    Column("placed_at", BigInteger, nullable=False),
    Column("cancelled", Boolean, nullable=False),
    Index("ix_shop_order_items_product", "product_id", "order_number"),
    Index("ix_shop_order_items_sold", "placed_at", "cancelled", "product_id", "quantity"),
)

events = Table(
    "shop_events",
    metadata,
    Column("id", Number, primary_key=True),
    Column("kind", String(16), nullable=False),
    Column("at", BigInteger, nullable=False),  # Unix seconds
    Column("customer_id", String(64)),
    Column("product_id", String(64)),
    Column("text", Text, nullable=False),
    Column("quantity", Integer, nullable=False, server_default="1"),
    Column("order_key", String(64)),
    Column("source", String(255)),
    Column("external_id", String(255)),
    Index("ix_shop_events_customer", "customer_id", "at"),
    Index("ix_shop_events_kind", "kind", "at"),
    Index("ix_shop_events_source", "source", "external_id", unique=True),
)

receipts = Table(
    "shop_receipts",
    metadata,
    Column("id", Number, primary_key=True),  # in the order of the changes
    Column("number", String(16), nullable=False, unique=True),
    Column("key", String(255), nullable=False),
    Column("kind", String(32), nullable=False),
    Column("customer_id", String(64), nullable=False),
    Column("order_number", String(64), index=True),
    Column("at", BigInteger, nullable=False),  # Unix seconds; the document has the offset
    Column("undone_by", String(16)),  # the one truth about it: the document says nothing
    Column("document", Text, nullable=False),
    # What undoing it needs: how things were, what left or came back, and the version that it made.
    Column("order_before", Text),
    Column("version_after", Integer),
    Column("customer_before", Text, nullable=False),
    Column("stock", Text, nullable=False),  # JSON: sku to how many came back or went out
    # Keys are the customer's own: nobody can occupy another's, or read what it stands for.
    UniqueConstraint("customer_id", "key"),
    Index("ix_shop_receipts_customer", "customer_id", "id"),
)

restock_notices = Table(
    "shop_restock_notices",
    metadata,
    Column("id", Number, primary_key=True),
    Column("customer_id", String(64), nullable=False),
    Column("product_id", String(64), nullable=False),
    Column("sku", String(64), nullable=False, index=True),
    Column("asked_at", BigInteger, nullable=False),  # Unix seconds
    Column("told_at", BigInteger),
)
