"""What the system's API cannot do, and the shop's people can."""

from collections.abc import Collection
from dataclasses import replace

from bot.shop.changes.allowed import Choice, ItemChoices, OrderChoices
from bot.shop.changes.plan import Refused

LOCAL = frozenset({"notify_restock"})
"""Kept by Kefu itself, whatever the system."""


def only_those_of(changes: Collection[str], found: OrderChoices) -> OrderChoices:
    """The choices, those that are left to a colleague refused."""

    def of(kind: str, choice: Choice) -> Choice:
        return choice if kind in changes or not choice.open else Choice(Refused("system.by_hand"))

    def of_item(item: ItemChoices) -> ItemChoices:
        return replace(
            item,
            cancel=of("cancel_order", item.cancel),
            change=of("change_items", item.change),
            give_back=of("return_items", item.give_back),
            exchange=of("exchange_items", item.exchange),
            protect_price=of("protect_price", item.protect_price),
            report={name: of("report_problem", one) for name, one in item.report.items()},
        )

    return OrderChoices(
        items=tuple(map(of_item, found.items)),
        cancel=of("cancel_order", found.cancel),
        address=of("change_address", found.address),
        payment=of("change_payment", found.payment),
        invoice=of("request_invoice", found.invoice),
    )
