"""What the routes share: one value, put into the application at start."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from aiohttp import web
from pydantic import BaseModel, ValidationError

from bot.desk import Desk
from bot.errors import InvalidInput, NotFound, Unauthorized
from bot.factory import Kefu
from bot.http.door import Door, read_json
from bot.http.tokens import Caller, Tokens
from bot.settings import Settings

Model = TypeVar("Model", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Context:
    kefu: Kefu
    settings: Settings
    tokens: Tokens
    door: Door
    clock: Callable[[], datetime]

    @property
    def desk(self) -> Desk:
        return self.kefu.desk

    def caller(self, request: web.Request) -> Caller:
        """
        Raises:
            Unauthorized: no session token, or one that does not hold.
        """
        return self.tokens.session(bearer(request))

    async def own_conversation(self, request: web.Request, conversation_id: str) -> str:
        """The conversation, if it is the caller's; somebody else's is not found."""
        caller = self.caller(request)
        own = await self.kefu.store.find(caller.channel, caller.sender)
        if own != conversation_id:
            raise NotFound("There is no such conversation.")
        return conversation_id

    def check_text(self, text: str, action: str | None) -> None:
        if len(text) > self.settings.max_chars:
            raise InvalidInput(f"At most {self.settings.max_chars} characters.", code="too_long", status=413)
        if not text.strip() and action is None:
            raise InvalidInput("The message is empty.", code="empty")


CONTEXT = web.AppKey("context", Context)


def context(request: web.Request) -> Context:
    return request.app[CONTEXT]


def bearer(request: web.Request) -> str:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise Unauthorized("Send Authorization: Bearer and a session token.", code="no_token")
    return token.strip()


async def body(request: web.Request, model: type[Model]) -> Model:
    """The request's JSON as `model`; the error names the first field that does not fit."""
    return parse(await read_json(request), model)


def parse(data: object, model: type[Model]) -> Model:
    try:
        return model.model_validate(data)
    except ValidationError as error:
        problem = error.errors(include_url=False, include_context=False, include_input=False)[0]
        where = ".".join(str(part) for part in problem["loc"]) or "body"
        raise InvalidInput(f"{where}: {problem['msg']}", code="invalid_field") from error


def number(request: web.Request, name: str, default: int, *, most: int) -> int:
    """A whole number from the query, 0 to `most`."""
    text = request.query.get(name)
    if text is None:
        return default
    if not text.isascii() or not text.isdecimal() or int(text[:12]) > most:
        raise InvalidInput(f"{name}: a whole number from 0 to {most}", code="invalid_field")
    return int(text)
