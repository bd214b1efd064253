"""Attacks on the console over a real server: what is tried, and that it comes to nothing."""

import asyncio
import base64
import json
from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest
from yarl import URL

from bot.conversation import Identity
from bot.identification import SIGNED_IN_FOR
from bot.store.base import OpenConversation, Turn
from tests.bot.http.conftest import Client, Server
from tests.bot.http.console_client import API, PASSWORD, AgentClient, Arrive, hire
from tests.bot.pictures import jpeg
from tests.conftest import NOW
from tests.connectors.case import cases
from tests.contracts.platform import open_kit, open_platform

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def waiting(visitor: Client) -> str:
    """A conversation that waits for a person."""
    await visitor.say("转人工")
    assert visitor.conversation_id
    return visitor.conversation_id


async def views(server: Server, agent: AgentClient) -> list[str]:
    deeds = await server.kefu.office.staff.deeds(agent_id=agent.id, limit=50)
    return [deed.action for _, deed in deeds if deed.action.startswith(("view", "export"))]


async def test_a_role_taken_away_is_taken_from_the_open_screen(
    visitor: Client, arrive: Arrive, server: Server
) -> None:
    lead, amy, admin = await arrive("lead-x"), await arrive("amy-x"), await arrive("admin-x", "admin")
    await admin.ask("PATCH", f"/users/{lead.id}", {"role": "lead"})
    conversation = await waiting(visitor)
    await amy.post(f"/conversations/{conversation}/take")
    screen = await lead.socket()
    await screen.look_at(conversation)
    await visitor.say("看得见", wait=0)
    assert (await screen.until("line"))["line"]["text"] == "看得见"
    await admin.ask("PATCH", f"/users/{lead.id}", {"role": "agent"})
    await screen.until("resync")
    await visitor.say("电话 13800000000", wait=0)
    await screen.send(type="ping")
    heard = []
    while (frame := await screen.raw.receive_json(timeout=10))["type"] != "pong":
        heard.append(frame["type"])
    assert "line" not in heard
    assert (await amy.get(f"/conversations/{conversation}"))["row"]["viewers"] == []


async def test_a_guesser_locks_nobody_out_but_themselves(server: Server) -> None:
    await hire(server.kefu.office, "locked.out")
    door = await server.open(trusted_proxies=("127.0.0.1",))
    client = AgentClient.at(door.url)

    async def sign_in(password: str, address: str) -> int:
        body = {"login": "locked.out", "password": password}
        answer = await client.request("POST", "/login", body, headers={"X-Forwarded-For": address})
        return answer.status

    # One home's addresses are one guesser.
    guesses = [await sign_in("wrong horse", f"2001:db8::{number:x}") for number in range(22)]
    assert guesses == [401] * 20 + [429] * 2
    assert await sign_in(PASSWORD, "2001:db8::ffff") == 429
    assert await sign_in(PASSWORD, "192.0.2.1") == 200
    await client.http.close()


async def test_every_way_to_look_leaves_a_line(visitor: Client, arrive: Arrive, server: Server) -> None:
    posted = await visitor.request("POST", "/v1/attachments", data=jpeg())
    photo = (await posted.json())["id"]
    await visitor.say("请看图", attachments=[photo])
    conversation = await waiting(visitor)
    path = f"/conversations/{conversation}"
    boss = await arrive("boss-v", "lead")
    await boss.post(f"{path}/customer", {"customer_id": "C001", "how": "电话核对"})

    async def over_socket(agent: AgentClient) -> None:
        await (await agent.socket()).look_at(conversation)

    ways: dict[str, Any] = {
        "lines": lambda one: one.get(f"{path}/lines?after=0"),
        "suggestion": lambda one: one.get(f"{path}/suggestion"),
        "photo": lambda one: one.request("GET", f"/attachments/{photo}"),
        "socket": over_socket,
        "tools": lambda one: one.get(f"{path}/tools"),
        "export": lambda one: one.request("GET", "/insights.csv"),
    }
    expected = {"tools": "view_customer", "export": "export_insights"}
    for name, look in ways.items():
        agent = await arrive(f"{name}-v", "lead")
        await look(agent)
        assert await views(server, agent) == [expected.get(name, "view_conversation")], name
    shown = await boss.request("GET", f"/attachments/{photo}")
    # Not for whoever uses the computer next.
    assert shown.headers["Cache-Control"] == "no-store"
    assert shown.headers["Cross-Origin-Resource-Policy"] == "same-origin"


