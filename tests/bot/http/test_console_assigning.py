"""Conversations dealt out in turn, over a real server: to whom they suit, with room, and again when somebody leaves."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.console.assigning import Assigning
from bot.console.rows import breached
from tests.bot.http.conftest import Client, Server
from tests.bot.http.console_client import AgentClient, Arrive, ConsoleSocket

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def waiting(door: Client, language: str = "zh") -> str:
    shopper = door.with_headers(Accept_Language=language)
    await shopper.session(language=language)
    await shopper.say("转人工" if language == "zh" else "I want to talk to a human", language=language)
    assert shopper.conversation_id
    return shopper.conversation_id


async def at_desk(agent: AgentClient) -> ConsoleSocket:
    screen = await agent.socket()
    await screen.look_at(None)
    return screen


async def holder(lead: AgentClient, conversation: str) -> str | None:
    row = (await lead.get(f"/conversations/{conversation}"))["row"]
    assert row["floor"] == "waiting"  # Kept for somebody; they have not spoken yet.
    found: str | None = row["handover"]["agent_id"]
    return found


async def test_each_goes_to_whom_it_suits(server: Server, door: Client, arrive: Arrive) -> None:
    office = server.kefu.office
    assigning: Assigning = office.assigning
    lead = await arrive("boss", "lead", available=False)
    zh = await arrive("zh", languages=("zh",), capacity=2)
    en = await arrive("en", languages=("en",), capacity=2)
    picky = await arrive("picky", languages=("zh", "en"), skills=("no_such_reason",))
    assert await assigning.deal() == 0  # Nobody is at their desk.
    first, second = await waiting(door), await waiting(door, "en")
    assert await assigning.deal() == 0
    screens = {one.id: await at_desk(one) for one in (lead, zh, en, picky)}
    assert await assigning.deal() == 2
    assert await assigning.deal() == 0
    assert (await holder(lead, first), await holder(lead, second)) == (zh.id, en.id)
    assert (await screens[zh.id].until("assigned"))["conversation_id"] == first
    # Nobody gets more than they can take: the next ones wait for who speaks their language.
    more = [await waiting(door) for _ in range(3)]
    assert await assigning.deal() == 1
    held = [await holder(lead, one) for one in more]
    assert held == [zh.id, None, None]
    # Room again, once one is closed.
    await zh.say(first, "您好")
    await zh.post(f"/conversations/{first}/close")
    assert await assigning.deal() == 1
    assert await holder(lead, more[1]) == zh.id
    # Who goes is not waited for; where nobody speaks the language, another has to do.
    await screens[zh.id].raw.close()
    assert await assigning.deal() == 1
    third = await arrive("third", languages=("zh",))
    screens[third.id] = await at_desk(third)
    assert await assigning.deal() == 2
    assert sorted([await holder(lead, one) or "" for one in more]) == sorted([en.id, third.id, third.id])
    deeds = (await lead.get("/audit?limit=200"))["deeds"]
    assert {one["subject"] for one in deeds if one["action"] == "assign"} == {zh.id, en.id, third.id}


async def test_a_promise_not_kept_is_marked(server: Server, door: Client, arrive: Arrive) -> None:
    lead = await arrive("boss2", "lead")
    conversation = await waiting(door)
    row = (await lead.get(f"/conversations/{conversation}"))["row"]
    due = datetime.fromisoformat(row["handover"]["respond_by"])
    assert due > datetime(2026, 11, 23, tzinfo=UTC)
    found = await server.kefu.office.staff.handovers(conversation)
    assert breached(found[0], due) == ""
    assert breached(found[0], due + timedelta(seconds=1)) == "response"
    resolve = found[0].resolve_by
    assert resolve is not None
    assert breached(found[0], resolve + timedelta(seconds=1)) == "resolution"
