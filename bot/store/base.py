"""The conversation store: the only way to a conversation is to lock it, and every turn is saved at once.

`bot/store/sql.py` implements it on SQLite and PostgreSQL; one contract suite runs on both. Every method
raises `Unavailable` when the database is full, locked or gone, and then has written nothing.
"""

from collections.abc import Collection, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, Protocol, TypedDict

from bot.conversation import State
from bot.store.linked import Address, Linking
from connectors.base import Accepted, Author, Message, Reply
from connectors.channel import Inbound


@dataclass(frozen=True, slots=True)
class StoredMessage:
    """One line of the history, the shopper's or the bot's, in the order of `seq`."""

    id: str
    seq: int
    author: Literal["shopper"] | Author
    text: str
    at: datetime
    external_id: str | None = None
    """The shopper's messages only."""
    action: str | None = None
    reply: Reply | None = None
    """The bot's messages only."""
    helpful: bool | None = None
    """The shopper's thumb."""
    attachments: tuple[str, ...] = ()
    """Ids of the photos sent with it."""
    agent_id: str | None = None
    """Who wrote it; an agent's lines only."""


@dataclass(frozen=True, slots=True)
class Attachment:
    """A photo that was sent; its bytes are a file (`bot/attachments.py`)."""

    id: str
    channel: str
    sender: str
    customer_id: str | None
    media_type: str
    size: int
    """Bytes."""
    sha256: str
    at: datetime
    conversation_id: str | None = None
    """None until a message names it."""


@dataclass(frozen=True, slots=True)
class Pending:
    """A message that is on disk and not answered yet."""

    inbox_id: int
    seq: int
    message: Message


@dataclass(frozen=True, slots=True)
class Timer:
    """Something to do later; a row, so that a restart loses nothing."""

    conversation_id: str
    kind: Literal["handover_timeout", "joining"]
    due_at: datetime


@dataclass(frozen=True, slots=True)
class Unanswered:
    question: str
    language: str
    nearest: tuple[str, ...] = ()
    """Passage ids that came closest."""
    suggested: str = ""
    """What the bot proposed to the agent, who wrote something else; empty when the bot itself had no answer."""
    given: str = ""
    """What the agent wrote instead."""


@dataclass(frozen=True, slots=True)
class Handover:
    """A request for a person, from the moment it is made until it is settled."""

    reason: str
    packet: dict[str, object]
    """What the agent reads first; plain JSON."""
    language: str = ""
    """The shopper's, for who speaks it."""
    priority: int = 1
    """0 low, 1 normal, 2 high, 3 urgent."""
    respond_by: datetime | None = None
    """When the first answer of a person is due."""
    resolve_by: datetime | None = None


class HandoverChange(TypedDict, total=False):
    """What became of the open hand-over; a field that is not there stays as it is."""

    agent_id: str | None
    assigned_at: datetime | None
    first_reply_at: datetime
    """Kept once it is set."""
    priority: int
    snoozed_until: datetime | None
    contact: str
    """Where the shopper wants to be called or written to, because nobody was there."""
    packet: dict[str, object]


@dataclass(frozen=True, slots=True)
class Rating:
    """The shopper's verdict on the person who helped; what is None stays as it was."""

    stars: int | None = None
    """1 to 5."""
    comment: str | None = None


@dataclass(frozen=True, slots=True)
class OpenHandover:
    """What a turn may have to know of the hand-over that is open."""

    reason: str
    opened_at: datetime
    agent_id: str | None
    first_reply_at: datetime | None
    contact: str
    packet: dict[str, object]


@dataclass(frozen=True, slots=True)
class Queue:
    """Who waits for a person, in the order in which they should be served."""

    waiting: Sequence[tuple[str, datetime, str]]
    """Conversation id, since when, and the language; the first thousand."""
    people: int
    """Agents who take conversations and were seen just now."""
    usual_seconds: float | None
    """Median of today's first answers; None where there were too few to say."""


Outcome = Literal["timed_out", "cancelled", "returned", "resolved", "merged"]
"""How a hand-over ended: nobody came; not wanted any more; given back to the bot; closed; joined to another."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """A change that was tried, for the audit: by whom, with what, and what came of it."""

    at: datetime
    tool: str
    arguments: dict[str, Any]
    """The request as JSON; personal data is kept here and nowhere else."""
    identity: str
    """The level: anonymous, order, signed_in; or api for an integrator."""
    customer_id: str | None
    outcome: str
    """done, refused, outdated, expired, failed, or unsettled: the shop's own system has not said yet."""
    reason: str = ""
    """The rule that refused it."""
    receipt: str | None = None
    """Its number."""
    conversation_id: str | None = None
    """None where it came through the REST API; a turn's are given theirs when the turn is saved."""
    turn_id: str | None = None


