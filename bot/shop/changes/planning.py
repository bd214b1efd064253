"""What a change would come to: `make_plan` asks the planner of its kind. No clock, no reading, no writing."""

from collections.abc import Callable, Mapping
from typing import Any

from bot.shop.changes.addresses import plan_address, plan_default_address
from bot.shop.changes.cancelling import plan_cancelling
from bot.shop.changes.exchanging import plan_exchange
from bot.shop.changes.invoices import plan_invoice
from bot.shop.changes.items import plan_items
from bot.shop.changes.payments import plan_payment
from bot.shop.changes.plan import Plan, Snapshot
from bot.shop.changes.price_protection import plan_price_protection
from bot.shop.changes.problems import plan_problem
from bot.shop.changes.requests import (
    CancelOrder,
    ChangeAddress,
    ChangeDefaultAddress,
    ChangeItems,
    ChangePayment,
    ExchangeItems,
    NotifyRestock,
    ProtectPrice,
    ReportProblem,
    Request,
    RequestInvoice,
    ReturnItems,
)
from bot.shop.changes.restock import plan_restock
from bot.shop.changes.returning import plan_return
from bot.shop.changes.undoing import Done, undo_plan
from bot.shop.policy import Policy

__all__ = ["PLANNERS", "Done", "make_plan", "undo_plan"]

Planner = Callable[[Any, Snapshot, Policy], Plan]

PLANNERS: Mapping[type[Any], Planner] = {
    CancelOrder: plan_cancelling,
    ChangeAddress: plan_address,
    ChangeItems: plan_items,
    ChangePayment: plan_payment,
    ReturnItems: plan_return,
    ExchangeItems: plan_exchange,
    ChangeDefaultAddress: plan_default_address,
    RequestInvoice: plan_invoice,
    ProtectPrice: plan_price_protection,
    ReportProblem: plan_problem,
    NotifyRestock: plan_restock,
}
"""Everything but Undo, which needs to know what was done: `undo_plan`."""


def make_plan(request: Request, snapshot: Snapshot, policy: Policy) -> Plan:
    """Exactly what `request` would come to; the same for the same arguments.

    Everything in it may be wrong or hostile; it is checked here, whoever asks.

    Raises:
        Refused: the policy or the state of things forbids it.
    """
    return PLANNERS[type(request)](request, snapshot, policy)
