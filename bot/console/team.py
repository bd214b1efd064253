"""The people of the console, as everybody there may know them."""

from collections import Counter
from typing import Any

from bot.console.presence import Presence
from bot.staff.agents import Agent
from bot.staff.base import StaffStore


async def team(staff: StaffStore, presence: Presence) -> list[dict[str, Any]]:
    """Those who are not disabled, by name, each with how many open conversations they have."""
    has = Counter(row.handover.agent_id for row in await staff.open_handovers() if row.handover)
    online = presence.online()
    return [
        {
            "id": agent.id,
            "name": agent.name,
            "login": agent.login,
            "role": agent.role,
            "languages": list(agent.languages),
            "available": agent.available,
            "online": agent.id in online,
            "open": has[agent.id],
        }
        for agent in await staff.agents()
        if agent.disabled_at is None
    ]


def own_language(agent: Agent) -> str:
    """What they read best."""
    return agent.languages[0] if agent.languages else "en"


def profile(agent: Agent) -> dict[str, Any]:
    """An agent as they see themselves, and as an admin sees them."""
    return {
        "id": agent.id,
        "login": agent.login,
        "name": agent.name,
        "role": agent.role,
        "languages": list(agent.languages),
        "skills": list(agent.skills),
        "capacity": agent.capacity,
        "available": agent.available,
        "disabled": agent.disabled_at is not None,
    }
