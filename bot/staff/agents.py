"""Agents and what each role may do."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

Role = Literal["agent", "lead", "admin"]
"""Each may do what the one before may: answer; see everything and how it goes; manage people."""

_RANK: dict[Role, int] = {"agent": 0, "lead": 1, "admin": 2}


Account = tuple[str, str]
"""A channel of the shop's own people, and the platform's id of somebody there."""


@dataclass(frozen=True, slots=True)
class Agent:
    id: str
    login: str
    """Lower case; what is typed to sign in."""
    name: str
    """As colleagues and shoppers see it."""
    role: Role
    languages: tuple[str, ...]
    skills: tuple[str, ...] = ()
    """Reasons of hand-overs that suit them; empty: all."""
    capacity: int = 8
    """Most conversations that are assigned to them by the house."""
    available: bool = False
    """Takes new conversations; their own switch."""
    seen_at: datetime | None = None
    """When their console was last connected."""
    disabled_at: datetime | None = None

    def is_at_least(self, role: Role) -> bool:
        return _RANK[self.role] >= _RANK[role]
