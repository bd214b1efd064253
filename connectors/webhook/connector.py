"""The generic channel: whoever knows the secret speaks for its customers, and is told the replies."""

import ipaddress
import json
from collections.abc import Sequence
from datetime import timedelta
from typing import Annotated, Any
from urllib.parse import urlsplit

from aiohttp import DummyCookieJar
from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
    model_validator,
)

from connectors.base import Message, Reply
from connectors.calling import Refused, call
from connectors.channel import (
    Inbound,
    Kit,
    Payload,
    Pushed,
    Received,
    Recipient,
    Request,
    Response,
    RetryLater,
)
from connectors.fetching import is_public, public_http
from connectors.web.wire import printable, render
from connectors.webhook.signing import headers, key_of, verify

_FINAL = (400, 410, 413, 422)
"""Answers that say: not this one, never."""


def _secret(text: str) -> str:
    key_of(text)
    return text


def _visible(text: str) -> str:
    if not text.isprintable():
        raise ValueError("may not hold control characters")
    return text


_Name = Annotated[str, StringConstraints(min_length=1, max_length=255), AfterValidator(_visible)]


class Config(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    secrets: tuple[Annotated[str, AfterValidator(_secret)], ...] = Field(
        min_length=1, max_length=3, repr=False
    )
    """`whsec_…`; all of them are believed, and replies are signed with each."""
    reply_url: str
    """Where replies are posted."""
    allow_private: bool = False
    """The address may be one of our own network, and plain HTTP."""

    @model_validator(mode="after")
    def _reachable(self) -> "Config":
        parts = urlsplit(self.reply_url)
        schemes = ("https", "http") if self.allow_private else ("https",)
        if parts.scheme not in schemes or not parts.hostname:
            raise ValueError(f"reply_url begins with {' or '.join(schemes)}://")
        if not self.allow_private and _is_private(parts.hostname):
            raise ValueError("reply_url is a private address; allow_private says that this is meant")
        return self


class Incoming(BaseModel):
    """What a customer said. `id` is the program's own: the same one again is the same message."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    id: _Name
    sender: _Name
    text: Annotated[str, Field(max_length=100_000), AfterValidator(printable)] = ""
    action: Annotated[str, Field(min_length=1, max_length=300), AfterValidator(_visible)] | None = None
    language: Annotated[str, StringConstraints(pattern=r"^[A-Za-z]{2,3}(-[A-Za-z0-9-]{1,30})?$")] | None = (
        None
    )
    customer_id: (
        Annotated[str, StringConstraints(min_length=1, max_length=64), AfterValidator(_visible)] | None
    ) = None
    """The shop's customer, whom the program vouches for."""

    @model_validator(mode="after")
    def _says_something(self) -> "Incoming":
        if not self.text.strip() and self.action is None:
            raise ValueError("neither text nor action")
        return self


class Webhook(Pushed):
    name = "webhook"
    knows_sender = False
    per_second = 20.0
    knows_again = timedelta.max

    def __init__(self, config: Config, kit: Kit) -> None:
        self._config, self._kit = config, kit

    def receive(self, request: Request) -> Received:
        """One message. What does not fit is told: a program's author reads it, no platform."""
        verify(self._config.secrets, request.headers, request.body, request.at)
        try:
            sent = Incoming.model_validate_json(request.body)
        except ValidationError as error:
            return Received(response=_refusal(error))
        message = Message(
            channel=self.name,
            sender=sent.sender,
            external_id=sent.id,
            text=sent.text,
            received_at=request.at,
            action=sent.action,
            customer_id=sent.customer_id,
            language=sent.language.split("-")[0].lower() if sent.language else None,
        )
        return Received((Inbound(message),), _json({"accepted": sent.id}))

    def render(self, reply: Reply, to: Recipient) -> Sequence[Payload]:
        """The reply as the REST API shows it."""
        data = {"sender": to.sender, "reply": render(reply)}
        return [{"type": "message.reply", "timestamp": reply.created_at.isoformat(), "data": data}]

    async def send(self, payload: Payload, to: Recipient, *, key: str) -> None:
        """The `webhook-id` is the same whenever it is sent again, the time and with it the signature are not."""
        body = json.dumps(payload, ensure_ascii=False).encode("utf-8", "replace")
        signed = headers(self._config.secrets, f"msg_{key.replace(':', '_')}", self._kit.clock(), body)
        signed["Content-Type"] = "application/json"
        try:
            if self._config.allow_private:
                await call(self._kit.http, "POST", self._config.reply_url, form=body, headers=signed)
            else:
                async with public_http(cookie_jar=DummyCookieJar()) as http:
                    await call(http, "POST", self._config.reply_url, form=body, headers=signed)
        except Refused as error:
            if error.status in _FINAL:
                raise
            raise RetryLater(f"HTTP {error.status}") from error


def open(config: Config, kit: Kit) -> Webhook:
    return Webhook(config, kit)


def _is_private(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return host == "localhost"
    return not is_public(host)


def _refusal(error: ValidationError) -> Response:
    problem = error.errors(include_url=False, include_context=False, include_input=False)[0]
    where = ".".join(map(str, problem["loc"])) or "body"
    return _json({"error": {"code": "invalid_input", "message": f"{where}: {problem['msg']}"}}, status=400)


def _json(body: dict[str, Any], *, status: int = 200) -> Response:
    return Response(status, json.dumps(body).encode(), "application/json")
