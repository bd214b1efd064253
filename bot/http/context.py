"""What the routes share: one value, put into the application at start."""

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from aiohttp import web
from pydantic import BaseModel, ValidationError

from bot.desk import Desk
from bot.errors import Forbidden, InvalidInput, NotFound, Unauthorized
from bot.factory import Kefu
from bot.http.address import is_loopback
from bot.http.door import ADDRESS, Door, bearer
from bot.http.keys import Scope
from bot.http.tokens import Caller, Tokens
from bot.live import Frame
from bot.settings import Settings
from connectors.web.wire import MessageIn

LONGEST_BODY = 256 * 1024
_BODY_SECONDS = 20
_LONGEST_ID = 300

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

    def visitor(self, request: web.Request, scope: Scope) -> Caller | None:
        """By session token; None for an integrator, by API key, who needs the scope.

        Raises:
            Unauthorized: no token, or one that does not hold.
            Forbidden: the API key does not reach.
        """
        token = bearer(request)
        scopes = self.tokens.scopes(token)
        if scopes is None:
            return self.session(token)
        _check_scope(scopes, scope)
        return None

    def check_integrator(self, request: web.Request, scope: Scope) -> None:
        """
        Raises:
            Unauthorized: there is no API key.
            Forbidden: it does not reach.
        """
        scopes = self.tokens.scopes(bearer(request))
        if scopes is None:
            raise Unauthorized("Send Authorization: Bearer and an API key.", code="no_api_key")
        _check_scope(scopes, scope)

    def caller(self, request: web.Request, scope: Scope) -> Caller:
        """Whose conversation is asked for; an integrator names the person in the query, as `sender`.

        Raises:
            Unauthorized: no token, or one that does not hold.
            Forbidden: the API key does not reach.
        """
        visitor, sender = self.visitor(request, scope), request.query.get("sender")
        if visitor is not None:
            return visitor
        if not sender:
            raise InvalidInput("sender: needed with an API key", code="invalid_field")
        return Caller("api", sender)

    def session(self, token: str) -> Caller:
        if not token:
            raise Unauthorized("Send Authorization: Bearer and a session token.", code="no_token")
        return self.tokens.session(token)

    async def conversation_of(self, caller: Caller) -> str | None:
        return await self.kefu.store.find(caller.channel, caller.sender)

    async def has_moved(self, caller: Caller, conversation_id: str, frame: Frame | None) -> bool:
        """Whether the caller goes on in another conversation than the one that the frame is of.

        Asked before anything is shown: they may have left it in another process.
        """
        if frame is not None and frame.type not in ("message", "moved"):
            return False
        return await self.conversation_of(caller) != conversation_id

    async def check_own(self, request: web.Request, conversation_id: str, scope: Scope) -> None:
        """
        Raises:
            NotFound: the conversation is not the caller's; nobody learns whether there is one.
        """
        if await self.conversation_of(self.caller(request, scope)) != conversation_id:
            raise NotFound("There is no such conversation.")

    def check_operator(self, request: web.Request) -> None:
        """For who runs this server: an API key, or somebody on this machine whom no proxy sent.

        Raises:
            Forbidden: anybody else.
        """
        proxied = "X-Forwarded-For" in request.headers or "Forwarded" in request.headers
        local = is_loopback(request[ADDRESS]) and not proxied
        if not local and "read" not in (self.tokens.scopes(bearer(request)) or ()):
            raise Forbidden("Ask from the machine itself, or with an API key.", code="operators_only")

    def check_message(self, sent: MessageIn, language: str) -> None:
        """
        Raises:
            InvalidInput: too long, or nothing in it.
        """
        text, most = sent.text, self.settings.max_chars
        if len(text) > most:
            message = self.kefu.texts.say("message_too_long", language, max=most)
            raise InvalidInput(message, code="too_long", status=413)
        if not text.strip() and sent.action is None and not sent.attachments:
            raise InvalidInput("The message is empty.", code="empty")


def _check_scope(scopes: frozenset[Scope], scope: Scope) -> None:
    if scope not in scopes:
        raise Forbidden(f"This API key may not do that: it needs the scope {scope}.", code="scope")


CONTEXT = web.AppKey("context", Context)


def context(request: web.Request) -> Context:
    return request.app[CONTEXT]


async def body(request: web.Request, model: type[Model]) -> Model:
    """The request's JSON as `model`; the error names the first field that does not fit."""
    return parse(decode(await raw_body(request)), model)


async def raw_body(request: web.Request) -> bytes:
    """The bytes as they came, at most as many as the application takes."""
    try:
        async with asyncio.timeout(_BODY_SECONDS):
            return await request.read()
    except TimeoutError as error:
        raise InvalidInput("The body took too long to arrive.", code="timeout", status=408) from error
    except web.RequestPayloadError as error:
        raise InvalidInput("The body is broken off or badly packed.", code="bad_body") from error


def decode(content: str | bytes) -> object:
    """
    Raises:
        InvalidInput: not UTF-8, not JSON, or nested beyond reason.
    """
    try:
        return json.loads(content if isinstance(content, str) else content.decode())
    except (ValueError, RecursionError) as error:
        raise InvalidInput("This is not valid JSON.", code="bad_json") from error


def parse(data: object, model: type[Model]) -> Model:
    try:
        return model.model_validate(data)
    except ValidationError as error:
        raise InvalidInput(problem_of(error), code="invalid_field") from error


def problem_of(error: ValidationError, *, skip: int = 0) -> str:
    """Of the first field that does not fit; its name without the first `skip` parts."""
    problem = error.errors(include_url=False, include_context=False, include_input=False)[0]
    # A field that we do not know is named by the client: shown, but not at any length.
    where = ".".join(str(part)[:60] for part in problem["loc"][skip:]) or "body"
    where = where.encode(errors="replace").decode()
    return f"{where}: {problem['msg']}"


def number(request: web.Request, name: str, default: int, *, most: int) -> int:
    """A whole number from the query, 0 to `most`."""
    text = request.query.get(name, str(default))
    if not text.isascii() or not text.isdecimal() or len(text) > 10 or int(text) > most:
        raise InvalidInput(f"{name}: a whole number from 0 to {most}", code="invalid_field")
    return int(text)


def name_in_path(request: web.Request, name: str) -> str:
    """
    Raises:
        NotFound: nothing of ours is called that; no database has to be asked.
    """
    value = request.match_info[name]
    if not value.isprintable() or len(value) > _LONGEST_ID:
        raise NotFound("There is nothing of that name.")
    return value
