"""What a schema cannot say about a shop's rows: each check yields (field, what is wrong with it)."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.shop.domain import Coupon, Customer, Exchange, Fulfilment, Order, Product, ShopProfile, Variant
from bot.shop.keys import contact_key

Finding = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Known:
    """What orders may refer to; None where rows of that file could not be read."""

    customers: Collection[str] | None
    skus: Mapping[str, str] | None
    """Sku to its product's id."""


def shown(value: object) -> str:
    """A foreign value for a message: quoted, escaped, at most 60 characters."""
    text = ascii(value) if not isinstance(value, str) or not value.isprintable() else f"{value!r}"
    return text if len(text) <= 60 else text[:57] + "..."


def repeated(values: Iterable[str]) -> Iterator[tuple[int, str]]:
    """(Index, value) of every value that was there before."""
    seen: set[str] = set()
    for index, value in enumerate(values):
        if value in seen:
            yield index, value
        seen.add(value)


def check_profile(profile: ShopProfile) -> Iterator[Finding]:
    yield from _named("name", profile.name)
    yield from _web_address("url", profile.url)
    if not profile.languages:
        yield "languages", "names no language"
    try:
        ZoneInfo(profile.timezone)
    except (KeyError, ValueError, OSError):
        yield "timezone", f"{shown(profile.timezone)} is no IANA time zone such as Asia/Shanghai"
    if profile.email and contact_key(profile.email) is None:
        yield "email", "is no e-mail address"
    for index, hours in enumerate(profile.hours):
        if hours.opens.tzinfo or hours.closes.tzinfo:
            yield f"hours[{index}]", "has an offset; hours are local to the shop"


def check_product(product: Product) -> Iterator[Finding]:
    yield from _named("name", product.name)
    yield from _web_address("url", product.url or "")
    for index, name in repeated(option.name for option in product.options):
        yield f"options[{index}].name", f"{shown(name)} is declared twice"
    for position, option in enumerate(product.options):
        for index, value in repeated(value.value for value in option.values):
            yield f"options[{position}].values[{index}].value", f"{shown(value)} is declared twice"
    declared = {option.name: {value.value for value in option.values} for option in product.options}
    for index, variant in enumerate(product.variants):
        for field, problem in _check_variant(variant, declared):
            yield f"variants[{index}].{field}", problem
    combinations = (repr(sorted(variant.options.items())) for variant in product.variants)
    for index, _ in repeated(combinations):
        yield f"variants[{index}].options", "another variant has the same options"


def _check_variant(variant: Variant, declared: Mapping[str, set[str]]) -> Iterator[Finding]:
    for name, value in variant.options.items():
        if name not in declared:
            yield f"options.{name}", "is not declared in the product's options"
        elif value not in declared[name]:
            yield f"options.{name}", f"{shown(value)} is not declared among the option's values"
    for name in declared.keys() - variant.options.keys():
        yield f"options.{name}", "is missing; every variant has every declared option"
    if variant.price_before is not None and variant.price_before < variant.price:
        yield "price_before", "is below the price"


def check_customer(customer: Customer) -> Iterator[Finding]:
    for index, email in enumerate(customer.emails):
        if "@" not in email or contact_key(email) is None:
            yield f"emails[{index}]", f"{shown(email)} is no e-mail address"
    for index, phone in enumerate(customer.phones):
        if "@" in phone or contact_key(phone) is None:
            yield f"phones[{index}]", f"{shown(phone)} is no phone number"
    lists = {
        "addresses": ("id", [address.id for address in customer.addresses]),
        "payment_methods": ("id", [method.id for method in customer.payment_methods]),
        "coupons": ("code", [coupon.code for coupon in customer.coupons]),
    }
    for name, (field, values) in lists.items():
        for index, value in repeated(values):
            yield f"{name}[{index}].{field}", f"{shown(value)} is there twice"
    default = customer.default_address_id
    if default is not None and default not in lists["addresses"][1]:
        yield "default_address_id", f"{shown(default)} is none of the customer's addresses"
    for index, method in enumerate(customer.payment_methods):
        if method.balance is not None and method.kind != "gift_card":
            yield f"payment_methods[{index}].balance", "only a gift card has a balance"
    for index, coupon in enumerate(customer.coupons):
        for field, problem in _check_coupon(coupon):
            yield f"coupons[{index}].{field}", problem


