"""Every rule that can forbid a change, with the facts that its text may name.

The texts are `refused.<rule>` in `bot/texts/`; a test compares them with this list.
"""

from collections.abc import Mapping
from typing import Any, NoReturn

from bot.shop.changes.plan import Refused

RULES: Mapping[str, tuple[str, ...]] = {
    # What the request names
    "customer.not_found": (),
    "order.not_found": ("order",),
    "receipt.not_found": ("receipt",),
    "item.none": (),
    "item.not_found": (),
    "item.quantity": ("item", "left"),
    "variant.not_found": ("item",),
    "variant.same": ("item",),
    "variant.sold_out": ("item",),
    "text.missing": ("field",),
    "text.too_long": ("field", "most"),
    "text.unreadable": ("field",),
    "text.phone": (),
    "text.email": (),
    # Money
    "method.not_found": (),
    "method.kind": (),
    "method.balance": ("balance", "amount"),
    "method.none": (),
    "refund.route": (),
    "refund.mixed": (),
    # Cancelling
    "cancel.reason": ("reasons",),
    "cancel.cancelled": ("order",),
    "cancel.shipped": ("order",),
    "cancel.delivered": ("order",),
    "cancel.state": ("order",),
    "cancel.part": ("order",),
    "cancel.started": ("item", "window"),
    # The address
    "address.cancelled": ("order",),
    "address.shipped": ("order",),
    "address.delivered": ("order",),
    "address.state": ("order",),
    "address.same": (),
    "address.country": (),
    "address.item": ("item",),
    "address.many": ("most",),
    # Other variants, before it leaves
    "items.cancelled": ("order",),
    "items.shipped": ("order",),
    "items.delivered": ("order",),
    "items.state": ("order",),
    "items.once": ("order",),
    "items.started": ("item", "window"),
    # How it is paid
    "payment.cancelled": ("order",),
    "payment.pending": ("order",),
    "payment.state": ("order",),
    "payment.shipped": ("order",),
    "payment.delivered": ("order",),
    "payment.same": (),
    "payment.several": ("order",),
    # Returns
    "returns.reason": ("reasons",),
    "returns.cancelled": ("order",),
    "returns.early": ("order",),
    "returns.state": ("order",),
    "returns.not_arrived": ("item",),
    "returns.window": ("item", "arrived", "window"),
    "returns.fault_window": ("item", "arrived", "window"),
    "returns.final_sale": ("item",),
    "returns.custom": ("item",),
    "returns.never": ("item",),
    "returns.excluded": ("item",),
    "returns.region": (),
    "returns.once": ("order",),
    "returns.part": ("item",),
    "returns.left": ("item",),
    "returns.exchanged": ("item",),
    # Exchanges
    "exchanges.reason": ("reasons",),
    "exchanges.cancelled": ("order",),
    "exchanges.early": ("order",),
    "exchanges.state": ("order",),
    "exchanges.not_arrived": ("item",),
    "exchanges.window": ("item", "arrived", "window"),
    "exchanges.fault_window": ("item", "arrived", "window"),
    "exchanges.final_sale": ("item",),
    "exchanges.custom": ("item",),
    "exchanges.never": ("item",),
    "exchanges.excluded": ("item",),
    "exchanges.region": (),
    "exchanges.once": ("item",),
    "exchanges.left": ("item",),
    "exchanges.exchanged": ("item",),
    # Invoices
    "invoices.cancelled": ("order",),
    "invoices.state": ("order",),
    "invoices.window": ("arrived", "window"),
    "invoices.buyer": (),
    "invoices.tax_number": ("lengths",),
    "invoices.nothing": (),
    "invoices.already": ("order",),
    # Price protection
    "price.cancelled": ("order",),
    "price.state": ("order",),
    "price.window": ("item", "arrived", "window"),
    "price.once": ("item",),
    "price.excluded": ("item",),
    "price.returned": ("item",),
    "price.same": ("item",),
    "price.coupon": ("item",),
    "price.nothing": (),
    # Problems
    "problems.cancelled": ("order",),
    "problems.state": ("order",),
    "problems.not_arrived": ("item",),
    "problems.under_way": ("item",),
    "problems.window": ("item", "arrived", "window"),
    "problems.photos": ("least",),
    "problems.many_photos": ("most",),
    "problems.already": ("item",),
    "problems.sold_out": ("item",),
    # Restock notices
    "restock.in_stock": ("item",),
    "restock.gone": (),
    "restock.excluded": ("item",),
    "restock.already": ("item",),
    "restock.many": ("most",),
    # Undoing
    "undo.never": (),
    "undo.window": (),
    "undo.changed": (),
    "undo.done": (),
    # The shop's own system
    "system.by_hand": (),
    "system.refused": (),
    "system.under_way": ("order",),
}
FOR_A_PERSON = frozenset({"system.by_hand", "system.refused"})
"""What the shop's people can do, and the bot cannot, whatever the policy says."""


def refuse(rule: str, document: str | None = None, /, **facts: Any) -> NoReturn:
    """Raises Refused with exactly the facts that the rule's text may name."""
    assert tuple(facts) == RULES[rule], f"{rule} takes {RULES[rule]}, not {tuple(facts)}"
    raise Refused(rule, document=document, **facts)
