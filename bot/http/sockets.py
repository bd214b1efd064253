"""GET /v1/ws: the widget's WebSocket. The history is the truth, frames are hints."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import ExitStack

import structlog
from aiohttp import WSCloseCode, WSMsgType, web
from limits import RateLimitItemPerMinute

from bot.errors import InvalidInput, Rejected, TooMany
from bot.http.connections import CONNECTIONS
from bot.http.context import Context, context, decode, parse
from bot.http.door import ADDRESS, language_of
from bot.http.failures import explain
from bot.http.frames import Json, frames_of
from bot.http.history import lines_after
from bot.http.tokens import Caller
from bot.lines import line, to_json
from bot.live import Frame
from connectors.web.wire import Hello, MessageFrame, Signal, message

_HELLO_SECONDS = 10
_HEARTBEAT_SECONDS = 25
_CLOSE_SECONDS = 2
_LONGEST_FRAME = 128 * 1024
_FRAMES = RateLimitItemPerMinute(300)
"""Of one connection, whatever is in them; who sends more is cut off."""
_NOT_SIGNED_IN = 4401
_OVER = {WSMsgType.CLOSE, WSMsgType.CLOSING, WSMsgType.CLOSED, WSMsgType.ERROR}
_NO_HELLO = InvalidInput("Say hello first.", code="no_hello")

log = structlog.get_logger()


async def websocket(request: web.Request) -> web.StreamResponse:
    connections = request.app[CONNECTIONS]
    with connections.one_more(request[ADDRESS]):
        socket = web.WebSocketResponse(
            heartbeat=_HEARTBEAT_SECONDS, max_msg_size=_LONGEST_FRAME, timeout=_CLOSE_SECONDS
        )
        await socket.prepare(request)
        connections.sockets.add(socket)
        try:
            await _Connection(context(request), socket, request).serve()
        except ConnectionError:
            pass  # The client has left.
        except Exception:
            log.exception("socket_broken")
            await socket.close(code=WSCloseCode.INTERNAL_ERROR)
        finally:
            connections.sockets.discard(socket)
        return socket


class _Connection:
    """One open socket. Reading frames and writing replies run side by side."""

    def __init__(self, here: Context, socket: web.WebSocketResponse, request: web.Request) -> None:
        self._here, self._socket = here, socket
        self._address, self._language = request[ADDRESS], language_of(request)
        self._conversation_id: str | None = None
        self._seen = 0

    async def serve(self) -> None:
        try:
            caller = self._here.session(await self._hello())
        except (Rejected, TimeoutError) as error:
            await self._refuse(_NO_HELLO if isinstance(error, TimeoutError) else error)
            await self._socket.close(code=_NOT_SIGNED_IN)
            return
        with ExitStack() as watching:
            if not await self._watch(caller, watching):
                await self._send({"type": "ready", "conversation_id": None, "messages": [], "working": False})
            async for text in self._texts(caller):
                await self._receive(text, caller, watching)

    async def _hello(self) -> str:
        """The token."""
        received = await self._socket.receive(timeout=_HELLO_SECONDS)
        if received.type is not WSMsgType.TEXT:
            raise _NO_HELLO
        hello = parse(decode(received.data), Hello)
        self._seen = hello.after
        return hello.token

    async def _texts(self, caller: Caller) -> AsyncIterator[str]:
        """What the client sends until it leaves or its session ends; what is being taken in then is taken in whole."""
        while True:
            try:
                async with asyncio.timeout(caller.seconds_left(self._here.clock())):
                    received = await self._socket.receive()
            except TimeoutError:
                await self._socket.close(code=_NOT_SIGNED_IN)
                return
            if received.type in _OVER:
                return
            if received.type is WSMsgType.TEXT:
                yield received.data

    async def _watch(self, caller: Caller, watching: ExitStack) -> bool:
        """Watch first, then read the history: what is said in between comes twice, and is dropped once.

        False while there is no conversation yet.
        """
        self._conversation_id = await self._here.conversation_of(caller)
        if self._conversation_id is None:
            return False
        frames = watching.enter_context(self._here.kefu.live.watch(self._conversation_id))
        await self._catch_up(self._conversation_id)
        pump = asyncio.create_task(self._pump(self._conversation_id, frames, caller))
        watching.callback(pump.cancel)
        return True

    async def _pump(self, conversation_id: str, frames: asyncio.Queue[Frame | None], caller: Caller) -> None:
        """Frames to the socket until it closes, or the caller goes on in another conversation.

        One that is too slow for them reads the history instead.
        """
        try:
            while True:
                frame = await frames.get()
                if await self._here.has_moved(caller, conversation_id, frame):
                    await self._socket.close(code=WSCloseCode.SERVICE_RESTART)
                    return
                if frame is None:
                    await self._catch_up(conversation_id)
                    continue
                for shown in frames_of(frame, self._seen):
                    await self._send(shown)
                if frame.reply is not None:
                    self._seen = max(self._seen, frame.reply.seq)
        except ConnectionError:
            pass  # The client has left, and the reader notices, too.
        except Exception:
            log.exception("socket_broken", conversation=conversation_id)
            await self._socket.close(code=WSCloseCode.INTERNAL_ERROR)

    async def _catch_up(self, conversation_id: str) -> None:
        lines = await lines_after(self._here.kefu.store, conversation_id, self._seen)
        self._seen = max([self._seen, *(stored.seq for stored in lines)])
        await self._send(
            {
                "type": "ready",
                "conversation_id": conversation_id,
                "messages": [line(stored) for stored in lines],
                "working": self._here.desk.is_working(conversation_id),
            }
        )

    async def _receive(self, data: str, caller: Caller, watching: ExitStack) -> None:
        """An error is told, and the connection goes on, unless it floods us."""
        decoded: object = None
        try:
            await self._here.door.count(_FRAMES, "frames", str(id(self)), language=self._language)
            decoded = decode(data)
            kind = decoded.get("type") if isinstance(decoded, dict) else None
            if kind == "message":
                await self._accept(parse(decoded, MessageFrame), caller)
                if self._conversation_id is None:
                    await self._watch(caller, watching)
            elif parse(decoded, Signal).type == "ping":
                await self._send({"type": "pong"})
            elif self._conversation_id is not None:
                self._here.kefu.live.typing(self._conversation_id)
        except ConnectionError:
            raise
        except Exception as error:
            await self._refuse(error, decoded.get("id") if isinstance(decoded, dict) else None)
            if isinstance(error, TooMany) and decoded is None:
                await self._socket.close(code=WSCloseCode.POLICY_VIOLATION)

    async def _accept(self, sent: MessageFrame, caller: Caller) -> None:
        self._language = sent.language or self._language
        self._here.check_message(sent, self._language)
        await self._here.door.count_address(self._address, self._language)
        await self._here.door.count_session(caller.key, self._language)
        accepted = await self._here.desk.submit(
            message(
                sent,
                channel=caller.channel,
                sender=caller.sender,
                customer_id=caller.customer_id,
                address=self._address,
                now=self._here.clock(),
            )
        )
        await self._send(
            {
                "type": "accepted",
                "id": accepted.external_id,
                "seq": accepted.seq,
                "duplicate": accepted.duplicate,
            }
        )

    async def _refuse(self, error: Exception, message_id: object = None) -> None:
        frame: Json = {
            "type": "error",
            **explain(error, self._here.kefu.texts, self._language).body,
        }
        if isinstance(message_id, str):
            frame["id"] = message_id[:64]
        await self._send(frame)

    async def _send(self, frame: Json) -> None:
        if not self._socket.closed:
            await self._socket.send_str(to_json(frame))


ROUTES = (web.get("/v1/ws", websocket),)
