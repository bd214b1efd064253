"""Orders and parcels as cards, and where they stand in one sentence; shared by the tools about orders."""

from bot.conversation import Choice
from bot.shop.domain import Order, OrderItem, Product
from bot.shop.facts import ParcelProgress, Progress, progress
from bot.shop.images import image_url
from bot.tools.base import Ask, ToolContext, ToolResult, localized
from connectors.base import Button, Card

_MOST_STEPS = 8
_MOST_CHOICES = 4

SILENT_DAYS = 3
"""A parcel without news for this long is worth a word."""

TEXTS = {
    "en": {
        "stage.awaiting_payment": "not paid yet",
        "stage.preparing": "being packed",
        "stage.partly_shipped": "partly shipped",
        "stage.in_transit": "on its way",
        "stage.out_for_delivery": "out for delivery",
        "stage.exception": "held up",
        "stage.returned": "coming back to us",
        "stage.partly_delivered": "partly delivered",
        "stage.delivered": "delivered",
        "stage.cancelled": "cancelled",
        "silent": "There's been no news for {days} days; shall I bring in a colleague to chase the carrier?",
        "order_title": "Order {number}",
        "label.placed": "Placed",
        "label.items": "Items",
        "label.total": "Total",
        "label.expected": "Expected",
        "label.delivered": "Delivered",
        "label.refund": "Refund",
        "label.carrier": "Carrier",
        "label.tracking_number": "Tracking number",
        "choice": "{number}, {what}",
        "return_requested": "We have your return request and will look at it today.",
        "return_approved": "Your return is approved: send it back and the refund follows once we've checked it.",
        "return_in_transit": "Your return is on its way to us; the refund follows once we've checked it.",
        "return_received": "Your return has reached us and is being checked.",
        "return_refunded": "Your return is done.",
        "return_rejected": "Your return was turned down; a colleague can tell you why.",
        "refund_pending": "{amount} is on its way back to {method}.",
        "refund_done": "{amount} went back to {method} ({day}).",
        "method.wechat_pay": "your WeChat Pay",
        "method.alipay": "your Alipay",
        "method.card": "your card",
        "method.paypal": "your PayPal",
        "method.gift_card": "your gift card",
        "method.bank_transfer": "your bank account",
        "method.cash_on_delivery": "you",
    },
    "zh": {
        "stage.awaiting_payment": "待付款",
        "stage.preparing": "备货中",
        "stage.partly_shipped": "部分已发出",
        "stage.in_transit": "运输中",
        "stage.out_for_delivery": "派送中",
        "stage.exception": "运输异常",
        "stage.returned": "退回途中",
        "stage.partly_delivered": "部分已签收",
        "stage.delivered": "已签收",
        "stage.cancelled": "已取消",
        "silent": "已经 {days} 天没有新的物流了，要不要我转同事去催？",
        "order_title": "订单 {number}",
        "label.placed": "下单",
        "label.items": "商品",
        "label.total": "合计",
        "label.expected": "预计送达",
        "label.delivered": "签收",
        "label.refund": "退款",
        "label.carrier": "快递",
        "label.tracking_number": "运单号",
        "choice": "{number} {what}",
        "return_requested": "退货申请收到了，今天就会处理。",
        "return_approved": "退货已经同意，寄回后验完货就退款。",
        "return_in_transit": "退货在寄回的路上，到了验完货就退款。",
        "return_received": "退货已经到仓，正在验货。",
        "return_refunded": "退货已经办完。",
        "return_rejected": "这次退货没有通过，原因可以让同事跟您说。",
        "refund_pending": "退款 {amount} 正在退回{method}。",
        "refund_done": "{amount} 已退回{method}，{day}退的。",
        "method.wechat_pay": "微信支付",
        "method.alipay": "支付宝",
        "method.card": "付款的银行卡",
        "method.paypal": " PayPal",
        "method.gift_card": "礼品卡",
        "method.bank_transfer": "您的银行账户",
        "method.cash_on_delivery": "给您",
    },
}


