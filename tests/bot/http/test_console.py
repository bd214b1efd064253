"""The console's API over a real server: who may, who has it, what the shopper and colleagues see."""

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
import pytest_asyncio

from bot.staff.agents import Role
from tests.bot.http.conftest import Client, Server
from tests.bot.http.console_client import AgentClient, hire

pytestmark = pytest.mark.asyncio(loop_scope="module")

SignIn = Callable[..., Awaitable[AgentClient]]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def sign_in(server: Server, door: Client) -> AsyncIterator[SignIn]:
    """Somebody new at the console."""
    opened: list[AgentClient] = []

    async def arrive(login: str, role: Role = "agent", **more: Any) -> AgentClient:
        agent = await hire(server.kefu.office, login, role, **more)
        client = AgentClient.at(door.url)
        opened.append(client)
        await client.sign_in(login)
        client.agent = agent
        return client

    yield arrive
    for client in opened:
        await client.http.close()


async def waiting(visitor: Client) -> str:
    """A conversation that waits for a person."""
    await visitor.say("转人工")
    assert visitor.conversation_id
    return visitor.conversation_id


async def test_a_person_takes_over(visitor: Client, sign_in: SignIn) -> None:
    amy = await sign_in("amy")
    me = await amy.get("/me")
    assert me["me"]["login"] == "amy"
    conversation = await waiting(visitor)
    inbox = await amy.get("/inbox?view=waiting")
    row = next(one for one in inbox["rows"] if one["conversation_id"] == conversation)
    assert row["floor"] == "waiting"
    screen = await amy.socket()
    await screen.look_at(conversation)
    taken = await amy.post(f"/conversations/{conversation}/take")
    assert taken["row"]["handover"]["agent_id"] == amy.agent.id
    said = await amy.say(conversation, "您好，我是 Amy")
    assert said["lines"][-1]["agent_id"] == amy.agent.id
    await visitor.say("终于有人了", wait=0)
    while (line := (await screen.until("line"))["line"])["author"] != "shopper":
        pass
    assert line["text"] == "终于有人了"
    shown = await amy.get(f"/conversations/{conversation}")
    assert [one["author"] for one in shown["lines"]][-2:] == ["agent", "shopper"]
    assert shown["can"]["reply"]
    history = (await visitor.history())["messages"]
    assert any(one["author"] == "agent" and one["agent"] == "Amy" for one in history)
