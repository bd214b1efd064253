"""Idempotency-Key: an integrator's POST that comes again gets the answer it had, and is done once."""

import asyncio
import hashlib
import time

from aiohttp import web

from bot.errors import Conflict, InvalidInput
from bot.http.context import CONTEXT, raw_body
from bot.http.door import Handler, bearer
from bot.store.repeats import Begun, Repeats

HEADER = "Idempotency-Key"
REPLAYED = "Idempotent-Replayed"
_LONGEST = 255
_WAIT_SECONDS = 20.0
"""For the first of two at the same time."""
_LOOK_SECONDS = 0.1
_LARGE = ("/v1/attachments",)
"""Read in pieces: a photo sent twice is two photos, of which one is forgotten within a day."""


@web.middleware
async def once(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Only answers that say that it was done are kept: after a refusal the same key may try again."""
    given = request.headers.get(HEADER)
    here = request.app[CONTEXT]
    if given is None or request.method != "POST" or not request.path.startswith("/v1/"):
        return await handler(request)
    if request.path in _LARGE or not here.tokens.is_api_key(bearer(request)):
        return await handler(request)
    if not given.isascii() or not given.isprintable() or not 0 < len(given) <= _LONGEST:
        raise InvalidInput(f"{HEADER}: 1 to {_LONGEST} printable ASCII characters", code="invalid_field")
    repeats = here.kefu.repeats
    key = _digest(bearer(request).encode(), given.encode())
    path = request.path_qs.encode("utf-8", "replace")
    begun = await _begin(repeats, key, _digest(path, await raw_body(request)))
    if begun.state == "done":
        return web.Response(
            body=begun.body or None,
            status=begun.status,
            content_type="application/json" if begun.body else None,
            headers={REPLAYED: "true"},
        )
    kept = False
    try:
        response = await handler(request)
        if isinstance(response, web.Response) and 200 <= response.status < 300:
            await repeats.keep(key, response.status, _body(response))
            kept = True
        return response
    finally:
        if not kept:
            await repeats.drop(key)


async def _begin(repeats: Repeats, key: str, request: str) -> Begun:
    """
    Raises:
        Conflict: the key was used for another request (`idempotency_key_reused`), or the same one is
            still being answered (`idempotency_in_progress`).
    """
    patience = time.monotonic() + _WAIT_SECONDS
    while True:
        begun = await repeats.begin(key, request)
        if begun.state == "other":
            raise Conflict("This key was used for another request.", code="idempotency_key_reused")
        if begun.state != "running":
            return begun
        if time.monotonic() > patience:
            raise Conflict("The same request is being answered.", code="idempotency_in_progress")
        await asyncio.sleep(_LOOK_SECONDS)


def _body(response: web.Response) -> bytes:
    return bytes(response.body) if isinstance(response.body, bytes | bytearray) else b""


def _digest(*parts: bytes) -> str:
    return hashlib.sha256(b"".join(hashlib.sha256(part).digest() for part in parts)).hexdigest()
