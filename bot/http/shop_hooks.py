"""/shop/hooks: where the shop's system tells that something changed. On disk first, then acknowledged; fetched after."""

import structlog
from aiohttp import web

from bot.errors import NotFound, Unauthorized
from bot.http.channels import brought, response_of
from bot.http.context import context
from bot.http.door import ADDRESS, language_of
from bot.served_shop import HOOKS
from connectors.channel import Denied, Malformed

log = structlog.get_logger()


async def receive(request: web.Request) -> web.Response:
    """What the system wants to hear, as for a channel: nothing for who is not it, thanks for what cannot be read."""
    here = context(request)
    link = here.kefu.link
    if link is None:
        raise NotFound("The shop is no other system's.")
    told = await brought(here, request)
    try:
        heard = await link.receive(told)
    except Denied as error:
        await here.door.count_address(request[ADDRESS], language_of(request))
        log.warning("shop_hook_denied", why=str(error))
        raise Unauthorized("The signature is not valid.", code="bad_signature") from error
    except Malformed as error:
        log.warning("shop_hook_malformed", why=str(error))
        return web.Response()
    return response_of(heard.response)


ROUTES = tuple(
    web.route(method, path, receive) for method in ("GET", "POST") for path in (HOOKS, HOOKS + "/{path:.+}")
)
