"""Photos that agents send, and those that they may see."""

from aiohttp import web

from bot.errors import NotFound
from bot.http.attachments import photo, photo_body
from bot.http.console.seat import Route, Seat
from bot.store.attachments import STAFF


async def post_attachment(seat: Seat) -> web.Response:
    content = await photo_body(seat.request, seat.here.settings.max_attachment_bytes)
    kept = await seat.here.kefu.attachments.keep(
        content, channel=STAFF, sender=seat.agent.id, customer_id=None
    )
    return web.json_response({"id": kept.id, "media_type": kept.media_type, "size": kept.size}, status=201)


async def get_attachment(seat: Seat) -> web.Response:
    """Their own, and those of conversations that they may see.

    Raises:
        NotFound: there is none, or it is not for them.
    """
    found = await seat.here.kefu.store.attachment(seat.request.match_info["attachment_id"])
    if found is None:
        raise NotFound("There is no such attachment.")
    if (found.channel, found.sender) != (STAFF, seat.agent.id):
        if found.conversation_id is None:
            raise NotFound("There is no such attachment.")
        await seat.office.viewing.look(seat.agent, found.conversation_id)
    response = await photo(seat.here, found)
    # The next person at this computer does not find it.
    response.headers["Cache-Control"] = "no-store"
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    return response


ROUTES = (
    Route("POST", "/attachments", "agent", post_attachment),
    Route("GET", "/attachments/{attachment_id:[0-9a-f]{32}}", "agent", get_attachment),
)
