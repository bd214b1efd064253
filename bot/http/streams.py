"""Live: a WebSocket for the widget, server-sent events where one cannot be opened. The same frames on both."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import WSMsgType, web

from bot.errors import InvalidInput, KefuError, NotFound, Rejected, TooMany
from bot.http.context import Context, context, number, parse
from bot.http.door import ADDRESS, language_of
from bot.http.history import line, lines_after
from bot.http.tokens import Caller
from bot.live import Frame
from connectors.base import Reply
from connectors.web.wire import Hello, MessageFrame, Signal, message, render
from knowledge.sentences import sentences

_HELLO_SECONDS = 10
_HEARTBEAT_SECONDS = 25
_LONGEST_FRAME = 128 * 1024
_PER_ADDRESS = 40
"""Open connections from one client address."""

SOCKETS = web.AppKey("sockets", set[web.WebSocketResponse])
CONNECTIONS = web.AppKey("connections", dict[str, int])


async def websocket(request: web.Request) -> web.StreamResponse:
    here = context(request)
    async with _one_more(request):
        socket = web.WebSocketResponse(heartbeat=_HEARTBEAT_SECONDS, max_msg_size=_LONGEST_FRAME)
        await socket.prepare(request)
        request.app[SOCKETS].add(socket)
        try:
            await _Connection(here, socket, request).serve()
        finally:
            request.app[SOCKETS].discard(socket)
        return socket


class _Connection:
    """One open socket. Reading and writing run side by side; the history is the truth, frames are hints."""

    def __init__(self, here: Context, socket: web.WebSocketResponse, request: web.Request) -> None:
        self._here, self._socket = here, socket
        self._address, self._language = request[ADDRESS], language_of(request)
        self._seen = 0
        self._pump: asyncio.Task[None] | None = None

    async def serve(self) -> None:
        try:
            hello = await self._hello()
            caller = self._here.tokens.session(hello.token)
        except (KefuError, TimeoutError) as error:
            await self._refuse(error)
            await self._socket.close(code=4401)
            return
        self._seen = hello.after
        try:
            await self._ready(caller)
            async for received in self._socket:
                if received.type is WSMsgType.TEXT:
                    await self._receive(received.data, caller)
        finally:
            if self._pump is not None:
                self._pump.cancel()

    async def _hello(self) -> Hello:
        received = await self._socket.receive(timeout=_HELLO_SECONDS)
        if received.type is not WSMsgType.TEXT:
            raise InvalidInput("Say hello first.", code="no_hello")
        return parse(_decode(received.data), Hello)

    async def _ready(self, caller: Caller) -> None:
        """Watch first, then read the history: what is said in between comes twice, and is dropped once."""
        conversation_id = await self._here.kefu.store.find(caller.channel, caller.sender)
        if conversation_id is not None:
            started = asyncio.Event()
            self._pump = asyncio.create_task(self._watch(conversation_id, started))
            await started.wait()
            return
        await self._send({"type": "ready", "conversation_id": None, "messages": [], "working": False})

    async def _watch(self, conversation_id: str, started: asyncio.Event) -> None:
        """Frames to the socket until it closes."""
        with self._here.kefu.live.watch(conversation_id) as frames:
            await self._catch_up(conversation_id)
            started.set()
            while True:
                frame = await frames.get()
                if frame is None:
                    await self._catch_up(conversation_id)
                else:
                    await self._show(frame)

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

    async def _show(self, frame: Frame) -> None:
        for shown in frames_of(frame, self._seen):
            await self._send(shown)
        if frame.reply is not None:
            self._seen = max(self._seen, frame.reply.seq)

    async def _receive(self, data: str, caller: Caller) -> None:
        decoded: object = None
        try:
            decoded = _decode(data)
            kind = decoded.get("type") if isinstance(decoded, dict) else None
            if kind == "message":
                await self._accept(parse(decoded, MessageFrame), caller)
            elif parse(decoded, Signal).type == "ping":
                await self._send({"type": "pong"})
            else:
                conversation_id = await self._here.kefu.store.find(caller.channel, caller.sender)
                if conversation_id is not None:
                    self._here.kefu.live.typing(conversation_id)
        except KefuError as error:
            await self._refuse(error, decoded.get("id") if isinstance(decoded, dict) else None)

    async def _accept(self, sent: MessageFrame, caller: Caller) -> None:
        self._here.check_text(sent.text, sent.action)
        language = sent.language or self._language
        await self._here.door.count_session(f"{caller.channel}:{caller.sender}", language)
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
        if self._pump is None:
            await self._ready(caller)

    async def _refuse(self, error: Exception, message_id: object = None) -> None:
        frame: dict[str, Any] = {"type": "error", "code": "internal", "message": "Something is broken."}
        if isinstance(error, Rejected):
            frame |= {"code": error.code, "message": str(error)}
        if isinstance(error, TimeoutError):
            frame |= {"code": "no_hello", "message": "Say hello first."}
        if isinstance(error, TooMany):
            frame["retry_after"] = int(error.retry_after)
        if isinstance(message_id, str):
            frame["id"] = message_id[:64]
        await self._send(frame)

    async def _send(self, frame: dict[str, Any]) -> None:
        if not self._socket.closed:
            await self._socket.send_str(json.dumps(frame, ensure_ascii=False))


async def events(request: web.Request) -> web.StreamResponse:
    """Server-sent events of the caller's conversation, from `after` on."""
    here = context(request)
    caller = here.caller(request)
    conversation_id = await here.kefu.store.find(caller.channel, caller.sender)
    if conversation_id is None:
        raise NotFound("Nothing has been said yet.")
    seen = number(request, "after", 0, most=2**31 - 1)
    async with _one_more(request):
        response = web.StreamResponse(
            headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store"}
        )
        if origin := here.door.check_origin(request):
            response.headers.update({"Access-Control-Allow-Origin": origin, "Vary": "Origin"})
        await response.prepare(request)
        with here.kefu.live.watch(conversation_id) as frames:
            for stored in await lines_after(here.kefu.store, conversation_id, seen):
                seen = max(seen, stored.seq)
                await _event(response, {"type": "message", "message": line(stored)})
            while True:
                try:
                    frame = await asyncio.wait_for(frames.get(), _HEARTBEAT_SECONDS)
                except TimeoutError:
                    await response.write(b": still here\n\n")
                    continue
                if frame is None:
                    return response  # The client connects again and reads what it missed.
                for shown in frames_of(frame, seen):
                    await _event(response, shown)
                if frame.reply is not None:
                    seen = max(seen, frame.reply.seq)


