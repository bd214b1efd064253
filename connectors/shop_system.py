"""What a shop system is: somebody else's shop, read in the rows of `docs/import.md`, changed where its API allows.

Kefu keeps a copy of it (`bot/shop/linked/`), which webhooks and a regular look keep fresh. So a system needs no
search and no history: it is asked for everything once, then for what changed, then for one thing as it is now.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, Protocol

from connectors.channel import Payload, Request, Response

Kind = Literal["product", "customer", "order"]
KINDS: tuple[Kind, ...] = ("product", "customer", "order")
"""In the order in which they are read: an order names its customer and its products."""

GUEST = "guest-"
"""So begins the id of whoever orders without an account: what they typed proves less than an account does."""


@dataclass(frozen=True, slots=True)
class Thing:
    """A product, a customer or an order as the system has it."""

    kind: Kind
    id: str
    """A product's or customer's id, an order's number: the row's own."""
    row: Payload
    """As `docs/import.md` says of its kind."""
    updated_at: datetime
    """By the system's clock: an older state never takes the place of a newer one."""


@dataclass(frozen=True, slots=True)
class Touched:
    """Something that a webhook says has changed; how it is now, `find` tells."""

    kind: Kind
    id: str


@dataclass(frozen=True, slots=True)
class Heard:
    """What a webhook came to; the response is sent once all of it is on disk."""

    touched: tuple[Touched, ...] = ()
    forget: tuple[str, ...] = ()
    """Ids of customers whose data the system says must be erased."""
    response: Response = field(default_factory=Response)


@dataclass(frozen=True, slots=True)
class Change:
    """What was confirmed, and is to be done in the system."""

    kind: str
    """One of `bot.shop.changes.requests.KINDS`: `cancel_order`."""
    request: Payload
    """Its arguments, as the REST tool takes them."""
    customer_id: str
    at: datetime
    before: Payload | None = None
    """The order's row as the customer saw it."""
    after: Payload | None = None
    """The order's row as it will be."""
    movements: Sequence[Mapping[str, Any]] = field(default_factory=tuple)
    """Money: kind `charge` or `refund`, amount in cents, method, method_id."""


class Refusal(Exception):
    """The system will not do it; the text is for the log, and nothing was changed."""


class ShopSystem(Protocol):
    """Each folder has a `Config` (pydantic, extra fields forbidden) and an `open(config, kit)` that makes one.

    Every call waits out the system's own rate limit where that takes seconds, and raises
    `connectors.channel.RetryLater` where it takes longer, or the system cannot be reached.
    """

    name: str
    changes: frozenset[str]
    """The kinds of change that its API can make; others are a colleague's work."""

    def read(self, kind: Kind, *, since: datetime | None = None) -> AsyncIterator[Thing]:
        """Everything, or all that changed at or after `since`, page by page, the longest unchanged first.

        What is added or changed while it reads is read twice rather than never.
        """
        ...

    async def ids(self, kind: Kind) -> frozenset[str]:
        """All there are: what is not among them was deleted."""
        ...

    async def find(self, kind: Kind, id: str) -> Thing | None:
        """As it is now; None: it is not there, or no longer."""
        ...

    async def carry_out(self, change: Change, *, key: str) -> None:
        """Done when it returns; the same key again does nothing more, also after a crash in between.

        Raises:
            Refusal: it will never be done, and nothing was changed.
            RetryLater: it is not known to be done; the same call again finds out.
        """
        ...

    def receive(self, request: Request) -> Heard:
        """Pure and quick, and total: whatever the body holds, only these are raised.

        Raises:
            connectors.channel.Denied: it is not from the system.
            connectors.channel.Malformed: it is, and cannot be read.
        """
        ...

    async def subscribe(self, url: str) -> None:
        """Have the system tell of changes at `url`; again changes nothing."""
        ...
