"""Server-sent events, read line by line; a connection that breaks is made again where it left off."""

import asyncio
import json
from collections.abc import AsyncIterator

from aiohttp import ClientError, ClientTimeout

from connectors.client.calls import Calls, parsed
from connectors.client.errors import ServerError, TooMany, refusal
from connectors.client.models import Message

_AGAIN_SECONDS = 1.0
_SILENT_SECONDS = 60.0
"""The server says that it is there twice as often."""


async def watched(calls: Calls, after: int, sender: str | None) -> AsyncIterator[Message]:
    """
    Raises:
        Refused: it may not be watched, or nothing has been said yet.
    """
    while True:
        pause = _AGAIN_SECONDS
        try:
            async for message in _stream(calls, after, sender):
                yield message
                after = message.seq
        except (TooMany, ServerError) as error:
            pause = error.retry_after or pause
        except (ClientError, TimeoutError):
            pass
        await asyncio.sleep(pause)


async def _stream(calls: Calls, after: int, sender: str | None) -> AsyncIterator[Message]:
    query = {"after": str(after), **({"sender": sender} if sender else {})}
    timeout = ClientTimeout(total=None, sock_read=_SILENT_SECONDS)
    async with calls.http.get(
        f"{calls.url}/v1/events", headers=calls.headers(), params=query, timeout=timeout
    ) as response:
        if response.status != 200:
            raise refusal(response.status, parsed(await response.read()), response.headers)
        async for line in response.content:
            if line.startswith(b"data: "):
                frame = json.loads(line.removeprefix(b"data: "))
                if frame["type"] == "message":
                    yield Message.model_validate(frame["message"])