@dataclass(frozen=True, slots=True)
class Turn:
    """Everything a turn leaves behind; saved in one transaction or not at all."""

    id: str
    state: State
    answered: tuple[int, ...]
    """Inbox ids that this turn answers; empty when a timer made the bot speak, which ends the timers handed out."""
    replies: tuple[Reply, ...]
    """In order; `seq` 0, the store numbers them. A reply is due at its `created_at`."""
    unanswered: tuple[Unanswered, ...] = ()
    handover: Handover | None = None
    """Opened, or brought up to date while one is open."""
    timers: tuple[Timer, ...] = ()
    """One of a kind per conversation: set again, it moves. Closing the hand-over ends its timer."""
    closes_handover: Outcome | None = None
    handover_change: HandoverChange | None = None
    rating: Rating | None = None
    """Of the latest settled hand-over in which a person answered."""
    to: Mapping[str, Address] = field(default_factory=dict)
    """Where replies go that are for another address than the one at which the person last wrote, by their id."""
    linking: Linking | None = None
    """What it does about going on on another channel."""
    agent_id: str | None = None
    """Who wrote the replies whose author is an agent."""
    attempts: tuple[Attempt, ...] = ()
    final: bool = False
    """Something was changed: messages that came meanwhile get a turn of their own."""


class Interrupted(Exception):
    """The shopper said something more before anything was written: the turn is made anew with it."""


class OpenConversation(Protocol):
    """A conversation while it is locked; `channel` and `sender` are where it began."""

    id: str
    channel: str
    sender: str
    customer_id: str | None
    state: State
    pending: Sequence[Pending]
    """In the order they were accepted."""

    async def more(self) -> bool:
        """Whether a message was accepted since `pending` was read."""
        ...

    async def reload(self) -> None:
        """Read `state` and `pending` again."""
        ...

    async def save(
        self, turn: Turn, *, pushed: Collection[str] | None = None, interruptible: bool = False
    ) -> Sequence[Reply]:
        """Save everything in one transaction and return the replies with their `seq`.

        A reply goes to where the person last wrote. On a `pushed` channel, or on any with None, it gets
        an outgoing row; a channel whose clients read the history themselves needs none.

        Raises:
            Stale: another process saved this conversation since it was loaded, or one of `answered`
                is answered already; nothing was written.
            Interrupted: it is `interruptible`, and a message was accepted since `pending` was read;
                nothing was written.
        """
        ...


@dataclass(frozen=True, slots=True)
class Delivery:
    """An outgoing row: at least once to the channel, whose receiver drops a repeated `reply.id`."""

    outbox_id: int
    channel: str
    sender: str
    reply: Reply
    attempts: int
    sent: int = 0
    """How many of its payloads are out already."""
    last_heard: datetime | None = None
    """When the person last wrote."""
    told_since: int = 0
    """Replies before this one since then."""


@dataclass(frozen=True, slots=True)
class Fetch:
    """A message whose photos the platform still keeps: accepted when they are here."""

    id: int
    inbound: Inbound
    attempts: int


@dataclass(frozen=True, slots=True)
class Code:
    """A one-time code that was sent; the code itself is nowhere."""

    conversation_id: str
    digest: str
    customer_id: str | None
    """None when the address is nobody's: that looks the same and never fits."""
    expires_at: datetime


