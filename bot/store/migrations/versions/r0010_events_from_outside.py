"""what shoppers did elsewhere, told by the shop's programs, each thing once"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("shop_events") as batch_op:
        batch_op.add_column(sa.Column("quantity", sa.Integer(), server_default="1", nullable=False))
        batch_op.add_column(sa.Column("order_key", sa.String(64), nullable=True))
        batch_op.add_column(sa.Column("source", sa.String(255), nullable=True))
        batch_op.add_column(sa.Column("external_id", sa.String(255), nullable=True))
        batch_op.create_index("ix_shop_events_kind", ["kind", "at"])
        batch_op.create_index("ix_shop_events_source", ["source", "external_id"], unique=True)
