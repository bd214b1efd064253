"""One person on many channels, as values: a link on its way, and what a turn does with it.

A link goes from the conversation in which it was asked for to whoever comes with its code or its signed
address: offered, claimed, agreed by who came, joined by who asked; refused by either.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from bot.conversation import State

Address = tuple[str, str]
"""Channel and sender: where somebody writes from and is answered."""

LinkState = Literal["offered", "claimed", "agreed", "joined", "refused"]


@dataclass(frozen=True, slots=True)
class Link:
    id: str
    state: LinkState
    language: str
    """Of who asked for it."""
    expires_at: datetime
    from_id: str
    """The conversation to go on with."""
    from_channel: str
    customer_id: str | None = None
    """Who asked was signed in by a token as them."""
    to: Address | None = None
    """Who came with it."""
    to_customer_id: str | None = None


@dataclass(frozen=True, slots=True)
class Side:
    """The conversation that the one who came is in until now."""

    address: Address
    conversation_id: str | None
    """None: nothing was said yet."""
    version: int
    state: State
    customers: frozenset[str]
    """Whom it is known to be of."""
    is_alone: bool
    """It began at this address and nobody else is in it: joined to another one, it is over."""
    is_waiting: bool
    """A hand-over is open in it."""


@dataclass(frozen=True, slots=True)
class Placed:
    """An address of a conversation."""

    address: Address
    joined_at: datetime | None = None
    """None: the conversation began there."""


@dataclass(frozen=True, slots=True)
class Asked:
    """Who asked for the link was asked whether it is really them who came."""


@dataclass(frozen=True, slots=True)
class Agree:
    """Who came with it wants to go on there."""

    link_id: str


@dataclass(frozen=True, slots=True)
class Refuse:
    link_id: str


@dataclass(frozen=True, slots=True)
class Join:
    """From now on who came speaks in this conversation; what waits in theirs moves here."""

    link_id: str
    other: Side
    other_state: State
    """What stays behind in their conversation, where it is over."""
    vouched_id: str | None
    """The customer as whom they count until then."""
    vouched_until: datetime | None


@dataclass(frozen=True, slots=True)
class Leave:
    """From now on these go on in the conversations that began at them."""

    addresses: tuple[Address, ...]


Linking = Asked | Agree | Refuse | Join | Leave
