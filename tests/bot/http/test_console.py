"""Agents at the console, over a real server: who has a conversation, what is done in it, what the shopper sees."""

import asyncio
import json
import sqlite3
from collections.abc import Awaitable, Callable
from contextlib import closing
from typing import Any

import pytest

from bot.shop.changes.requests import read_request
from bot.staff.agents import Agent
from bot.staff.base import InboxRow
from tests.bot.http.conftest import TOKENS, Client, Server
from tests.bot.http.console_client import Arrive, ConsoleSocket
from tests.bot.pictures import jpeg
from tests.conftest import NOW

pytestmark = pytest.mark.asyncio(loop_scope="module")

MARKUP = "<script>alert(1)</script><img src=x onerror=alert(2)>"


async def waiting(visitor: Client) -> str:
    """A conversation that waits for a person."""
    await visitor.say("转人工")
    assert visitor.conversation_id
    return visitor.conversation_id


async def authors(visitor: Client) -> list[str]:
    return [line["author"] for line in (await visitor.history())["messages"]]


async def test_a_person_takes_over_and_gives_back(visitor: Client, arrive: Arrive) -> None:
    amy, lin = await arrive("amy1"), await arrive("lin1")
    conversation = await waiting(visitor)
    inbox = await amy.get("/inbox?view=waiting&limit=200")
    row = next(one for one in inbox["rows"] if one["conversation_id"] == conversation)
    assert (row["floor"], row["handover"]["agent_id"], row["breached"]) == ("waiting", None, "")
    screen = await amy.socket()
    await screen.look_at(conversation)
    taken = await amy.post(f"/conversations/{conversation}/take")
    assert taken["row"]["handover"]["agent_id"] == amy.id
    said = await amy.say(conversation, f"您好，我是 Amy {MARKUP}")
    assert said["lines"][-1]["agent_id"] == amy.id
    await visitor.say(MARKUP, wait=0)
    while (line := (await screen.until("line"))["line"])["author"] != "shopper":
        pass
    assert line["text"] == MARKUP  # as it was typed; the page writes it as text
    shown = await amy.request("GET", f"/conversations/{conversation}")
    assert shown.content_type == "application/json"
    answer = await shown.json()
    assert [one["author"] for one in answer["lines"]][-2:] == ["agent", "shopper"]
    assert answer["can"]["reply"]
    assert answer["packet"]["problem"]
    assert answer["row"]["viewers"] == [amy.id]
    assert "bot" not in (await authors(visitor))[-2:]  # The bot is silent.
    # Who has had nothing to do with it does not see it.
    await lin.get(f"/conversations/{conversation}", status=404)
    await lin.post(f"/conversations/{conversation}/hand_back", status=409)
    assert (await amy.post(f"/conversations/{conversation}/hand_back", {"note": "查过了"}))["row"]
    back = await visitor.say("多久能送到？")
    assert back["replies"][-1]["author"] == "bot"
    notes = (await amy.get(f"/conversations/{conversation}"))["notes"]
    assert [one["text"] for one in notes] == ["查过了"]


async def test_the_same_reply_id_is_the_same_reply(visitor: Client, arrive: Arrive) -> None:
    amy = await arrive("amy2")
    conversation = await waiting(visitor)
    path, body = f"/conversations/{conversation}/reply", {"id": "r1", "text": "马上看"}
    together = await asyncio.gather(*(amy.post(path, body) for _ in range(3)))
    again = await amy.post(path, body)
    assert {one["lines"][-1]["id"] for one in (*together, again)} == {again["lines"][-1]["id"]}
    assert (await authors(visitor)).count("agent") == 1
    await amy.post(path, {"id": "r2", "text": "  "}, status=400)
    await amy.post(path, {"id": "r3", "text": "长" * 2001}, status=413)


async def test_two_agents_take_the_same(visitor: Client, arrive: Arrive) -> None:
    amy, lin, lead = await arrive("amy3"), await arrive("lin3"), await arrive("boss3", "lead")
    conversation = await waiting(visitor)
    path = f"/conversations/{conversation}/take"
    answers = await asyncio.gather(amy.request("POST", path, {}), lin.request("POST", path, {}))
    assert sorted(one.status for one in answers) == [200, 409]
    first, second = (amy, lin) if answers[0].status == 200 else (lin, amy)
    late = answers[1] if answers[0].status == 200 else answers[0]
    error = (await late.json())["error"]
    assert (error["code"], error["agent_id"]) == ("taken", first.id)
    await second.post(path, {"force": True}, status=409)  # Not for an agent.
    refused = await lead.post(path, status=409)
    assert refused["error"]["agent_id"] == first.id
    await lead.post(path, {"from": second.id, "force": True}, status=409)
    await lead.post(path, {"from": first.id, "force": True})
    gone = await first.post(f"/conversations/{conversation}/reply", {"id": "r1", "text": "hi"}, status=409)
    assert gone["error"]["agent_id"] == lead.id
    # A lead settles what a colleague has without taking it, and passes it on.
    await lead.post(f"/conversations/{conversation}/transfer", {"agent_id": first.id})
    assert (await lead.post(f"/conversations/{conversation}/close"))["row"]["floor"] == "closed"


