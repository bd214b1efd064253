"""GET /v1/events: server-sent events, for where no WebSocket can be opened. The same frames."""

import asyncio
from collections.abc import AsyncIterator

import structlog
from aiohttp import web

from bot.errors import NotFound
from bot.http.connections import CONNECTIONS
from bot.http.context import Context, context, number
from bot.http.door import ADDRESS
from bot.http.frames import Json, frames_of
from bot.http.history import LARGEST_SEQ, lines_after
from bot.http.tokens import Caller
from bot.lines import line, to_json

_STILL_HERE_SECONDS = 25
_HEADERS = {
    "Content-Type": "text/event-stream",
    "Cache-Control": "no-store",
    "X-Accel-Buffering": "no",  # nginx would wait for more before it passes a frame on
}

log = structlog.get_logger()


async def events(request: web.Request) -> web.StreamResponse:
    """Events of the caller's conversation, from `after` on, until the client or the server leaves."""
    here = context(request)
    seen = number(request, "after", 0, most=LARGEST_SEQ)
    caller = here.caller(request, "read")
    conversation_id = await here.conversation_of(caller)
    if conversation_id is None:
        raise NotFound("Nothing has been said yet.")
    with request.app[CONNECTIONS].one_more(request[ADDRESS]):
        response = web.StreamResponse(headers=_HEADERS)
        await response.prepare(request)
        try:
            async with asyncio.timeout(caller.seconds_left(here.clock())):
                async for event in _events(here, caller, conversation_id, seen):
                    await response.write(event)
        except (ConnectionError, TimeoutError):
            pass  # The client has left, or is to show a token that still holds.
        except Exception:
            # The status is out: all that can be done is to end, and the client connects again.
            log.exception("events_broken", conversation=conversation_id)
        return response


async def _events(here: Context, caller: Caller, conversation_id: str, seen: int) -> AsyncIterator[bytes]:
    """Watch first, then read the history: what is said in between comes twice, and is dropped once."""
    with here.kefu.live.watch(conversation_id) as frames:
        for stored in await lines_after(here.kefu.store, conversation_id, seen):
            seen = stored.seq
            yield _event({"type": "message", "message": line(stored)})
        yield b": ready\n\n"
        while True:
            try:
                frame = await asyncio.wait_for(frames.get(), _STILL_HERE_SECONDS)
            except TimeoutError:
                yield b": still here\n\n"
                continue
            if frame is None or await here.has_moved(caller, conversation_id, frame):
                return  # The client connects again and reads what it missed, in the conversation that is theirs.
            for shown in frames_of(frame, seen):
                yield _event(shown)
            if frame.reply is not None:
                seen = max(seen, frame.reply.seq)


def _event(frame: Json) -> bytes:
    sequence = f"id: {frame['message']['seq']}\n" if frame["type"] == "message" else ""
    return f"{sequence}event: {frame['type']}\ndata: {to_json(frame)}\n\n".encode()


ROUTES = (web.get("/v1/events", events),)
