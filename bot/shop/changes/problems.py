"""Reporting goods that are missing, wrong or damaged; somebody looks at the photos and decides."""

from dataclasses import replace

from bot.shop.changes.fields import LONGEST, clean
from bot.shop.changes.lines import arrived, is_over, item_of, last_moment, new_id, order_of, shown, span
from bot.shop.changes.money import paid_for
from bot.shop.changes.plan import Facts, Plan, Snapshot
from bot.shop.changes.requests import ReportProblem
from bot.shop.changes.rules import refuse
from bot.shop.changes.state import require_state, undo_until
from bot.shop.domain import OrderItem, ProblemReport
from bot.shop.policy import Policy

_LONGEST_NOTE = 1000


def plan_problem(request: ReportProblem, snapshot: Snapshot, policy: Policy) -> Plan:
    rules, order = policy.report_problem, order_of(snapshot)
    check_state(snapshot, policy)
    kind = rules.kinds.get(request.problem)
    if kind is None:
        refuse("problems.state", rules.document, order=order.number)
    if not request.items:
        refuse("item.none", kind.document)
    for item_id, quantity in request.items.items():
        item = item_of(order, item_id)
        check_problem(snapshot, policy, item, request.problem)
        _check_quantity(snapshot, policy, item, request, quantity)
    photos = tuple(dict.fromkeys(clean("photo", photo, most=LONGEST) for photo in request.photos))
    if len(photos) < kind.photos:
        refuse("problems.photos", kind.document, least=kind.photos)
    if len(photos) > rules.photos_at_most:
        refuse("problems.many_photos", kind.document, most=rules.photos_at_most)
    report = ProblemReport(
        id=new_id(order, "M", len(order.reports), {one.id for one in order.reports}),
        problem=request.problem,
        items=dict(request.items),
        wish=request.wish,
        reported_at=snapshot.now,
        note=_note(request.note),
        photos=photos,
    )
    value = sum(
        paid_for(order, item_of(order, item_id), quantity, 0) for item_id, quantity in request.items.items()
    )
    facts: Facts = {
        "order": order.number,
        "problem": request.problem,
        "items": [shown(item_of(order, item_id), quantity) for item_id, quantity in request.items.items()],
        "wish": request.wish,
        "photos": len(photos),
        "value": value,
        "send_back": request.problem == "wrong"
        or (request.problem == "damaged" and value >= rules.keep_below),
        "answer_hours": rules.answer_hours,
        "document": kind.document,
    }
    return Plan(
        request=request,
        customer=snapshot.customer,
        order=replace(order, reports=(*order.reports, report)),
        facts=facts,
        undo_until=undo_until(rules, snapshot),
    )


def check_state(snapshot: Snapshot, policy: Policy) -> None:
    require_state("problems", policy.report_problem.states, policy.report_problem.document, snapshot)


def check_problem(snapshot: Snapshot, policy: Policy, item: OrderItem, problem: str) -> str | None:
    """Until when this can be reported (ISO); raises Refused where it cannot."""
    order = order_of(snapshot)
    kind = next(rule for name, rule in policy.report_problem.kinds.items() if name == problem)
    units, at = arrived(snapshot, order, item)
    if at is None and problem != "missing":
        refuse("problems.not_arrived", kind.document, item=item.name)
    if at is None or (units < item.quantity and problem == "missing"):
        refuse("problems.under_way", kind.document, item=item.name)
    if kind.window is not None and is_over(kind.window, at, snapshot):
        refuse(
            "problems.window", kind.document, item=item.name, arrived=at.isoformat(), window=span(kind.window)
        )
    return last_moment(kind.window, at, snapshot)


def _check_quantity(
    snapshot: Snapshot, policy: Policy, item: OrderItem, request: ReportProblem, quantity: int
) -> None:
    order, kind = order_of(snapshot), policy.report_problem.kinds[request.problem]
    units, _ = arrived(snapshot, order, item)
    if not 0 < quantity <= units:
        refuse("item.quantity", kind.document, item=item.name, left=units)
    reported = sum(one.items.get(item.id, 0) for one in order.reports if one.status != "rejected")
    if reported + quantity > item.quantity:
        refuse("problems.already", kind.document, item=item.name)
    product = snapshot.products.get(item.product_id)
    stock = next((one.stock for one in product.variants if one.sku == item.sku), 0) if product else 0
    if request.wish == "replacement" and stock < quantity:
        refuse("problems.sold_out", kind.document, item=item.name)


def _note(note: str) -> str:
    """Line breaks are welcome in it."""
    if len(note) > _LONGEST_NOTE:
        refuse("text.too_long", field="note", most=_LONGEST_NOTE)
    return "\n".join(clean("note", line, most=_LONGEST_NOTE) for line in note.splitlines()).strip()
