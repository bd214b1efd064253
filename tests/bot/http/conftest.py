"""A real server on 127.0.0.1 in front of a real Kefu; one for all tests of a file, each a shopper of their own."""

import asyncio
import shutil
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self
from uuid import uuid4

import pytest
import pytest_asyncio
from aiohttp import ClientResponse, ClientSession, ClientWebSocketResponse, web

from bot.factory import Kefu
from bot.http.app import make_app
from bot.http.tokens import Tokens
from bot.settings import Settings, read_settings
from bot.staff.agents import Role
from connectors.client import Client as ApiClient
from connectors.shop_system import ShopSystem
from tests.bot.http.console_client import OPENED, AgentClient, Arrive, hire
from tests.bot.http.told import check_response
from tests.conftest import CACHE, NOW
from tests.models import built

SHOPPER_SECRET = "the shop and Kefu share this secret"
SECRET = "this one signs the sessions of visitors"
API_KEY = "an-integrators-key-of-some-length"
ORIGIN = "https://shop.example"
ROOMY = {"rate_session": "10000/minute", "rate_address": "100000/minute"}

TOKENS = Tokens(secret=SECRET, shopper_secret=SHOPPER_SECRET, api_keys=(), clock=lambda: NOW)


_OPENED: list[ClientWebSocketResponse] = []


@dataclass
class Client:
    """What a browser or an integrator does, over a real socket."""

    url: str
    http: ClientSession
    headers: dict[str, str] = field(default_factory=dict)
    conversation_id: str | None = None

    def with_headers(self, **headers: str) -> Self:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return type(self)(self.url, self.http, self.headers | named, self.conversation_id)

    async def get(self, path: str, **options: Any) -> ClientResponse:
        return await self.request("GET", path, **options)

    async def post(self, path: str, body: Any = None, **options: Any) -> ClientResponse:
        return await self.request("POST", path, json=body, **options)

    async def request(self, method: str, path: str, **options: Any) -> ClientResponse:
        """Whatever a test asks for: the answer is one that the description tells."""
        response = await self.http.request(method, self.url + path, headers=self.headers, **options)
        await response.read()
        await check_response(method, path, response)
        return response

    async def session(self, **body: Any) -> dict[str, Any]:
        """Open a session and go on with its token."""
        response = await self.post("/v1/session", body)
        assert response.status == 200, await response.text()
        answer: dict[str, Any] = await response.json()
        self.headers["Authorization"] = f"Bearer {answer['session_token']}"
        self.conversation_id = answer["conversation_id"]
        return answer

    @property
    def token(self) -> str:
        return self.headers["Authorization"].removeprefix("Bearer ")

    async def say(self, text: str, *, id: str | None = None, **more: Any) -> dict[str, Any]:
        """Say it and wait for the answer."""
        response = await self.post("/v1/messages", {"id": id or uuid4().hex, "text": text, **more})
        assert response.status in (200, 202), await response.text()
        answer: dict[str, Any] = await response.json()
        self.conversation_id = answer["conversation_id"]
        return answer

    async def history(self, **query: Any) -> dict[str, Any]:
        response = await self.get(f"/v1/conversations/{self.conversation_id}/messages", params=query)
        assert response.status == 200, await response.text()
        history: dict[str, Any] = await response.json()
        return history

    async def socket(self, *, after: int = 0, hello: bool = True) -> "Socket":
        socket = Socket(await self.http.ws_connect(self.url + "/v1/ws", headers=self.headers))
        _OPENED.append(socket.raw)
        if hello:
            await socket.send(type="hello", token=self.token, after=after)
        return socket


class Socket:
    def __init__(self, socket: ClientWebSocketResponse) -> None:
        self.raw = socket

    async def send(self, **frame: Any) -> None:
        await self.raw.send_json(frame)

    async def frame(self) -> dict[str, Any]:
        frame: dict[str, Any] = await self.raw.receive_json(timeout=15)
        return frame

    async def until(self, kind: str) -> dict[str, Any]:
        """The next frame of a kind; those before it are dropped."""
        while (frame := await self.frame())["type"] != kind:
            pass
        return frame

    async def replied(self) -> dict[str, Any]:
        """The bot's next line. To the first message of all it may have come by when the socket begins to watch."""
        while (frame := await self.frame())["type"] not in ("message", "ready"):
            pass
        lines = frame["messages"] if frame["type"] == "ready" else [frame["message"]]
        said = [line for line in lines if line["author"] == "bot"]
        return said[-1] if said else await self.replied()

    async def close_code(self) -> int | None:
        """Read until the server closes."""
        async for _ in self.raw:
            pass
        return self.raw.close_code


