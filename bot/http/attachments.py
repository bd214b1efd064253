"""Photos: one at a time in, and out again for whoever may see them."""

import asyncio
import re
from collections.abc import AsyncIterator

from aiohttp import BodyPartReader, web
from aiohttp.http_exceptions import HttpProcessingError

from bot.errors import InvalidInput, NotFound
from bot.http.context import Context, context
from bot.http.door import language_of
from bot.http.tokens import Caller
from bot.store.attachments import STAFF
from bot.store.base import Attachment

_BODY_SECONDS = 60
_CHUNK = 64 * 1024
_ID = re.compile(r"[0-9a-f]{32}")
_HEADERS = {
    "Cache-Control": "private, max-age=86400, immutable",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Cross-Origin-Resource-Policy": "cross-origin",
}
_ENDINGS = {"image/jpeg": "jpg", "image/png": "png", "image/webp": "webp"}


async def post_attachment(request: web.Request) -> web.Response:
    """The photo as the body, or as the first file of a form; its name and its type are not looked at."""
    here = context(request)
    caller, language = here.caller(request, "messages"), language_of(request)
    await here.door.count_session(caller.key, language)
    content = await photo_body(request, here.settings.max_attachment_bytes)
    attachment = await here.kefu.attachments.keep(
        content, channel=caller.channel, sender=caller.sender, customer_id=caller.customer_id
    )
    return web.json_response(
        {"id": attachment.id, "media_type": attachment.media_type, "size": attachment.size}, status=201
    )


async def get_attachment(request: web.Request) -> web.Response:
    """For who sent it, the customer it belongs to, whom an agent sent it, and integrators; nobody else learns of it."""
    here = context(request)
    visitor = here.visitor(request, "read")
    attachment_id = request.match_info["attachment_id"]
    found = await here.kefu.store.attachment(attachment_id) if _ID.fullmatch(attachment_id) else None
    if found is None:
        raise NotFound("There is no such attachment.")
    if visitor is not None and not await _may_see(here, visitor, found):
        raise NotFound("There is no such attachment.")
    return await photo(here, found)


async def _may_see(here: Context, visitor: Caller, found: Attachment) -> bool:
    """What they sent, what their customer sent, and what an agent sent them."""
    if (found.channel, found.sender) == (visitor.channel, visitor.sender):
        return True
    if visitor.customer_id is not None and visitor.customer_id == found.customer_id:
        return True
    sent_to = found.conversation_id if found.channel == STAFF else None
    return sent_to is not None and sent_to == await here.conversation_of(visitor)


async def photo(here: Context, found: Attachment) -> web.Response:
    """To be shown, never to be run."""
    name = f"photo.{_ENDINGS[found.media_type]}"
    return web.Response(
        body=await here.kefu.attachments.content(found),
        content_type=found.media_type,
        headers=_HEADERS | {"Content-Disposition": f'attachment; filename="{name}"'},
    )


async def photo_body(request: web.Request, most: int) -> bytes:
    """
    Raises:
        InvalidInput: too large, too slow, empty, or a form without a file.
    """
    try:
        async with asyncio.timeout(_BODY_SECONDS):
            if request.content_type == "multipart/form-data":
                return await _file_of_form(request, most)
            return await _read(request.content.iter_chunked(_CHUNK), most)
    except TimeoutError as error:
        raise InvalidInput("The body took too long to arrive.", code="timeout", status=408) from error
    except (web.RequestPayloadError, HttpProcessingError, ValueError) as error:
        raise InvalidInput("The body is broken off or badly packed.", code="bad_body") from error


async def _file_of_form(request: web.Request, most: int) -> bytes:
    async for part in await request.multipart():
        if isinstance(part, BodyPartReader) and part.filename is not None:
            return await _read(_chunks(part), most)
    raise InvalidInput("The form holds no file.", code="bad_body")


async def _chunks(part: BodyPartReader) -> AsyncIterator[bytes]:
    while chunk := await part.read_chunk(_CHUNK):
        yield chunk


async def _read(chunks: AsyncIterator[bytes], most: int) -> bytes:
    """No more of it is read than is accepted."""
    content = bytearray()
    async for chunk in chunks:
        content += chunk
        if len(content) > most:
            raise InvalidInput("The photo is too large.", code="too_large", status=413)
    return bytes(content)


ROUTES = (
    web.post("/v1/attachments", post_attachment),
    web.get("/v1/attachments/{attachment_id}", get_attachment),
)
