"""Who may do what in a conversation; what a role may do anywhere is said at the routes (`bot/http/console/`)."""

from datetime import datetime
from typing import Literal, get_args

from bot.conversation import Identity, State
from bot.errors import Conflict, Forbidden
from bot.staff.agents import Agent
from bot.staff.base import InboxRow

Action = Literal[
    "take",
    "reply",
    "hand_back",
    "close",
    "transfer",
    "snooze",
    "priority",
    "tags",
    "notes",
    "merge",
    "run_tools",
    "identify",
]
ACTIONS: tuple[Action, ...] = get_args(Action)


def identity_of(row: InboxRow, state: State, now: datetime) -> Identity:
    """By the session of the shopper, or by what was proved in the conversation while that holds."""
    if row.owner is not None:
        return Identity("signed_in", row.owner)
    until = state.identity.until
    return Identity() if until is not None and now >= until else state.identity


def holder(row: InboxRow) -> str | None:
    """The agent who has the conversation, or for whom it is kept."""
    return row.handover.agent_id if row.handover is not None and row.handover.closed_at is None else None


def can(agent: Agent, row: InboxRow) -> dict[Action, bool]:
    """For `agent`, who may see `row`. Leads settle what others have; to speak in it they take it first."""
    has = holder(row)
    mine, free, lead = has == agent.id, has is None, agent.is_at_least("lead")
    settles = mine or free or lead
    waits = row.floor in ("waiting", "agent")
    is_open = row.handover is not None and row.handover.closed_at is None
    return {
        "take": not mine and (free or lead),
        "reply": mine or free,
        "hand_back": settles and waits,
        "close": settles and row.floor != "closed",
        "transfer": settles and waits,
        "snooze": settles and is_open,
        "priority": settles and is_open,
        "tags": True,
        "notes": True,
        "merge": settles,
        "run_tools": mine or free,
        "identify": mine or free,
    }


def check(agent: Agent, row: InboxRow, action: Action) -> None:
    """
    Raises:
        Conflict: a colleague has it (`taken`), or it is not in a state for that (`not_now`).
        Forbidden: only a lead may.
    """
    if can(agent, row)[action]:
        return
    has = holder(row)
    if has is not None and has != agent.id:
        raise taken(has)
    if action == "take":
        return  # They have it: taking it again changes nothing.
    raise Conflict("The conversation is not in a state for that.", code="not_now")


def taken(agent_id: str | None) -> Conflict:
    """Somebody else has the conversation."""
    return Conflict("A colleague has this conversation.", code="taken", agent_id=agent_id)


def check_lead(agent: Agent) -> None:
    """
    Raises:
        Forbidden: they are neither lead nor admin.
    """
    if not agent.is_at_least("lead"):
        raise Forbidden("Only a lead may do that.", code="role")
