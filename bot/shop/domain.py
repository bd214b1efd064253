"""The shop as Kefu sees it: frozen values, integer cents, timezone-aware datetimes, ISO codes.

These types are also the import format: the JSON Schemas in `bot/shop/schemas/` are generated from
them, and a JSON Lines row is parsed straight into them.
"""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from enum import StrEnum
from typing import Annotated, Literal, get_args

from pydantic import AwareDatetime, BeforeValidator, Field

Cents = Annotated[int, Field(ge=0, le=10**12)]
Quantity = Annotated[int, Field(ge=1, le=9999)]
Identifier = Annotated[str, Field(min_length=1, max_length=64, pattern=r"^\S(.*\S)?$")]
Language = Annotated[str, Field(pattern=r"^[a-z]{2}$")]
Moment = Annotated[
    AwareDatetime, Field(ge=datetime(1990, 1, 1, tzinfo=UTC), lt=datetime(2100, 1, 1, tzinfo=UTC))
]
"""A point in time with its offset; the range keeps arithmetic on it from overflowing."""


def _spread(value: object) -> object:
    """A plain string stands for every language."""
    return {"*": value} if isinstance(value, str) else value


Texts = dict[Annotated[str, Field(pattern=r"^(\*|[a-z]{2})$")], str]
Localized = Annotated[Texts, BeforeValidator(_spread, json_schema_input_type=str | Texts)]
"""Text by ISO 639-1 language; key `*` serves every language not named."""


def localize(text: dict[str, str], language: str) -> str:
    """The text in `language`, else for every language, else in English, else in any."""
    for key in (language, "*", "en"):
        if key in text:
            return text[key]
    return next(iter(text.values()), "")


@dataclass(frozen=True, slots=True)
class OptionValue:
    value: str
    label: Localized
    aliases: tuple[str, ...] = ()
    """Other words shoppers use for it: 黑, 纯黑, jet black."""


@dataclass(frozen=True, slots=True)
class Option:
    """Something to choose: colour, size, material, capacity."""

    name: str
    label: Localized
    values: tuple[OptionValue, ...]


@dataclass(frozen=True, slots=True)
class Attribute:
    """A fixed property, for facts and comparison: material, weight, waterproof."""

    name: str
    label: Localized
    value: Localized


@dataclass(frozen=True, slots=True)
class Variant:
    sku: Identifier
    price: Cents
    stock: Annotated[int, Field(ge=0, le=10**9)]
    options: dict[str, str] = field(default_factory=dict)
    """Option name to option value, as declared in the product's `options`."""
    price_before: Cents | None = None
    image: str | None = None


@dataclass(frozen=True, slots=True)
class Product:
    id: Identifier
    name: Localized
    category: str
    variants: Annotated[tuple[Variant, ...], Field(min_length=1)]
    description: Localized = field(default_factory=dict)
    options: tuple[Option, ...] = ()
    attributes: tuple[Attribute, ...] = ()
    aliases: tuple[str, ...] = ()
    """Other names shoppers use for it, in any language."""
    tags: tuple[str, ...] = ()
    """Free words; policy uses `final_sale`, `hygiene`, `custom`."""
    brand: str = ""
    image: str | None = None
    url: str | None = None
    active: bool = True
    added_at: Moment | None = None


@dataclass(frozen=True, slots=True)
class Address:
    id: Identifier
    name: str
    street: str
    city: str
    country: Annotated[str, Field(pattern=r"^[A-Z]{2}$")]
    phone: str = ""
    province: str = ""
    district: str = ""
    postcode: str = ""


PaymentKind = Literal[
    "wechat_pay", "alipay", "card", "paypal", "gift_card", "bank_transfer", "cash_on_delivery"
]


@dataclass(frozen=True, slots=True)
class PaymentMethod:
    id: Identifier
    kind: PaymentKind
    label: str = ""
    """What tells two of a kind apart: the last four digits, the account."""
    balance: Cents | None = None
    """Gift cards only."""


