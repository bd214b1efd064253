"""changes, their receipts and the audit"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "tool_attempts",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("conversation_id", sa.Text(), nullable=True),
        sa.Column("turn_id", sa.Text(), nullable=True),
        sa.Column("customer_id", sa.Text(), nullable=True),
        sa.Column("identity", sa.Text(), nullable=False),
        sa.Column("tool", sa.Text(), nullable=False),
        sa.Column("arguments", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("receipt", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tool_attempts")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("tool_attempts", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_tool_attempts_conversation_id"), ["conversation_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_tool_attempts_customer_id"), ["customer_id"], unique=False)

    op.create_table(
        "shop_receipts",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("number", sa.String(length=16), nullable=False),
        sa.Column("key", sa.String(length=255), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("customer_id", sa.String(length=64), nullable=False),
        sa.Column("order_number", sa.String(length=64), nullable=True),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("undone_by", sa.String(length=16), nullable=True),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("order_before", sa.Text(), nullable=True),
        sa.Column("version_after", sa.Integer(), nullable=True),
        sa.Column("customer_before", sa.Text(), nullable=False),
        sa.Column("stock", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shop_receipts")),
        sa.UniqueConstraint("customer_id", "key", name=op.f("uq_shop_receipts_customer_id_key")),
        sa.UniqueConstraint("number", name=op.f("uq_shop_receipts_number")),
    )
    with op.batch_alter_table("shop_receipts", schema=None) as batch_op:
        batch_op.create_index("ix_shop_receipts_customer", ["customer_id", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_shop_receipts_order_number"), ["order_number"], unique=False)

    op.create_table(
        "shop_restock_notices",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("customer_id", sa.String(length=64), nullable=False),
        sa.Column("product_id", sa.String(length=64), nullable=False),
        sa.Column("sku", sa.String(length=64), nullable=False),
        sa.Column("asked_at", sa.BigInteger(), nullable=False),
        sa.Column("told_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shop_restock_notices")),
    )
    with op.batch_alter_table("shop_restock_notices", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_shop_restock_notices_sku"), ["sku"], unique=False)

    with op.batch_alter_table("shop_state", schema=None) as batch_op:
        batch_op.add_column(sa.Column("policy", sa.Text(), nullable=True))

    with op.batch_alter_table("shop_variants", schema=None) as batch_op:
        batch_op.add_column(sa.Column("imported_stock", sa.Integer(), server_default="0", nullable=False))
    op.execute("UPDATE shop_variants SET imported_stock = stock")
