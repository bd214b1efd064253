"""Agents and handed-over conversations for the tests of the staff's records."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from bot.conversation import Floor
from bot.staff.agents import Agent
from bot.staff.sql import SqlStaffStore
from bot.store.base import Handover
from bot.store.sql import SqlStore
from tests.contracts.build import NOON, message, next_turn, reply


def agent(login: str, **fields: Any) -> Agent:
    values = {"name": login.title(), "role": "agent", "languages": ("zh", "en")}
    return Agent(**{**values, "id": f"A-{login}", "login": login, **fields})


async def hired(staff: SqlStaffStore, login: str, **fields: Any) -> Agent:
    one = agent(login, **fields)
    await staff.add_agent(one, f"hash of {login}", at=NOON)
    return one


async def talk(store: SqlStore, sender: str, text: str = "在吗", at: datetime = NOON, **fields: Any) -> str:
    """A conversation in which the shopper said one thing and the bot answered."""
    said = message(f"{sender}-{text}", sender=sender, text=text, received_at=at, **fields)
    conversation_id = (await store.accept(said)).conversation_id
    await turn(store, conversation_id)
    return conversation_id


async def turn(store: SqlStore, conversation_id: str, **fields: Any) -> None:
    async with store.conversation(conversation_id) as conversation:
        made = next_turn(
            conversation, reply(text=fields.pop("text", "好的"), author=fields.pop("author", "bot"))
        )
        await conversation.save(replace(made, **fields))


async def hand_over(store: SqlStore, conversation_id: str, reason: str = "asked", **fields: Any) -> None:
    async with store.conversation(conversation_id) as conversation:
        state = replace(conversation.state, floor=Floor("waiting", NOON, reason))
        made = next_turn(conversation, handover=Handover(reason, fields.pop("packet", {}), **fields))
        await conversation.save(replace(made, state=state))


async def change(store: SqlStore, conversation_id: str, **fields: Any) -> None:
    """What became of the open hand-over."""
    await turn(store, conversation_id, handover_change=fields)


async def take(store: SqlStore, conversation_id: str, who: Agent, **fields: Any) -> None:
    async with store.conversation(conversation_id) as conversation:
        state = replace(conversation.state, floor=Floor("agent", NOON, "asked", who.id))
        made = next_turn(conversation, reply(text=fields.pop("text", "我来处理"), author="agent"))
        changes = {"agent_id": who.id, "assigned_at": NOON, **fields}
        await conversation.save(replace(made, state=state, agent_id=who.id, handover_change=changes))


async def close(store: SqlStore, conversation_id: str) -> None:
    async with store.conversation(conversation_id) as conversation:
        state = replace(conversation.state, floor=Floor("closed", NOON))
        await conversation.save(replace(next_turn(conversation), state=state, closes_handover="resolved"))
