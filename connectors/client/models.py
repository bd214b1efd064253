"""What the API answers with, as `/openapi.json` describes it; fields of newer servers are passed over."""

from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict


class Model(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)


class Button(Model):
    label: str
    action: str | None = None
    """Send it with the label as text; None: the label alone."""
    url: str | None = None


class Card(Model):
    kind: str
    """`product`, `order`, `parcel`, `comparison`, `contact`, `choice`, `change` or `receipt`."""
    id: str
    title: str
    subtitle: str = ""
    badge: str = ""
    image: str | None = None
    price: str | None = None
    price_before: str | None = None
    lines: tuple[tuple[str, str], ...] = ()
    columns: tuple[str, ...] = ()
    steps: tuple[tuple[str, str], ...] = ()
    buttons: tuple[Button, ...] = ()


class Source(Model):
    passage_id: str
    title: str
    section: str
    quote: str
    language: str
    url: str | None = None


class Intent(Model):
    name: str
    confidence: float


class ToolRun(Model):
    name: str
    outcome: str


class Message(Model):
    """A line of a conversation."""

    id: str
    seq: int
    author: str
    """`shopper`, `bot`, `agent` or `system`."""
    agent: str | None = None
    text: str
    at: datetime
    external_id: str | None = None
    action: str | None = None
    in_reply_to: tuple[str, ...]
    """Ids of the messages that it answers, as their senders made them."""
    language: str | None
    intent: Intent | None
    sources: tuple[Source, ...]
    cards: tuple[Card, ...]
    quick_replies: tuple[Button, ...]
    tools: tuple[ToolRun, ...]
    floor: str | None
    helpful: bool | None
    attachments: tuple[str, ...]


class Accepted(Model):
    id: str
    seq: int
    duplicate: bool


class Answer(Model):
    conversation_id: str
    accepted: Accepted
    replies: tuple[Message, ...]
    """None: they follow."""


class History(Model):
    messages: tuple[Message, ...]
    has_more: bool
    next_cursor: str | None

    @property
    def items(self) -> tuple[Message, ...]:
        return self.messages


class Passage(Model):
    id: str
    title: str
    section: str
    text: str
    language: str
    source: str
    url: str | None
    updated_at: datetime


class Attachment(Model):
    id: str
    media_type: str
    size: int


class Shop(Model):
    name: str
    assistant: str
    greeting: str
    tagline: str
    logo: str | None
    languages: tuple[str, ...]
    phone: str | None
    email: str | None
    open: bool
    hours: str


class Limits(Model):
    max_chars: int
    max_attachment_bytes: int


class Channel(Model):
    channel: str
    name: str


class Session(Model):
    session_token: str
    conversation_id: str | None
    signed_in: bool
    customer_name: str | None
    language: str
    shop: Shop
    openers: tuple[Button, ...]
    channels: tuple[Channel, ...]
    """On which the conversation can go on."""
    limits: Limits


class Links(Model):
    conversation_id: str | None
    channels: tuple[Channel, ...]
    """Where the person could go on."""
    joined: tuple[Channel, ...]
    """Where they do."""


class OfferedChannel(Channel):
    url: str | None
    """Opens a chat there with the code."""


class LinkOffer(Model):
    code: str
    expires_at: datetime
    channels: tuple[OfferedChannel, ...]


class LinkFollowed(Channel):
    """Whom we wait for, and until when."""

    expires_at: datetime


class Reason(Model):
    key: str
    label: dict[str, str]
    fault: bool


class Tool(Model):
    name: str
    description: str
    identity: str
    writes: bool
    arguments: dict[str, Any]
    """A JSON Schema."""
    states: tuple[str, ...] | None = None
    reasons: tuple[Reason, ...] | None = None


class Tools(Model):
    tools: tuple[Tool, ...]


class Movement(Model):
    kind: str
    amount: int
    """Cents."""
    method: str
    method_id: str | None
    status: str


class Plan(Model):
    movements: tuple[Movement, ...]
    facts: dict[str, Any]
    undo_until: datetime | None


class Receipt(Model):
    number: str
    key: str
    kind: str
    customer_id: str
    order_number: str | None
    at: datetime
    request: dict[str, Any]
    movements: tuple[Movement, ...]
    facts: dict[str, Any]
    undo_until: datetime | None
    undone_by: str | None


class ToolAnswer(Model):
    tool: str
    outcome: str
    """`ok`, `proposed` (see `plan` and `confirm`), `refused` (see `rule` and `text`), `not_found`, `needs_identity`, `failed`."""
    text: str | None = None
    cards: tuple[Card, ...] | None = None
    plan: Plan | None = None
    confirm: str | None = None
    expires_at: datetime | None = None
    receipt: Receipt | None = None
    rule: str | None = None
    document: str | None = None


class Recorded(Model):
    source: str
    id: str
    recorded: bool


class Ingested(Model):
    items: tuple[Recorded, ...]


class LastAnswer(Model):
    at: datetime
    status: int | None
    error: str


class Webhook(Model):
    id: str
    url: str
    description: str
    types: tuple[str, ...]
    with_personal: bool
    enabled: bool
    disabled_because: str
    previous_secret_until: datetime | None
    failures: int
    paused_until: datetime | None
    waiting: int
    dead: int
    state: str
    last: LastAnswer | None
    created_at: datetime
    updated_at: datetime


class WebhookWithSecret(Webhook):
    secret: str


class Webhooks(Model):
    items: tuple[Webhook, ...]
    next_cursor: None


class Delivery(Model):
    id: int
    webhook_id: str
    event_id: str
    type: str
    conversation_id: str | None
    state: str
    """`waiting`, `delivered` or `dead`."""
    attempts: int
    created_at: datetime
    tried_at: datetime | None
    next_try_at: datetime | None
    status: int | None
    error: str


class Deliveries(Model):
    items: tuple[Delivery, ...]
    next_cursor: str | None


class Attempt(Model):
    at: datetime
    milliseconds: int
    status: int | None
    error: str


class WholeDelivery(Delivery):
    headers: dict[str, str] | None
    payload: str
    response: str
    log: tuple[Attempt, ...]


class Redelivered(Model):
    redelivered: int


class Event(Model):
    id: str
    type: str
    timestamp: datetime
    conversation_id: str | None
    data: dict[str, Any]


class Events(Model):
    items: tuple[Event, ...]
    next_cursor: str | None