async def test_agent_and_bot_answer_at_once(visitor: Client, arrive: Arrive) -> None:
    """One voice at a time: what the person says comes first, and the bot's answer never after it."""
    lead = await arrive("boss4", "lead")
    await visitor.say("你好")
    conversation = visitor.conversation_id
    assert conversation
    for number in range(4):
        said = visitor.say(f"退货运费谁出？{number}", wait=0)
        await asyncio.gather(said, lead.say(conversation, f"我来 {number}"))
        await visitor.say("嗯", wait=0.2)
        lines = await authors(visitor)
        assert "bot" not in lines[lines.index("agent") :]
        await lead.post(f"/conversations/{conversation}/hand_back")
        await visitor.say("你好")
        assert (await authors(visitor))[-1] == "bot"
        break


async def test_the_shopper_writes_while_it_is_closed(visitor: Client, arrive: Arrive) -> None:
    amy = await arrive("amy5")
    conversation = await waiting(visitor)
    await amy.say(conversation, "办好了")
    closing = amy.post(f"/conversations/{conversation}/close", {"tags": ["done"]})
    _, said = await asyncio.gather(closing, visitor.say("还有个问题：多久能送到？"))
    lines = (await visitor.history())["messages"]
    assert [line["text"] for line in lines].count("还有个问题：多久能送到？") == 1
    row = (await amy.get(f"/conversations/{conversation}"))["row"]
    assert row["tags"] == ["done"]
    assert row["handover"]["outcome"] == "resolved"
    assert row["floor"] in ("closed", "bot")
    assert said["accepted"]["seq"]


async def test_notes_mentions_tags_and_more(visitor: Client, arrive: Arrive) -> None:
    amy, zoe = await arrive("amy6"), await arrive("zoe6")
    conversation = await waiting(visitor)
    await amy.post(f"/conversations/{conversation}/take")
    await zoe.get(f"/conversations/{conversation}", status=404)
    screen = await zoe.socket()
    path = f"/conversations/{conversation}"
    written = await amy.post(f"{path}/notes", {"text": f"@zoe6 看一下 {MARKUP}，@nobody"}, status=201)
    assert written["note"]["mentions"] == [zoe.id]
    assert (await screen.until("mention"))["conversation_id"] == conversation
    seen = await zoe.get(path)
    assert seen["notes"][0]["text"] == f"@zoe6 看一下 {MARKUP}，@nobody"
    assert not seen["can"]["reply"]
    assert (await zoe.get("/inbox?view=mentions"))["rows"] == []  # Looked at: read.
    assert (await amy.ask("PUT", f"{path}/tags", {"tags": ["退货", MARKUP[:40]]}))["row"]["tags"]
    until = "2026-11-24T09:00:00+08:00"
    snoozed = (await amy.post(f"{path}/snooze", {"until": until}))["row"]["handover"]
    assert snoozed["snoozed_until"]
    assert (await amy.post(f"{path}/priority", {"priority": 3}))["row"]["handover"]["priority"] == 3
    await amy.post(f"{path}/priority", {"priority": 9}, status=400)
    assert (await zoe.post(f"{path}/close", status=409))["error"]["code"] == "taken"
    told = json.dumps(await visitor.history(), ensure_ascii=False)
    assert "看一下" not in told
    assert "退货" not in told


async def test_two_conversations_become_one(door: Client, arrive: Arrive) -> None:
    one, two = door.with_headers(), door.with_headers()
    await one.session()
    await two.session()
    first, second = await waiting(one), await waiting(two)
    amy = await arrive("amy7")
    await amy.post(f"/conversations/{second}/take")
    await amy.post(f"/conversations/{first}/merge", {"into": second})
    await amy.post(f"/conversations/{first}/merge", {"into": second})  # The same again is the same.
    assert (await amy.post(f"/conversations/{second}/merge", {"into": first}, status=409))["error"]
    assert (await amy.get(f"/conversations/{second}"))["merged"]["from"] == [first]


