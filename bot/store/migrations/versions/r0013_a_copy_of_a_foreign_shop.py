"""what keeping a copy of somebody else's shop needs to remember"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "shop_undertakings",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("customer_id", sa.String(length=64), nullable=False),
        sa.Column("key", sa.String(length=255), nullable=False),
        sa.Column("order_number", sa.String(length=64), nullable=True),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("held_by", sa.String(length=36), nullable=True),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.Column("problem", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shop_undertakings")),
        sa.UniqueConstraint("customer_id", "key", name=op.f("uq_shop_undertakings_customer_id_key")),
    )
    with op.batch_alter_table("shop_undertakings", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_shop_undertakings_due_at"), ["due_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_shop_undertakings_order_number"), ["order_number"], unique=False)

    op.create_table(
        "shop_looks",
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("cursor", sa.BigInteger(), nullable=True),
        sa.Column("complete", sa.Boolean(), nullable=False),
        sa.Column("looked_at", sa.BigInteger(), nullable=True),
        sa.Column("compared_at", sa.BigInteger(), nullable=True),
        sa.Column("held_by", sa.String(length=36), nullable=True),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.Column("problem", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("kind", name=op.f("pk_shop_looks")),
    )
    op.create_table(
        "shop_things",
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.Column("asked_at", sa.BigInteger(), nullable=False),
        sa.Column("problem", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("kind", "id", name=op.f("pk_shop_things")),
    )
    with op.batch_alter_table("shop_things", schema=None) as batch_op:
        batch_op.create_index("ix_shop_things_state", ["state", "kind"], unique=False)

    op.create_table(
        "shop_touched",
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("kind", "id", name=op.f("pk_shop_touched")),
    )
    with op.batch_alter_table("shop_touched", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_shop_touched_due_at"), ["due_at"], unique=False)