def money_back(context: ToolContext, order: Order) -> list[str]:
    """A return and the money that came or comes back for the order, a sentence each."""
    said = [context.say(f"return_{order.returns[-1].status}")] if order.returns else []
    for payment in order.payments:
        if payment.kind == "refund" and payment.status in ("pending", "done"):
            facts = {
                "amount": context.money(payment.amount),
                "method": context.say(f"method.{payment.method}"),
                "day": context.day(payment.at),
            }
            said.append(context.say(f"refund_{payment.status}", **facts))
    return said


def is_silent(state: Progress) -> bool:
    """Under way, and nothing was heard of it for days."""
    return state.silent_days >= SILENT_DAYS and state.stage in ("in_transit", "partly_shipped")


def order_progress(context: ToolContext, order: Order) -> Progress:
    return progress(order, context.now.astimezone(context.zone))


def item_text(context: ToolContext, item: OrderItem) -> str:
    name = localized(context, item.name)
    return f"{name} ×{item.quantity}" if item.quantity > 1 else name


def items_text(context: ToolContext, order: Order) -> str:
    return context.listing([item_text(context, item) for item in order.items])


async def order_card(context: ToolContext, order: Order) -> Card:
    state = order_progress(context, order)
    rows = [
        (context.say("label.placed"), context.day(order.placed_at)),
        (context.say("label.items"), items_text(context, order)),
        (context.say("label.total"), context.money(order.total)),
    ]
    if state.delivered_at:
        rows.append((context.say("label.delivered"), context.moment(state.delivered_at)))
    elif state.expected_at:
        rows.append((context.say("label.expected"), context.day(state.expected_at)))
    if state.refunds.pending or state.refunds.done:
        rows.append((context.say("label.refund"), context.money(state.refunds.pending or state.refunds.done)))
    product = await context.shop.product(order.items[0].product_id)
    buttons = [Button(context.say("button.order"), f"order_status {order.number}")]
    if state.current is not None:
        buttons = [Button(context.say("button.track"), f"track_parcel {order.number}")]
    return Card(
        kind="order",
        id=order.number,
        title=context.say("order_title", number=order.number),
        badge=context.say(f"stage.{state.stage}"),
        image=image_url(_image(order.items[0], product)) if product else None,
        lines=tuple(rows),
        buttons=tuple(buttons),
    )


def _image(item: OrderItem, product: Product) -> str | None:
    """The variant's own picture, else the product's."""
    own = next((variant.image for variant in product.variants if variant.sku == item.sku), None)
    return own or product.image


def parcel_card(context: ToolContext, order: Order, parcel: ParcelProgress) -> Card:
    events = [event for event in parcel.parcel.events if event.at <= context.now]
    steps = tuple(
        (context.moment(event.at), _step(localized(context, event.place), localized(context, event.text)))
        for event in reversed(events[-_MOST_STEPS:])
    )
    return Card(
        kind="parcel",
        id=parcel.parcel.id,
        title=context.say("order_title", number=order.number),
        badge=context.say(f"stage.{order_progress(context, order).stage}"),
        lines=(
            (context.say("label.carrier"), parcel.parcel.carrier),
            (context.say("label.tracking_number"), parcel.parcel.tracking_number),
        ),
        steps=steps,
    )


def _step(place: str, text: str) -> str:
    return text if not place or place in text else f"{place} · {text}"


async def ask_which(context: ToolContext, orders: list[Order]) -> ToolResult:
    """Several orders could be meant: show them and ask."""
    shown = orders[:_MOST_CHOICES]
    choices = tuple([await _choice(context, order) for order in shown])
    return ToolResult(
        "ok",
        context.say("which_order", count=len(shown)),
        cards=tuple([await order_card(context, order) for order in shown]),
        ask=Ask("order_number", choices),
    )


async def _choice(context: ToolContext, order: Order) -> Choice:
    """An order may be called by what is in it, or by where it stands."""
    products = [await context.shop.product(item.product_id) for item in order.items]
    words = [name for item in order.items for name in item.name.values()]
    words += [alias for product in products if product for alias in product.aliases]
    words.append(context.say(f"stage.{order_progress(context, order).stage}"))
    label = context.say("choice", number=order.number, what=item_text(context, order.items[0]))
    return Choice(order.number, label, tuple(dict.fromkeys(words)))
