"""The shop's policy as data: what may be changed, until when, by whom it is paid.

The default is `policy.yaml` beside this module, which also documents every key; a shop's own lies in its
import folder. Nothing here decides anything: the planners in `bot/shop/changes/` do.
"""

from collections.abc import Iterator, Mapping
from functools import cache, lru_cache
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from bot.errors import ShopImportError
from bot.shipped import shipped
from bot.shop.domain import Address, Cents, Language, OrderStatus, PaymentKind

FILE = "policy.yaml"
ELSEWHERE = "*"
"""The region of every address that no named region holds."""

Count = Annotated[int, Field(ge=1, le=100_000)]
Key = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=40)]
Document = Annotated[str, Field(pattern=r"^[a-z0-9-]+$", max_length=80)]
States = tuple[OrderStatus, ...]
Once = Literal["order", "item", "never"]
Fees = Mapping[str, Cents | None]
"""Region to cents; None where it is not offered."""


class _Rules(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Window(_Rules):
    """A time after something: whole calendar days in the shop's time zone, or hours to the minute."""

    days: Count | None = None
    hours: Count | None = None

    @model_validator(mode="after")
    def _one(self) -> "Window":
        if (self.days is None) == (self.hours is None):
            raise ValueError("give either days or hours")
        return self


class Reason(_Rules):
    names: Annotated[Mapping[Language, tuple[str, ...]], Field(min_length=1)]
    fault: bool = False
    window: Window | None = None

    def label(self, language: str) -> str:
        return (self.names.get(language) or self.names.get("en") or next(iter(self.names.values())))[0]

    @model_validator(mode="after")
    def _named(self) -> "Reason":
        if not all(words and all(word.strip() for word in words) for words in self.names.values()):
            raise ValueError("names hold an empty word")
        return self


Reasons = Mapping[Key, Reason]


class Action(_Rules):
    document: Document | None = None
    undo_minutes: Count | None = None


class Region(_Rules):
    countries: tuple[str, ...]
    provinces: tuple[str, ...] = ()


class DeliveryFee(_Rules):
    fee: Cents
    free_from: Cents | None = None


class Delivery(_Rules):
    document: Document | None = None
    regions: Mapping[Key, Region] = {}
    countries: tuple[str, ...] | None = None
    fees: Mapping[str, DeliveryFee] = {}
    not_sent: Mapping[Key, tuple[Key, ...]] = {}

    def region(self, address: Address) -> str:
        for name, region in self.regions.items():
            inside = not region.provinces or address.province.strip().startswith(region.provinces)
            if address.country in region.countries and inside:
                return name
        return ELSEWHERE

    def fee(self, address: Address, goods: int) -> int:
        """Cents for sending goods that cost `goods` cents after coupons."""
        rule = self.fees.get(self.region(address)) or self.fees.get(ELSEWHERE)
        if rule is None or (rule.free_from is not None and goods >= rule.free_from):
            return 0
        return rule.fee


class Refunds(_Rules):
    document: Document | None = None
    gift_card: Literal["existing", "never"] = "never"
    differences: Literal["original", "any_own"] = "original"
    days: Mapping[PaymentKind | Literal["*"], tuple[int, int]] = {}
    methods: tuple[PaymentKind, ...] | None = None
    methods_document: Document | None = None


class Cancelling(Action):
    states: States
    partial_states: States = ()
    reasons: Reasons = {}
    tag_windows: Mapping[Key, Window] = {}
    coupon_back: bool = True


class Addresses(Action):
    states: States
    recalculated: tuple[str, ...] = ()
    required: tuple[Literal["name", "street", "city", "province", "district", "postcode", "phone"], ...] = ()


class Items(Action):
    states: States
    once_per: Once = "never"
    tag_windows: Mapping[Key, Window] = {}


class Payments(Action):
    states: States


class Aftercare(Action):
    states: States
    window: Window | None = None
    reasons: Reasons = {}
    reason_required: bool = True
    exclusions: Mapping[Key, Literal["always", "change_of_mind", "opened"]] = {}
    excluded_regions: tuple[str, ...] = ()
    once_per: Once = "never"
    fees: Fees = {}
    send_days: Count | None = None
    approved_at_once: Literal["all", "no_fault", "never"] = "never"
    review_hours: Count | None = None

    def window_of(self, reason: Reason | None) -> Window | None:
        return reason.window if reason is not None and reason.window is not None else self.window

    def fee(self, region: str) -> int | None:
        """Cents for fetching it; None where nobody does."""
        return self.fees[region] if region in self.fees else self.fees.get(ELSEWHERE)

    def approved(self, *, fault: bool) -> bool:
        return self.approved_at_once == "all" or (self.approved_at_once == "no_fault" and not fault)


class Returns(Aftercare):
    part_of_line: bool = True
    shipping_back_for_fault: bool = False
    refund_when: Literal["requested", "received"] = "received"


class Exchanges(Aftercare):
    hold_days: Count | None = None
    compare: Literal["paid", "today"] = "paid"
    charge_when: Literal["requested", "received"] = "requested"
    refund_when: Literal["requested", "received"] = "received"


class Invoices(Action):
    states: States
    window: Window | None = None
    buyers: tuple[Literal["personal", "company"], ...] = ("personal", "company")
    tax_number_lengths: tuple[Count, ...] = ()
    ready_hours: Count | None = None
    reissue: Window | None = None
    reissues: Annotated[int, Field(ge=0, le=100)] = 0


class PriceProtection(Action):
    states: States
    window: Window | None = None
    once_per: Literal["item", "never"] = "item"
    exclusions: tuple[Key, ...] = ()


class Problem(_Rules):
    document: Document | None = None
    window: Window | None = None
    photos: Annotated[int, Field(ge=0, le=20)] = 0


class Problems(Action):
    states: States
    kinds: Mapping[Literal["missing", "wrong", "damaged"], Problem]
    photos_at_most: Count = 9
    answer_hours: Count | None = None
    keep_below: Cents = 0


class Restock(Action):
    exclusions: tuple[Key, ...] = ()
    days: Count | None = None
    at_most: Count = 20


class DefaultAddress(Action):
    at_most: Count = 20


Rule = Annotated[str, Field(pattern=r"^[a-z]+\.[a-z_]+$", max_length=60)]


class ToAPerson(_Rules):
    """When a person decides, though nobody asked for one."""

    rules: tuple[Rule, ...] = ()
    refusals: Annotated[int, Field(ge=1, le=10)] = 2
    value_cents: Cents | None = None
    crisis: Mapping[Language, str] = {}


class Policy(_Rules):
    version: Literal[1]
    confirmation_minutes: Count = 10
    delivery: Delivery = Delivery()
    refunds: Refunds = Refunds()
    cancel_order: Cancelling
    change_address: Addresses
    change_items: Items
    change_payment: Payments
    return_items: Returns
    exchange_items: Exchanges
    change_default_address: DefaultAddress = DefaultAddress()
    request_invoice: Invoices
    protect_price: PriceProtection
    report_problem: Problems
    notify_restock: Restock = Restock()
    handover: ToAPerson = ToAPerson()

    @model_validator(mode="after")
    def _regions_exist(self) -> "Policy":
        known = {*self.delivery.regions, ELSEWHERE}
        for where, names in self._named_regions():
            for name in names:
                if name not in known:
                    raise ValueError(f"{where} names the region {name!r}, which delivery.regions does not")
        return self

    def _named_regions(self) -> Iterator[tuple[str, Iterator[str] | tuple[str, ...]]]:
        yield "delivery.fees", iter(self.delivery.fees)
        yield "delivery.not_sent", iter(self.delivery.not_sent)
        yield "change_address.recalculated", self.change_address.recalculated
        for name in ("return_items", "exchange_items"):
            rules: Aftercare = getattr(self, name)
            yield f"{name}.fees", iter(rules.fees)
            yield f"{name}.excluded_regions", rules.excluded_regions


def read_policy(text: str, name: str = FILE) -> Policy:
    """The policy that `text` (YAML) states; `name` is the file's, for messages.

    Raises:
        ShopImportError: with every problem as `file: key: what is wrong`.
    """
    try:
        data: Any = yaml.safe_load(text)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        where = f"{name}:{mark.line + 1}" if mark is not None else name
        raise ShopImportError([f"{where}: is no YAML ({getattr(error, 'problem', None) or error})"]) from None
    if not isinstance(data, dict):
        raise ShopImportError([f"{name}: holds no keys"])
    try:
        return Policy.model_validate(data)
    except ValidationError as error:
        problems = error.errors(include_url=False, include_context=False)
        raise ShopImportError([f"{name}: {_key(one['loc'])}{one['msg']}" for one in problems]) from None


def _key(location: tuple[int | str, ...]) -> str:
    key = ".".join(str(part) for part in location if part != "[key]")
    return f"{key}: " if key else ""


@cache
def default_policy() -> Policy:
    return Policy.model_validate(shipped(Path(__file__).with_name(FILE)))


@lru_cache(maxsize=16)
def policy_from(text: str | None) -> Policy:
    """The policy of a shop: its own file's text, or None for Kefu's default."""
    return read_policy(text) if text is not None else default_policy()
