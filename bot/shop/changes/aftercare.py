"""What returns and exchanges have in common: which items, until when, for which reasons, at whose cost."""

from dataclasses import dataclass
from typing import Literal

from bot.shop.changes.lines import arrived, is_over, last_moment, marks, order_of, returned, span, state_of
from bot.shop.changes.plan import Snapshot
from bot.shop.changes.rules import refuse
from bot.shop.domain import Order, OrderItem, OrderStatus
from bot.shop.policy import Aftercare, Policy, Reason

Group = Literal["returns", "exchanges"]
_EARLY = (OrderStatus.PENDING, OrderStatus.PAID, OrderStatus.PACKING)
_EXCLUDED = {"final_sale": "final_sale", "custom": "custom"}
"""Marks whose refusal has words of its own."""


@dataclass(frozen=True, slots=True)
class Open:
    """An item that may still be sent back."""

    quantity: int
    until: str | None
    """ISO; the window's last second."""
    unopened: bool
    """Only if it was not opened."""


def rules_of(group: Group, policy: Policy) -> Aftercare:
    return policy.return_items if group == "returns" else policy.exchange_items


def check_order(group: Group, snapshot: Snapshot, policy: Policy, reason: Reason | None) -> None:
    """Raises Refused where nothing of the order may be sent back."""
    rules, order = rules_of(group, policy), order_of(snapshot)
    state = state_of(order)
    if state not in rules.states:
        named = {OrderStatus.CANCELLED: "cancelled"} | dict.fromkeys(_EARLY, "early")
        refuse(f"{group}.{named.get(state, 'state')}", rules.document, order=order.number)
    if policy.delivery.region(order.address) in rules.excluded_regions and not _fault(reason):
        refuse(f"{group}.region", rules.document)


def check_item(
    group: Group, snapshot: Snapshot, policy: Policy, item: OrderItem, reason: Reason | None
) -> Open:
    """What may be sent back of the item for this reason; raises Refused where nothing may."""
    rules, order = rules_of(group, policy), order_of(snapshot)
    _check_history(group, rules, order, item, reason)
    units, at = arrived(snapshot, order, item)
    here = units - returned(order, item)
    if at is None or here <= 0:
        refuse(f"{group}.not_arrived", rules.document, item=item.name)
    unopened = _check_marks(group, rules, snapshot, item, reason)
    window = rules.window_of(reason)
    if window is not None and is_over(window, at, snapshot):
        rule = f"{group}.fault_window" if _fault(reason) else f"{group}.window"
        refuse(rule, rules.document, item=item.name, arrived=at.isoformat(), window=span(window))
    return Open(here, last_moment(window, at, snapshot), unopened)


def _check_history(
    group: Group, rules: Aftercare, order: Order, item: OrderItem, reason: Reason | None
) -> None:
    under_way = [
        one for one in order.exchanges if item.id in one.items and one.status not in ("done", "rejected")
    ]
    done = [one for one in order.exchanges if item.id in one.items and one.status == "done"]
    if under_way or (done and group == "returns"):
        refuse(f"{group}.exchanged", rules.document, item=item.name)
    if returned(order, item) >= item.quantity:
        refuse(f"{group}.left", rules.document, item=item.name)
    if rules.once_per == "never" or _fault(reason):
        return
    if group == "returns":
        earlier = [one.items for one in order.returns if one.status != "rejected"]
        if any(rules.once_per == "order" or item.id in items for items in earlier):
            refuse("returns.once", rules.document, order=order.number)
        return
    for one in order.exchanges:
        earlier_fault = _fault(rules.reasons.get(one.reason))
        counts = rules.once_per == "order" or item.id in one.items
        if one.status != "rejected" and not earlier_fault and counts:
            refuse("exchanges.once", rules.document, item=item.name)


def _check_marks(
    group: Group, rules: Aftercare, snapshot: Snapshot, item: OrderItem, reason: Reason | None
) -> bool:
    """Whether it may only come back unopened."""
    found = {
        mark: rules.exclusions[mark]
        for mark in sorted(marks(snapshot, item.product_id) & rules.exclusions.keys())
    }
    if "always" in found.values():
        refuse(f"{group}.never", rules.document, item=item.name)
    if _fault(reason):
        return False
    for mark, how in found.items():
        if how == "change_of_mind":
            refuse(f"{group}.{_EXCLUDED.get(mark, 'excluded')}", rules.document, item=item.name)
    return "opened" in found.values()


def _fault(reason: Reason | None) -> bool:
    return reason is not None and reason.fault
