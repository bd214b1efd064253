"""The console's door over a real server: who gets in, what each role may, and what is refused."""

from datetime import timedelta
from typing import Any

import pytest
from aiohttp import ClientResponse, WSServerHandshakeError

from bot.http.console.routes import ROUTES
from bot.http.console.seat import Route
from bot.staff.agents import Role
from tests.bot.http.conftest import ORIGIN, Client, Server
from tests.bot.http.console_client import API, PASSWORD, AgentClient, Arrive, hire
from tests.conftest import NOW

pytestmark = pytest.mark.asyncio(loop_scope="module")

ROLES: tuple[Role, ...] = ("agent", "lead", "admin")
_NAMES = {"conversation_id": "c" * 32, "digest": "d" * 64, "attachment_id": "a" * 32}


def filled(route: Route) -> str:
    """A path of the route that leads to nothing."""
    path = route.path
    while "{" in path:
        start, end = path.index("{"), path.index("}")
        name = path[start + 1 : end].partition(":")[0]
        # A pattern may hold braces of its own.
        end = path.index("}", end + 1) if path[start : end + 1].count("{") > 1 else end
        path = path[:start] + _NAMES.get(name, "nothing") + path[end + 1 :]
    return path


async def ask(client: AgentClient, route: Route, **options: Any) -> ClientResponse:
    return await client.request(route.method, filled(route), None if route.method == "GET" else {}, **options)


async def code_of(response: ClientResponse) -> str:
    code: str = (await response.json())["error"]["code"]
    return code


async def test_every_route_asks_who_and_which_role(arrive: Arrive, door: Client) -> None:
    nobody = AgentClient.at(door.url)
    people = {role: await arrive(f"{role}-r", role) for role in ROLES}
    # These end the session that they are asked with, and are tried below.
    walked = [route for route in ROUTES if not route.path.startswith("/logout") and route.path != "/ws"]
    assert len(walked) > 30
    for route in walked:
        refused = await ask(nobody, route)
        assert (refused.status, await code_of(refused)) == (401, "signed_out"), route
        for role, client in people.items():
            answer = await ask(client, route)
            short = ROLES.index(role) < ROLES.index(route.role)
            told = await code_of(answer) if answer.status >= 400 else ""
            assert (answer.status == 403 and told == "role") is short, (route, role, told)
            assert answer.status not in (401, 500), (route, role)
            assert answer.headers["Cache-Control"] == "no-store"
    await nobody.http.close()


async def test_only_our_own_page_changes_anything(arrive: Arrive, door: Client) -> None:
    amy = await arrive("amy-csrf")
    assert door.url != ORIGIN
    for route in ROUTES:
        if route.method == "GET":
            continue
        for headers in (
            {"X-Kefu-Console": "0"},
            {"Origin": ORIGIN},
            {"Origin": "null"},
            {"Origin": "http://[::"},
        ):
            refused = await ask(amy, route, headers=headers)
            assert (refused.status, await code_of(refused)) == (403, "csrf"), (route, headers)
    body = {"login": "amy-csrf", "password": PASSWORD}
    for headers in ({"X-Kefu-Console": ""}, {"Origin": ORIGIN}):
        refused = await amy.request("POST", "/login", body, headers=headers)
        assert await code_of(refused) == "csrf"
    for origin in (ORIGIN, "null", None):
        headers = {"Origin": origin} if origin else {}
        with pytest.raises(WSServerHandshakeError) as error:
            await amy.http.ws_connect(f"{door.url}{API}/ws", headers=headers)
        assert error.value.status == 403


