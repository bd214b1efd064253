"""An invoice (发票) for an order, or the same one made out anew."""

import re
from dataclasses import dataclass, replace
from datetime import datetime

from bot.shop.changes.fields import clean, clean_email
from bot.shop.changes.lines import arrived, is_over, last_moment, new_id, order_of, span
from bot.shop.changes.plan import Facts, Plan, Snapshot
from bot.shop.changes.requests import RequestInvoice
from bot.shop.changes.rules import refuse
from bot.shop.changes.state import require_state, undo_until
from bot.shop.domain import Invoice, Order, OrderStatus
from bot.shop.policy import Policy

LONGEST_TITLE = 100


@dataclass(frozen=True, slots=True)
class Billable:
    amount: int
    """Cents."""
    until: str | None
    """ISO; the window's last second."""
    reissue: bool
    """It replaces an earlier one."""


def plan_invoice(request: RequestInvoice, snapshot: Snapshot, policy: Policy) -> Plan:
    rules, order = policy.request_invoice, order_of(snapshot)
    billable = check_invoice(snapshot, policy)
    if request.buyer not in rules.buyers:
        refuse("invoices.buyer", rules.document)
    title = clean("title", request.title, most=LONGEST_TITLE)
    if not title:
        refuse("text.missing", rules.document, field="title")
    invoice = Invoice(
        id=new_id(order, "V", len(order.invoices), {one.id for one in order.invoices}),
        buyer=request.buyer,
        title=title,
        email=clean_email(request.email),
        amount=billable.amount,
        requested_at=snapshot.now,
        tax_number=_tax_number(request, policy),
    )
    earlier = tuple(replace(one, status="cancelled") for one in order.invoices)
    facts: Facts = {
        "order": order.number,
        "buyer": invoice.buyer,
        "title": invoice.title,
        "tax_number": invoice.tax_number,
        "email": invoice.email,
        "amount": invoice.amount,
        "reissue": billable.reissue,
        "delivered": order.status is OrderStatus.DELIVERED,
        "ready_hours": rules.ready_hours,
        "document": rules.document,
    }
    return Plan(
        request=request,
        customer=snapshot.customer,
        order=replace(order, invoices=(*earlier, invoice)),
        facts=facts,
        undo_until=undo_until(rules, snapshot),
    )


def check_invoice(snapshot: Snapshot, policy: Policy) -> Billable:
    """What an invoice would be about; raises Refused where there cannot be one."""
    rules, order = policy.request_invoice, order_of(snapshot)
    require_state("invoices", rules.states, rules.document, snapshot)
    at = _arrived(snapshot, order)
    if rules.window is not None and at is not None and is_over(rules.window, at, snapshot):
        refuse("invoices.window", rules.document, arrived=at.isoformat(), window=span(rules.window))
    if order.invoices:
        first = order.invoices[0].requested_at
        too_late = rules.reissue is None or is_over(rules.reissue, first, snapshot)
        if too_late or len(order.invoices) > rules.reissues:
            refuse("invoices.already", rules.document, order=order.number)
    amount = _paid(order)
    if amount <= 0:
        refuse("invoices.nothing", rules.document)
    until = last_moment(rules.window, at, snapshot) if at is not None else None
    return Billable(amount, until, reissue=bool(order.invoices))


def _arrived(snapshot: Snapshot, order: Order) -> datetime | None:
    """When the last of it did; None while something is missing."""
    if order.status is not OrderStatus.DELIVERED:
        return None
    return max((at for item in order.items if (at := arrived(snapshot, order, item)[1])), default=None)


def _paid(order: Order) -> int:
    """What was really paid and not paid back; gift cards were invoiced when they were bought."""
    paid = 0
    for one in order.payments:
        if one.method != "gift_card" and one.status != "failed":
            paid += one.amount if one.kind == "charge" else -one.amount
    return paid


def _tax_number(request: RequestInvoice, policy: Policy) -> str:
    """Letters and digits in capitals; companies only."""
    if request.buyer != "company":
        return ""
    number = re.sub(r"[\s-]", "", clean("tax_number", request.tax_number)).upper()
    lengths = policy.request_invoice.tax_number_lengths
    if not re.fullmatch("[0-9A-Z]+", number) or (lengths and len(number) not in lengths):
        refuse("invoices.tax_number", policy.request_invoice.document, lengths=list(lengths))
    return number