async def test_one_browser_is_one_person(arrive: Arrive, server: Server, door: Client) -> None:
    amy = await arrive("amy-1b")
    await hire(server.kefu.office, "lin-1b")
    screen = await amy.socket()
    await screen.look_at(None)
    before = amy.http.cookie_jar.filter_cookies(URL(f"{door.url}{API}"))["kefu_console"].value
    await amy.sign_in("lin-1b")
    await screen.until("signed_out")
    answer = await door.http.get(f"{door.url}{API}/me", headers={"Cookie": f"kefu_console={before}"})
    assert answer.status == 401


async def test_a_name_is_one_line_that_can_be_read_and_is_noted(arrive: Arrive, server: Server) -> None:
    amy, admin = await arrive("amy-n"), await arrive("admin-n", "admin")
    for name in (" ", "\u202e", "\u200b\n"):
        assert (await amy.request("PATCH", "/me", {"name": name})).status == 400
        assert (await admin.request("PATCH", f"/users/{amy.id}", {"name": name})).status == 400
    changed = await amy.ask("PATCH", "/me", {"name": "Amy\r\nBcc: x@example.com\u202e"})
    assert changed["me"]["name"] == "Amy Bcc: x@example.com"
    deeds = await server.kefu.office.staff.deeds(agent_id=amy.id, limit=1)
    assert (deeds[0][1].action, deeds[0][1].detail) == ("change_me", "name=Amy Bcc: x@example.com")


async def test_what_no_database_takes_is_refused(visitor: Client, arrive: Arrive) -> None:
    amy = await arrive("amy-db")
    path = f"/conversations/{await waiting(visitor)}"

    def cursor(*place: Any) -> str:
        return base64.urlsafe_b64encode(json.dumps(place).encode()).decode()

    day = "2026-01-01T00:00:00+00:00"
    for asked in (
        f"/inbox?view=waiting&cursor={cursor(10**30, day, 1)}",
        f"/inbox?view=waiting&cursor={cursor(1, '0001-01-01T00:00:00+14:00', 1)}",
        f"/inbox?view=all&cursor={cursor('9999-12-31T23:59:59-14:00', 'x')}",
        "/inbox?q=%00",
        "/inbox?tag=a%00b",
        "/conversations/%00",
        "/conversations/a%00b/lines",
        "/audit?agent=%00",
    ):
        assert (await amy.request("GET", asked)).status in (400, 403), asked
    assert (await amy.request("GET", f"/inbox?view=all&cursor={cursor(day, chr(0xD800))}")).status == 200
    for until in ("0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"):
        assert (await amy.request("POST", f"{path}/snooze", {"until": until})).status == 400
    assert (await amy.request("POST", f"{path}/transfer", {"agent_id": "\x00"})).status == 404


async def test_kept_for_a_colleague_nobody_else_runs_anything(
    visitor: Client, arrive: Arrive, server: Server
) -> None:
    conversation = await waiting(visitor)
    path = f"/conversations/{conversation}"
    boss, amy = await arrive("boss-k", "lead"), await arrive("amy-k")
    await boss.post(f"{path}/customer", {"customer_id": "C001", "how": "电话核对"})
    tools = {one["name"]: one for one in (await boss.get(f"{path}/tools"))["tools"]}
    number, items = next(
        (key, value) for key, value in tools["return_items"]["choices"]["items"].items() if value
    )
    reason = tools["return_items"]["choices"]["reason"][0]["value"]
    arguments = {"order_number": number, "items": {items[0]["value"]: 1}, "reason": reason}
    proposed = await boss.post(f"{path}/tools/return_items", {"arguments": arguments})
    confirm = {"confirm": proposed["confirm"]}
    await boss.post(f"{path}/transfer", {"agent_id": None})
    assert await server.kefu.office.handling.reserve(conversation, amy.id)
    refused = await boss.post(f"{path}/tools/return_items", confirm, status=409)
    assert (refused["error"]["code"], refused["error"]["agent_id"]) == ("taken", amy.id)
    # Somebody else by now: nothing of what was shown for the first is done.
    await amy.post(f"{path}/customer", {"customer_id": "C002", "how": "听错了"})
    await amy.post(f"{path}/tools/return_items", confirm, status=404)
    await amy.post(f"{path}/customer", {"customer_id": "C001", "how": "还是他"})
    together = await asyncio.gather(
        *(amy.request("POST", f"{path}/tools/return_items", confirm) for _ in range(4))
    )
    receipts = {(await one.json())["receipt"]["number"] for one in together if one.status == 200}
    assert len(receipts) == 1
    attempts = await server.kefu.store.attempts(conversation_id=conversation)
    assert [one.outcome for one in attempts].count("done") == 1
    deeds = await server.kefu.office.staff.deeds(agent_id=amy.id)
    assert [deed.action for _, deed in deeds].count("run_tool") == 1


