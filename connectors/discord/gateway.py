"""Discord's Gateway: one websocket that is kept alive, and taken up again where it broke off, also by another process."""

import asyncio
import json
import random
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from typing import Any

import structlog
from aiohttp import ClientError, ClientSession, ClientWebSocketResponse, ClientWSTimeout, WSMsgType

from connectors.channel import Memory, RetryLater, Undeliverable

_DISPATCH, _HEARTBEAT, _IDENTIFY, _RESUME, _RECONNECT, _INVALID, _HELLO, _ACK = 0, 1, 2, 6, 7, 9, 10, 11
_DIRECT_MESSAGES = 1 << 12
_FATAL = {4004, 4010, 4011, 4012, 4013, 4014}
"""A wrong token, or something not allowed: nothing changes until somebody changes it."""
_START_ANEW = {4007, 4009}
_KEEP_SESSION = 4000
"""How we close: 1000 would end the session, and with it what is still to come."""
_HELLO_SECONDS = 20.0
_LONGEST_PAUSE = 60.0
_FATAL_PAUSE = 600.0
"""Discord takes a token back from who starts a thousand sessions a day."""
_TRIES_WHERE_IT_WAS = 3
"""At the session's own address; then Discord is asked for another."""
_KEY = "session"

Handle = Callable[[str, dict[str, Any]], Awaitable[None]]
"""(Name, data) of what happened; heard again later if it raises."""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Session:
    id: str
    url: str
    seq: int
    """Of the last event that was handled."""


class Gateway:
    def __init__(
        self,
        http: ClientSession,
        memory: Memory,
        token: str,
        find_url: Callable[[], Awaitable[str]],
        *,
        second: float = 1.0,
    ) -> None:
        """`find_url` asks Discord where to connect. `second`: how long one of a pause is; a test has no time."""
        self._http, self._memory, self._token, self._find_url = http, memory, token, find_url
        self._second = second
        self._session: Session | None = None
        self._failures = 0
        self._seq: int | None = None
        self._acknowledged = True

    async def run(self, handle: Handle) -> None:
        """Until cancelled.

        Raises:
            Whatever `handle` does; what it did not take comes again when this is called again.
        """
        kept = await self._memory.get(_KEY)
        self._session = Session(**json.loads(kept)) if kept else None
        while True:
            try:
                pause = await self._connect(handle)
            except Undeliverable as error:
                log.error("gateway_refused", why=str(error)[:200])
                pause = _FATAL_PAUSE
            except (RetryLater, ClientError, OSError) as error:  # a TimeoutError is an OSError
                log.warning("gateway_unreachable", kind=type(error).__name__)
                pause = max(self._pause(), getattr(error, "seconds", None) or 0.0)
            await asyncio.sleep(pause * self._second)

    def _pause(self) -> float:
        """The longer, the more often no session came of it."""
        return min(2.0**self._failures, _LONGEST_PAUSE) * random.uniform(0.5, 1)  # noqa: S311

    async def _connect(self, handle: Handle) -> float:
        """One connection, from its beginning to its end; seconds to wait before the next."""
        known = self._session if self._failures < _TRIES_WHERE_IT_WAS else None
        self._failures += 1
        url = known.url if known else await self._find_url()
        socket = await self._http.ws_connect(
            f"{url.rstrip('/')}/?v=10&encoding=json", timeout=ClientWSTimeout(ws_close=2.0), max_msg_size=0
        )
        beating: asyncio.Task[None] | None = None
        try:
            async with asyncio.timeout(_HELLO_SECONDS):
                hello = await socket.receive()
            if hello.type is not WSMsgType.TEXT:
                return await self._after(socket.close_code)
            interval = json.loads(hello.data)["d"]["heartbeat_interval"] / 1000
            self._seq, self._acknowledged = self._session.seq if self._session else None, True
            beating = asyncio.create_task(self._beat(socket, interval))
            await self._introduce(socket)
            async for frame in socket:
                if frame.type is not WSMsgType.TEXT:
                    continue
                pause = await self._take(socket, json.loads(frame.data), handle)
                if pause is not None:
                    return pause
            return await self._after(socket.close_code)
        finally:
            if beating is not None:
                beating.cancel()
            await socket.close(code=_KEEP_SESSION)

    async def _introduce(self, socket: ClientWebSocketResponse) -> None:
        """As somebody new, or as who was here before."""
        if self._session is not None:
            resumed = {"token": self._token, "session_id": self._session.id, "seq": self._session.seq}
            await socket.send_json({"op": _RESUME, "d": resumed})
            return
        properties = {"os": "linux", "browser": "kefu", "device": "kefu"}
        anew = {"token": self._token, "intents": _DIRECT_MESSAGES, "properties": properties}
        await socket.send_json({"op": _IDENTIFY, "d": anew})

    async def _take(
        self, socket: ClientWebSocketResponse, frame: dict[str, Any], handle: Handle
    ) -> float | None:
        """Seconds to wait before connecting again, where this connection is over."""
        kind = frame["op"]
        if kind == _DISPATCH:
            await self._happened(str(frame["t"]), frame["d"], int(frame["s"]), handle)
        elif kind == _HEARTBEAT:
            await socket.send_json({"op": _HEARTBEAT, "d": self._seq})
        elif kind == _ACK:
            self._acknowledged = True
        elif kind == _RECONNECT:
            return self._pause() if self._failures else 0.0
        elif kind == _INVALID:
            if frame["d"] is not True:
                await self._forget()
            return max(self._pause(), random.uniform(1, 5))  # noqa: S311
        return None

    async def _happened(self, name: str, data: dict[str, Any], seq: int, handle: Handle) -> None:
        """Handled first, counted afterwards: what is not yet on disk is sent again."""
        self._seq = seq
        if name in ("READY", "RESUMED"):
            self._failures = 0
        if name == "READY":
            self._session = Session(data["session_id"], data["resume_gateway_url"], seq)
        await handle(name, data)
        if self._session is not None:
            self._session = replace(self._session, seq=seq)
            await self._memory.put(_KEY, json.dumps(asdict(self._session)))

    async def _beat(self, socket: ClientWebSocketResponse, interval: float) -> None:
        """Says that we are here; when nobody has answered the time before, the connection is dead."""
        with suppress(ClientError, ConnectionError):  # it is over, as whoever reads from it hears
            await asyncio.sleep(interval * random.random())  # noqa: S311
            while self._acknowledged:
                self._acknowledged = False
                await socket.send_json({"op": _HEARTBEAT, "d": self._seq})
                await asyncio.sleep(interval)
            await socket.close(code=_KEEP_SESSION)

    async def _after(self, code: int | None) -> float:
        """What a closed connection means for the next one."""
        if code in _FATAL:
            log.error("gateway_refused", code=code)
            return _FATAL_PAUSE
        log.info("gateway_closed", code=code)
        if code in _START_ANEW:
            await self._forget()
        return self._pause()

    async def _forget(self) -> None:
        self._session = None
        await self._memory.put(_KEY, "")
