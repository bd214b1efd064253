"""The shop protocol: what every shop system must offer; one contract suite runs on all of them."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from bot.shop.changes.allowed import OrderChoices
from bot.shop.changes.plan import Plan, Receipt
from bot.shop.changes.requests import Request
from bot.shop.domain import Customer, Event, EventKind, Order, Product, ShopProfile
from bot.shop.notices import Notice
from bot.shop.policy import Policy


class Shop(Protocol):
    async def profile(self) -> ShopProfile: ...

    async def catalogue(self) -> Sequence[Product]:
        """Every active product; an implementation may keep it in memory and must notice changes."""
        ...

    async def product(self, product_id: str) -> Product | None: ...

    async def customer(self, customer_id: str) -> Customer | None: ...

    async def orders(self, customer_id: str, *, limit: int = 20) -> Sequence[Order]:
        """The customer's orders, newest first."""
        ...

    async def order(self, number: str, *, customer_id: str) -> Order | None:
        """The order if it is this customer's; somebody else's is None, like one that does not exist."""
        ...

    async def verify_order(self, number: str, contact: str) -> Order | None:
        """The order if `contact` is an e-mail or phone of its customer, else None.

        Compared case-folded, phones by their digits without country code; in constant time, and an
        unknown number takes as long as a wrong contact.
        """
        ...

    async def customer_by_email(self, email: str) -> Customer | None:
        """The one customer with that address, else None: also when two have it.

        Compared and timed as `verify_order`.
        """
        ...

    async def customer_by_name(self, name: str, postcode: str) -> Customer | None:
        """The one customer of that first and last name with an address of that postcode, else None.

        In either order, case and accents aside; compared and timed as `verify_order`.
        """
        ...

    async def find_customers(self, text: str, *, limit: int = 10) -> Sequence[Customer]:
        """For the shop's people: by a whole order number, e-mail address, phone number or id, else by a part of a name."""
        ...

    async def bought_together(self, product_ids: Sequence[str], *, limit: int = 20) -> Mapping[str, int]:
        """Product id to the number of orders that hold it together with any of `product_ids`."""
        ...

    async def popularity(self, *, since: datetime) -> Mapping[str, int]:
        """Product id to units sold since then, cancelled orders left out; what was bought where no order of
        the shop's tells of it counts, too."""
        ...

    async def interest(self, customer_id: str, *, since: datetime) -> Mapping[str, EventKind]:
        """Product id to what the customer did about it since then that says most: viewed, added or bought;
        the latest first."""
        ...

    async def record(self, happened: Sequence[Event], *, now: datetime) -> Sequence[bool]:
        """All of them or none; for each whether it is new: those of one source and id are one."""
        ...

    async def policy(self) -> Policy: ...

    async def preview(self, request: Request, *, customer_id: str, now: datetime) -> Plan:
        """What `request` would come to; nothing is written.

        Raises:
            Refused: it is not allowed, or names what is not this customer's.
        """
        ...

    async def choices(self, number: str, *, customer_id: str, now: datetime) -> OrderChoices:
        """What can still be done with the order and its items, and until when.

        Raises:
            Refused: the order is not there, or is somebody else's.
        """
        ...

    async def change(
        self, request: Request, *, customer_id: str, now: datetime, key: str, digest: str
    ) -> Receipt:
        """Do it, at most once per `key`, in one transaction with its receipt; `digest` is the plan's that was shown.

        The same key again returns the first receipt, whatever happened since.

        Raises:
            Refused: it is no longer allowed.
            Outdated: it would no longer come to what was shown.
            Unreached: the shop is another system's, which does not answer; nothing was done.
            Unsettled: that system has not said whether it was done; it is tried on.
        """
        ...

    async def is_whole(self) -> bool:
        """Whether all customers and orders are there; until then, one that is not found may well exist."""
        ...

    async def is_unsettled(self, key: str, *, customer_id: str) -> bool:
        """Whether a change with that key was begun, and it is not known yet whether it was done."""
        ...

    async def receipt(self, number: str, *, customer_id: str) -> Receipt | None:
        """By its number or its key."""
        ...

    async def receipts(self, customer_id: str, *, order_number: str | None = None) -> Sequence[Receipt]:
        """Newest first."""
        ...

    async def due_notices(self, *, now: datetime) -> Sequence[Notice]:
        """What customers asked to be told and were not yet: it is back, or it is not after all the time
        that the policy sets."""
        ...

    async def told(self, notice: Notice, *, at: datetime) -> None:
        """They know; the notice is not due again."""
        ...
