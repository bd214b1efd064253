"""What a shopper is likely to ask when the chat opens: a signed-in one sees their own orders."""

from datetime import datetime, timedelta

from bot.shop.base import Shop
from bot.shop.domain import Order, OrderStatus
from bot.texts.catalogue import Texts
from connectors.base import Button

_MOST_ORDERS = 2
_MOST = 4
_RECENT = timedelta(days=3)


async def openers(
    shop: Shop, texts: Texts, customer_id: str | None, language: str, now: datetime
) -> tuple[Button, ...]:
    orders = await shop.orders(customer_id) if customer_id else ()
    buttons = [
        Button(texts.say("opener.refund", language, number=order.number), f"order_status {order.number}")
        for order in orders
        if any(one.status not in ("refunded", "rejected") for one in order.returns)
    ][:1]
    buttons += [
        Button(texts.say("opener.order", language, number=order.number), f"order_status {order.number}")
        for order in orders
        if _is_moving(order, now)
    ][:_MOST_ORDERS]
    buttons += [
        Button(texts.say(f"opener.{name}", language)) for name in ("shipping", "returns", "recommend")
    ]
    return tuple(buttons[:_MOST])


def _is_moving(order: Order, now: datetime) -> bool:
    """On its way, or arrived so lately that a question is likely."""
    if order.status in (OrderStatus.PAID, OrderStatus.PACKING, OrderStatus.SHIPPED):
        return True
    arrived = [parcel.delivered_at for parcel in order.fulfilments if parcel.delivered_at]
    return order.status is OrderStatus.DELIVERED and bool(arrived) and max(arrived) > now - _RECENT
