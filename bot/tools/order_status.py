"""Where an order stands: answer first, then when it comes, then what to do if something is off."""

import re
from dataclasses import dataclass

from bot.shop.domain import Order
from bot.shop.facts import Progress
from bot.tools import order_cards
from bot.tools.base import Exclude, OrderNumber, Query, Tool, ToolContext, ToolResult, localized
from bot.tools.finding_orders import UNDER_WAY, find_order
from bot.tools.order_cards import SILENT_DAYS, is_silent, money_back, order_card, order_progress
from connectors.base import Button

TEXTS = {
    "en": {
        **order_cards.TEXTS["en"],
        "awaiting_payment": "Order {number} isn't paid yet. It's held for you; we send it as soon as {total} arrives.",
        "preparing": "Order {number} is paid and being packed. You'll get the tracking number when it leaves.",
        "partly_shipped": "Part of order {number} is on its way; {unshipped} will follow in another parcel.",
        "in_transit": "Order {number} is on its way. {news}{expected}",
        "out_for_delivery": "Order {number} is out for delivery. {news}{expected}",
        "exception": "Sorry, order {number} is held up on the way. {news}We're on it with the carrier; shall I bring in a colleague?",
        "returned": "The parcel of order {number} is on its way back to us. {news}Shall I bring in a colleague to send it out again?",
        "partly_delivered": "Part of order {number} has arrived; the rest is still on its way. {expected}",
        "delivered": "Order {number} was delivered {delivered}.",
        "cancelled": "Order {number} is cancelled.",
        "news": "Latest, {moment}: {event}{place}. ",
        "eta": "It should be with you {day}.",
        "late": "It was due {day} and is {days} {days|day|days} late, sorry about that.",
    },
    "zh": {
        **order_cards.TEXTS["zh"],
        "awaiting_payment": "{number} 还没付款，货先给您留着，付 {total} 后马上安排。",
        "preparing": "{number} 已付款，正在打包，发出后运单号会第一时间给您。",
        "partly_shipped": "{number} 已经发出一部分，{unshipped}随后另发一个包裹。",
        "in_transit": "{number} 已经在路上。{news}{expected}",
        "out_for_delivery": "{number} 在派送了。{news}{expected}",
        "exception": "不好意思，{number} 路上耽搁了。{news}我们在跟快递核实，要给您转人工吗？",
        "returned": "{number} 的包裹正在退回。{news}要不要我转同事给您重新寄？",
        "partly_delivered": "{number} 到了一部分，剩下的还在路上。{expected}",
        "delivered": "{number} 已经签收，{delivered} 送到的。",
        "cancelled": "{number} 已经取消。",
        "news": "{moment}，{place}{event}。",
        "eta": "预计{day}送到。",
        "late": "原定{day}到，已经晚了 {days} 天，对不住。",
    },
}


_ASKS_DISPATCH = re.compile(
    r"发货|发出|寄出|出库|没发|不发|\b(?:ship(?:ped|s|ping)?|dispatch(?:ed)?|sent (?:out|off)|left the warehouse)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Arguments:
    order_number: OrderNumber | None
    exclude: Exclude
    query: Query


async def run(context: ToolContext, arguments: Arguments) -> ToolResult:
    asks_dispatch = _ASKS_DISPATCH.search(arguments.query)
    likely = (_waits_to_leave, _is_likely) if asks_dispatch else (_is_likely,)
    found = await find_order(
        context, arguments.order_number, arguments.query, exclude=arguments.exclude, likely=likely
    )
    if isinstance(found, ToolResult):
        return found
    state = order_progress(context, found)
    return ToolResult(
        "ok",
        _sentences(context, found, state),
        cards=(await order_card(context, found),),
        quick_replies=_buttons(context, found, state),
        order_number=found.number,
        offer="human" if _proposes_a_person(state) else None,
    )


def _is_likely(state: Progress) -> bool:
    return state.stage in UNDER_WAY


def _waits_to_leave(state: Progress) -> bool:
    return state.stage in ("awaiting_payment", "preparing", "partly_shipped")


def _sentences(context: ToolContext, order: Order, state: Progress) -> str:
    joint = "" if context.language == "zh" else " "
    facts = {
        "number": order.number,
        "total": context.money(order.total),
        "news": _news(context, state),
        "expected": _expected(context, state),
        "delivered": context.moment(state.delivered_at) if state.delivered_at else "",
        "unshipped": context.listing(
            [localized(context, item.name) for item in order.items if item.id in state.unshipped]
        ),
    }
    parts = [context.say(state.stage, **facts).strip()]
    if is_silent(state):
        parts.append(context.say("silent", days=state.silent_days))
    parts += money_back(context, order)
    return joint.join(parts)


def _proposes_a_person(state: Progress) -> bool:
    """Whether the text ends by proposing one."""
    return is_silent(state) or state.stage in ("exception", "returned")


def _news(context: ToolContext, state: Progress) -> str:
    latest = state.current.latest if state.current else None
    if latest is None:
        return ""
    place, event = localized(context, latest.place), localized(context, latest.text)
    shown = "" if not place or place in event else (place if context.language == "zh" else f" ({place})")
    return context.say("news", place=shown, event=event.rstrip(".。"), moment=context.moment(latest.at))


def _expected(context: ToolContext, state: Progress) -> str:
    if state.expected_at is None:
        return ""
    if state.late_days:
        return context.say("late", day=context.day(state.expected_at), days=state.late_days)
    return context.say("eta", day=context.day(state.expected_at))


def _buttons(context: ToolContext, order: Order, state: Progress) -> tuple[Button, ...]:
    buttons = []
    if state.current is not None:
        buttons.append(Button(context.say("button.track"), f"track_parcel {order.number}"))
    if context.identity.level == "signed_in":
        buttons.append(Button(context.say("button.my_orders"), "list_orders"))
    if state.late_days or state.silent_days >= SILENT_DAYS or state.stage in ("exception", "returned"):
        buttons.append(Button(context.say("button.human"), "human"))
    return tuple(buttons)


TOOL = Tool(
    name="order_status",
    description="Where one of the shopper's own orders stands, with refunds and returns.",
    arguments=Arguments,
    run=run,
    intents=("order_status",),
    identity="order",
    texts=TEXTS,
)
