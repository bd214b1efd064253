"""one-time codes; customers are found by name and postcode"""

import sqlalchemy as sa
from alembic import op

from bot.shop.rows import found_by, read_customer

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "codes",
        sa.Column("conversation_id", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("customer_id", sa.Text(), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("used_in", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversations.id"],
            name=op.f("fk_codes_conversation_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("conversation_id", name=op.f("pk_codes")),
    )
    with op.batch_alter_table("codes", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_codes_expires_at"), ["expires_at"], unique=False)
    _find_customers_by_name()


def _find_customers_by_name() -> None:
    """What an import writes from now on, for the shop that was imported before."""
    connection = op.get_bind()
    contacts = sa.table("shop_contacts", sa.column("customer_id"), sa.column("digest"))
    known = {(row.customer_id, row.digest) for row in connection.execute(sa.select(contacts))}
    documents = connection.execute(sa.text("SELECT document FROM shop_customers")).scalars().all()
    customers = [read_customer(document) for document in documents]
    pairs = [(customer.id, digest) for customer in customers for digest in found_by(customer)]
    rows = [{"customer_id": pair[0], "digest": pair[1]} for pair in pairs if pair not in known]
    if rows:
        op.bulk_insert(contacts, rows)