async def _event(response: web.StreamResponse, frame: dict[str, Any]) -> None:
    sequence = f"id: {frame['message']['seq']}\n" if frame["type"] == "message" else ""
    body = json.dumps(frame, ensure_ascii=False)
    await response.write(f"{sequence}event: {frame['type']}\ndata: {body}\n\n".encode())


def frames_of(frame: Frame, seen: int) -> list[dict[str, Any]]:
    """A reply goes out sentence by sentence, then whole; one that was seen already not at all."""
    if frame.reply is None:
        return [{"type": frame.type}]
    if frame.reply.seq <= seen:
        return []
    return [*_deltas(frame.reply), {"type": "message", "message": render(frame.reply)}]


def _deltas(reply: Reply) -> list[dict[str, Any]]:
    pieces, position = [], 0
    for sentence in sentences(reply.text):
        end = reply.text.find(sentence, position) + len(sentence)
        pieces.append({"type": "delta", "id": reply.id, "text": reply.text[position:end]})
        position = end
    return pieces


def _decode(data: str) -> object:
    try:
        return json.loads(data)
    except (ValueError, RecursionError) as error:
        raise InvalidInput("The frame is not valid JSON.", code="bad_json") from error


@asynccontextmanager
async def _one_more(request: web.Request) -> AsyncIterator[None]:
    """Counts open connections per client address.

    Raises:
        TooMany: there are too many already.
    """
    connections, address = request.app[CONNECTIONS], request[ADDRESS]
    if connections.get(address, 0) >= _PER_ADDRESS:
        raise TooMany("Too many open connections.", retry_after=30)
    connections[address] = connections.get(address, 0) + 1
    try:
        yield
    finally:
        connections[address] -= 1
        if not connections[address]:
            del connections[address]


async def close_sockets(app: web.Application) -> None:
    """Tell every client to come back; what it missed is in the history."""
    for socket in tuple(app[SOCKETS]):
        await socket.close(code=1001, message=b"restarting")


ROUTES = (web.get("/v1/ws", websocket), web.get("/v1/events", events))