async def test_one_order_proved_is_not_the_whole_customer(
    visitor: Client, arrive: Arrive, server: Server
) -> None:
    conversation = await waiting(visitor)
    path = f"/conversations/{conversation}"
    amy = await arrive("amy-o")
    order, other = (await server.kefu.shop.orders("C001"))[:2]

    async def proved(open_: OpenConversation) -> Turn:
        identity = Identity("order", "C001", order.number)
        return Turn(id=uuid4().hex, state=replace(open_.state, identity=identity), answered=(), replies=())

    await server.kefu.office.handling.act(conversation, proved)
    assert (await amy.get(path))["identity"]["level"] == "order"
    tools = {one["name"]: one for one in (await amy.get(f"{path}/tools"))["tools"]}
    assert "payment_methods" not in tools
    assert [one["value"] for one in tools["order_status"]["choices"]["order_number"]] == [order.number]
    await amy.post(f"{path}/tools/coupons", {"arguments": {}}, status=409)
    asked = {"arguments": {"order_number": other.number}}
    assert (await amy.post(f"{path}/tools/order_status", asked))["cards"] == []
    # Asked for the rest, the agent says who it is; and may have misheard.
    for customer in ("C002", "C001"):
        await amy.post(f"{path}/customer", {"customer_id": customer, "how": "电话核对"})
        assert (await amy.get(path))["identity"] == {
            "level": "signed_in",
            "customer_id": customer,
            "order_number": None,
        }


async def test_an_agents_word_for_a_shopper_runs_out(
    visitor: Client, arrive: Arrive, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = f"/conversations/{await waiting(visitor)}"
    amy = await arrive("amy-w")
    await amy.post(f"{path}/customer", {"customer_id": "C001", "how": "电话核对"})
    assert (await amy.get(f"{path}/customer"))["customer"]["id"] == "C001"
    office = server.kefu.office
    for service in (office.acting_for, office.viewing, office.suggesting):
        monkeypatch.setattr(service, "_clock", lambda: NOW + SIGNED_IN_FOR)
    assert (await amy.get(f"{path}/customer"))["customer"] is None
    assert (await amy.get(path))["identity"]["level"] == "anonymous"
    asked = {"arguments": {}}
    refused = await amy.post(f"{path}/tools/list_orders", asked, status=409)
    assert refused["error"]["code"] == "token_required"


async def test_an_agents_word_ends_with_the_conversation(
    door: Client, arrive: Arrive, server: Server
) -> None:
    amy = await arrive("amy-c")
    shopper = door.with_headers()
    await shopper.session()
    path = f"/conversations/{await waiting(shopper)}"
    await amy.post(f"{path}/customer", {"customer_id": "C001", "how": "电话核对"})
    await amy.post(f"{path}/close")
    own = {order.number for order in await server.kefu.shop.orders("C001")}
    answer = await shopper.say("我的订单")
    assert not any(number in json.dumps(answer["replies"]) for number in own)


async def test_who_guesses_a_platforms_signature_is_stopped_and_the_platform_is_not(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = cases()["telegram"]
    client = await server.open(rate_address="5/minute", public_url="https://kefu.shop.example")
    async with open_platform() as platform, open_kit() as kit:
        monkeypatch.setitem(server.kefu.channels.connectors, "telegram", case.open(platform.url, kit))  # type: ignore[arg-type]
        address = f"{client.url}/channels/telegram"
        guesses = [(await client.http.post(address, data=b"{}")).status for _ in range(8)]
        assert guesses == [401] * 5 + [429] * 3
        signed = case.signed(b"{}")
        assert (await client.http.post(address, data=b"{}", headers=signed.headers)).status == 200


async def test_nobody_copies_the_list_of_customers(arrive: Arrive) -> None:
    amy, other = await arrive("amy-l"), await arrive("other-l")
    (found,) = (await amy.get("/customers?q=118606"))["customers"]
    assert set(found) == {"id", "name", "emails", "phones"}
    asked = 0
    while (await amy.request("GET", f"/customers?q=a{asked}")).status == 200:
        asked += 1
        assert asked < 180, "nobody stops them"
    assert asked >= 59  # more where the minute turned in between
    assert (await other.request("GET", "/customers?q=118606")).status == 200


async def test_an_agent_disabled_elsewhere_holds_nobody_up(
    visitor: Client, arrive: Arrive, server: Server
) -> None:
    office, amy = server.kefu.office, await arrive("amy-d")
    conversation = await waiting(visitor)
    screen = await amy.socket()
    await screen.look_at(None)
    assert await office.handling.reserve(conversation, amy.id)
    # By the command, in another process: this one still has their console.
    await office.staff.change_agent(amy.id, at=NOW, disabled=True)
    await office.assigning.deal()
    await office.check_sessions()
    await screen.until("signed_out")