async def test_a_return_on_behalf_end_to_end(
    customer: Callable[[str], Awaitable[Client]], arrive: Arrive, server: Server
) -> None:
    shopper, amy = await customer("C001"), await arrive("amy8")
    conversation = await waiting(shopper)
    path = f"/conversations/{conversation}"
    beside = await amy.get(f"{path}/customer?language=zh")
    assert beside["customer"]["name"] == "林小满"
    assert "payment_methods" not in beside["customer"]
    assert beside["orders"][0]["card"]["kind"] == "order"
    tools = {one["name"]: one for one in (await amy.get(f"{path}/tools?language=zh"))["tools"]}
    give_back = tools["return_items"]
    assert give_back["available"]
    number, items = next((key, value) for key, value in give_back["choices"]["items"].items() if value)
    reason = give_back["choices"]["reason"][0]["value"]
    arguments = {"order_number": number, "items": {items[0]["value"]: 1}, "reason": reason}
    proposed = await amy.post(f"{path}/tools/return_items", {"arguments": arguments, "language": "zh"})
    assert proposed["outcome"] == "proposed"
    assert proposed["card"]["title"]
    assert not any("KF-" in value for _, value in proposed["card"]["lines"])
    # Bound to this conversation, and to an agent's request: no shopper can use the token.
    stolen = await shopper.post("/v1/tools/return_items", {"confirm": proposed["confirm"]})
    assert stolen.status == 401
    other = await waiting(await customer("C004"))
    await amy.post(f"/conversations/{other}/tools/return_items", {"confirm": proposed["confirm"]}, status=409)
    screen = await amy.socket()
    await screen.look_at(conversation)
    confirm = {"confirm": proposed["confirm"]}
    done = await amy.post(f"{path}/tools/return_items", confirm)
    again = await amy.post(f"{path}/tools/return_items", confirm)
    assert again["receipt"] == done["receipt"]
    assert [one["id"] for one in again["lines"]] == [one["id"] for one in done["lines"]]
    lines = (await shopper.history())["messages"]
    told = [one for one in lines if any(card["kind"] == "receipt" for card in one["cards"])]
    assert [one["author"] for one in told] == ["agent"]
    attempts = await server.kefu.store.attempts(conversation_id=conversation)
    assert [(one.identity, one.outcome) for one in attempts] == [("agent:amy8", "done")]
    read = await amy.post(f"{path}/tools/order_status", {"arguments": {"order_number": number}})
    assert number in read["text"]
    # Killed between the change and its line: asked again, both are there, once.
    undo = next(one for one in (await amy.get(f"{path}/tools"))["tools"] if one["name"] == "undo")
    assert undo["choices"]["receipt"][0]["value"] == done["receipt"]["number"]
    arguments = {"receipt": done["receipt"]["number"]}
    proposed = await amy.post(f"{path}/tools/undo", {"arguments": arguments})
    shown = TOKENS.confirmation(proposed["confirm"], conversation_id=conversation)
    request = read_request(shown.tool, shown.request)
    await server.kefu.shop.change(request, customer_id="C001", now=NOW, key=shown.key, digest=shown.digest)
    for _ in range(2):
        undone = await amy.post(f"{path}/tools/undo", {"confirm": proposed["confirm"]})
    assert any(card["kind"] == "receipt" for card in undone["lines"][-1]["cards"])
    lines = (await shopper.history())["messages"]
    assert [one["id"] for one in lines].count(undone["lines"][-1]["id"]) == 1
    attempts = await server.kefu.store.attempts(conversation_id=conversation)
    assert [one.tool for one in attempts if one.outcome == "done"] == ["undo", "return_items"]
    # The bot goes on knowing it.
    await amy.post(f"{path}/hand_back")
    last = (await shopper.history())["messages"][-1]
    assert number in last["text"]