async def test_signing_in(server: Server, door: Client) -> None:
    await hire(server.kefu.office, "signs.in")
    client = AgentClient.at(door.url)
    for body in (
        {"login": "signs.in", "password": "wrong horse"},
        {"login": "nobody", "password": PASSWORD},
        {"login": "' OR 1=1 --", "password": "x"},
    ):
        refused = await client.request("POST", "/login", body)
        assert (refused.status, await code_of(refused)) == (401, "wrong_login")
    response = await client.request("POST", "/login", {"login": " Signs.In ", "password": PASSWORD})
    assert response.status == 200
    cookie = response.cookies["kefu_console"]
    assert (cookie["path"], cookie["samesite"], cookie["httponly"]) == ("/console", "Strict", True)
    assert not cookie["secure"]
    over_https = {"Origin": door.url.replace("http:", "https:")}
    response = await client.request(
        "POST", "/login", {"login": "signs.in", "password": PASSWORD}, headers=over_https
    )
    assert response.cookies["kefu_console"]["secure"]
    for body in ({"login": "signs.in"}, {"login": "x", "password": "y" * 2000}, [], "{"):
        assert (await client.request("POST", "/login", body)).status == 400
    deeds = await server.kefu.office.staff.deeds(limit=10)
    assert {"login", "login_failed"} <= {deed.action for _, deed in deeds}
    assert PASSWORD not in str(deeds)
    await client.http.close()


async def test_guessing_is_stopped(server: Server) -> None:
    door = await server.open(rate_address="8/minute")
    client = AgentClient.at(door.url)
    statuses = [
        (await client.request("POST", "/login", {"login": "guessed", "password": f"{number}"})).status
        for number in range(14)
    ]
    # Hashing takes a while: the minute may turn meanwhile, and let one or two more through.
    assert statuses[:8] == [401] * 8
    assert statuses[-2:] == [429] * 2
    assert (await client.request("GET", "/me")).status == 429
    await client.http.close()


async def test_sessions_end_everywhere_and_close_their_consoles(
    arrive: Arrive, server: Server, door: Client
) -> None:
    amy, admin = await arrive("amy-s"), await arrive("admin-s", "admin")
    elsewhere = AgentClient.at(door.url)
    await elsewhere.sign_in("amy-s")
    screens = [await amy.socket(), await elsewhere.socket()]
    for screen in screens:
        await screen.look_at(None)
    sessions = (await amy.get("/sessions"))["sessions"]
    assert sorted(one["current"] for one in sessions) == [False, True]
    other = next(one for one in sessions if not one["current"])
    zoe = await arrive("zoe-s")
    await zoe.ask("DELETE", f"/sessions/{other['id']}", status=404)
    await amy.ask("DELETE", f"/sessions/{other['id']}")
    await screens[1].until("signed_out")
    assert (await screens[1].raw.receive()).data == 4401
    await elsewhere.get("/me", status=401)
    assert (await amy.get("/me"))["me"]["login"] == "amy-s"
    # Ended where this server's board is not told: found out by asking.
    await elsewhere.sign_in("amy-s")
    screen = await elsewhere.socket()
    await screen.look_at(None)
    office = server.kefu.office
    await office.staff.end_sessions(amy.id)
    await office.check_sessions()
    await screen.until("signed_out")
    await screens[0].until("signed_out")
    await amy.sign_in("amy-s")
    screen = await amy.socket()
    await screen.look_at(None)
    assert (await admin.ask("PATCH", f"/users/{amy.id}", {"disabled": True}))["user"]["disabled"]
    await screen.until("signed_out")
    await amy.get("/me", status=401)
    refused = await amy.request("POST", "/login", {"login": "amy-s", "password": PASSWORD})
    assert refused.status == 401
    await elsewhere.http.close()


async def test_people_are_managed_by_admins(arrive: Arrive, door: Client) -> None:
    admin = await arrive("admin-p", "admin")
    new = {"login": "New.One", "name": "<b>新</b>", "password": "a long password", "role": "agent"}
    added = (await admin.ask("POST", "/users", new, status=201))["user"]
    assert (added["login"], added["name"]) == ("new.one", "<b>新</b>")
    assert (await admin.request("POST", "/users", new)).status == 409
    assert (await admin.request("POST", "/users", new | {"login": "x", "password": "short"})).status == 400
    client = AgentClient.at(door.url)
    await client.sign_in("new.one", "a long password")
    changed = {"available": True, "password": {"old": "a long password", "new": "another password"}}
    assert (await client.ask("PATCH", "/me", changed))["me"]["available"]
    wrong = {"password": {"old": "nonsense", "new": "yet another one"}}
    assert (await client.request("PATCH", "/me", wrong)).status == 403
    audit = (await admin.get("/audit?limit=50"))["deeds"]
    assert {"add_user", "change_password", "change_password_failed"} <= {one["action"] for one in audit}
    assert "another password" not in str(audit)
    older = (await admin.get(f"/audit?before={audit[1]['id']}&limit=1"))["deeds"]
    assert older[0]["id"] < audit[1]["id"]
    await client.post("/logout")
    await client.get("/me", status=401)
    await client.http.close()


