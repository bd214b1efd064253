"""Events are written with what they tell of, or not at all; and only when somebody wants to be told."""

import json
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, insert, select

from bot.conversation import Floor, State
from bot.errors import Stale
from bot.store.base import Attempt, Handover, HandoverChange, Rating, Unanswered
from bot.store.database import Database
from bot.store.event_tables import deliveries, events, webhooks
from bot.store.events import Events
from bot.store.linked import Leave
from bot.store.opening import open_database
from bot.store.sql import SqlStore
from connectors.base import IntentScore, ToolRun
from tests.contracts.build import NOON, later, message, next_turn, reply, turn

PAGE = (Path(__file__).parents[2] / "docs" / "webhooks.md").read_text(encoding="utf-8")


def documented(kind: str) -> tuple[set[str], set[str]]:
    """The names in an event's data as docs/webhooks.md has them: all, and those of them that are personal."""
    section = PAGE.partition(f"### {kind}\n")[2].partition("\n### ")[0]
    example = re.search(r"```json\n(.*?)```", section, re.DOTALL)
    assert example is not None
    personal = re.search(r"^Personal: ((?:`\w+`(?:, )?)+)", section, re.MULTILINE)
    return set(json.loads(example[1])), set(re.findall(r"`(\w+)`", personal[1])) if personal else set()


class House:
    """A store whose events can be looked at."""

    def __init__(self, database: Database) -> None:
        self.database, self.recorder = database, Events()
        self.store = SqlStore(database, clock=lambda: NOON, events=self.recorder)

    def other(self) -> SqlStore:
        """As another process has it."""
        return SqlStore(self.database, clock=lambda: NOON, events=self.recorder)

    async def subscribe(self, name: str, *types: str, personal: bool = False, enabled: bool = True) -> None:
        row = {
            "id": name,
            "url": "https://hooks.example",
            "description": "",
            "types": ",".join(types),
            "with_personal": personal,
            "enabled": enabled,
            "generation": 1,
            "created_at": NOON,
            "updated_at": NOON,
        }
        await self.database.write(lambda connection: connection.execute(insert(webhooks), row))
        self.recorder.changed()

    async def told(self) -> list[tuple[str, dict[str, Any], dict[str, Any]]]:
        def work(connection: Connection) -> Any:
            return connection.execute(select(events).order_by(events.c.number)).all()

        rows = await self.database.read(work)
        return [
            (row.type, json.loads(row.data), json.loads(row.personal) if row.personal else {}) for row in rows
        ]

    async def kinds(self) -> list[str]:
        return [kind for kind, _, _ in await self.told()]

    async def deliveries(self) -> list[tuple[str, str]]:
        statement = (
            select(deliveries.c.webhook_id, events.c.type)
            .join(events, events.c.number == deliveries.c.event_number)
            .order_by(deliveries.c.id)
        )
        rows = await self.database.read(lambda connection: connection.execute(statement).all())
        return [(row.webhook_id, row.type) for row in rows]


@pytest.fixture
async def house(database_url: str) -> AsyncIterator[House]:
    opened = House(open_database(database_url))
    yield opened
    await opened.store.close()


async def test_nobody_is_told_where_nobody_asked(house: House) -> None:
    await house.subscribe("off", enabled=False)
    accepted = await house.store.accept(message("m1"))
    async with house.store.conversation(accepted.conversation_id) as conversation:
        await conversation.save(next_turn(conversation))
    assert await house.told() == []


