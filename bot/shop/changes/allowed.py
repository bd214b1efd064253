"""What can still be changed, and until when: for answers, and for forms to offer.

There is no second truth: every choice is what the planners' own checks say.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from bot.shop.changes.addresses import check_address
from bot.shop.changes.aftercare import Group, check_item, check_order, rules_of
from bot.shop.changes.cancelling import check_cancelling, check_part
from bot.shop.changes.invoices import check_invoice
from bot.shop.changes.items import check_change
from bot.shop.changes.lines import closes, marks, order_of, paid_at, refuse_started
from bot.shop.changes.payments import check_payment
from bot.shop.changes.plan import Refused, Snapshot
from bot.shop.changes.price_protection import check_price, check_state
from bot.shop.changes.problems import check_problem
from bot.shop.changes.problems import check_state as check_problem_state
from bot.shop.domain import OrderItem, OrderStatus
from bot.shop.policy import Policy, Reason, Window


@dataclass(frozen=True, slots=True)
class Choice:
    """Something that may be done, or why not."""

    refused: Refused | None = None
    quantity: int = 0
    """How many of the item."""
    until: str | None = None
    """ISO, the last second; None: no limit, or one that has not begun. Of the first of the reasons."""
    reasons: Mapping[str, str | None] = field(default_factory=dict)
    """The reasons that are accepted now, each with its own last second; those that are nobody's fault first."""
    otherwise: Refused | None = None
    """What forbids it for another reason."""
    unopened: bool = False
    """Only if it was not opened, unless the shop is at fault."""
    amount: int = 0
    """Cents that it would bring, or be about."""

    @property
    def open(self) -> bool:
        return self.refused is None


@dataclass(frozen=True, slots=True)
class ItemChoices:
    item: OrderItem
    cancel: Choice
    change: Choice
    give_back: Choice
    exchange: Choice
    protect_price: Choice
    report: Mapping[str, Choice]
    """By problem: missing, wrong, damaged."""


@dataclass(frozen=True, slots=True)
class OrderChoices:
    items: tuple[ItemChoices, ...]
    cancel: Choice
    """The order as a whole."""
    address: Choice
    payment: Choice
    invoice: Choice


def choices(snapshot: Snapshot, policy: Policy) -> OrderChoices:
    """Of the snapshot's order; raises Refused where it has none."""
    order = order_of(snapshot)
    return OrderChoices(
        items=tuple(_of_item(snapshot, policy, item) for item in order.items),
        cancel=_tried(lambda: _cancel(snapshot, policy, order.items)),
        address=_tried(lambda: _asked(lambda: check_address(snapshot, policy))),
        payment=_tried(lambda: Choice(amount=check_payment(snapshot, policy).amount)),
        invoice=_tried(lambda: _invoice(snapshot, policy)),
    )


def _of_item(snapshot: Snapshot, policy: Policy, item: OrderItem) -> ItemChoices:
    return ItemChoices(
        item=item,
        cancel=_tried(lambda: _cancel_item(snapshot, policy, item)),
        change=_tried(lambda: _change(snapshot, policy, item)),
        give_back=_send_back("returns", snapshot, policy, item),
        exchange=_send_back("exchanges", snapshot, policy, item),
        protect_price=_tried(lambda: _price(snapshot, policy, item)),
        report={problem: _report(snapshot, policy, item, problem) for problem in policy.report_problem.kinds},
    )


def _tried(choice: Callable[[], Choice]) -> Choice:
    try:
        return choice()
    except Refused as refused:
        return Choice(refused=refused)


def _asked(check: Callable[[], None]) -> Choice:
    check()
    return Choice()


def _cancel(snapshot: Snapshot, policy: Policy, items: Iterable[OrderItem]) -> Choice:
    rules = policy.cancel_order
    check_cancelling(snapshot, policy)
    refuse_started("cancel.started", rules.document, rules.tag_windows, snapshot, items)
    until = _started(rules.tag_windows, snapshot, items)
    return Choice(until=until, reasons=dict.fromkeys(rules.reasons))


def _cancel_item(snapshot: Snapshot, policy: Policy, item: OrderItem) -> Choice:
    choice = _cancel(snapshot, policy, [item])
    if len(order_of(snapshot).items) > 1 or item.quantity > 1:
        check_part(snapshot, policy)
    return Choice(quantity=item.quantity, until=choice.until, reasons=choice.reasons)


def _change(snapshot: Snapshot, policy: Policy, item: OrderItem) -> Choice:
    check_change(snapshot, policy, item)
    return Choice(quantity=item.quantity, until=_started(policy.change_items.tag_windows, snapshot, [item]))


def _started(windows: Mapping[str, Window], snapshot: Snapshot, items: Iterable[OrderItem]) -> str | None:
    """When the first of them can no longer be changed; None where nothing says so yet."""
    order = order_of(snapshot)
    if order.status is OrderStatus.PENDING:
        return None
    ends = [
        end
        for item in items
        for mark in marks(snapshot, item.product_id) & windows.keys()
        if (end := closes(windows[mark], paid_at(order), snapshot)) is not None
    ]
    return (min(ends) - timedelta(seconds=1)).isoformat() if ends else None


def _send_back(group: Group, snapshot: Snapshot, policy: Policy, item: OrderItem) -> Choice:
    """Open where any reason is; else refused as for the reason that is nobody's fault."""
    rules = rules_of(group, policy)
    reasons: Mapping[str, Reason | None] = dict(rules.reasons) or {"": None}
    opens, refusals = {}, []
    for name, reason in sorted(reasons.items(), key=lambda entry: entry[1] is not None and entry[1].fault):
        try:
            check_order(group, snapshot, policy, reason)
            opens[name] = check_item(group, snapshot, policy, item, reason)
        except Refused as refused:
            refusals.append(refused)
    if not opens:
        return Choice(refused=refusals[0])
    return Choice(
        quantity=max(one.quantity for one in opens.values()),
        until=next(iter(opens.values())).until,
        reasons={name: one.until for name, one in opens.items()},
        otherwise=refusals[0] if refusals else None,
        unopened=any(one.unopened for one in opens.values()),
    )


def _price(snapshot: Snapshot, policy: Policy, item: OrderItem) -> Choice:
    check_state(snapshot, policy)
    fall = check_price(snapshot, policy, item)
    return Choice(quantity=fall.quantity, until=fall.until, amount=fall.amount)


def _report(snapshot: Snapshot, policy: Policy, item: OrderItem, problem: str) -> Choice:
    def choice() -> Choice:
        check_problem_state(snapshot, policy)
        return Choice(quantity=item.quantity, until=check_problem(snapshot, policy, item, problem))

    return _tried(choice)


def _invoice(snapshot: Snapshot, policy: Policy) -> Choice:
    billable = check_invoice(snapshot, policy)
    return Choice(until=billable.until, amount=billable.amount)
