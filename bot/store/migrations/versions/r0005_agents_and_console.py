"""agents, and what the console keeps"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "agents",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("login", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("password", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("languages", sa.Text(), nullable=False),
        sa.Column("skills", sa.Text(), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=False),
        sa.Column("available", sa.Boolean(), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("disabled_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agents")),
        sa.UniqueConstraint("login", name=op.f("uq_agents_login")),
    )
    op.create_table(
        "canned_answers",
        sa.Column("shortcut", sa.Text(), nullable=False),
        sa.Column("zh", sa.Text(), nullable=False),
        sa.Column("en", sa.Text(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_by", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("shortcut", name=op.f("pk_canned_answers")),
    )
    op.create_table(
        "staff_audit",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("agent_id", sa.Text(), nullable=True),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("conversation_id", sa.Text(), nullable=True),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_audit")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("staff_audit", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_staff_audit_agent_id"), ["agent_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_staff_audit_at"), ["at"], unique=False)
        batch_op.create_index(batch_op.f("ix_staff_audit_conversation_id"), ["conversation_id"], unique=False)

    op.create_table(
        "agent_sessions",
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("agent_id", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("browser", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["agent_id"], ["agents.id"], name=op.f("fk_agent_sessions_agent_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_agent_sessions")),
    )
    with op.batch_alter_table("agent_sessions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_agent_sessions_agent_id"), ["agent_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_agent_sessions_expires_at"), ["expires_at"], unique=False)

    op.create_table(
        "merges",
        sa.Column("conversation_id", sa.Text(), nullable=False),
        sa.Column("into_id", sa.Text(), nullable=False),
        sa.Column("agent_id", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["agent_id"], ["agents.id"], name=op.f("fk_merges_agent_id")),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversations.id"],
            name=op.f("fk_merges_conversation_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["into_id"], ["conversations.id"], name=op.f("fk_merges_into_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("conversation_id", name=op.f("pk_merges")),
    )
    with op.batch_alter_table("merges", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_merges_into_id"), ["into_id"], unique=False)

    op.create_table(
        "notes",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("conversation_id", sa.Text(), nullable=False),
        sa.Column("agent_id", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("after_seq", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["agent_id"], ["agents.id"], name=op.f("fk_notes_agent_id")),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversations.id"],
            name=op.f("fk_notes_conversation_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notes")),
    )
    with op.batch_alter_table("notes", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_notes_conversation_id"), ["conversation_id"], unique=False)

    op.create_table(
        "tags",
        sa.Column("conversation_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversations.id"],
            name=op.f("fk_tags_conversation_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("conversation_id", "name", name=op.f("pk_tags")),
    )
    with op.batch_alter_table("tags", schema=None) as batch_op:
        batch_op.create_index("ix_tags_name", ["name"], unique=False)

    op.create_table(
        "mentions",
        sa.Column("note_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("agent_id", sa.Text(), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["agent_id"], ["agents.id"], name=op.f("fk_mentions_agent_id")),
        sa.ForeignKeyConstraint(
            ["note_id"], ["notes.id"], name=op.f("fk_mentions_note_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("note_id", "agent_id", name=op.f("pk_mentions")),
    )
    with op.batch_alter_table("mentions", schema=None) as batch_op:
        batch_op.create_index("ix_mentions_agent_id_read_at", ["agent_id", "read_at"], unique=False)

    op.create_table(
        "translations",
        sa.Column("message_id", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["message_id"], ["messages.id"], name=op.f("fk_translations_message_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("message_id", "language", name=op.f("pk_translations")),
    )
    # ADD COLUMN by itself: partial indexes stay as they are.
    op.add_column("handovers", sa.Column("agent_id", sa.Text(), nullable=True))
    op.add_column("handovers", sa.Column("assigned_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("handovers", sa.Column("first_reply_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("handovers", sa.Column("language", sa.Text(), server_default="", nullable=False))
    op.add_column("handovers", sa.Column("priority", sa.Integer(), server_default="1", nullable=False))
    op.add_column("handovers", sa.Column("respond_by", sa.DateTime(timezone=True), nullable=True))
    op.add_column("handovers", sa.Column("resolve_by", sa.DateTime(timezone=True), nullable=True))
    op.add_column("handovers", sa.Column("snoozed_until", sa.DateTime(timezone=True), nullable=True))
    op.add_column("handovers", sa.Column("contact", sa.Text(), server_default="", nullable=False))
    op.add_column("handovers", sa.Column("rating", sa.Integer(), nullable=True))
    op.add_column("handovers", sa.Column("rating_comment", sa.Text(), server_default="", nullable=False))
    op.add_column("handovers", sa.Column("rated_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index("ix_handovers_agent_id_closed_at", "handovers", ["agent_id", "closed_at"])
    op.create_index("ix_handovers_closed_at", "handovers", ["closed_at"])
    op.create_index("ix_handovers_opened_at", "handovers", ["opened_at"])
    op.add_column("messages", sa.Column("agent_id", sa.Text(), nullable=True))
    op.add_column("messages", sa.Column("intent", sa.Text(), nullable=True))
    op.add_column("messages", sa.Column("failed", sa.Text(), server_default="", nullable=False))
    op.add_column("unanswered", sa.Column("suggested", sa.Text(), server_default="", nullable=False))
    op.add_column("unanswered", sa.Column("given", sa.Text(), server_default="", nullable=False))
    op.add_column("unanswered", sa.Column("resolved_by", sa.Text(), nullable=True))
    op.add_column("unanswered", sa.Column("document", sa.Text(), nullable=True))
    op.create_index("ix_messages_at", "messages", ["at"])
