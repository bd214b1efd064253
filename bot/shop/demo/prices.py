"""What the demo shop charges: delivery, coupons, and how an order is paid. All in cents."""

from dataclasses import dataclass

from bot.shop.domain import Address, Coupon, Customer, PaymentMethod

PICKUP_FEE = 1200
"""Kept from the refund when a courier fetches what the shopper just does not want."""
REMOTE = ("新疆", "西藏", "青海", "内蒙古", "宁夏", "甘肃", "海南")
ACROSS_THE_BORDER = ("HK", "MO", "TW")

COUPONS: dict[str, Coupon] = {
    coupon.code: coupon
    for coupon in (
        Coupon("GIFT10", {"zh": "无门槛减 ¥10", "en": "¥10 off anything"}, "amount", 1000, 1000),
        Coupon("SAVE30", {"zh": "满 ¥299 减 ¥30", "en": "¥30 off ¥299"}, "amount", 3000, 29900),
        Coupon("MEMBER5", {"zh": "会员 95 折", "en": "Members: 5% off"}, "percent", 5, 19900),
        Coupon("BIRTHDAY20", {"zh": "生日券：减 ¥20", "en": "Birthday: ¥20 off"}, "amount", 2000, 2000),
        Coupon("FREESHIP", {"zh": "免邮券", "en": "Free delivery"}, "free_shipping"),
    )
}


@dataclass(frozen=True, slots=True)
class Share:
    """A part of a sum and what it is paid with."""

    method: PaymentMethod
    amount: int


def discount(coupon: Coupon | None, goods: int) -> int:
    if coupon is None or goods < coupon.minimum:
        return 0
    if coupon.kind == "percent":
        return goods * coupon.value // 100
    return min(coupon.value, goods) if coupon.kind == "amount" else 0


def shipping_fee(address: Address, goods: int) -> int:
    """`goods` is what the goods cost after coupons."""
    if address.country in ACROSS_THE_BORDER:
        return 4000
    if address.province.startswith(REMOTE):
        return 0 if goods >= 29900 else 2000
    return 0 if goods >= 9900 else 800


def pay(customer: Customer, total: int, *, gift_card: int = 0) -> tuple[Share, ...]:
    """`gift_card` cents from the gift card, the rest the way the customer usually pays."""
    usual = customer.payment_methods[0]
    card = next((method for method in customer.payment_methods if method.kind == "gift_card"), None)
    from_card = min(gift_card, total) if card else 0
    shares = [Share(usual, total - from_card)] if total > from_card else []
    if card and from_card:
        shares.append(Share(card, from_card))
    return tuple(shares)


def refund_shares(paid: tuple[Share, ...], amount: int) -> tuple[Share, ...]:
    """Where a refund goes: to the bank or wallet first, what is left to the gift card."""
    shares = []
    for share in sorted(paid, key=lambda share: share.method.kind == "gift_card"):
        part = min(share.amount, amount)
        amount -= part
        if part:
            shares.append(Share(share.method, part))
    return tuple(shares)