async def test_nobody_is_served_whom_nobody_knows(visitor: Client, arrive: Arrive) -> None:
    amy = await arrive("amy9")
    conversation = await waiting(visitor)
    path = f"/conversations/{conversation}"
    assert (await amy.get(f"{path}/customer"))["customer"] is None
    names = {one["name"] for one in (await amy.get(f"{path}/tools"))["tools"]}
    assert "return_items" not in names
    body = {"arguments": {"order_number": "118606", "items": {"1": 1}, "reason": "other"}}
    refused = await amy.post(f"{path}/tools/return_items", body, status=409)
    assert refused["error"]["code"] == "token_required"
    # The agent asked on the phone, and says so.
    for words, who in (("林小满", ["C001"]), ("#118606", ["C002"]), ("' OR 1=1 --", [])):
        found = (await amy.get("/customers", params={"q": words}))["customers"]
        assert [one["id"] for one in found] == who
    await amy.post(f"{path}/customer", {"customer_id": "C001", "how": "电话核对"})
    assert (await amy.get(f"{path}/customer"))["customer"]["id"] == "C001"
    assert "return_items" in {one["name"] for one in (await amy.get(f"{path}/tools"))["tools"]}


async def test_a_suggestion_writes_nothing(
    customer: Callable[[str], Awaitable[Client]], visitor: Client, arrive: Arrive, server: Server
) -> None:
    """Compared with the whole database before and after, but for the session that is being used."""
    amy = await arrive("amy10")
    shopper = await customer("C002")
    conversations = {}
    for client, words in (
        (shopper, "退货运费谁出？"),
        (shopper, "我的订单到哪了？"),
        (shopper, "118624 帮我取消吧"),
        (visitor, "我的订单 118606 到哪了，邮箱 a@b.example，验证码 123456"),
        (visitor, "转人工"),
        (visitor, "火星上也能送货上门吗"),
    ):
        conversation = await waiting(client)
        await amy.post(f"/conversations/{conversation}/take")
        await client.say(words, wait=0)
        await _silent(server, conversation)
        await amy.get(f"/conversations/{conversation}")  # The view is noted; the draft is no other.
        before = _everything(server)
        draft = await amy.get(f"/conversations/{conversation}/suggestion")
        assert _everything(server) == before, words
        conversations[words] = draft
        await amy.say(conversation, "好的")
        await amy.post(f"/conversations/{conversation}/hand_back")
    assert conversations["退货运费谁出？"]["sources"]
    assert conversations["退货运费谁出？"]["text"]
    assert conversations["我的订单到哪了？"]["cards"]
    assert "原因" in conversations["118624 帮我取消吧"]["text"]  # What the bot would have to ask.
    assert conversations["转人工"]["text"] == ""


async def _silent(server: Server, conversation: str) -> None:
    """Until the bot has noted that it is not its turn."""
    async with asyncio.timeout(5):
        while server.kefu.desk.is_working(conversation):  # noqa: ASYNC110
            await asyncio.sleep(0.01)


