"""each line and each delivery has its own address; conversations that a person joined by proof"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

_DUE = sa.text("due_at IS NOT NULL")
_ADDRESS = ("channel", "sender")


def _of_its_conversation(table: str, name: str) -> sa.Update:
    conversation = sa.table("conversations", sa.column("id"), sa.column(name))
    row = sa.table(table, sa.column("conversation_id"), sa.column(name))
    found = sa.select(conversation.c[name]).where(conversation.c.id == row.c.conversation_id)
    return sa.update(row).values({name: found.scalar_subquery()})


def upgrade() -> None:
    for table in ("messages", "outbox"):
        for name in _ADDRESS:
            op.add_column(table, sa.Column(name, sa.Text(), nullable=True))
            op.execute(_of_its_conversation(table, name))
    with op.batch_alter_table("messages", table_kwargs={"sqlite_autoincrement": True}) as messages:
        for name in _ADDRESS:
            messages.alter_column(name, existing_type=sa.Text(), nullable=False)
        messages.drop_constraint("uq_messages_conversation_id_external_id", type_="unique")
        messages.create_unique_constraint(
            op.f("uq_messages_channel_sender_external_id"), [*_ADDRESS, "external_id"]
        )
        messages.create_index("ix_messages_channel_sender_number", [*_ADDRESS, "number"])
    op.drop_index("ix_outbox_conversation_id_seq", "outbox")
    with op.batch_alter_table("outbox") as outbox:
        for name in _ADDRESS:
            outbox.alter_column(name, existing_type=sa.Text(), nullable=False)
        outbox.drop_constraint("fk_outbox_conversation_id", type_="foreignkey")
        outbox.drop_column("conversation_id")
        outbox.drop_column("seq")
        outbox.create_index(
            "ix_outbox_channel_sender_number",
            [*_ADDRESS, "number"],
            sqlite_where=_DUE,
            postgresql_where=_DUE,
        )
    for name, kind in (
        ("joined_id", sa.Text()),
        ("joined_at", sa.DateTime(timezone=True)),
        ("vouched_id", sa.Text()),
        ("vouched_until", sa.DateTime(timezone=True)),
    ):
        op.add_column("conversations", sa.Column(name, kind, nullable=True))
    op.create_index(op.f("ix_conversations_joined_id"), "conversations", ["joined_id"])
    with op.batch_alter_table("merges") as merges:
        merges.alter_column("agent_id", existing_type=sa.Text(), nullable=True)
    op.create_table(
        "links",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("from_id", sa.Text(), nullable=False),
        sa.Column("from_channel", sa.Text(), nullable=False),
        sa.Column("customer_id", sa.Text(), nullable=True),
        sa.Column("to_channel", sa.Text(), nullable=True),
        sa.Column("to_sender", sa.Text(), nullable=True),
        sa.Column("to_customer_id", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["from_id"], ["conversations.id"], name=op.f("fk_links_from_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_links")),
        sa.UniqueConstraint("digest", name=op.f("uq_links_digest")),
    )
    op.create_index(op.f("ix_links_from_id"), "links", ["from_id"])
    op.create_index(op.f("ix_links_expires_at"), "links", ["expires_at"])
