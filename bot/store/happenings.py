"""What webhooks are told of: each kind of event with its data, and apart from it what is personal."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any, Literal, get_args

from bot.store.base import Attempt, Unanswered
from connectors.base import Message, Reply

EventType = Literal[
    "message.received",
    "turn.answered",
    "answer.unresolved",
    "tool.executed",
    "receipt.given",
    "handover.opened",
    "agent.assigned",
    "conversation.closed",
    "conversation.joined",
    "conversation.left",
    "csat.given",
    "order.changed",
]
TYPES: tuple[str, ...] = get_args(EventType)
TEST = "webhook.test"
"""Sent when asked for, whatever an endpoint is subscribed to."""


@dataclass(frozen=True, slots=True)
class Happened:
    type: str
    at: datetime
    data: dict[str, Any]
    """Ids, kinds, numbers: what names nobody and quotes nobody."""
    personal: dict[str, Any] = field(default_factory=dict)
    """Beside `data`, or in place of entries of it, for an endpoint that may have personal data."""
    conversation_id: str | None = None
    stream: str = ""
    """Events of one stream are delivered in order; empty: its conversation's."""


@dataclass(frozen=True, slots=True)
class Where:
    """The conversation, as every event of it names it."""

    conversation_id: str
    channel: str
    customer_id: str | None

    @property
    def data(self) -> dict[str, Any]:
        return asdict(self)


def received(message: Message, where: Where, message_id: str, seq: int) -> Happened:
    return Happened(
        "message.received",
        message.received_at,
        where.data
        | {
            "message_id": message_id,
            "external_id": message.external_id,
            "seq": seq,
            "language": message.language,
            "attachments": list(message.attachments),
        },
        {"sender": message.sender, "text": message.text, "action": message.action},
        where.conversation_id,
    )


def answered(where: Where, turn_id: str, replies: Sequence[Reply], agent_id: str | None) -> Happened:
    last = replies[-1]
    told = [_reply(reply) for reply in replies]
    words = [_words(reply) for reply in replies]
    return Happened(
        "turn.answered",
        last.created_at,
        where.data
        | {
            "turn_id": turn_id,
            "agent_id": agent_id,
            "in_reply_to": list(dict.fromkeys(one for reply in replies for one in reply.in_reply_to)),
            "language": last.language,
            "floor": last.floor,
            "replies": told,
        },
        {"replies": [one | more for one, more in zip(told, words, strict=True)]},
        where.conversation_id,
    )


def _reply(reply: Reply) -> dict[str, Any]:
    return {
        "id": reply.id,
        "seq": reply.seq,
        "author": reply.author,
        "intent": asdict(reply.intent) if reply.intent else None,
        "tools": [asdict(run) for run in reply.tools],
        "sources": [source.passage_id for source in reply.sources],
        "attachments": list(reply.attachments),
    }


def _words(reply: Reply) -> dict[str, Any]:
    return {
        "text": reply.text,
        "agent": reply.agent,
        "cards": [{"kind": card.kind, "id": card.id, "title": card.title} for card in reply.cards],
        "quick_replies": [button.label for button in reply.quick_replies],
    }


def unresolved(where: Where, turn_id: str, question: Unanswered, at: datetime) -> Happened:
    return Happened(
        "answer.unresolved",
        at,
        where.data | {"turn_id": turn_id, "language": question.language, "nearest": list(question.nearest)},
        {"question": question.question},
        where.conversation_id,
    )


def read(where: Where, turn_id: str, tool: str, outcome: str, at: datetime) -> Happened:
    """A tool that only looked something up."""
    data = {"turn_id": turn_id, "tool": tool, "outcome": outcome, "rule": None, "receipt": None}
    return Happened("tool.executed", at, where.data | data, {}, where.conversation_id)


def tried(attempt: Attempt, channel: str | None) -> list[Happened]:
    """A tool that changes something; with a receipt, that it was given."""
    number = attempt.arguments.get("order_number")
    data = {
        "conversation_id": attempt.conversation_id,
        "channel": channel,
        "customer_id": attempt.customer_id,
        "turn_id": attempt.turn_id,
        "tool": attempt.tool,
    }
    outcome = {"outcome": attempt.outcome, "rule": attempt.reason or None, "receipt": attempt.receipt}
    by = {"identity": attempt.identity}
    stream = "" if attempt.conversation_id else f"customer:{attempt.customer_id}"
    of = attempt.conversation_id
    told = [
        Happened(
            "tool.executed",
            attempt.at,
            data | outcome,
            by | {"arguments": attempt.arguments},
            of,
            stream,
        )
    ]
    if attempt.receipt and attempt.outcome == "done":
        receipt = {"receipt": attempt.receipt, "order_number": number}
        told.append(Happened("receipt.given", attempt.at, data | receipt, {}, of, stream))
    return told


def handed_over(where: Where, row: Any, packet: dict[str, Any]) -> Happened:
    """`row`: of `handovers`."""
    data = {
        "handover_id": row.id,
        "reason": row.reason,
        "language": row.language,
        "priority": row.priority,
        "respond_by": _iso(row.respond_by),
        "resolve_by": _iso(row.resolve_by),
    }
    personal = {"packet": packet}
    return Happened("handover.opened", row.opened_at, where.data | data, personal, where.conversation_id)


def assigned(where: Where, handover_id: int | None, agent_id: str, at: datetime) -> Happened:
    data = {"handover_id": handover_id, "agent_id": agent_id}
    return Happened("agent.assigned", at, where.data | data, {}, where.conversation_id)


def closed(where: Where, agent_id: str | None, outcome: str | None, at: datetime) -> Happened:
    data = {"agent_id": agent_id, "outcome": outcome}
    return Happened("conversation.closed", at, where.data | data, {}, where.conversation_id)


def joined(where: Where, channel: str, other_id: str | None, at: datetime) -> Happened:
    """A person goes on in it from `channel`; `other_id`: the conversation that they were in there."""
    data = {"joined_channel": channel, "joined_conversation_id": other_id}
    return Happened("conversation.joined", at, where.data | data, {}, where.conversation_id)


def left(where: Where, channel: str, at: datetime) -> Happened:
    return Happened(
        "conversation.left", at, where.data | {"left_channel": channel}, {}, where.conversation_id
    )


def rated(where: Where, row: Any, at: datetime) -> Happened:
    """`row`: of `handovers`."""
    data = {"handover_id": row.id, "agent_id": row.agent_id, "stars": row.rating}
    personal = {"comment": row.rating_comment}
    return Happened("csat.given", at, where.data | data, personal, where.conversation_id)


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