class Store(Protocol):
    async def accept(self, message: Message) -> Accepted:
        """Put the message on disk: conversation made if new, inbox row, history line, in one transaction.

        The same (channel, sender, external_id) again changes nothing and says so. A conversation
        belongs to the first customer who is proved in it.

        Raises:
            InvalidInput: a key is empty, longer than 255 characters or not printable.
            Unauthorized: it belongs to a customer and the message has none (`token_required`).
            Forbidden: it belongs to another customer (`other_customer`).
            InvalidInput: an attachment is not there, or somebody else's (`unknown_attachment`).
        """
        ...

    def conversation(self, conversation_id: str) -> AbstractAsyncContextManager[OpenConversation]:
        """Lock, load, and unlock on leaving. Waits while another turn of it is open in this process.

        Raises:
            NotFound: there is no such conversation.
        """
        ...

    async def find(self, channel: str, sender: str) -> str | None:
        """The id of that person's conversation."""
        ...

    async def goes_on_in(self, conversation_id: str) -> str | None:
        """The conversation that everybody in this one joined; None: somebody is here still."""
        ...

    async def history(
        self, conversation_id: str, *, after: int = 0, before: int | None = None, limit: int = 50
    ) -> Sequence[StoredMessage]:
        """Lines with `after < seq`, oldest first; with `before`, the last `limit` lines before it."""
        ...

    async def message(self, message_id: str) -> tuple[str, StoredMessage] | None:
        """The conversation id and the line."""
        ...

    async def state(self, conversation_id: str) -> State | None:
        """As it was last saved, without waiting for an open turn; None when there is no such conversation."""
        ...

    async def unfinished(self) -> Sequence[str]:
        """Ids of conversations with pending messages, the longest waiting first: what a restart must answer."""
        ...

    async def take_deliveries(
        self, *, now: datetime, limit: int = 100, channel: str | None = None
    ) -> Sequence[Delivery]:
        """Due outgoing rows, of one channel or of all, leased for a minute so that no other worker takes them.

        One per address at a time: the next one is due when the one before is delivered or dead.
        """
        ...

    async def delivered(self, outbox_ids: Sequence[int]) -> None: ...

    async def delivery_went_on(self, outbox_id: int, *, sent: int) -> None:
        """So many payloads of it are out."""
        ...

    async def delivery_failed(self, outbox_id: int, *, retry_at: datetime | None, error: str) -> None:
        """Try again at `retry_at`, or park the row as dead when None."""
        ...

    async def take_timers(self, *, now: datetime, limit: int = 100) -> Sequence[Timer]:
        """Due timers, each handed out; one that is not followed by a saved turn is due again after a minute."""
        ...

    async def feedback(self, message_id: str, *, helpful: bool, comment: str, at: datetime) -> None:
        """Keep the shopper's thumb; a second one replaces the first.

        Raises:
            NotFound: there is no such message, or the shopper wrote it.
        """
        ...

    async def count_attempt(self, scope: str, *, at: datetime, window_seconds: int) -> int:
        """Record an attempt under `scope` and return how many there were within the window, this one included."""
        ...

    async def record_attempts(self, attempts: Sequence[Attempt]) -> None:
        """Keep attempts that belong to no turn."""
        ...

    async def attempts(
        self, *, conversation_id: str | None = None, customer_id: str | None = None, limit: int = 100
    ) -> Sequence[Attempt]:
        """The audit, newest first; of one conversation, of one customer, or of all."""
        ...

    async def put_fetch(self, inbound: Inbound, *, at: datetime) -> None:
        """Keep a message until its photos are here; the same message again changes nothing."""
        ...

    async def take_fetches(self, *, now: datetime, limit: int = 10) -> Sequence[Fetch]:
        """Due ones, leased for a minute."""
        ...

    async def fetched(self, fetch_id: int) -> None: ...

    async def fetch_failed(self, fetch_id: int, *, retry_at: datetime) -> None: ...

    async def remembered(self, channel: str, key: str) -> str | None:
        """A connector's own durable fact."""
        ...

    async def remember(self, channel: str, key: str, value: str) -> None: ...

    async def has_code(self, conversation_id: str, digest: str) -> bool:
        """Whether that is the conversation's code, used or not."""
        ...

    async def put_code(self, code: Code, *, at: datetime) -> None:
        """Make it the conversation's code; the one before is void."""
        ...

    async def try_code(self, conversation_id: str, digest: str, *, turn: int, at: datetime) -> str | None:
        """Count a try and return the customer to whom the conversation's code was sent, if `digest` is its.

        At most five tries, at most one success; the same `turn` made anew succeeds again.
        """
        ...

    async def put_attachment(self, attachment: Attachment) -> None: ...

    async def attachment(self, attachment_id: str) -> Attachment | None: ...

    async def take_orphans(self, *, before: datetime, limit: int = 100) -> Sequence[Attachment]:
        """Forget attachments from before then that no message names, and return them."""
        ...

    async def latest_conversation(self, customer_id: str) -> str | None:
        """The id of the conversation in which that customer last spoke."""
        ...

    async def open_handover(self, conversation_id: str) -> OpenHandover | None: ...

    async def queue(self, *, now: datetime) -> Queue: ...

    async def deserted(self, *, before: datetime) -> Sequence[str]:
        """Conversations whose agent was last seen before then: the shopper's word is the last, or they wait."""
        ...

    async def depths(self) -> dict[str, int]:
        """Rows waiting, for the metrics: inbox, outbox, outbox_dead, timers, unanswered, waiting (conversations)."""
        ...

    async def check(self) -> None:
        """Raise NotPrepared when the database cannot be read and written."""
        ...

    async def close(self) -> None: ...