@dataclass(frozen=True, slots=True)
class Coupon:
    code: Identifier
    label: Localized
    kind: Literal["percent", "amount", "free_shipping"]
    value: Cents = 0
    """Per cent, or cents."""
    minimum: Cents = 0
    starts_at: Moment | None = None
    ends_at: Moment | None = None
    used: bool = False


@dataclass(frozen=True, slots=True)
class Customer:
    id: Identifier
    name: str
    emails: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()
    language: Language | None = None
    addresses: tuple[Address, ...] = ()
    default_address_id: str | None = None
    payment_methods: tuple[PaymentMethod, ...] = ()
    coupons: tuple[Coupon, ...] = ()
    consent: dict[str, bool] = field(default_factory=dict)
    """What the customer agreed to, by purpose: marketing, profiling."""
    created_at: Moment | None = None


class OrderStatus(StrEnum):
    PENDING = "pending"  # placed, not paid
    PAID = "paid"
    PACKING = "packing"
    SHIPPED = "shipped"  # at least one parcel is on its way, not all delivered
    DELIVERED = "delivered"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class OrderItem:
    id: Identifier
    product_id: Identifier
    sku: Identifier
    name: Localized
    quantity: Quantity
    unit_price: Cents
    options: dict[str, str] = field(default_factory=dict)
    discount: Cents = 0
    """Off this line as a whole."""


TrackingStatus = Literal["picked_up", "in_transit", "out_for_delivery", "delivered", "exception", "returned"]


@dataclass(frozen=True, slots=True)
class TrackingEvent:
    at: Moment
    status: TrackingStatus
    text: Localized
    place: Localized = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Fulfilment:
    """One parcel."""

    id: Identifier
    carrier: str
    tracking_number: str
    items: dict[str, Quantity]
    """Order item id to quantity in this parcel."""
    shipped_at: Moment
    estimated_at: Moment | None = None
    delivered_at: Moment | None = None
    events: tuple[TrackingEvent, ...] = ()
    """Oldest first."""


@dataclass(frozen=True, slots=True)
class Payment:
    """One movement of money; a refund is a movement of its own."""

    id: Identifier
    kind: Literal["charge", "refund"]
    method: PaymentKind
    amount: Cents
    at: Moment
    status: Literal["pending", "done", "failed"] = "done"
    method_id: str | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Return:
    id: Identifier
    items: dict[str, Quantity]
    reason: str
    status: Literal["requested", "approved", "in_transit", "received", "refunded", "rejected"]
    requested_at: Moment
    refund_amount: Cents = 0
    """What is or was paid back in all, less the fee."""
    updated_at: Moment | None = None
    fee: Cents = 0
    """Kept from the refund for fetching it."""
    shipping: Cents = 0
    """The delivery fee that is paid back with it, part of `refund_amount`."""
    refund_to: str | None = None
    """Id of a payment method; none: back the way it was paid."""


@dataclass(frozen=True, slots=True)
class Exchange:
    id: Identifier
    items: dict[str, str]
    """Order item id to the new sku."""
    status: Literal["requested", "approved", "in_transit", "received", "shipped", "done", "rejected"]
    requested_at: Moment
    price_difference: Annotated[int, Field(ge=-(10**12), le=10**12)] = 0
    """Cents; negative is paid back."""
    reason: str = ""
    settle_with: str | None = None
    """Id of the payment method for the difference."""


@dataclass(frozen=True, slots=True)
class Invoice:
    id: Identifier
    buyer: Literal["personal", "company"]
    title: str
    email: str
    amount: Cents
    """What was really paid, gift cards left out."""
    requested_at: Moment
    tax_number: str = ""
    status: Literal["requested", "issued", "cancelled"] = "requested"


@dataclass(frozen=True, slots=True)
class PriceProtection:
    """Paid back because the price fell."""

    id: Identifier
    item_id: Identifier
    quantity: Quantity
    amount: Cents
    """For all of them; each has the same share."""
    at: Moment


