"""Tables of what is told to webhooks, and of answers kept for requests that come twice."""

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, Table, Text, literal_column

from bot.store.tables import CleanText, Number, UtcDateTime, conversations, metadata

events = Table(
    "events",
    metadata,
    Column("number", Number, primary_key=True),
    Column("id", Text, nullable=False, unique=True),  # the webhook-id of every delivery of it
    Column("type", Text, nullable=False),
    Column("at", UtcDateTime, nullable=False, index=True),
    Column("conversation_id", ForeignKey(conversations.c.id, ondelete="CASCADE")),
    Column("data", CleanText, nullable=False),  # ids and what names nobody
    Column("personal", CleanText, nullable=False),  # empty unless an endpoint wants it
    Index("ix_events_type_number", "type", "number"),
    Index("ix_events_conversation_id_number", "conversation_id", "number"),
    sqlite_autoincrement=True,
)

webhooks = Table(
    "webhooks",
    metadata,
    Column("id", Text, primary_key=True),
    Column("url", CleanText, nullable=False),
    Column("description", CleanText, nullable=False),
    Column("types", Text, nullable=False),  # joined by commas; empty: all
    Column("with_personal", Boolean, nullable=False),
    Column("enabled", Boolean, nullable=False),
    Column("disabled_because", Text, nullable=False, server_default=""),
    Column("generation", Integer, nullable=False),  # of its secret, which is derived and nowhere
    Column("previous_until", UtcDateTime),  # the secret before still signs, too
    Column("failures", Integer, nullable=False, server_default="0"),  # in a row
    Column("paused_until", UtcDateTime),
    Column("last_at", UtcDateTime),  # of what was tried last, whatever it was
    Column("last_status", Integer),
    Column("last_error", CleanText, nullable=False, server_default=""),
    Column("created_at", UtcDateTime, nullable=False),
    Column("updated_at", UtcDateTime, nullable=False),
)

deliveries = Table(
    "webhook_deliveries",
    metadata,
    Column("id", Number, primary_key=True),
    Column("event_number", ForeignKey(events.c.number, ondelete="CASCADE"), nullable=False, index=True),
    # No foreign key: a turn must not fail because an endpoint is deleted at this moment.
    Column("webhook_id", Text, nullable=False),
    Column("stream", Text, nullable=False),  # within it one goes after the other
    Column("with_personal", Boolean, nullable=False),
    Column("state", Text, nullable=False),  # waiting, delivered, dead
    Column("due_at", UtcDateTime),  # moved ahead while a worker has it; NULL: no longer waiting
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("created_at", UtcDateTime, nullable=False),
    Column("tried_at", UtcDateTime),
    Column("status", Integer),  # of the last answer
    Column("response", CleanText, nullable=False, server_default=""),
    Column("error", CleanText, nullable=False, server_default=""),
    Column("log", CleanText, nullable=False, server_default="[]"),  # an entry an attempt
    Index("ix_webhook_deliveries_webhook_id_id", "webhook_id", "id"),
    sqlite_autoincrement=True,
)
WAITING = deliveries.c.due_at.is_not(None)
Index(
    "ix_webhook_deliveries_due",
    deliveries.c.webhook_id,
    deliveries.c.due_at,
    sqlite_where=WAITING,
    postgresql_where=WAITING,
)
Index(
    "ix_webhook_deliveries_stream",
    deliveries.c.webhook_id,
    deliveries.c.stream,
    deliveries.c.id,
    sqlite_where=WAITING,
    postgresql_where=WAITING,
)

# Spelled out: a planner that sees a parameter does not know that the index fits.
DEAD = deliveries.c.state == literal_column("'dead'")
Index(
    "ix_webhook_deliveries_dead",
    deliveries.c.webhook_id,
    deliveries.c.id,
    sqlite_where=DEAD,
    postgresql_where=DEAD,
)

api_answers = Table(
    "api_answers",
    metadata,
    Column("key", Text, primary_key=True),  # a digest of the API key and the Idempotency-Key
    Column("request", Text, nullable=False),  # a digest
    Column("status", Integer),  # NULL: still being made
    Column("body", Text, nullable=False, server_default=""),  # sealed: it may hold a secret or a person
    Column("until", UtcDateTime, nullable=False, index=True),
)
