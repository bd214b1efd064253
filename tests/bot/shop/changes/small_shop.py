"""A shop small enough to do its sums by hand: one customer, six products, orders in any state."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from bot.shop.changes.plan import Plan, Receipt, Snapshot
from bot.shop.changes.requests import Request, kind_of, request_document
from bot.shop.domain import (
    Address,
    Coupon,
    Customer,
    Fulfilment,
    Order,
    OrderItem,
    OrderStatus,
    Payment,
    PaymentMethod,
    Product,
    Variant,
)

ZONE = ZoneInfo("Asia/Shanghai")
NOW = datetime(2027, 3, 10, 15, 30, tzinfo=ZONE)
HOME = Address("A1", "林小满", "西湖区文三路 1 号", "杭州", "CN", phone="13800000000", province="浙江")
LHASA = replace(HOME, id="A2", street="北京中路 2 号", city="拉萨", province="西藏")
HONG_KONG = Address("A3", "林小满", "1 Queen's Road", "Hong Kong", "HK", phone="+852 9123 4567")


def product(key: str, prices: Mapping[str, int], *tags: str, stock: int = 5, **changes: Any) -> Product:
    """Its variants are `{key}-{size}`."""
    variants = tuple(Variant(f"{key}-{size}", price, stock, {"size": size}) for size, price in prices.items())
    return Product(
        key, {"zh": f"商品{key}", "en": f"Product {key}"}, "clothing", variants, tags=tags, **changes
    )


PRODUCTS = {
    one.id: one
    for one in (
        product("TEE", {"S": 10000, "M": 10000, "L": 12000, "XS": 8000}),
        product("SOCKS", {"S": 3333, "M": 3333}, "hygiene"),
        product("SALE", {"S": 5000, "M": 5000}, "final_sale"),
        product("COVER", {"S": 9900, "M": 9900}, "custom"),
        product("INK", {"S": 3900, "M": 3900}, "mainland_only"),
        product("GIFT", {"100": 10000, "200": 20000}, "gift_card"),
        product("GONE", {"S": 7000, "M": 7000}, stock=0),
        product("OLD", {"S": 6000, "M": 6000}, active=False),
    )
}
CUSTOMER = Customer(
    id="C1",
    name="林小满",
    emails=("lin@example.com",),
    phones=("13800000000",),
    addresses=(HOME,),
    default_address_id="A1",
    payment_methods=(
        PaymentMethod("W", "wechat_pay"),
        PaymentMethod("A", "alipay"),
        PaymentMethod("G", "gift_card", "8230", 5000),
        PaymentMethod("P", "paypal"),
    ),
    coupons=(
        Coupon("SAVE30", {"zh": "满 ¥299 减 ¥30", "en": "¥30 off ¥299"}, "amount", 3000, 29900, used=True),
        Coupon(
            "OVER", {"zh": "旧券", "en": "Old"}, "amount", 1000, 0, ends_at=NOW - timedelta(days=1), used=True
        ),
    ),
)


def order(status: str = "delivered", /, days: float = 3, lines: Any = None, **changes: Any) -> Order:
    """`days` since delivery; `lines` are (sku, quantity); paid by WeChat unless `payments` says otherwise."""
    items = tuple(
        OrderItem(
            f"I{index}", sku.split("-")[0], sku, PRODUCTS[sku.split("-")[0]].name, quantity, _price(sku)
        )
        for index, (sku, quantity) in enumerate(lines or [("TEE-M", 2), ("SOCKS-S", 3)], start=1)
    )
    delivered_at = NOW - timedelta(days=days)
    placed_at = delivered_at - timedelta(days=3)
    made = Order("118640", "C1", OrderStatus(status), placed_at, items, HOME)
    made = replace(made, **changes)
    if status in ("shipped", "delivered") and "fulfilments" not in changes:
        parcel = Fulfilment("F1", "sf", "SF1", {item.id: item.quantity for item in items}, placed_at)
        arrived = replace(parcel, delivered_at=delivered_at if status == "delivered" else None)
        made = replace(made, fulfilments=(arrived,))
    if status != "pending" and "payments" not in changes:
        made = replace(made, payments=(paid(made.total, at=placed_at),))
    return made


def _price(sku: str) -> int:
    return next(one.price for one in PRODUCTS[sku.split("-")[0]].variants if one.sku == sku)


def paid(amount: int, method: str = "W", *, at: datetime = NOW, key: str = "P1") -> Payment:
    kind = next(one.kind for one in CUSTOMER.payment_methods if one.id == method)
    return Payment(key, "charge", kind, amount, at, method_id=method)


def snapshot(of: Order | None = None, /, **changes: Any) -> Snapshot:
    return replace(Snapshot(NOW, ZONE, CUSTOMER, of, PRODUCTS), **changes)


def receipt(plan: Plan, key: str = "K1", **changes: Any) -> Receipt:
    done = Receipt(
        number="KF-2345CD",
        key=key,
        kind=kind_of(plan.request),
        customer_id="C1",
        order_number=plan.order.number if plan.order else None,
        at=NOW,
        request=request_document(plan.request),
        movements=plan.movements,
        facts=plan.facts,
        undo_until=plan.undo_until,
    )
    return replace(done, **changes)


def receipt_of(request: Request, **changes: Any) -> Receipt:
    """Of an earlier change, without what it came to."""
    return receipt(Plan(request, CUSTOMER, None), **changes)