def _check_coupon(coupon: Coupon) -> Iterator[Finding]:
    if coupon.kind == "percent" and coupon.value > 100:
        yield "value", "is more than 100 per cent"
    yield from _not_before("ends_at", coupon.ends_at, "starts_at", coupon.starts_at)


def check_order(order: Order, known: Known) -> Iterator[Finding]:
    if known.customers is not None and order.customer_id not in known.customers:
        yield "customer_id", f"{shown(order.customer_id)} is not in customers.jsonl"
    yield from _check_items(order, known)
    yield from _check_money(order)
    yield from _check_parcels(order)
    yield from _check_returns(order)
    yield from _check_exchanges(order, known)
    yield from _check_requests(order)
    if order.cancelled_at is not None and order.status != "cancelled":
        yield "cancelled_at", f"is set, but the status is {order.status}"
    yield from _not_before("cancelled_at", order.cancelled_at, "placed_at", order.placed_at)


def _check_items(order: Order, known: Known) -> Iterator[Finding]:
    for index, item_id in repeated(item.id for item in order.items):
        yield f"items[{index}].id", f"{shown(item_id)} is there twice"
    for index, item in enumerate(order.items):
        if known.skus is not None and item.sku not in known.skus:
            yield f"items[{index}].sku", f"{shown(item.sku)} is not in products.jsonl"
        elif known.skus is not None and known.skus[item.sku] != item.product_id:
            owner = shown(known.skus[item.sku])
            yield f"items[{index}].product_id", f"the sku {shown(item.sku)} belongs to product {owner}"
        if item.discount > item.unit_price * item.quantity:
            yield f"items[{index}].discount", "is more than the line costs"


def _check_money(order: Order) -> Iterator[Finding]:
    if order.total < 0:
        yield "discount", f"makes the total negative ({order.total})"
    for index, payment_id in repeated(payment.id for payment in order.payments):
        yield f"payments[{index}].id", f"{shown(payment_id)} is there twice"
    moved: Counter[str] = Counter()
    for index, payment in enumerate(order.payments):
        yield from _not_before(f"payments[{index}].at", payment.at, "placed_at", order.placed_at)
        # A pending charge counts: it may be paid back before the money has come.
        moved[payment.kind] += payment.amount if payment.status != "failed" else 0
    if moved["refund"] > moved["charge"]:
        yield "payments", f"refunds ({moved['refund']}) are more than charges ({moved['charge']})"


def _check_parcels(order: Order) -> Iterator[Finding]:
    ordered = {item.id: item.quantity for item in order.items}
    for item_id in {item_id for exchange in order.exchanges for item_id in exchange.items} & ordered.keys():
        ordered[item_id] *= 2  # the replacement travels in a parcel of its own
    sent: Counter[str] = Counter()
    for index, parcel in enumerate(order.fulfilments):
        for field, problem in _check_parcel(parcel, order, ordered):
            yield f"fulfilments[{index}].{field}", problem
        if not (parcel.events and parcel.events[-1].status in ("exception", "returned")):
            sent.update(parcel.items)  # a lost or returned parcel may be sent again
    for index, parcel_id in repeated(parcel.id for parcel in order.fulfilments):
        yield f"fulfilments[{index}].id", f"{shown(parcel_id)} is there twice"
    yield from _too_many("fulfilments", sent, ordered)


def _check_parcel(parcel: Fulfilment, order: Order, ordered: Mapping[str, int]) -> Iterator[Finding]:
    yield from _foreign_items(parcel.items, ordered)
    yield from _not_before("shipped_at", parcel.shipped_at, "placed_at", order.placed_at)
    yield from _not_before("estimated_at", parcel.estimated_at, "placed_at", order.placed_at)
    yield from _not_before("delivered_at", parcel.delivered_at, "shipped_at", parcel.shipped_at)
    for index, (earlier, later) in enumerate(zip(parcel.events, parcel.events[1:], strict=False), start=1):
        yield from _not_before(f"events[{index}].at", later.at, f"events[{index - 1}].at", earlier.at)
    if parcel.events:
        yield from _not_before("events[0].at", parcel.events[0].at, "placed_at", order.placed_at)


