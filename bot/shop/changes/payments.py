"""Another way to pay an order that was paid: the first payment goes back, the new method is charged."""

from bot.shop.changes.lines import order_of
from bot.shop.changes.money import Share, charge_share, method_of, moved, movements, refundable, shares_facts
from bot.shop.changes.plan import Facts, Plan, Snapshot
from bot.shop.changes.requests import ChangePayment
from bot.shop.changes.rules import refuse
from bot.shop.changes.state import require_state, undo_until
from bot.shop.policy import Policy


def plan_payment(request: ChangePayment, snapshot: Snapshot, policy: Policy) -> Plan:
    rules, order = policy.change_payment, order_of(snapshot)
    paid = check_payment(snapshot, policy)
    method = method_of(snapshot.customer, request.pay_with)
    if method.id == paid.method_id:
        refuse("payment.same", rules.document)
    charge = charge_share(snapshot, policy, paid.amount, method.id)
    moves = movements("refund", [paid], snapshot.customer) + movements("charge", [charge], snapshot.customer)
    after, customer = moved(order, snapshot.customer, moves, snapshot, "payment")
    facts: Facts = {
        "order": order.number,
        "charge": charge.amount,
        "charges": shares_facts([charge], policy),
        "refund": paid.amount,
        "refunds": shares_facts([paid], policy),
        "document": rules.document,
    }
    return Plan(
        request=request,
        customer=customer,
        order=after,
        movements=moves,
        facts=facts,
        undo_until=undo_until(rules, snapshot),
    )


def check_payment(snapshot: Snapshot, policy: Policy) -> Share:
    """What was paid; raises Refused where it cannot be paid otherwise."""
    rules, order = policy.change_payment, order_of(snapshot)
    require_state("payment", rules.states, rules.document, snapshot)
    shares = refundable(order, policy)
    if not shares:
        refuse("payment.pending", rules.document, order=order.number)
    if len(shares) > 1:
        refuse("payment.several", rules.document, order=order.number)
    return shares[0]
