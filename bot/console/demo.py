"""Two agents to try the console with, in the demo and nowhere else."""

import asyncio
import base64
from datetime import datetime
from typing import Any

from bot.staff.agents import Agent
from bot.staff.base import StaffStore
from bot.staff.passwords import hashed, matches

_AGENTS = (
    Agent("demo-lin", "lin", "小林", "lead", ("zh", "en"), available=True),
    Agent("demo-amy", "amy", "Amy", "agent", ("en",), available=True),
)
_PASSWORD_LENGTH = 12


def password_from(key: bytes) -> str:
    """One that can be typed; whoever opens the demo's sign-in page is shown it."""
    return base64.b32encode(key).decode().lower()[:_PASSWORD_LENGTH]


async def welcome(staff: StaffStore, password: str, *, at: datetime) -> list[dict[str, Any]]:
    """Make them where there is nobody else yet; returns logins with the password."""
    there = {one.id: one for one in await staff.agents()}
    if not there:
        password_hash = await asyncio.to_thread(hashed, password)
        for agent in _AGENTS:
            await staff.add_agent(agent, password_hash, at=at)
    # Most often they have one hash, and to look at it takes a tenth of a second.
    fits: dict[str | None, bool] = {}
    for agent in [there[one.id] for one in _AGENTS if one.id in there]:
        found = await staff.agent_by_login(agent.login)
        hash_ = found[1] if found else None
        if hash_ not in fits:
            fits[hash_] = await asyncio.to_thread(matches, password, hash_)
        renewed = None if fits[hash_] else await asyncio.to_thread(hashed, password)
        if agent.disabled_at is not None or renewed is not None:
            await staff.change_agent(agent.id, at=at, disabled=False, available=True, password=renewed)
    here = [there.get(one.id, one) for one in _AGENTS if not there or one.id in there]
    return [{"login": one.login, "name": one.name, "password": password} for one in here]


async def send_home(staff: StaffStore, *, at: datetime) -> None:
    """Their password was shown to everybody: outside the demo nobody signs in with it."""
    for agent in await staff.agents():
        if agent.id in {one.id for one in _AGENTS} and agent.disabled_at is None:
            await staff.change_agent(agent.id, at=at, disabled=True)
