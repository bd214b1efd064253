"""What the console keeps and looks up; `bot/staff/sql.py` implements it on SQLite and PostgreSQL.

Conversations, their lines and the state of their hand-over are written by turns only (`bot/store`); here they
are read the way people look at them, and what people add to them (notes, tags, merges) is kept.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, Protocol

from bot.staff.agents import Account, Agent, Role
from bot.staff.traffic import Traffic
from bot.store.base import StoredMessage
from bot.store.linked import Placed
from connectors.base import FloorName

View = Literal["waiting", "mine", "open", "snoozed", "callback", "closed", "bot", "mentions", "all"]
"""waiting: nobody has it yet and somebody waits · mine: I have it · open: a person has it or should · snoozed: none of
those three until then · callback: a contact was left and it is not settled · closed: the last hand-over is settled ·
bot: the bot has it and no hand-over is open · mentions: an unread note names me."""
VIEWS: tuple[View, ...] = (
    "waiting",
    "mine",
    "open",
    "snoozed",
    "callback",
    "closed",
    "bot",
    "mentions",
    "all",
)


@dataclass(frozen=True, slots=True)
class InboxQuery:
    """`seer` sees what their role allows: an agent no conversation that was never handed over, nor another's."""

    seer: Agent
    view: View = "waiting"
    channel: str | None = None
    language: str | None = None
    tag: str | None = None
    agent_id: str | None = None
    """Leads: whose."""
    reason: str | None = None
    breached: bool = False
    """Only those past a deadline."""
    text: str = ""
    """Parts of a line, a note, a tag or a customer's id, or how an order's number begins; letter case does not
    count. Of several words each must be somewhere in the conversation."""
    ids: tuple[str, ...] = ()
    """Only these conversations: to bring rows on a screen up to date."""
    limit: int = 50
    cursor: str | None = None
    """Of the page before."""


@dataclass(frozen=True, slots=True)
class HandoverRow:
    """A hand-over as it stands."""

    id: int
    conversation_id: str
    reason: str
    packet: Mapping[str, Any]
    opened_at: datetime
    closed_at: datetime | None
    outcome: str | None
    agent_id: str | None
    assigned_at: datetime | None
    first_reply_at: datetime | None
    language: str
    priority: int
    respond_by: datetime | None
    resolve_by: datetime | None
    snoozed_until: datetime | None
    contact: str
    rating: int | None
    rating_comment: str


@dataclass(frozen=True, slots=True)
class InboxRow:
    conversation_id: str
    channel: str
    sender: str
    customer_id: str | None
    """To be called by: whoever was last said or proved to speak, even for one order, even if that has run out."""
    owner: str | None
    """The customer by the shop's own token: the only one that may be acted for without another proof."""
    floor: FloorName
    floor_since: datetime | None
    updated_at: datetime
    language: str | None
    """Of the hand-over, else of the last line that has one."""
    last_author: str
    last_text: str
    """At most 140 characters."""
    last_at: datetime | None
    last_seq: int
    tags: tuple[str, ...]
    handover: HandoverRow | None
    """The open one, else the latest."""


@dataclass(frozen=True, slots=True)
class Page:
    rows: Sequence[InboxRow]
    cursor: str | None
    """None: that was all."""


@dataclass(frozen=True, slots=True)
class Session:
    digest: str
    """Names it; who knows it cannot make the cookie from it."""
    agent: Agent
    created_at: datetime
    expires_at: datetime
    seen_at: datetime
    """To the minute."""
    address: str
    browser: str


@dataclass(frozen=True, slots=True)
class Note:
    id: int
    conversation_id: str
    agent_id: str
    text: str
    after_seq: int
    at: datetime
    mentions: tuple[str, ...] = ()
    """Ids of the agents it names."""


@dataclass(frozen=True, slots=True)
class CannedAnswer:
    """A sentence kept ready, in both languages; `{customer}`, `{order}`, `{agent}` and `{shop}` are filled in."""

    shortcut: str
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Deed:
    """A line of the audit: who saw or did what."""

    at: datetime
    agent_id: str | None
    action: str
    """`login`, `login_failed`, `logout`, `view_conversation`, `view_customer`, `take`, `reply`, `run_tool` …"""
    conversation_id: str | None = None
    subject: str = ""
    """A customer's id, an order's number, an agent's login: what it was about."""
    detail: str = ""