def _check_returns(order: Order) -> Iterator[Finding]:
    ordered = {item.id: item.quantity for item in order.items}
    returned: Counter[str] = Counter()
    for index, request in enumerate(order.returns):
        field = f"returns[{index}]"
        for part, problem in _foreign_items(request.items, ordered):
            yield f"{field}.{part}", problem
        if request.status != "rejected":
            returned.update(request.items)
        yield from _not_before(f"{field}.requested_at", request.requested_at, "placed_at", order.placed_at)
        yield from _not_before(
            f"{field}.updated_at", request.updated_at, "requested_at", request.requested_at
        )
    for index, return_id in repeated(request.id for request in order.returns):
        yield f"returns[{index}].id", f"{shown(return_id)} is there twice"
    yield from _too_many("returns", returned, ordered)


def _check_exchanges(order: Order, known: Known) -> Iterator[Finding]:
    for index, exchange_id in repeated(exchange.id for exchange in order.exchanges):
        yield f"exchanges[{index}].id", f"{shown(exchange_id)} is there twice"
    for index, exchange in enumerate(order.exchanges):
        field = f"exchanges[{index}]"
        for part, problem in _check_exchange(exchange, order, known):
            yield f"{field}.{part}", problem
        yield from _not_before(f"{field}.requested_at", exchange.requested_at, "placed_at", order.placed_at)


def _check_exchange(exchange: Exchange, order: Order, known: Known) -> Iterator[Finding]:
    product_of = {item.id: item.product_id for item in order.items}
    yield from _foreign_items(exchange.items, product_of)
    for item_id, sku in exchange.items.items():
        if known.skus is not None and item_id in product_of and known.skus.get(sku) != product_of[item_id]:
            yield f"items.{item_id}", f"{shown(sku)} is no variant of the product ordered"


def _check_requests(order: Order) -> Iterator[Finding]:
    ordered = {item.id: item.quantity for item in order.items}
    lists = {
        "invoices": [one.id for one in order.invoices],
        "price_protections": [one.id for one in order.price_protections],
        "reports": [one.id for one in order.reports],
    }
    for name, ids in lists.items():
        for index, value in repeated(ids):
            yield f"{name}[{index}].id", f"{shown(value)} is there twice"
    for index, one in enumerate(order.price_protections):
        if one.item_id not in ordered:
            yield f"price_protections[{index}].item_id", "is no item of this order"
        elif one.quantity > ordered[one.item_id]:
            yield f"price_protections[{index}].quantity", "is more than were ordered"
    for index, report in enumerate(order.reports):
        for part, problem in _foreign_items(report.items, ordered):
            yield f"reports[{index}].{part}", problem


def _foreign_items(items: Iterable[str], ordered: Collection[str]) -> Iterator[Finding]:
    for item_id in items:
        if item_id not in ordered:
            yield f"items.{item_id}", "is no item of this order"


def _too_many(field: str, counted: Mapping[str, int], ordered: Mapping[str, int]) -> Iterator[Finding]:
    for item_id, quantity in counted.items():
        if item_id in ordered and quantity > ordered[item_id]:
            yield field, f"hold {quantity} of item {shown(item_id)}, more than were ordered"


def _not_before(
    field: str, moment: datetime | None, earlier_field: str, earlier: datetime | None
) -> Iterator[Finding]:
    if moment is not None and earlier is not None and moment < earlier:
        yield field, f"is before {earlier_field}"


def _named(field: str, text: Mapping[str, str]) -> Iterator[Finding]:
    if not text or not all(words.strip() for words in text.values()):
        yield field, "is empty"


def _web_address(field: str, url: str) -> Iterator[Finding]:
    if url and not url.lower().startswith(("https://", "http://")):
        yield field, f"{shown(url)} is no http(s) address"
