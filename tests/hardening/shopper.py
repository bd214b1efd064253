"""A shopper whose server dies again and again: says everything again until it is acknowledged, as the widget does."""

import asyncio
import contextlib
import json
import random
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

from aiohttp import (
    ClientError,
    ClientSession,
    ClientTimeout,
    ClientWebSocketResponse,
    ClientWSTimeout,
    WSMsgType,
)

TEXTS = (
    "退货运费谁出？",
    "How long does delivery take?",
    "我的订单到哪了？",
    "104233 什么时候能到",
    "我想买杯子",
    "Do you have the linen shirt in black, size M?",
    "怎么开发票？",
    "谢谢",
    "转人工",
    "不用了",
    "the second one",
    "火星天气怎么样",
)
_GONE = (ClientError, OSError, TimeoutError, json.JSONDecodeError)


class Lives:
    """Where the server is to be found in its present life."""

    def __init__(self) -> None:
        self.url = ""
        self._up = asyncio.Event()
        self.over = False

    def born(self, url: str) -> None:
        self.url = url
        self._up.set()

    def died(self) -> None:
        self._up.clear()

    async def reachable(self) -> str:
        await self._up.wait()
        return self.url


@dataclass
class Shopper:
    name: str
    http: ClientSession
    lives: Lives
    chance: random.Random
    acknowledged: dict[str, int] = field(default_factory=dict)
    """The place of each message that the server said it had."""
    received: dict[int, dict[str, Any]] = field(default_factory=dict)
    """Lines by place, as replies or frames brought them."""
    conversation_id: str | None = None
    token: str | None = None

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}

    async def talk(self) -> None:
        """Until the lives are over, and what was begun is acknowledged."""
        say = self._say_by_post if self.chance.random() < 0.5 else self._say_by_socket
        while not self.lives.over:
            burst = [
                f"{self.name}.{len(self.acknowledged) + n}" for n in range(self.chance.choice((1, 1, 3)))
            ]
            waiting = {external_id: self.chance.choice(TEXTS) for external_id in burst}
            while waiting:
                url = await self.lives.reachable()
                with contextlib.suppress(*_GONE):
                    await self._sign_in(url)
                    await say(url, waiting)
                waiting = {key: text for key, text in waiting.items() if key not in self.acknowledged}
                await asyncio.sleep(0.01)

    async def _sign_in(self, url: str) -> None:
        if self.token is None:
            async with self.http.post(f"{url}/v1/session", json={}) as response:
                self.token = (await response.json())["session_token"]

    async def _say_by_post(self, url: str, waiting: dict[str, str]) -> None:
        for external_id, text in waiting.items():
            body = {"id": external_id, "text": text, "wait": self.chance.choice((0, 0, 5))}
            async with self.http.post(f"{url}/v1/messages", json=body, headers=self.headers) as response:
                assert response.status in (200, 202), await response.text()
                answer = await response.json()
            self._acknowledge(external_id, answer["accepted"]["seq"])
            self.conversation_id = answer["conversation_id"]
            self._receive(answer["replies"])

    async def _say_by_socket(self, url: str, waiting: dict[str, str]) -> None:
        """All at once, then listens until each is acknowledged and some more."""
        async with self.http.ws_connect(f"{url}/v1/ws", timeout=_CLOSING) as socket:
            after = max(self.received, default=0)
            await socket.send_json({"type": "hello", "token": self.token, "after": after})
            for external_id, text in waiting.items():
                await socket.send_json({"type": "message", "id": external_id, "text": text})
            listened = self.chance.choice((0.05, 0.3, 2.0))
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(5 + listened):
                    async for frame in _frames(socket):
                        self._hear(frame)
                        if set(waiting) <= set(self.acknowledged) and frame["type"] == "message":
                            return

    def _hear(self, frame: dict[str, Any]) -> None:
        if frame["type"] == "accepted":
            self._acknowledge(frame["id"], frame["seq"])
        elif frame["type"] == "message":
            self._receive([frame["message"]])
        elif frame["type"] == "ready":
            self.conversation_id = frame["conversation_id"] or self.conversation_id
            self._receive(frame["messages"])
        else:
            assert frame["type"] in ("working", "delta", "floor"), frame

    def _acknowledge(self, external_id: str, seq: int) -> None:
        assert self.acknowledged.setdefault(external_id, seq) == seq, "acknowledged in two places"

    def _receive(self, lines: list[dict[str, Any]]) -> None:
        for line in lines:
            before = self.received.setdefault(line["seq"], line)
            assert before["id"] == line["id"], "one place, two lines"

    async def history(self) -> list[dict[str, Any]]:
        lines: list[dict[str, Any]] = []
        more = True
        while more:
            async with self.http.get(
                f"{self.lives.url}/v1/conversations/{self.conversation_id}/messages",
                params={"after": len(lines), "limit": 100},
                headers=self.headers,
            ) as response:
                page = await response.json()
            lines += page["messages"]
            more = page["has_more"]
        return lines


_CLOSING = ClientWSTimeout(ws_close=0.5)


async def _frames(socket: ClientWebSocketResponse) -> AsyncIterator[dict[str, Any]]:
    async for message in socket:
        if message.type is WSMsgType.TEXT:
            yield json.loads(message.data)


def session() -> ClientSession:
    return ClientSession(timeout=ClientTimeout(total=20))
