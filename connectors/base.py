"""What crosses the border between a channel and the bot: a Message in, a Reply out, and nothing else.

How a channel makes the one and shows the other is `connectors/channel.py`.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

FloorName = Literal["bot", "waiting", "agent", "closed"]
Author = Literal["bot", "agent", "system"]
"""Who speaks for the shop; `system` tells what happened: a colleague joined, the conversation ended."""
Outcome = Literal["ok", "proposed", "not_found", "refused", "needs_identity", "failed"]
"""`proposed`: a change was shown and waits to be confirmed."""


@dataclass(frozen=True, slots=True)
class Message:
    """What a shopper sent, parsed and trusted only as far as its fields say."""

    channel: str
    sender: str
    """The channel's stable id of the person; (channel, sender) names the conversation."""
    external_id: str
    """The channel's id of this message; (channel, sender, external_id) is the deduplication key."""
    text: str
    received_at: datetime
    action: str | None = None
    """Set when a button was pressed instead of words typed: the button's `action`, verbatim."""
    customer_id: str | None = None
    """From a verified token, never from the text."""
    language: str | None = None
    """What the channel says the person reads; a tie-breaker, not an order."""
    address: str | None = None
    """Client address, for attempt limits only; never logged."""
    attachments: tuple[str, ...] = ()
    """Ids of the photos sent with it, which the channel has checked to be the sender's."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where a quoted sentence stands; the widget opens the passage by its id."""

    passage_id: str
    title: str
    section: str
    quote: str
    language: str
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Button:
    """One thing to press: `label` is what a person would say, `action` what comes back (or the label itself)."""

    label: str
    action: str | None = None
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Card:
    """A product, an order, a parcel or a choice, drawn natively by each channel or written as text."""

    kind: Literal["product", "order", "parcel", "comparison", "contact", "choice", "change", "receipt"]
    id: str
    title: str
    subtitle: str = ""
    badge: str = ""
    image: str | None = None
    price: str | None = None
    """Formatted with its currency sign."""
    price_before: str | None = None
    lines: tuple[tuple[str, str], ...] = ()
    """(label, value) rows; a comparison has one row per attribute, values joined by the columns of `columns`."""
    columns: tuple[str, ...] = ()
    steps: tuple[tuple[str, str], ...] = ()
    """(time, what happened), newest first: a parcel's journey."""
    buttons: tuple[Button, ...] = ()


@dataclass(frozen=True, slots=True)
class IntentScore:
    name: str
    confidence: float


@dataclass(frozen=True, slots=True)
class ToolRun:
    """Which tool ran for this reply, and how it ended; arguments are kept in the audit, not shown."""

    name: str
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class Reply:
    """What the shopper gets. Plain text throughout: a channel escapes it its own way."""

    id: str
    conversation_id: str
    seq: int
    """Position in the conversation, shared with the shopper's messages, counted from 1 without gaps."""
    in_reply_to: tuple[str, ...]
    """The external ids of the messages this answers; empty when the bot speaks unasked."""
    text: str
    language: str
    created_at: datetime
    floor: FloorName = "bot"
    intent: IntentScore | None = None
    sources: tuple[Source, ...] = ()
    cards: tuple[Card, ...] = ()
    quick_replies: tuple[Button, ...] = ()
    tools: tuple[ToolRun, ...] = ()
    author: Author = "bot"
    agent: str | None = None
    """The person's name, as the shopper may know it; an agent's lines only."""
    attachments: tuple[str, ...] = ()
    """Ids of the photos that an agent sent with it."""


@dataclass(frozen=True, slots=True)
class Accepted:
    """A message that is on disk. `duplicate` says it had been accepted before."""

    conversation_id: str
    seq: int
    external_id: str
    duplicate: bool
