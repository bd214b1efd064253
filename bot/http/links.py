"""/v1/links: the widget's conversation goes on on another channel, or another channel's goes on here."""

from typing import Annotated, Any

from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field

from bot.http.context import Context, body, context
from bot.http.door import language_of
from connectors.web.wire import Language


class OfferLink(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    language: Language | None = None


class FollowLink(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    token: Annotated[str, Field(max_length=200)]
    """What stands behind `#kefu=` in the link."""
    language: Language | None = None


async def get_links(request: web.Request) -> web.Response:
    """Where the caller could go on, and on which other channels they are in this conversation already."""
    here = context(request)
    caller, language = here.caller(request, "read"), language_of(request)
    conversation_id = await here.conversation_of(caller)
    joined = (
        await here.kefu.offers.others(conversation_id, (caller.channel, caller.sender))
        if conversation_id
        else ()
    )
    return web.json_response(
        {
            "conversation_id": conversation_id,
            "channels": [_channel(here, name, language) for name in here.kefu.offers.channels],
            "joined": [_channel(here, name, language) for name in joined],
        }
    )


async def post_link(request: web.Request) -> web.Response:
    """A code, to be sent from the other channel; it is shown once and kept nowhere."""
    here = context(request)
    caller = here.caller(request, "messages")
    asked = await body(request, OfferLink)
    language = asked.language or language_of(request)
    offer = await here.kefu.offers.offer(
        (caller.channel, caller.sender), caller.customer_id, language, now=here.clock()
    )
    channels = [
        _channel(here, name, language) | {"url": here.kefu.channels.connectors[name].way_in(offer.code)}
        for name in here.kefu.offers.channels
    ]
    return web.json_response(
        {"code": offer.code, "expires_at": offer.expires_at.isoformat(), "channels": channels}
    )


async def follow_link(request: web.Request) -> web.Response:
    """The caller wants to go on with the conversation of a signed link; who asked for it is asked next."""
    here = context(request)
    caller = here.caller(request, "messages")
    asked = await body(request, FollowLink)
    link = await here.kefu.offers.follow(
        asked.token, (caller.channel, caller.sender), caller.customer_id, now=here.clock()
    )
    language = asked.language or language_of(request)
    told = _channel(here, link.from_channel, language) | {"expires_at": link.expires_at.isoformat()}
    return web.json_response(told)


def _channel(here: Context, name: str, language: str) -> dict[str, Any]:
    return {"channel": name, "name": here.kefu.offers.name(name, language)}


ROUTES = (
    web.get("/v1/links", get_links),
    web.post("/v1/links", post_link),
    web.post("/v1/links/follow", follow_link),
)