async def test_what_is_seen_is_noted(arrive: Arrive, visitor: Client) -> None:
    lead, amy = await arrive("lead-a", "lead"), await arrive("amy-a")
    await visitor.say("转人工")
    conversation = visitor.conversation_id
    await amy.get(f"/conversations/{conversation}")
    await amy.post(f"/conversations/{conversation}/take")
    await amy.get("/customers?q=林小满")
    deeds = (await lead.get(f"/audit?agent={amy.id}"))["deeds"]
    assert [one["action"] for one in deeds][:3] == ["search_customers", "take", "view_conversation"]
    assert deeds[0]["subject"] == "C001"


async def test_a_flood_and_nonsense_are_refused(arrive: Arrive, visitor: Client) -> None:
    amy = await arrive("amy-f")
    await visitor.say("转人工")
    path = f"/conversations/{visitor.conversation_id}"
    for body in (
        {"id": "x", "text": "a" * 300_000},
        {"id": "x", "surprise": 1},
        {"id": "no spaces"},
        {"text": "x"},
    ):
        assert (await amy.request("POST", f"{path}/reply", body)).status in (400, 413), body
    assert (await amy.request("GET", "/inbox?view=everything")).status == 400
    assert (await amy.request("GET", "/inbox?agent=somebody")).status == 403
    assert (await amy.request("GET", "/inbox?cursor=x;DROP")).status == 400
    assert (await amy.request("GET", f"{path}/lines?after=-1")).status == 400
    screen = await amy.socket()
    for frame in (
        "nonsense",
        "[]",
        '{"type":"launch"}',
        '{"type":"open","conversation_id":"' + "c" * 32 + '"}',
    ):
        await screen.raw.send_str(frame)
    assert (await screen.until("error"))["code"] == "bad_json"
    await screen.send(type="ping")
    await screen.until("pong")


async def test_the_page_and_its_headers(door: Client) -> None:
    for path in ("/console", "/console/inbox", "/console/insights"):
        response = await door.get(path)
        assert response.status == 200
        policy = response.headers["Content-Security-Policy"]
        assert "script-src 'self'" in policy
        assert "frame-ancestors 'none'" in policy
    assert (await door.get("/console/page/app.js")).content_type == "text/javascript"
    for path in ("/console/page/../board.py", "/console/page/%2e%2e/board.py", "/console/nothing.js"):
        assert (await door.get(path)).status == 404
    assert (await door.get("/console/api/nothing")).status == 404


async def test_the_demo_shows_who_can_be_tried(server: Server, door: Client) -> None:
    client = AgentClient.at(door.url)
    demo = (await client.get("/login"))["demo"]
    assert [one["name"] for one in demo] == ["小林", "Amy"]
    for one in demo:
        await client.sign_in(one["login"], one["password"])
    await client.http.close()
    real = await server.open(demo=False)
    client = AgentClient.at(real.url)
    assert (await client.get("/login"))["demo"] == []
    await client.http.close()


async def test_a_page_that_only_stands_open_idles_out(
    arrive: Arrive, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    busy, gone = await arrive("amy-busy"), await arrive("amy-gone")
    office, hours = server.kefu.office, timedelta(hours=1)
    screens = [await busy.socket(), await gone.socket()]
    for hour in (4, 8, 11, 13):
        monkeypatch.setattr(office.logins, "_clock", lambda at=NOW + hour * hours: at)
        await office.check_sessions()
        await busy.get("/me")
        # By itself: something happened somewhere.
        await gone.get("/me", status=200 if hour < 12 else 401, headers={"X-Kefu-Idle": "1"})
        if hour < 12:
            await (await gone.socket()).raw.close()
    await screens[1].until("signed_out")
    await screens[0].send(type="ping")
    await screens[0].until("pong")


async def test_a_session_runs_out(arrive: Arrive, server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    amy = await arrive("amy-e")
    later = NOW + timedelta(days=8)
    monkeypatch.setattr(server.kefu.office.logins, "_clock", lambda: later)
    await amy.get("/me", status=401)
