"""What holds for every kind of change: the order's state, the reasons, the time to take it back."""

from datetime import datetime, timedelta

from bot.shop.changes.fields import clean
from bot.shop.changes.lines import order_of, state_of
from bot.shop.changes.plan import Snapshot
from bot.shop.changes.rules import RULES, refuse
from bot.shop.policy import Action, Reason, Reasons, States


def require_state(group: str, states: States, document: str | None, snapshot: Snapshot) -> None:
    """Raises Refused `<group>.<state>` where there is such a rule, else `<group>.state`."""
    order = order_of(snapshot)
    state = state_of(order)
    if state not in states:
        rule = f"{group}.{state.value}"
        refuse(rule if rule in RULES else f"{group}.state", document, order=order.number)


def reason_of(
    group: str, reasons: Reasons, given: str, document: str | None, *, required: bool
) -> Reason | None:
    """The reason that is meant; None where none is asked for or any words will do."""
    if given in reasons:
        return reasons[given]
    clean("reason", given)
    if reasons and (given or required):
        refuse(f"{group}.reason", document, reasons=[reason_words(one, "") for one in reasons.values()])
    return None


def reason_words(reason: Reason | None, given: str) -> dict[str, str]:
    """For facts: the reason by language."""
    return {language: words[0] for language, words in reason.names.items()} if reason else {"*": given}


def undo_until(action: Action, snapshot: Snapshot) -> datetime | None:
    minutes = action.undo_minutes
    return snapshot.now + timedelta(minutes=minutes) if minutes is not None else None