class StaffStore(Protocol):
    """Raises `Unavailable` when the database is full, locked or gone."""

    # People.
    async def add_agent(self, agent: Agent, password: str, *, at: datetime) -> None:
        """`password` is a hash.

        Raises:
            Conflict: the login is taken.
        """
        ...

    async def agent(self, agent_id: str) -> Agent | None: ...

    async def agent_by_login(self, login: str) -> tuple[Agent, str] | None:
        """With the hash of the password."""
        ...

    async def agent_of(self, account: Account) -> Agent | None:
        """Whom an admin linked with it; None where that is nobody, or may no longer sign in."""
        ...

    async def accounts(self) -> Mapping[str, Sequence[Account]]:
        """By agent's id."""
        ...

    async def link_account(self, account: Account, agent_id: str) -> None:
        """In place of whoever it was before."""
        ...

    async def unlink_account(self, account: Account) -> bool:
        """Whether it was anybody's."""
        ...

    async def agents(self) -> Sequence[Agent]:
        """All, disabled ones too, by name."""
        ...

    async def change_agent(
        self,
        agent_id: str,
        *,
        at: datetime,
        name: str | None = None,
        role: Role | None = None,
        languages: tuple[str, ...] | None = None,
        skills: tuple[str, ...] | None = None,
        capacity: int | None = None,
        available: bool | None = None,
        disabled: bool | None = None,
        password: str | None = None,
        but: str | None = None,
    ) -> None:
        """What is None stays. Disabling, and a new password, end the agent's sessions in the same transaction,
        except the one whose digest is `but`; who is disabled is no longer available.

        Raises:
            NotFound: there is no such agent.
            Conflict: the last admin would be gone.
        """
        ...

    async def seen(self, agent_id: str, *, at: datetime) -> None: ...

    async def rehash(self, agent_id: str, *, old: str, new: str) -> None:
        """The same password, hashed with other parameters: sessions stay. Nothing, if its hash is not `old`."""
        ...

    # Sessions: `digest` is the SHA-256 of the cookie.
    async def open_session(
        self,
        digest: str,
        agent_id: str,
        password: str,
        *,
        at: datetime,
        expires_at: datetime,
        address: str,
        browser: str,
    ) -> bool:
        """False: they were disabled, or `password` is no longer the hash of theirs. Forgets expired sessions."""
        ...

    async def session(
        self, digest: str, *, at: datetime, idle_seconds: int, used: bool = True
    ) -> Session | None:
        """None: unknown, expired, idle for longer, or the agent is disabled. `used`: it idles from now on."""
        ...

    async def sessions(self, agent_id: str | None, *, at: datetime, idle_seconds: int) -> Sequence[Session]:
        """Those that `session` would return, of one agent or of all, last seen first."""
        ...

    async def end_session(self, digest: str) -> None: ...

    async def end_sessions(self, agent_id: str, *, but: str | None = None) -> int:
        """How many ended."""
        ...

    # Conversations as people look at them.
    async def inbox(self, query: InboxQuery, *, now: datetime) -> Page:
        """Waiting, open and call-backs by priority, then by deadline; the rest newest first.

        Raises:
            InvalidInput: the cursor is not one of this view's (`invalid_cursor`).
        """
        ...

    async def counts(self, seer: Agent, *, now: datetime) -> Mapping[View, int]:
        """Conversations in each view, at most 1000 counted."""
        ...

    async def row(self, conversation_id: str, seer: Agent) -> InboxRow | None:
        """None when it is not there or `seer` may not see it."""
        ...

    async def seers(
        self, conversation_id: str, agent_ids: Collection[str], *, now: datetime
    ) -> frozenset[str]:
        """Which of these agents, none of them a lead, see it, or did until a moment ago."""
        ...

    async def handovers(self, conversation_id: str) -> Sequence[HandoverRow]:
        """Newest first."""
        ...

    async def open_handovers(self) -> Sequence[InboxRow]:
        """All that are open, in the order in which they should be served; for assignment and the queue's places."""
        ...

    async def conversations_of(self, customer_id: str, seer: Agent, *, limit: int = 20) -> Sequence[InboxRow]:
        """Newest first, those that `seer` may see; also those in which the customer was proved by what was said."""
        ...

    async def rate(self, handover_id: int, *, rating: int | None, comment: str, at: datetime) -> bool:
        """The shopper's verdict on a settled hand-over; a second one replaces the first. False: there is none."""
        ...

    async def traffic(self, channels: Sequence[str], *, now: datetime) -> Sequence[Traffic]:
        """In their order."""
        ...

    # What people add.
    async def add_note(
        self, conversation_id: str, agent_id: str, text: str, *, mentions: Sequence[str], at: datetime
    ) -> Note:
        """It stands behind the last line that is there.

        Raises:
            NotFound: there is no such conversation, or no such agent.
        """
        ...

    async def notes(self, conversation_id: str) -> Sequence[Note]: ...

    async def read_mentions(self, conversation_id: str, agent_id: str, *, at: datetime) -> None: ...

    async def set_tags(self, conversation_id: str, tags: Sequence[str]) -> None:
        """These and no others; spaces around them and repetitions do not count.

        Raises:
            NotFound: there is no such conversation.
        """
        ...

    async def all_tags(self) -> Sequence[str]:
        """Most used first."""
        ...

    async def placed(self, conversation_id: str) -> Sequence[Placed]:
        """On which channels the person is in it."""
        ...

    async def merge(self, conversation_id: str, into_id: str, agent_id: str, *, at: datetime) -> None:
        """
        Raises:
            NotFound: there is no such conversation.
            Conflict: it would go in a circle (`circle`), or it was merged into another one before (`merged`).
        """
        ...

    async def merged(self, conversation_id: str) -> tuple[str | None, Sequence[str]]:
        """What it was merged into, and what was merged into it."""
        ...

    async def canned_answers(self) -> Sequence[CannedAnswer]:
        """By shortcut; Kefu's own until somebody changes them."""
        ...

    async def put_canned_answer(self, answer: CannedAnswer, agent_id: str, *, at: datetime) -> None:
        """
        Raises:
            InvalidInput: it says nothing in either language, or has no shortcut.
        """
        ...

    async def drop_canned_answer(self, shortcut: str, agent_id: str, *, at: datetime) -> None: ...

    async def translations(self, conversation_id: str, language: str) -> Mapping[str, str]:
        """Message id to the text in that language."""
        ...

    async def put_translation(self, message_id: str, language: str, text: str, *, at: datetime) -> None: ...

    # The audit.
    async def record(self, deed: Deed) -> None: ...

    async def deeds(
        self,
        *,
        agent_id: str | None = None,
        conversation_id: str | None = None,
        before: int | None = None,
        limit: int = 100,
    ) -> Sequence[tuple[int, Deed]]:
        """Newest first, each with its number."""
        ...

    async def lines(self, conversation_id: str) -> Sequence[StoredMessage]:
        """All lines of a conversation, at most the newest 1000, oldest first."""
        ...