def _everything(server: Server) -> dict[str, list[Any]]:
    with closing(sqlite3.connect(server.settings.data / "kefu.db")) as database:
        names = [name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        # Consoles that are connected keep these two up to date.
        kept = [name for name in names if name not in ("agent_sessions", "agents")]
        return {name: database.execute(f'SELECT * FROM "{name}"').fetchall() for name in kept}


async def test_an_edited_suggestion_is_listed(visitor: Client, arrive: Arrive, server: Server) -> None:
    amy = await arrive("amy11")
    conversation = await waiting(visitor)
    await visitor.say("周末也配送吗", wait=0)
    await amy.say(conversation, "配送的", suggestion="周末不配送")
    await amy.say(conversation, "明天到", suggestion="明天到")
    rows = _everything(server)["unanswered"]
    edited = [row for row in rows if "周末不配送" in row or "明天到" in row]
    assert len(edited) == 1
    assert {"周末也配送吗", "周末不配送", "配送的"} <= set(edited[0])


async def test_photos_both_ways(door: Client, visitor: Client, arrive: Arrive) -> None:
    amy, zoe = await arrive("amy12"), await arrive("zoe12")
    conversation = await waiting(visitor)
    for hostile in (b"<script>alert(1)</script>", b"GIF89a", b"%PDF-1.7", b""):
        sent = await amy.http.post(
            f"{amy.url}/console/api/attachments", data=hostile, headers={"X-Kefu-Console": "1"}
        )
        assert sent.status in (400, 415), hostile
    posted = await amy.http.post(
        f"{amy.url}/console/api/attachments", data=jpeg(), headers={"X-Kefu-Console": "1"}
    )
    photo = (await posted.json())["id"]
    await zoe.request("POST", f"/conversations/{conversation}/reply", {"id": "r", "attachments": [photo]})
    stolen = {"id": "x", "text": "看", "attachments": [photo]}
    assert (await zoe.request("POST", f"/conversations/{conversation}/reply", stolen)).status in (400, 409)
    assert (await zoe.request("GET", f"/attachments/{photo}")).status == 404
    said = await amy.say(conversation, "看图", attachments=[photo])
    assert said["lines"][-1]["attachments"] == [photo]
    assert (await visitor.get(f"/v1/attachments/{photo}")).status == 200
    stranger = door.with_headers()
    await stranger.session()
    assert (await stranger.get(f"/v1/attachments/{photo}")).status == 404
    shown = await amy.request("GET", f"/attachments/{photo}")
    assert shown.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert shown.content_type == "image/jpeg"


async def test_a_console_that_was_away_loses_nothing(visitor: Client, arrive: Arrive) -> None:
    amy = await arrive("amy13")
    conversation = await waiting(visitor)
    await amy.say(conversation, "在的")
    screen = await amy.socket()
    await screen.look_at(conversation)
    last = (await amy.get(f"/conversations/{conversation}"))["lines"][-1]["seq"]
    await screen.raw.close()
    for number in range(5):
        await visitor.say(f"第 {number} 句", wait=0)
    missed = (await amy.get(f"/conversations/{conversation}/lines?after={last}"))["lines"]
    assert [one["text"] for one in missed] == [f"第 {number} 句" for number in range(5)]
    assert [one["seq"] for one in missed] == list(range(last + 1, last + 6))


async def test_agents_hear_only_of_what_they_may_see(door: Client, arrive: Arrive) -> None:
    amy, lead = await arrive("amy15"), await arrive("boss15", "lead")
    hers, his = await amy.socket(), await lead.socket()
    for screen in (hers, his):
        await screen.look_at(None)
    alone, stuck = door.with_headers(), door.with_headers()
    for shopper in (alone, stuck):
        await shopper.session()
    await alone.say("退货运费谁出？")
    assert (await his.until("changed"))["conversation_id"] == alone.conversation_id
    await his.look_at(alone.conversation_id)
    await stuck.say("转人工")
    heard = [await hers.raw.receive_json(timeout=10)]
    while heard[-1]["type"] != "changed":
        heard.append(await hers.raw.receive_json(timeout=10))
    assert heard[-1]["conversation_id"] == stuck.conversation_id
    # Nor who looks at it.
    assert "presence" not in {frame["type"] for frame in heard}


async def _heard(screen: ConsoleSocket) -> list[tuple[str, str | None]]:
    """All that comes until what was asked so far is done."""
    await screen.send(type="ping")
    heard = []
    while (frame := await screen.raw.receive_json(timeout=10))["type"] != "pong":
        heard.append((frame["type"], frame.get("conversation_id")))
    return heard


async def test_a_conversation_taken_while_a_colleague_opens_it(
    visitor: Client, arrive: Arrive, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    amy, lin = await arrive("amy18"), await arrive("lin18")
    conversation = await waiting(visitor)
    screen = await amy.socket()
    await screen.look_at(None)
    staff, taken = server.kefu.office.staff, asyncio.Event()
    row = staff.row

    async def seen_before_it_was_taken(conversation_id: str, seer: Agent) -> InboxRow | None:
        seen = await row(conversation_id, seer)
        if seer.id == amy.id and not taken.is_set():
            taken.set()
            await lin.post(f"/conversations/{conversation}/take")
        return seen

    monkeypatch.setattr(staff, "row", seen_before_it_was_taken)
    await screen.send(type="open", conversation_id=conversation)
    heard = await _heard(screen)
    assert ("changed", conversation) in heard
    await visitor.say("只对小林说", wait=0)
    heard += await _heard(screen)
    assert ("line", conversation) not in heard


async def test_colleagues_see_who_looks_and_types(visitor: Client, arrive: Arrive) -> None:
    lead, amy = await arrive("boss14", "lead"), await arrive("amy14")
    conversation = await waiting(visitor)
    hers, his = await amy.socket(), await lead.socket()
    await his.look_at(None)
    await hers.look_at(conversation)
    seen = await his.until("presence")
    assert (seen["conversation_id"], seen["viewers"]) == (conversation, [amy.id])
    await hers.send(type="typing", conversation_id=conversation)
    assert (await his.until("presence"))["typing"] == [amy.id]
    await amy.say(conversation, "您好")
    assert (await his.until("presence"))["typing"] == []
    await hers.raw.close()
    while (await his.until("presence"))["viewers"]:
        pass
    # A line goes to who looks at the conversation; everybody else is told to fetch the row.
    await visitor.say("在吗", wait=0)
    assert (await his.until("changed"))["conversation_id"] == conversation
    await hers.raw.close()
