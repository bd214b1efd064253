"""The store's tables, the same on SQLite and PostgreSQL; `bot/store/migrations` keeps databases in step.

A shopper's line in `messages` is at once its inbox row: pending while it has no `turn_id`. Everything
else that is written to a conversation is born with the id of the turn that wrote it.
"""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
)

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


def scrub(text: str) -> str:
    """The text without what no database keeps: NUL is dropped, half a surrogate pair becomes U+FFFD."""
    if "\x00" in text:
        text = text.replace("\x00", "")
    if text.isascii():
        return text
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text


class CleanText(TypeDecorator[str]):
    """Text that is scrubbed on its way in."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, _dialect: Dialect) -> Any:
        return scrub(value) if isinstance(value, str) else value


class UtcDateTime(TypeDecorator[datetime]):
    """A moment: refuses naive datetimes, returns UTC ones. SQLite keeps it as sortable text."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: Any, _dialect: Dialect) -> Any:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"a naive datetime cannot be stored: {value!r}")
        return value.astimezone(UTC)

    def process_result_value(self, value: Any, _dialect: Dialect) -> Any:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


Number = BigInteger().with_variant(Integer, "sqlite")
"""SQLite numbers rows by itself for INTEGER only, which is 64 bits wide there."""

metadata = MetaData(naming_convention=NAMES)

conversations = Table(
    "conversations",
    metadata,
    Column("id", Text, primary_key=True),
    Column("channel", Text, nullable=False),
    Column("sender", Text, nullable=False),
    Column("customer_id", Text, index=True),
    Column("state", Text, nullable=False),
    Column("version", Integer, nullable=False),  # grows with every saved turn
    Column("next_seq", Integer, nullable=False),
    Column("floor", Text, nullable=False),
    Column("floor_since", UtcDateTime),
    Column("created_at", UtcDateTime, nullable=False),
    Column("updated_at", UtcDateTime, nullable=False, index=True),
    # While the person goes on in another conversation: which, since when, and for whom that one vouches.
    Column("joined_id", Text, index=True),
    Column("joined_at", UtcDateTime),
    Column("vouched_id", CleanText),
    Column("vouched_until", UtcDateTime),
    UniqueConstraint("channel", "sender"),
    Index("ix_conversations_floor_floor_since", "floor", "floor_since"),
)

messages = Table(
    "messages",
    metadata,
    Column("number", Number, primary_key=True),
    Column("id", Text, nullable=False, unique=True),
    Column("conversation_id", ForeignKey(conversations.c.id, ondelete="CASCADE"), nullable=False),
    Column("seq", Integer, nullable=False),
    Column("author", Text, nullable=False),
    Column("text", CleanText, nullable=False),
    Column("at", UtcDateTime, nullable=False, index=True),
    Column("turn_id", Text),  # NULL: a shopper's message that no turn has answered
    # Where it came from, or where it is to be seen first: a conversation may have several addresses.
    Column("channel", Text, nullable=False),
    Column("sender", Text, nullable=False),
    # The shopper's lines.
    Column("external_id", Text),
    Column("action", CleanText),
    Column("customer_id", Text),
    Column("language", CleanText),
    Column("address", CleanText),  # forgotten as soon as the message is answered
    Column("attachments", Text, nullable=False, server_default=""),  # ids, joined by commas
    # The shop's lines; `language` is theirs, too.
    Column("reply", Text),
    Column("agent_id", Text),  # who wrote it, while the agent may be gone
    Column("intent", CleanText),
    Column("failed", CleanText, nullable=False, server_default=""),  # tools that broke, joined by commas
    Column("helpful", Boolean),
    Column("comment", CleanText),
    Column("rated_at", UtcDateTime),
    UniqueConstraint("conversation_id", "seq"),
    UniqueConstraint("channel", "sender", "external_id"),
    Index("ix_messages_channel_sender_number", "channel", "sender", "number"),
    sqlite_autoincrement=True,  # a number is never used again: a late `delivered` must not hit a new row
)
PENDING = messages.c.turn_id.is_(None)
Index(
    "ix_messages_pending",
    messages.c.conversation_id,
    messages.c.seq,
    sqlite_where=PENDING,
    postgresql_where=PENDING,
)

