"""An agent at the console, over a real server."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import cache
from typing import Any
from uuid import uuid4

from aiohttp import ClientResponse, ClientSession, ClientWebSocketResponse, CookieJar

from bot.console.office import Office
from bot.staff.agents import Agent, Role
from bot.staff.passwords import hashed
from tests.conftest import NOW

PASSWORD = "correct horse battery"
API = "/console/api"
Arrive = Callable[..., Awaitable["AgentClient"]]
"""Login, role and more of somebody new; they are signed in."""


async def hire(office: Office, login: str, role: Role = "agent", **more: Any) -> Agent:
    """Somebody with `PASSWORD`."""
    values = {"languages": ("zh", "en"), "available": True} | more
    agent = Agent(id=uuid4().hex, login=login, name=login.title(), role=role, **values)
    await office.staff.add_agent(agent, _hash(), at=NOW)
    return agent


@cache
def _hash() -> str:
    """Made once tests run, as cheaply as they hash."""
    return hashed(PASSWORD)


OPENED: list[ClientSession] = []
"""Closed with the server that they talk to."""


@dataclass
class AgentClient:
    """What the console's page does."""

    url: str
    http: ClientSession
    id: str = ""
    """The agent's."""

    @classmethod
    def at(cls, url: str) -> "AgentClient":
        OPENED.append(ClientSession(cookie_jar=CookieJar(unsafe=True)))
        return cls(url, OPENED[-1])

    async def request(self, method: str, path: str, body: Any = None, **options: Any) -> ClientResponse:
        headers = {"X-Kefu-Console": "1", "Origin": self.url} | options.pop("headers", {})
        response = await self.http.request(
            method, f"{self.url}{API}{path}", json=body, headers=headers, **options
        )
        await response.read()
        return response

    async def ask(self, method: str, path: str, body: Any = None, status: int = 200, **options: Any) -> Any:
        response = await self.request(method, path, body, **options)
        assert response.status == status, await response.text()
        return await response.json()

    async def get(self, path: str, status: int = 200, **options: Any) -> Any:
        return await self.ask("GET", path, status=status, **options)

    async def post(self, path: str, body: Any = None, status: int = 200) -> Any:
        return await self.ask("POST", path, {} if body is None else body, status)

    async def sign_in(self, login: str, password: str = PASSWORD) -> Any:
        return await self.post("/login", {"login": login, "password": password})

    async def socket(self) -> "ConsoleSocket":
        raw = await self.http.ws_connect(f"{self.url}{API}/ws", headers={"Origin": self.url})
        return ConsoleSocket(raw)

    async def say(self, conversation_id: str, text: str, **more: Any) -> Any:
        body = {"id": uuid4().hex, "text": text, **more}
        return await self.post(f"/conversations/{conversation_id}/reply", body)


@dataclass
class ConsoleSocket:
    raw: ClientWebSocketResponse

    async def send(self, **frame: Any) -> None:
        await self.raw.send_json(frame)

    async def until(self, kind: str) -> dict[str, Any]:
        """The next frame of a kind; those before it are dropped."""
        while True:
            frame: dict[str, Any] = await self.raw.receive_json(timeout=10)
            if frame["type"] == kind:
                return frame

    async def look_at(self, conversation_id: str | None) -> None:
        """Put it on the screen, and wait until the server knows."""
        await self.send(type="open", conversation_id=conversation_id)
        await self.send(type="ping")
        await self.until("pong")