@dataclass(frozen=True, slots=True)
class ProblemReport:
    id: Identifier
    problem: Literal["missing", "wrong", "damaged"]
    items: dict[str, Quantity]
    wish: Literal["replacement", "refund"]
    reported_at: Moment
    note: str = ""
    photos: tuple[str, ...] = ()
    """Ids of attachments."""
    status: Literal["open", "accepted", "rejected", "done"] = "open"


@dataclass(frozen=True, slots=True)
class Order:
    number: Identifier
    customer_id: Identifier
    status: OrderStatus
    placed_at: Moment
    items: Annotated[tuple[OrderItem, ...], Field(min_length=1)]
    address: Address
    shipping_fee: Cents = 0
    discount: Cents = 0
    """Off the order as a whole, beside the lines' own discounts."""
    fulfilments: tuple[Fulfilment, ...] = ()
    payments: tuple[Payment, ...] = ()
    returns: tuple[Return, ...] = ()
    exchanges: tuple[Exchange, ...] = ()
    invoices: tuple[Invoice, ...] = ()
    price_protections: tuple[PriceProtection, ...] = ()
    reports: tuple[ProblemReport, ...] = ()
    coupon_code: str | None = None
    cancelled_at: Moment | None = None
    cancel_reason: str = ""
    note: str = ""
    version: Annotated[int, Field(ge=1, le=10**9)] = 1
    """Grows with every change; a confirmation is bound to it."""

    @property
    def total(self) -> int:
        """What the order costs, in cents."""
        lines = sum(item.unit_price * item.quantity - item.discount for item in self.items)
        return lines + self.shipping_fee - self.discount


EventKind = Literal["viewed", "searched", "added", "bought", "contacted"]
EVENT_KINDS: tuple[EventKind, ...] = get_args(EventKind)


@dataclass(frozen=True, slots=True)
class Event:
    """What somebody did in the shop, outside of Kefu."""

    kind: EventKind
    at: Moment
    customer_id: str | None = None
    product_id: str | None = None
    text: str = ""
    """What was searched for, or what the contact was about."""
    quantity: int = 1
    order_number: str | None = None
    source: str | None = None
    id: str | None = None
    """With `source`, what names it for good: the same again is not recorded again."""


@dataclass(frozen=True, slots=True)
class OpeningHours:
    days: tuple[Annotated[int, Field(ge=1, le=7)], ...]
    """ISO weekdays, Monday is 1."""
    opens: time
    closes: time
    """At or before `opens` means on the next day: 18:00 to 02:00, 00:00 to 00:00 around the clock."""


@dataclass(frozen=True, slots=True)
class ShopProfile:
    """Who the shop is: `profile.json` of the import."""

    name: Localized
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")]
    timezone: str
    languages: tuple[Language, ...]
    tagline: Localized = field(default_factory=dict)
    greeting: Localized = field(default_factory=dict)
    assistant: Localized = field(default_factory=dict)
    """The name the bot goes by."""
    tone: Literal["neutral", "warm", "playful"] = "neutral"
    email: str = ""
    phone: str = ""
    address: Localized = field(default_factory=dict)
    url: str = ""
    logo: str | None = None
    hours: tuple[OpeningHours, ...] = ()
    """When a person answers, in the shop's time zone."""
    holidays: tuple[date, ...] = ()
    categories: dict[str, Localized] = field(default_factory=dict)
    """Category slug to its name; a slug not named here is shown as it is."""


@dataclass(frozen=True, slots=True)
class ShopData:
    """A whole shop: what an import reads, checks and writes at once."""

    profile: ShopProfile
    products: tuple[Product, ...]
    customers: tuple[Customer, ...]
    orders: tuple[Order, ...]
    policy: str | None = None
    """The text of policy.yaml; None: Kefu's own."""
