"""Who of the agents somebody is on a channel of the shop's own people: as an admin said, never by guess."""

from dataclasses import dataclass

from bot.staff.agents import Agent
from bot.staff.base import StaffStore
from bot.store.base import Store

_KEPT_AS = "staff"
"""Beside what connectors remember; none of them has this name."""


@dataclass(frozen=True, slots=True)
class Accounts:
    store: Store
    staff: StaffStore

    async def agent(self, channel: str, user: str) -> Agent | None:
        """None: nobody was linked with this user of the platform, or who was may no longer sign in."""
        agent_id = await self.store.remembered(_KEPT_AS, _key(channel, user))
        agent = await self.staff.agent(agent_id) if agent_id else None
        return None if agent is None or agent.disabled_at is not None else agent

    async def link(self, channel: str, user: str, agent: Agent) -> None:
        """In place of whoever it was before."""
        await self.store.remember(_KEPT_AS, _key(channel, user), agent.id)

    async def unlink(self, channel: str, user: str) -> None:
        await self.store.remember(_KEPT_AS, _key(channel, user), "")


def _key(channel: str, user: str) -> str:
    return f"{channel}:{user}"
