"""What a change comes to, before it is done (a plan) and after (a receipt), or why not (a refusal)."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any, Literal
from zoneinfo import ZoneInfo

from pydantic import TypeAdapter

from bot.errors import KefuError, Rejected
from bot.shop.changes.requests import Request, kind_of
from bot.shop.domain import Customer, Order, PaymentKind, Product

Facts = dict[str, Any]
"""Plain JSON for the wording: amounts in cents, moments as ISO strings, names as localized texts."""


@dataclass(frozen=True, slots=True)
class Movement:
    """Money that moves with the change; each becomes a line of the order's payment history."""

    kind: Literal["charge", "refund"]
    amount: int
    """Cents, more than zero."""
    method: PaymentKind
    method_id: str | None = None
    status: Literal["pending", "done"] = "pending"
    """A gift card is settled at once; everything else takes the payment provider's time."""


@dataclass(frozen=True)
class Plan:
    """Exactly what will happen. Made by a pure function, shown to the shopper, made again when it is done."""

    request: Request
    customer: Customer
    """As they will be."""
    order: Order | None
    """As it will be; its `version` is still the one that was read."""
    stock: Mapping[str, int] = field(default_factory=dict)
    """Sku to how many come back (more than zero) or go out (less)."""
    movements: tuple[Movement, ...] = ()
    facts: Facts = field(default_factory=dict)
    """What the card says beside the money: deadlines, fees, what stays."""
    undo_until: datetime | None = None

    @cached_property
    def digest(self) -> str:
        """The same as long as the request, the order's version and everything shown stay the same."""
        shown = [
            kind_of(self.request),
            _REQUEST.dump_python(self.request, mode="json"),
            self.order.version if self.order else 0,
            [(one.kind, one.amount, one.method, one.method_id) for one in self.movements],
            self.facts,
        ]
        return hashlib.sha256(json.dumps(shown, sort_keys=True).encode()).hexdigest()[:32]


@dataclass(frozen=True, slots=True)
class Receipt:
    """A change that was done; written in the same transaction."""

    number: str
    key: str
    """The confirmation that it answers: the same key again changes nothing and gives this receipt."""
    kind: str
    customer_id: str
    order_number: str | None
    at: datetime
    request: dict[str, Any]
    movements: tuple[Movement, ...]
    facts: Facts
    undo_until: datetime | None = None
    undone_by: str | None = None
    """The number of the receipt that undid it."""


@dataclass(frozen=True)
class Snapshot:
    """All that a planner may look at."""

    now: datetime
    zone: ZoneInfo
    customer: Customer
    order: Order | None
    """The customer's own; None where the request names none."""
    products: Mapping[str, Product]
    """Product id to product with live stock: those of the order and of the request."""
    receipts: Sequence[Receipt] = ()
    """Earlier ones about this order, or about this customer where there is no order."""
    told: frozenset[tuple[str, int]] = frozenset()
    """Sku and Unix seconds of the restock notices that this customer has heard of since."""


class Refused(KefuError):
    """The shop's policy, or the state of things, does not allow it; nothing was changed.

    `rule` names what forbids it (`returns.window`), `facts` fill the rule's text, `document` is the
    page that states it, as policy.yaml names it.
    """

    def __init__(self, rule: str, *, document: str | None = None, **facts: Any) -> None:
        super().__init__(rule)
        self.rule, self.document, self.facts = rule, document, facts
        self.order_number: str | None = facts.get("order") or None
        """The order that it is about, as far as is known."""


class Outdated(KefuError):
    """The order, a price or the stock changed since the plan was shown: show the new one."""

    def __init__(self, plan: Plan) -> None:
        super().__init__("The plan that was confirmed is not what would happen now.")
        self.plan = plan


class Unreached(Rejected):
    """The shop's own system does not answer; nothing was changed."""

    status = 503
    code = "shop_unreached"


class Unsettled(Rejected):
    """The shop's own system has not said whether it was done; it is tried on, and its receipt follows.

    The same key again asks whether it is there.
    """

    status = 503
    code = "unsettled"


_REQUEST: TypeAdapter[Request] = TypeAdapter(Request)
