"""/channels/NAME: where platforms bring what people write. On disk first, then acknowledged; answered elsewhere."""

import structlog
from aiohttp import web

from bot.errors import NotFound, Unauthorized
from bot.http.context import Context, context, raw_body
from bot.http.door import ADDRESS, language_of
from connectors.channel import Denied, Malformed, Request, Response

log = structlog.get_logger()


async def receive(request: web.Request) -> web.Response:
    """What the platform wants to hear, once everything it brought is on disk.

    Nothing is told to who cannot prove to be the platform. What cannot be read is acknowledged, too: sent again,
    it would be no better.
    """
    here, name = context(request), request.match_info["channel"]
    if name not in here.kefu.channels.connectors:
        raise NotFound("There is no such channel.")
    told = await brought(here, request)
    try:
        received = await here.kefu.channels.receive(name, told)
    except Denied as error:
        # Who guesses is counted, and fills no log; the platform itself is not.
        await here.door.count_address(request[ADDRESS], language_of(request))
        log.warning("channel_denied", channel=name, why=str(error))
        raise Unauthorized("The signature is not valid.", code="bad_signature") from error
    except Malformed as error:
        log.warning("channel_malformed", channel=name, why=str(error))
        return web.Response()
    return response_of(received.response)


def response_of(answer: Response) -> web.Response:
    return web.Response(
        status=answer.status,
        body=answer.body,
        content_type=answer.content_type,
        charset="utf-8" if answer.content_type.startswith("text/") else None,
        headers=answer.headers,
    )


async def brought(here: Context, request: web.Request) -> Request:
    """As it came over the wire."""
    public = here.settings.public_url or f"{request.scheme}://{request.host}"
    return Request(
        method=request.method,
        url=public.rstrip("/") + request.raw_path,
        path=request.match_info.get("path", ""),
        query=dict(request.query),
        headers=request.headers,
        body=await raw_body(request),
        at=here.clock(),
    )


ROUTES = tuple(
    web.route(method, path, receive)
    for method in ("GET", "POST")
    for path in ("/channels/{channel}", "/channels/{channel}/{path:.+}")
)
