"""Who is at a console, which conversation they look at, who types there: live only, in memory."""

import time
from collections import Counter
from collections.abc import Callable

_TYPING_SECONDS = 4.0
"""A typing signal is good for this long; the console repeats it every three seconds."""


class Presence:
    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._connected: Counter[str] = Counter()
        self._looking: dict[str, Counter[str]] = {}
        self._typing: dict[str, dict[str, float]] = {}

    def connect(self, agent_id: str) -> None:
        self._connected[agent_id] += 1

    def disconnect(self, agent_id: str) -> None:
        self._connected[agent_id] -= 1
        if self._connected[agent_id] <= 0:
            del self._connected[agent_id]

    def online(self) -> frozenset[str]:
        return frozenset(self._connected)

    def look(self, agent_id: str, conversation_id: str) -> None:
        self._looking.setdefault(conversation_id, Counter())[agent_id] += 1

    def look_away(self, agent_id: str, conversation_id: str) -> None:
        lookers = self._looking.get(conversation_id, Counter())
        lookers[agent_id] -= 1
        if lookers[agent_id] <= 0:
            del lookers[agent_id]
            self.stop_typing(agent_id, conversation_id)
        if not lookers:
            self._looking.pop(conversation_id, None)

    def viewers(self, conversation_id: str) -> tuple[str, ...]:
        return tuple(sorted(self._looking.get(conversation_id, ())))

    def type(self, agent_id: str, conversation_id: str) -> bool:
        """Whether that is news."""
        typing = self._typing.setdefault(conversation_id, {})
        now = self._monotonic()
        news = typing.get(agent_id, 0.0) <= now
        typing[agent_id] = now + _TYPING_SECONDS
        return news

    def stop_typing(self, agent_id: str, conversation_id: str) -> bool:
        """Whether they had been."""
        typing = self._typing.get(conversation_id, {})
        had = typing.pop(agent_id, None) is not None
        if not typing:
            self._typing.pop(conversation_id, None)
        return had

    def typing(self, conversation_id: str) -> tuple[str, ...]:
        typing, now = self._typing.get(conversation_id, {}), self._monotonic()
        return tuple(sorted(agent_id for agent_id, until in typing.items() if until > now))

    def stopped(self) -> tuple[str, ...]:
        """Conversations in which somebody fell silent since the last call."""
        now = self._monotonic()
        over = [
            (conversation_id, agent_id)
            for conversation_id, typing in self._typing.items()
            for agent_id, until in typing.items()
            if until <= now
        ]
        for conversation_id, agent_id in over:
            self.stop_typing(agent_id, conversation_id)
        return tuple(dict.fromkeys(conversation_id for conversation_id, _ in over))
