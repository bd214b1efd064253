"""A shop's conversations by the hundred, made up at random and written as rows; what is in them is known in Python."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any

from sqlalchemy import Connection, insert

from bot.staff.agents import Agent
from bot.store.tables import conversations, handovers, mentions, messages, notes, tags
from tests.contracts.build import NOON

WORDS = ("退货", "运费", "118515", "Hello", "size XL", "发票", "Écharpe", "快递到哪了", "100%", "a_b")
LANGUAGES = ("zh", "en")
CHANNELS = ("web", "api")
REASONS = ("asked", "angry", "refund")


@dataclass
class Known:
    """One conversation, as the test knows it."""

    id: str
    channel: str
    customer_id: str | None
    floor: str
    updated_at: datetime
    lines: list[dict[str, Any]] = field(default_factory=list)
    handovers: list[dict[str, Any]] = field(default_factory=list)
    notes: list[tuple[str, dict[str, datetime | None]]] = field(default_factory=list)
    """Text, and who is named with when they read it."""
    tags: tuple[str, ...] = ()

    @property
    def last(self) -> dict[str, Any] | None:
        return self.handovers[-1] if self.handovers else None

    @property
    def open(self) -> dict[str, Any] | None:
        return self.last if self.last and self.last["closed_at"] is None else None

    def is_seen_by(self, who: Agent) -> bool:
        return (
            who.role != "agent"
            or (self.open is not None and self.open["agent_id"] is None)
            or any(one["agent_id"] == who.id for one in self.handovers)
            or any(one["agent_id"] == who.id for one in self.lines)
            or any(who.id in named for _, named in self.notes)
        )

    def is_in(self, view: str, who: Agent, now: datetime) -> bool:
        if view == "all":
            return True
        if view == "closed":
            return self.last is not None and self.open is None
        if view == "bot":
            return self.floor == "bot" and self.open is None
        if view == "mentions":
            return any(named.get(who.id, now) is None for _, named in self.notes)
        if self.open is None:
            return False
        asleep = self.open["snoozed_until"] is not None and self.open["snoozed_until"] > now
        if view == "snoozed":
            return asleep
        if view == "callback":
            return self.open["contact"] != ""
        free = self.open["agent_id"] is None and self.open["contact"] == ""
        return not asleep and {"waiting": free, "mine": self.open["agent_id"] == who.id, "open": True}[view]

    def says(self, word: str) -> bool:
        words = [line["text"] for line in self.lines] + [text for text, _ in self.notes] + [*self.tags]
        return any(word.lower() in text.lower() for text in [*words, self.customer_id or ""])


def make_up(random: Random, size: int, agents: Sequence[Agent]) -> list[Known]:
    return [_conversation(random, f"c{number:06}", agents) for number in range(size)]


def _conversation(random: Random, name: str, agents: Sequence[Agent]) -> Known:
    at = NOON - timedelta(seconds=random.randrange(100) * 60)
    customer = random.choice([None, None, f"K{random.randrange(20)}"])
    known = Known(name, random.choice(CHANNELS), customer, "bot", at)
    for _ in range(random.choice([0, 0, 1, 1, 2])):
        known.handovers.append(_handover(random, at, agents) | {"closed_at": at, "outcome": "resolved"})
    if random.random() < 0.4:
        known.handovers.append(_handover(random, at, agents))
        known.floor = random.choice(["waiting", "agent", "bot"])
    for seq in range(1, random.choice([1, 3, 5]) + 1):
        writer = random.choice(agents).id if random.random() < 0.05 else None
        author = "shopper" if seq % 2 else ("agent" if writer else "bot")
        text = " ".join(random.choices(WORDS, k=2))
        language = random.choice([None, *LANGUAGES])
        known.lines.append(
            {"seq": seq, "author": author, "text": text, "agent_id": writer if author == "agent" else None}
            | {"language": language, "at": at}
        )
    if random.random() < 0.15:
        named = {one.id: random.choice([None, at]) for one in random.sample(list(agents), 2)}
        known.notes.append((random.choice(WORDS), named))
    known.tags = tuple(random.sample(["vip", "退货", "Urgent"], random.choice([0, 0, 1, 2])))
    return known


def _handover(random: Random, at: datetime, agents: Sequence[Agent]) -> dict[str, Any]:
    def sometimes(*seconds: float) -> datetime | None:
        return random.choice([None, *(NOON + timedelta(seconds=one) for one in seconds)])

    return {
        "reason": random.choice(REASONS),
        "packet": json.dumps({"problem": "退货", "orders": [f"A{random.randrange(1000):04}"]}),
        "opened_at": at,
        "closed_at": None,
        "outcome": None,
        "agent_id": random.choice([None, *(one.id for one in agents)]),
        "first_reply_at": random.choice([None, at]),
        "language": random.choice(["", *LANGUAGES]),
        "priority": random.randrange(4),
        "respond_by": sometimes(-60, 60, 60, 120),
        "resolve_by": sometimes(-60, 600),
        "snoozed_until": sometimes(-60, 60) if random.random() < 0.5 else None,
        "contact": random.choice(["", "", "", "ann@example.com"]),
    }


def write(connection: Connection, world: Sequence[Known]) -> None:
    """The agents must be there."""
    connection.execute(insert(conversations), [_row(known) for known in world])
    lines = [_line(known, line) for known in world for line in known.lines]
    connection.execute(insert(messages), lines)
    rows = [_of(known, one) | {"turn_id": "t"} for known in world for one in known.handovers]
    connection.execute(insert(handovers), rows)
    labels = [_of(known, {"name": name}) for known in world for name in known.tags]
    connection.execute(insert(tags), labels)
    for known in world:
        for text, named in known.notes:
            note = _of(known, {"text": text, "agent_id": next(iter(named)), "after_seq": 1, "at": NOON})
            number = connection.execute(insert(notes).values(note).returning(notes.c.id)).scalar_one()
            read = [{"note_id": number, "agent_id": who, "read_at": at} for who, at in named.items()]
            connection.execute(insert(mentions), read)


def _of(known: Known, values: dict[str, Any]) -> dict[str, Any]:
    return {"conversation_id": known.id, **values}


def _row(known: Known) -> dict[str, Any]:
    return {
        "id": known.id,
        "channel": known.channel,
        "sender": known.id,
        "customer_id": known.customer_id,
        "state": "{}",
        "version": 1,
        "next_seq": len(known.lines) + 1,
        "floor": known.floor,
        "floor_since": None,
        "created_at": known.updated_at,
        "updated_at": known.updated_at,
    }


def _line(known: Known, line: dict[str, Any]) -> dict[str, Any]:
    ours = {"channel": known.channel, "sender": known.id, "turn_id": "t", "attachments": "", "failed": ""}
    return _of(known, line | ours | {"id": f"{known.id}-{line['seq']}"})
