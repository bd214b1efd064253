"""A parcel's journey, event by event."""

from dataclasses import dataclass

from bot.shop.facts import Progress
from bot.tools import order_cards
from bot.tools.base import Exclude, OrderNumber, Query, Tool, ToolContext, ToolResult, localized
from bot.tools.finding_orders import UNDER_WAY, find_order
from bot.tools.order_cards import is_silent, order_progress, parcel_card
from connectors.base import Button

TEXTS = {
    "en": {
        **order_cards.TEXTS["en"],
        "latest": "Latest on order {number}: {event}, {moment}.",
        "expected_by": "It should be with you {day}.",
        "late_by": "It's {days} {days|day|days} late; sorry about that.",
        "nothing_yet": "Order {number} hasn't left yet, so there's nothing to track. You'll get the number when it ships.",
        "no_parcel": "Order {number} has no parcel.",
    },
    "zh": {
        **order_cards.TEXTS["zh"],
        "latest": "{number} 最新物流：{moment}，{event}。",
        "expected_by": "预计{day}送到。",
        "late_by": "比预计晚了 {days} 天，对不住。",
        "nothing_yet": "{number} 还没发出，暂时没有物流，发货后运单号会给您。",
        "no_parcel": "{number} 没有包裹。",
    },
}


@dataclass(frozen=True, slots=True)
class Arguments:
    order_number: OrderNumber | None
    exclude: Exclude
    query: Query


async def run(context: ToolContext, arguments: Arguments) -> ToolResult:
    found = await find_order(
        context,
        arguments.order_number,
        arguments.query,
        exclude=arguments.exclude,
        likely=(_has_parcel_under_way,),
    )
    if isinstance(found, ToolResult):
        return found
    state = order_progress(context, found)
    if not state.parcels:
        key = "nothing_yet" if state.stage in ("awaiting_payment", "preparing") else "no_parcel"
        return ToolResult("ok", context.say(key, number=found.number), order_number=found.number)
    late, silent = state.late_days > 0, is_silent(state)
    return ToolResult(
        "ok",
        _latest(context, found.number, state),
        cards=tuple(parcel_card(context, found, parcel) for parcel in state.parcels),
        quick_replies=(Button(context.say("button.human"), "human"),) if late or silent else (),
        order_number=found.number,
        offer="human" if silent else None,
    )


def _has_parcel_under_way(state: Progress) -> bool:
    return bool(state.parcels) and state.stage in UNDER_WAY


def _latest(context: ToolContext, number: str, state: Progress) -> str:
    joint = "" if context.language == "zh" else " "
    latest = state.current.latest if state.current else None
    parts = []
    if latest is not None:
        event = localized(context, latest.text).rstrip(".。")
        parts.append(context.say("latest", number=number, event=event, moment=context.moment(latest.at)))
    if state.late_days:
        parts.append(context.say("late_by", days=state.late_days))
    elif state.expected_at:
        parts.append(context.say("expected_by", day=context.day(state.expected_at)))
    if is_silent(state):
        parts.append(context.say("silent", days=state.silent_days))
    return joint.join(parts)


TOOL = Tool(
    name="track_parcel",
    description="The journey of the parcels of one of the shopper's own orders.",
    arguments=Arguments,
    run=run,
    intents=("track_parcel",),
    identity="order",
    texts=TEXTS,
)