WRITTEN = messages.c.agent_id.is_not(None)
Index(
    "ix_messages_agent_id",
    messages.c.agent_id,
    messages.c.conversation_id,
    sqlite_where=WRITTEN,
    postgresql_where=WRITTEN,
)

outbox = Table(
    "outbox",
    metadata,
    Column(
        "number", ForeignKey(messages.c.number, ondelete="CASCADE"), primary_key=True, autoincrement=False
    ),
    Column("channel", Text, nullable=False),
    Column("sender", Text, nullable=False),
    Column("due_at", UtcDateTime),  # moved ahead while a worker has it; NULL: given up, kept to be looked at
    Column("attempts", Integer, nullable=False),
    Column("sent", Integer, nullable=False, server_default="0"),  # of the payloads that it takes
    Column("error", CleanText, nullable=False),
)
WAITING = outbox.c.due_at.is_not(None)
Index("ix_outbox_due_at", outbox.c.due_at, sqlite_where=WAITING, postgresql_where=WAITING)
Index(
    "ix_outbox_channel_sender_number",
    outbox.c.channel,
    outbox.c.sender,
    outbox.c.number,
    sqlite_where=WAITING,
    postgresql_where=WAITING,
)

timers = Table(
    "timers",
    metadata,
    Column("conversation_id", ForeignKey(conversations.c.id, ondelete="CASCADE"), primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("due_at", UtcDateTime, nullable=False),
    Column("try_at", UtcDateTime, nullable=False, index=True),  # later than `due_at` once handed out
)

handovers = Table(
    "handovers",
    metadata,
    Column("id", Number, primary_key=True),
    Column("conversation_id", ForeignKey(conversations.c.id, ondelete="CASCADE"), nullable=False, index=True),
    Column("turn_id", Text, nullable=False),
    Column("reason", CleanText, nullable=False),
    Column("packet", CleanText, nullable=False),
    Column("opened_at", UtcDateTime, nullable=False),
    Column("closed_at", UtcDateTime),
    Column("outcome", Text),
    Column("agent_id", Text),  # agents are never deleted
    Column("assigned_at", UtcDateTime),
    Column("first_reply_at", UtcDateTime),
    Column("language", Text, nullable=False, server_default=""),
    Column("priority", Integer, nullable=False, server_default="1"),
    Column("respond_by", UtcDateTime),
    Column("resolve_by", UtcDateTime),
    Column("snoozed_until", UtcDateTime),
    Column("contact", CleanText, nullable=False, server_default=""),
    Column("rating", Integer),  # 1 to 5, the shopper's
    Column("rating_comment", CleanText, nullable=False, server_default=""),
    Column("rated_at", UtcDateTime),
    Index("ix_handovers_agent_id_closed_at", "agent_id", "closed_at"),
    Index("ix_handovers_opened_at", "opened_at"),
    Index("ix_handovers_closed_at", "closed_at"),
)
alerts = Table(
    "alerts",
    metadata,
    Column("handover_id", ForeignKey(handovers.c.id, ondelete="CASCADE"), primary_key=True),
    Column("kind", Text, primary_key=True),  # opened, late
    Column("channel", Text, primary_key=True),
    Column("place", Text, primary_key=True),
    Column("due_at", UtcDateTime),  # moved ahead while a worker has it; NULL: told, or given up
    Column("attempts", Integer, nullable=False),
    Column("error", CleanText, nullable=False),
)
OPEN = handovers.c.closed_at.is_(None)
Index(
    "uq_handovers_open",
    handovers.c.conversation_id,
    unique=True,
    sqlite_where=OPEN,
    postgresql_where=OPEN,
)

unanswered = Table(
    "unanswered",
    metadata,
    Column("id", Number, primary_key=True),
    Column("conversation_id", ForeignKey(conversations.c.id, ondelete="CASCADE"), nullable=False, index=True),
    Column("turn_id", Text, nullable=False),
    Column("question", CleanText, nullable=False),
    Column("language", Text, nullable=False),
    Column("nearest", CleanText, nullable=False),
    Column("suggested", CleanText, nullable=False, server_default=""),
    Column("given", CleanText, nullable=False, server_default=""),
    Column("asked_at", UtcDateTime, nullable=False),
    Column("resolved_at", UtcDateTime),
    Column("resolved_by", Text),
    Column("document", Text),  # the FAQ entry that answers it now; NULL: set aside
)
UNRESOLVED = unanswered.c.resolved_at.is_(None)
Index("ix_unanswered_unresolved", unanswered.c.asked_at, sqlite_where=UNRESOLVED, postgresql_where=UNRESOLVED)

attempts = Table(
    "attempts",
    metadata,
    Column("id", Number, primary_key=True),
    Column("scope", CleanText, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False, index=True),
    Index("ix_attempts_scope_at", "scope", "at"),
)

tool_attempts = Table(
    "tool_attempts",
    metadata,
    Column("id", Number, primary_key=True),
    Column("at", UtcDateTime, nullable=False),
    # Who did what outlives the conversation: no foreign key.
    Column("conversation_id", Text, index=True),
    Column("turn_id", Text),
    Column("customer_id", CleanText, index=True),
    Column("identity", CleanText, nullable=False),
    Column("tool", CleanText, nullable=False),
    Column("arguments", CleanText, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("reason", CleanText, nullable=False),
    Column("receipt", Text),
    sqlite_autoincrement=True,
)

codes = Table(
    "codes",
    metadata,
    Column("conversation_id", ForeignKey(conversations.c.id, ondelete="CASCADE"), primary_key=True),
    Column("digest", Text, nullable=False),  # keyed: a copy of the database does not tell the code
    Column("customer_id", Text),  # NULL: the address is nobody's, and no code fits
    Column("expires_at", UtcDateTime, nullable=False, index=True),
    Column("attempts", Integer, nullable=False),
    Column("used_in", Integer),  # the turn in which it was used up
)

links = Table(
    "links",
    metadata,
    Column("id", Text, primary_key=True),
    Column("digest", Text, unique=True),  # of a code, keyed; NULL: it is offered as a signed link
    Column("state", Text, nullable=False),  # offered, claimed, agreed, joined, refused
    Column("language", Text, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False, index=True),
    # The conversation to go on with, on which channel that was asked for, and who was signed in there.
    Column("from_id", ForeignKey(conversations.c.id, ondelete="CASCADE"), nullable=False, index=True),
    Column("from_channel", Text, nullable=False),
    Column("customer_id", CleanText),
    # Who came with the code or the link, once somebody did.
    Column("to_channel", Text),
    Column("to_sender", Text),
    Column("to_customer_id", CleanText),
)

attachments = Table(
    "attachments",
    metadata,
    Column("id", Text, primary_key=True),
    Column("channel", Text, nullable=False),
    Column("sender", Text, nullable=False),
    Column("customer_id", CleanText),
    Column("media_type", Text, nullable=False),
    Column("size", Integer, nullable=False),  # bytes
    Column("sha256", Text, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    # NULL until a message names it.
    Column("conversation_id", ForeignKey(conversations.c.id, ondelete="CASCADE"), index=True),
)
ORPHAN = attachments.c.conversation_id.is_(None)
Index("ix_attachments_orphan", attachments.c.at, sqlite_where=ORPHAN, postgresql_where=ORPHAN)

agents = Table(
    "agents",
    metadata,
    Column("id", Text, primary_key=True),
    Column("login", Text, nullable=False, unique=True),
    Column("name", CleanText, nullable=False),
    Column("password", Text, nullable=False),  # an argon2 hash
    Column("role", Text, nullable=False),
    Column("languages", Text, nullable=False),  # joined by commas
    Column("skills", Text, nullable=False),  # reasons of hand-overs, joined by commas; empty: all
    Column("capacity", Integer, nullable=False),
    Column("available", Boolean, nullable=False),
    Column("seen_at", UtcDateTime),
    Column("created_at", UtcDateTime, nullable=False),
    Column("disabled_at", UtcDateTime),
)

agent_accounts = Table(
    "agent_accounts",
    metadata,
    Column("channel", Text, primary_key=True),
    Column("user_id", Text, primary_key=True),  # the platform's
    Column("agent_id", ForeignKey(agents.c.id), nullable=False, index=True),
)

agent_sessions = Table(
    "agent_sessions",
    metadata,
    Column("digest", Text, primary_key=True),  # of the cookie, which is nowhere
    Column("agent_id", ForeignKey(agents.c.id, ondelete="CASCADE"), nullable=False, index=True),
    Column("created_at", UtcDateTime, nullable=False),
    Column("seen_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False, index=True),
    Column("address", CleanText, nullable=False),
    Column("browser", CleanText, nullable=False),
)

staff_audit = Table(
    "staff_audit",
    metadata,
    Column("id", Number, primary_key=True),
    Column("at", UtcDateTime, nullable=False, index=True),
    # Who saw and did what outlives agents and conversations: no foreign keys.
    Column("agent_id", Text, index=True),
    Column("action", Text, nullable=False),
    Column("conversation_id", Text, index=True),
    Column("subject", CleanText, nullable=False),
    Column("detail", CleanText, nullable=False),
    sqlite_autoincrement=True,
)

notes = Table(
    "notes",
    metadata,
    Column("id", Number, primary_key=True),
    Column("conversation_id", ForeignKey(conversations.c.id, ondelete="CASCADE"), nullable=False, index=True),
    Column("agent_id", ForeignKey(agents.c.id), nullable=False),
    Column("text", CleanText, nullable=False),
    Column("after_seq", Integer, nullable=False),  # the line it stands behind
    Column("at", UtcDateTime, nullable=False),
)

mentions = Table(
    "mentions",
    metadata,
    Column("note_id", ForeignKey(notes.c.id, ondelete="CASCADE"), primary_key=True),
    Column("agent_id", ForeignKey(agents.c.id), primary_key=True),
    Column("read_at", UtcDateTime),
    Index("ix_mentions_agent_id_read_at", "agent_id", "read_at"),
)

tags = Table(
    "tags",
    metadata,
    Column("conversation_id", ForeignKey(conversations.c.id, ondelete="CASCADE"), primary_key=True),
    Column("name", CleanText, primary_key=True),
    Index("ix_tags_name", "name"),
)

merges = Table(
    "merges",
    metadata,
    Column("conversation_id", ForeignKey(conversations.c.id, ondelete="CASCADE"), primary_key=True),
    Column("into_id", ForeignKey(conversations.c.id, ondelete="CASCADE"), nullable=False, index=True),
    Column("agent_id", ForeignKey(agents.c.id)),  # NULL: the shopper did it
    Column("at", UtcDateTime, nullable=False),
)

canned_answers = Table(
    "canned_answers",
    metadata,
    Column("shortcut", CleanText, primary_key=True),
    Column("zh", CleanText, nullable=False),
    Column("en", CleanText, nullable=False),
    Column("updated_at", UtcDateTime, nullable=False),
    Column("updated_by", Text),
)

translations = Table(
    "translations",
    metadata,
    Column("message_id", ForeignKey(messages.c.id, ondelete="CASCADE"), primary_key=True),
    Column("language", Text, primary_key=True),
    Column("text", CleanText, nullable=False),
    Column("at", UtcDateTime, nullable=False),
)

fetches = Table(
    "fetches",
    metadata,
    Column("id", Number, primary_key=True),
    Column("channel", Text, nullable=False),
    Column("sender", Text, nullable=False),
    Column("external_id", Text, nullable=False),
    Column("message", CleanText, nullable=False),
    Column("media", CleanText, nullable=False),
    Column("due_at", UtcDateTime, nullable=False, index=True),
    Column("attempts", Integer, nullable=False),
    UniqueConstraint("channel", "sender", "external_id"),
)

connector_memory = Table(
    "connector_memory",
    metadata,
    Column("channel", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("value", CleanText, nullable=False),
)
