"""Which of their orders does the shopper mean? Named, talked about, or the one that is under way."""

import re
from collections.abc import Callable, Sequence
from datetime import date

from bot.shop.domain import Order
from bot.shop.facts import Progress
from bot.shop.mentions import MentionFinder
from bot.tools.base import ToolContext, ToolResult
from bot.tools.finding_items import products_of
from bot.tools.item_words import names_products
from bot.tools.order_cards import ask_which, order_progress
from connectors.base import Button
from intents.dates import Day, find_dates
from intents.positions import says_latest
from intents.text import plain

_ARRIVES = re.compile(r"到|送|签收|收货|\b(?:arriv|deliver|com(?:e|ing)|due|got|receiv)", re.IGNORECASE)

UNDER_WAY = (
    "awaiting_payment",
    "preparing",
    "partly_shipped",
    "in_transit",
    "out_for_delivery",
    "exception",
    "returned",
    "partly_delivered",
)


async def find_order(
    context: ToolContext,
    number: str | None,
    words: str,
    *,
    exclude: Sequence[str],
    likely: Sequence[Callable[[Progress], bool]],
) -> Order | ToolResult:
    """The one order that is meant, or what to say instead.

    `words` may describe it: "the tent", "the one from Monday". `likely` tells which orders the question can be about when none was named, the narrowest first;
    `exclude` holds those that the shopper turned down.
    """
    if number:
        order = await context.own_order(number)
        if order is None:
            return not_found(context, number)
        if not words or order.number in words:
            return order
        own = list(await context.own_orders())
        orders = await _elsewhere(context, order, own, (words,))
        # Whoever chose among the orders that the words fit has chosen.
        if not orders or order in await _described(context, own, words):
            return order
    else:
        orders = [order for order in await context.own_orders() if order.number not in exclude]
    if not orders:
        text = context.say("repair_none" if exclude else "no_orders")
        return ToolResult("not_found", text, quick_replies=(Button(context.say("button.human"), "human"),))
    described = await _described(context, orders, words)
    stands = [(order, order_progress(context, order)) for order in described]
    narrowed = ([order for order, state in stands if one(state)] for one in likely)
    fitting = next(filter(None, narrowed), described[:1])
    return fitting[0] if len(fitting) == 1 else await ask_which(context, fitting)


async def find_order_to_change(
    context: ToolContext, number: str | None, words: Sequence[str], *, fitting: Callable[[Order], bool]
) -> Order | ToolResult:
    """The one order a change is about: named, described ("the shoes", "arriving tomorrow", "my last order"),
    or the only one the change can be about; else the question which.
    """
    orders = list(await context.own_orders())
    if number:
        order = await context.own_order(number)
        if order is None:
            return not_found(context, number)
        elsewhere = await _elsewhere(context, order, orders, words)
        if not elsewhere:
            return order
        orders = elsewhere
    if not orders:
        human = Button(context.say("button.human"), "human")
        return ToolResult("not_found", context.say("no_orders"), quick_replies=(human,))
    described = orders
    for text in reversed(words):
        described = await _described(context, orders, text)
        if len(described) < len(orders):
            break
    candidates = [order for order in described if fitting(order)] or described
    if len(candidates) == 1 or (not any(fitting(order) for order in candidates) and described is orders):
        # None can be changed: the newest one's policy says why.
        return candidates[0]
    return await ask_which(context, candidates)


async def _elsewhere(
    context: ToolContext, order: Order, orders: Sequence[Order], words: Sequence[str]
) -> list[Order]:
    """The orders with the product that was named last, where the one talked about does not hold it."""
    for text in reversed(words):
        if not text or order.number in text:
            return []  # The order was chosen, or named.
        holding = [one for one in orders if await _names_product_of(context, one, text)]
        if holding:
            return [] if any(one.number == order.number for one in holding) else holding
    return []


async def _names_product_of(context: ToolContext, order: Order, text: str) -> bool:
    products = await products_of(context, order)
    return bool(MentionFinder(list(products.values())).find(text))


async def _described(context: ToolContext, orders: list[Order], text: str) -> list[Order]:
    """The orders that the words fit; all of them where they describe none."""
    if not text:
        return orders
    if says_latest(text):
        return orders[:1]
    days = find_dates(plain(text), context.language, context.today)
    if days:
        arrives = bool(_ARRIVES.search(text))
        on = {order.number: _day_of(context, order, arrives=arrives) for order in orders}
        dated = [order for order in orders if any(_is_within(on[order.number], day) for day in days)]
        if dated:
            return dated
    holding = []
    for order in orders:
        products = await products_of(context, order)
        if names_products(context, order, products, text):
            holding.append(order)
    return holding or orders


def _is_within(value: date | None, day: Day) -> bool:
    return value is not None and day.first <= value <= day.last


def _day_of(context: ToolContext, order: Order, *, arrives: bool) -> date | None:
    """The day it arrives or arrived, or the day it was placed."""
    state = order_progress(context, order)
    moment = (state.expected_at or state.delivered_at) if arrives else order.placed_at
    return moment.astimezone(context.zone).date() if moment else None


def not_found(context: ToolContext, number: str) -> ToolResult:
    """The same words whether the order does not exist or is somebody else's."""
    buttons = (
        Button(context.say("button.my_orders"), "list_orders"),
        Button(context.say("button.human"), "human"),
    )
    return ToolResult("not_found", context.say("order_not_found", number=number), quick_replies=buttons)
