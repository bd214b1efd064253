"""What somebody may ask a shop to change: one frozen value per kind of request.

A request is complete and certain; nothing in it is guessed. It names no customer: whose order it is
comes from the session. The same types are the arguments of the REST tools.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from pydantic import TypeAdapter

from bot.shop.domain import Address, Identifier, Quantity

Items = dict[Identifier, Quantity]
"""Order item id to how many of it."""
Swaps = dict[Identifier, Identifier]
"""Order item id to the sku wanted instead; the whole line is swapped."""


@dataclass(frozen=True, slots=True)
class CancelOrder:
    order_number: Identifier
    reason: str
    items: Items = field(default_factory=dict)
    """Empty: the whole order."""
    refund_to: Identifier | None = None
    """Id of a payment method; None: back the way it was paid."""


@dataclass(frozen=True, slots=True)
class ChangeAddress:
    order_number: Identifier
    address: Address


@dataclass(frozen=True, slots=True)
class ChangeItems:
    order_number: Identifier
    items: Swaps
    settle_with: Identifier | None = None
    """Id of the payment method for the difference in price, either way; None: the one that paid."""


@dataclass(frozen=True, slots=True)
class ChangePayment:
    order_number: Identifier
    pay_with: Identifier


@dataclass(frozen=True, slots=True)
class ReturnItems:
    order_number: Identifier
    items: Items
    reason: str
    refund_to: Identifier | None = None


@dataclass(frozen=True, slots=True)
class ExchangeItems:
    order_number: Identifier
    items: Swaps
    reason: str = ""
    settle_with: Identifier | None = None


@dataclass(frozen=True, slots=True)
class ChangeDefaultAddress:
    address: Address


@dataclass(frozen=True, slots=True)
class RequestInvoice:
    order_number: Identifier
    buyer: Literal["personal", "company"]
    title: str
    email: str
    tax_number: str = ""
    """Companies only."""


@dataclass(frozen=True, slots=True)
class ProtectPrice:
    """Pay back what an item's price fell by since it was bought."""

    order_number: Identifier
    items: tuple[Identifier, ...] = ()
    """Empty: every item whose price fell."""


@dataclass(frozen=True, slots=True)
class ReportProblem:
    order_number: Identifier
    problem: Literal["missing", "wrong", "damaged"]
    items: Items
    note: str = ""
    photos: tuple[str, ...] = ()
    """Ids of attachments."""
    wish: Literal["replacement", "refund"] = "replacement"


@dataclass(frozen=True, slots=True)
class NotifyRestock:
    product_id: Identifier
    sku: Identifier


@dataclass(frozen=True, slots=True)
class Undo:
    receipt: Identifier
    """The receipt's number."""


Request = (
    CancelOrder
    | ChangeAddress
    | ChangeItems
    | ChangePayment
    | ReturnItems
    | ExchangeItems
    | ChangeDefaultAddress
    | RequestInvoice
    | ProtectPrice
    | ReportProblem
    | NotifyRestock
    | Undo
)

KINDS: Mapping[str, type[Request]] = {
    "cancel_order": CancelOrder,
    "change_address": ChangeAddress,
    "change_items": ChangeItems,
    "change_payment": ChangePayment,
    "return_items": ReturnItems,
    "exchange_items": ExchangeItems,
    "change_default_address": ChangeDefaultAddress,
    "request_invoice": RequestInvoice,
    "protect_price": ProtectPrice,
    "report_problem": ReportProblem,
    "notify_restock": NotifyRestock,
    "undo": Undo,
}
"""The name of each kind, which is also its tool's name."""


def kind_of(request: Request) -> str:
    return next(name for name, kind in KINDS.items() if type(request) is kind)


def request_document(request: Request) -> dict[str, Any]:
    """Plain JSON."""
    document: dict[str, Any] = _ADAPTERS[kind_of(request)].dump_python(request, mode="json")
    return document


def read_request(kind: str, document: Mapping[str, Any]) -> Request:
    """Raises pydantic's ValidationError where the document does not fit its kind."""
    request: Request = _ADAPTERS[kind].validate_python(document, extra="forbid")
    return request


_ADAPTERS: Mapping[str, TypeAdapter[Any]] = {name: TypeAdapter(kind) for name, kind in KINDS.items()}
