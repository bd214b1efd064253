"""Agents on the stage: they are there, and do things."""

import hashlib
import sqlite3
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol

from bot.handover.turns import Turns
from bot.store.base import Attempt, OpenConversation, Turn


@dataclass(frozen=True)
class Person:
    id: str
    name: str


class _Place(Protocol):
    conversation_id: str


class People:
    def __init__(self, file: Path) -> None:
        self._file = file

    def come(self, name: str, now: datetime) -> Person:
        """Somebody of that name, seen just now."""
        person = self.named(name)
        moment = now.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")
        with sqlite3.connect(self._file, timeout=10) as connection:
            connection.execute(
                "INSERT OR REPLACE INTO agents (id, login, name, password, role, languages, skills, capacity,"
                " available, seen_at, created_at) VALUES (?, ?, ?, '', 'agent', 'zh,en', '', 8, 0, ?, ?)",
                (person.id, person.id, name, moment, moment),
            )
        connection.close()
        return person

    def named(self, name: str) -> Person:
        return Person(hashlib.sha256(name.encode()).hexdigest()[:8], name)


def acts(
    turns: Turns, people: People, agent: Person, deed: dict[str, Any], now: datetime
) -> Callable[[OpenConversation], Awaitable[Turn]]:
    async def make(conversation: OpenConversation) -> Turn:
        if "say" in deed:
            reply_id = hashlib.sha256(f"{conversation.id}{now}{deed['say']}".encode()).hexdigest()[:32]
            return await turns.say(conversation, agent, deed["say"], reply_id, now=now)
        if "hand_back" in deed:
            return await turns.hand_back(conversation, agent, now)
        if "close" in deed:
            return await turns.close(conversation, agent, now)
        if "pass_on" in deed:
            to = people.named(deed["pass_on"]) if deed["pass_on"] else None
            return await turns.pass_on(conversation, agent, to, now)
        return await turns.take(conversation, agent, now)

    return make


def done_by_agent(deed: dict[str, str], played: _Place, now: datetime) -> Attempt:
    """A change made on the shopper's behalf, as the audit has it."""
    arguments = {"order_number": str(deed["order"])}
    return Attempt(now, deed["tool"], arguments, "agent", None, "done", "", "R1", played.conversation_id)
