"""GET /console/api/ws: what happens, as it happens. What a console misses it reads again over HTTP."""

import asyncio
from typing import Literal

import structlog
from aiohttp import WSCloseCode, WSMsgType, web
from limits import RateLimitItemPerMinute
from pydantic import BaseModel, ConfigDict

from bot.console.board import Console
from bot.errors import Forbidden, Rejected, TooMany
from bot.http.connections import CONNECTIONS
from bot.http.console.actions import Id
from bot.http.console.seat import Route, Seat, is_own
from bot.http.context import decode, parse
from bot.http.failures import explain
from bot.lines import to_json

_HEARTBEAT_SECONDS = 25
_CLOSE_SECONDS = 2
_LONGEST_FRAME = 8 * 1024
_FRAMES = RateLimitItemPerMinute(600)
"""Of one console; who sends more is cut off."""
_SIGNED_OUT = 4401

log = structlog.get_logger()


class Frame(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    type: Literal["open", "typing", "ping"]
    conversation_id: Id | None = None


async def websocket(seat: Seat) -> web.StreamResponse:
    """
    Raises:
        Forbidden: a page of somebody else's opens it.
    """
    request = seat.request
    if not is_own(request) or "Origin" not in request.headers:
        raise Forbidden("Only the console's own page may connect.", code="csrf")
    connections = request.app[CONNECTIONS]
    # By session: a whole office may come from one address.
    with connections.one_more(seat.session.digest):
        socket = web.WebSocketResponse(
            heartbeat=_HEARTBEAT_SECONDS, max_msg_size=_LONGEST_FRAME, timeout=_CLOSE_SECONDS
        )
        await socket.prepare(request)
        connections.sockets.add(socket)
        try:
            with seat.office.board.connect(seat.agent, seat.session.digest) as console:
                pump = asyncio.create_task(_pump(console, socket))
                try:
                    await _listen(seat, console, socket)
                finally:
                    pump.cancel()
        except ConnectionError:
            pass  # The page has gone.
        except Exception:
            log.exception("console_broken")
            await socket.close(code=WSCloseCode.INTERNAL_ERROR)
        finally:
            connections.sockets.discard(socket)
        return socket


async def _pump(console: Console, socket: web.WebSocketResponse) -> None:
    """Frames to the page until it closes or its agent is signed out."""
    try:
        while True:
            await socket.send_str(await console.frames.get())
            if console.ended and console.frames.empty():
                await socket.close(code=_SIGNED_OUT)
                return
    except ConnectionError:
        pass  # The page has gone, and the reader notices, too.
    except Exception:
        log.exception("console_broken")
        await socket.close(code=WSCloseCode.INTERNAL_ERROR)


async def _listen(seat: Seat, console: Console, socket: web.WebSocketResponse) -> None:
    async for received in socket:
        if received.type is not WSMsgType.TEXT:
            continue
        try:
            await seat.here.door.count(_FRAMES, "console", str(id(console)), language=seat.language)
            await _receive(seat, console, parse(decode(received.data), Frame))
        except Rejected as error:
            told = explain(error, seat.here.kefu.texts, seat.language)
            console.put(to_json({"type": "error", **told.body}))
            if isinstance(error, TooMany):
                await socket.close(code=WSCloseCode.POLICY_VIOLATION)


async def _receive(seat: Seat, console: Console, frame: Frame) -> None:
    board = seat.office.board
    match frame.type:
        case "ping":
            console.put(to_json({"type": "pong"}))
        case "open":
            if not await board.open(console, frame.conversation_id):
                console.put(to_json({"type": "changed", "conversation_id": frame.conversation_id}))
            elif frame.conversation_id is not None:
                await seat.office.noting.viewed("view_conversation", console.agent, frame.conversation_id)
        case "typing" if frame.conversation_id is not None:
            # What is on the screen was checked when it was opened.
            if frame.conversation_id == console.conversation_id:
                await board.typing(console.agent, frame.conversation_id)


ROUTES = (Route("GET", "/ws", "agent", websocket),)
