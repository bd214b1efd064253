"""POST /v1/session: who is there, what the shop is called, and what to begin with."""

from contextlib import suppress
from dataclasses import asdict
from typing import Annotated, Any, Literal

from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field

from bot.errors import Unauthorized
from bot.http.context import body, context
from bot.http.door import language_of
from bot.http.tokens import Caller, Tokens
from bot.openers import openers
from bot.shop.domain import localize
from bot.shop.hours import open_now
from bot.shop.images import image_url
from bot.texts.formatting import opening_hours

Token = Annotated[str, Field(max_length=4096)]


class OpenSession(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    shopper_token: Token | None = None
    """Made by the shop's page for its signed-in customer."""
    session_token: Token | None = None
    """From an earlier session of this browser."""
    language: Literal["zh", "en"] | None = None


async def post_session(request: web.Request) -> web.Response:
    here = context(request)
    asked = await body(request, OpenSession)
    language = asked.language or language_of(request)
    caller, token = _session(here.tokens, asked)
    profile = await here.kefu.shop.profile()
    customer = await here.kefu.shop.customer(caller.customer_id) if caller.customer_id else None
    answer: dict[str, Any] = {
        "session_token": token,
        "conversation_id": await here.conversation_of(caller),
        "signed_in": caller.customer_id is not None,
        "customer_name": customer.name if customer else None,
        "language": language,
        "shop": {
            "name": localize(profile.name, language),
            "assistant": localize(profile.assistant, language),
            "greeting": localize(profile.greeting, language),
            "tagline": localize(profile.tagline, language),
            "logo": image_url(profile.logo),
            "languages": list(profile.languages),
            "phone": profile.phone,
            "email": profile.email,
            "open": open_now(profile, here.clock()),
            "hours": opening_hours(profile.hours, language),
        },
        "openers": [
            asdict(opener)
            for opener in await openers(
                here.kefu.shop, here.kefu.texts, caller.customer_id, language, here.clock()
            )
        ],
        "channels": [
            {"channel": name, "name": here.kefu.offers.name(name, language)}
            for name in here.kefu.offers.channels
        ],
        "limits": {
            "max_chars": here.settings.max_chars,
            "max_attachment_bytes": here.settings.max_attachment_bytes,
        },
    }
    return web.json_response(answer)


def _session(tokens: Tokens, asked: OpenSession) -> tuple[Caller, str]:
    """A shopper token wins; then the earlier session; else a new visitor."""
    if asked.shopper_token is not None:
        return tokens.new_session(tokens.shopper(asked.shopper_token))
    if asked.session_token is not None:
        with suppress(Unauthorized):
            return tokens.continued(asked.session_token)
    return tokens.new_session(None)


ROUTES = (web.post("/v1/session", post_session),)