async def _early_in_the_minute() -> None:
    """Rates are counted by the minutes of the clock: none may turn within a test of them."""
    left = 60 - time.time() % 60
    if left < 8:
        await asyncio.sleep(left + 0.1)


@dataclass
class Server:
    """Doors with settings of their own, in front of one Kefu."""

    kefu: Kefu
    settings: Settings
    http: ClientSession
    runners: list[web.AppRunner] = field(default_factory=list)

    async def open(self, **settings: Any) -> Client:
        if settings.keys() & ROOMY.keys():
            await _early_in_the_minute()
        changed = self.settings.model_copy(update=ROOMY | settings)
        runner = web.AppRunner(
            make_app(self.kefu, changed, clock=lambda: NOW), access_log=None, shutdown_timeout=1
        )
        self.runners.append(runner)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        return Client(f"http://127.0.0.1:{runner.addresses[0][1]}", self.http)


@asynccontextmanager
async def serving(demo_data: Path, data: Path, system: ShopSystem | None = None) -> AsyncIterator[Server]:
    """A server over a copy of the demo shop; `system` is where that shop is kept, if anywhere else."""
    shutil.copytree(demo_data, data)
    settings = read_settings(
        data=data,
        cache=CACHE,
        demo=True,
        secret=SECRET,
        shopper_secret=SHOPPER_SECRET,
        api_keys=(API_KEY,),
        origins=(ORIGIN,),
        webhook_allow_private=True,
    )
    kefu = await built(settings, clock=lambda: NOW, system=system)
    await kefu.start()
    async with ClientSession(auto_decompress=True) as http:
        running = Server(kefu, settings, http)
        yield running
        while OPENED:
            await OPENED.pop().close()
        for runner in running.runners:
            await runner.cleanup()
    await kefu.stop()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def server(demo_data: Path, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Server]:
    async with serving(demo_data, tmp_path_factory.mktemp("http") / "data") as running:
        yield running


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def door(server: Server) -> Client:
    """The server's front door, wide open; take `visitor` for somebody with a session."""
    return await server.open()


@pytest_asyncio.fixture(loop_scope="module")
async def visitor(door: Client) -> Client:
    client = door.with_headers()
    await client.session()
    return client


@pytest.fixture
def customer(door: Client) -> Callable[[str], Awaitable[Client]]:
    """Signs a customer of the demo shop in."""

    async def sign_in(customer_id: str) -> Client:
        client = door.with_headers()
        await client.session(shopper_token=TOKENS.sign_shopper(customer_id))
        return client

    return sign_in


@pytest.fixture
def integrator(door: Client) -> Client:
    return door.with_headers(Authorization=f"Bearer {API_KEY}")


@pytest_asyncio.fixture(loop_scope="module")
async def program(door: Client) -> AsyncIterator[ApiClient]:
    """The integrator's own, with the client that integrators are given."""
    async with ApiClient(door.url, API_KEY, language="en") as client:
        yield client


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def arrive(server: Server, door: Client) -> AsyncIterator[Arrive]:
    """Somebody new at the console."""
    opened: list[AgentClient] = []

    async def sign_in(login: str, role: Role = "agent", **more: Any) -> AgentClient:
        agent = await hire(server.kefu.office, login, role, **more)
        client = AgentClient.at(door.url)
        opened.append(client)
        await client.sign_in(login)
        client.id = agent.id
        return client

    yield sign_in
    for client in opened:
        await client.http.close()


@pytest_asyncio.fixture(loop_scope="module", autouse=True)
async def _sockets_closed() -> AsyncIterator[None]:
    yield
    while _OPENED:
        await _OPENED.pop().close()