async def test_a_turn_tells_all_of_itself_in_order(house: House) -> None:
    await house.subscribe("all", personal=True)
    await house.subscribe("ratings", "csat.given")
    accepted = await house.store.accept(message("m1", customer_id="C1", text="退 118515"))
    assert (await house.store.accept(message("m1", customer_id="C1"))).duplicate
    attempt = Attempt(
        NOON, "return_items", {"order_number": "118515"}, "signed_in", "C1", "done", receipt="KF-1"
    )
    said = reply(
        "好的",
        in_reply_to=("m1",),
        intent=IntentScore("return", 0.9),
        tools=(ToolRun("order_status", "ok"), ToolRun("return_items", "ok")),
    )
    async with house.store.conversation(accepted.conversation_id) as conversation:
        waiting = State(floor=Floor("waiting", NOON, "asked"))
        await conversation.save(
            turn(
                waiting,
                conversation.pending,
                (said,),
                attempts=(attempt,),
                unanswered=(
                    Unanswered("火星?", "zh", ("p1",)),
                    Unanswered("edited", "zh", (), "bot", "agent"),
                ),
                handover=Handover("asked", {"name": "林小满"}, language="zh"),
            )
        )
        taken = State(floor=Floor("agent", NOON, "asked", "lin"))
        assign = HandoverChange(agent_id="lin", assigned_at=NOON)
        await conversation.save(turn(taken, (), (), handover_change=assign))
        answer = HandoverChange(agent_id="lin", first_reply_at=NOON)
        await conversation.save(turn(taken, (), (reply("在的", author="agent"),), handover_change=answer))
        over = State(floor=Floor("closed", NOON))
        await conversation.save(turn(over, (), (), closes_handover="resolved"))
        await conversation.save(turn(over, (), (), linking=Leave((("telegram", "42"),))))
        await conversation.save(turn(over, (), (), rating=Rating(5)))
    told = await house.told()
    assert [kind for kind, _, _ in told] == [
        "message.received",
        "turn.answered",
        "answer.unresolved",
        "tool.executed",
        "tool.executed",
        "receipt.given",
        "handover.opened",
        "agent.assigned",
        "turn.answered",
        "conversation.closed",
        "conversation.left",
        "csat.given",
    ]
    where = {"conversation_id": accepted.conversation_id, "channel": "web", "customer_id": "C1"}
    assert all(data.items() >= where.items() for _, data, _ in told)
    data = {kind: (data, personal) for kind, data, personal in reversed(told)}
    assert data["message.received"][1] == {"sender": "s1", "text": "退 118515", "action": None}
    assert data["turn.answered"][1]["replies"][0]["text"] == "好的"
    assert data["answer.unresolved"] == (
        where | {"turn_id": data["turn.answered"][0]["turn_id"], "language": "zh", "nearest": ["p1"]},
        {"question": "火星?"},
    )
    assert [(one["tool"], one["outcome"]) for kind, one, _ in told if kind == "tool.executed"] == [
        ("order_status", "ok"),
        ("return_items", "done"),
    ]
    assert data["receipt.given"][0].items() >= {"receipt": "KF-1", "order_number": "118515"}.items()
    assert data["handover.opened"][0]["reason"] == "asked"
    assert data["handover.opened"][1] == {"packet": {"name": "林小满"}}
    assert data["agent.assigned"][0]["agent_id"] == "lin"
    assert data["conversation.closed"][0].items() >= {"agent_id": "lin", "outcome": "resolved"}.items()
    assert data["csat.given"][0].items() >= {"agent_id": "lin", "stars": 5}.items()
    for kind, one, more in told:
        if kind != "tool.executed" or "arguments" in more:
            assert documented(kind) == ({*one, *more}, {*more} - {"replies"}), kind
    plain = json.dumps([one for _, one, _ in told], ensure_ascii=False)
    assert not any(word in plain for word in ("林小满", "火星", "好的", "s1", "在的"))
    assert await house.deliveries() == [*(("all", kind) for kind, _, _ in told), ("ratings", "csat.given")]


async def test_nothing_personal_is_kept_where_no_endpoint_may_have_it(house: House) -> None:
    await house.subscribe("plain", "message.received")
    accepted = await house.store.accept(message("m1"))
    async with house.store.conversation(accepted.conversation_id) as conversation:
        await conversation.save(next_turn(conversation))
    ((kind, _, personal),) = await house.told()
    assert (kind, personal) == ("message.received", {})


async def test_what_is_rolled_back_is_not_told(house: House) -> None:
    await house.subscribe("all")
    accepted = await house.store.accept(message("m1"))
    async with house.store.conversation(accepted.conversation_id) as conversation:
        async with house.other().conversation(accepted.conversation_id) as elsewhere:
            await elsewhere.save(turn(elsewhere.state, elsewhere.pending))
        with pytest.raises(Stale):
            await conversation.save(turn(conversation.state, conversation.pending, (reply("never"),)))
    assert await house.kinds() == ["message.received", "turn.answered"]


async def test_attempts_outside_a_turn(house: House) -> None:
    await house.subscribe("all")
    values = {"tool": "cancel_order", "arguments": {"order_number": "1"}, "identity": "api"}
    await house.store.record_attempts(
        [
            Attempt(later(1), customer_id="C1", outcome="refused", reason="cancel.shipped", **values),
            Attempt(later(2), customer_id="C1", outcome="done", receipt="KF-2", **values),
        ]
    )
    told = await house.told()
    assert [kind for kind, _, _ in told] == ["tool.executed", "tool.executed", "receipt.given"]
    assert told[0][1]["rule"] == "cancel.shipped"
    assert told[2][1] == {
        "conversation_id": None,
        "channel": None,
        "customer_id": "C1",
        "turn_id": None,
        "tool": "cancel_order",
        "receipt": "KF-2",
        "order_number": "1",
    }


async def test_another_processs_webhook_is_noticed(house: House, database_url: str) -> None:
    seconds = [0.0]
    other = SqlStore(open_database(database_url), events=Events(monotonic=lambda: seconds[0]))
    await other.accept(message("m1"))
    await house.subscribe("all")
    await other.accept(message("m2"))
    assert await house.kinds() == []
    seconds[0] = 2.1
    await other.accept(message("m3"))
    assert await house.kinds() == ["message.received"]
    await other.close()
