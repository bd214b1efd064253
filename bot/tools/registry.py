"""The tools, as a list that you can read; a name or an intent claimed twice stops the start."""

from collections.abc import Sequence

from bot.tools import (
    cancel_order,
    change_address,
    change_default_address,
    change_items,
    change_payment,
    compare_products,
    coupons,
    exchange_items,
    list_orders,
    notify_restock,
    order_status,
    payment_methods,
    product_facts,
    protect_price,
    recommend,
    refund_status,
    report_problem,
    request_invoice,
    return_items,
    return_options,
    shop_contact,
    track_parcel,
    undo,
)
from bot.tools.base import Tool

TOOLS: tuple[Tool, ...] = (
    order_status.TOOL,
    track_parcel.TOOL,
    refund_status.TOOL,
    list_orders.TOOL,
    product_facts.TOOL,
    compare_products.TOOL,
    recommend.TOOL,
    shop_contact.TOOL,
    cancel_order.TOOL,
    undo.TOOL,
    return_items.TOOL,
    return_options.TOOL,
    exchange_items.TOOL,
    change_items.TOOL,
    change_address.TOOL,
    change_default_address.TOOL,
    change_payment.TOOL,
    request_invoice.TOOL,
    protect_price.TOOL,
    report_problem.TOOL,
    notify_restock.TOOL,
    payment_methods.TOOL,
    coupons.TOOL,
)


def tool_of(tools: Sequence[Tool]) -> dict[str, str]:
    """Intent → the name of the tool that serves it.

    Raises:
        ValueError: two tools have one name or serve one intent.
    """
    names = [tool.name for tool in tools]
    intents = [(intent, tool.name) for tool in tools for intent in tool.intents]
    for words in (names, [intent for intent, _ in intents]):
        doubled = sorted({word for word in words if words.count(word) > 1})
        if doubled:
            raise ValueError(f"Claimed twice among the tools: {doubled[0]}.")
    return dict(intents)
