"""What a client is told when something goes wrong: one shape and one wording, whatever the transport."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import structlog
from aiohttp import web

from bot.errors import Rejected, TooMany, Unavailable
from bot.texts.catalogue import Texts

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Failure:
    status: int
    code: str
    message: str
    retry_after: int | None = None
    """Seconds."""
    details: Mapping[str, Any] = field(default_factory=dict)

    @property
    def body(self) -> dict[str, Any]:
        body: dict[str, Any] = {**self.details, "code": self.code, "message": self.message}
        return body if self.retry_after is None else body | {"retry_after": self.retry_after}


def explain(error: Exception, texts: Texts, language: str) -> Failure:
    """In the shopper's language where a shopper can meet it; in English where only a developer can."""
    details: Mapping[str, Any] = {}
    match error:
        case TooMany():
            return Failure(error.status, error.code, str(error), max(1, round(error.retry_after)))
        case Rejected():
            status, code, message, details = error.status, error.code, str(error), error.details
        case Unavailable():
            log.error("unavailable", reason=str(error))
            status, code, message = 503, "unavailable", ""
        case web.HTTPRequestEntityTooLarge():
            status, code, message = 413, "too_large", ""
        case web.HTTPException():
            status, code, message = error.status, error.reason.lower().replace(" ", "_"), error.reason
        case _:
            log.exception("request_broken", exc_info=error)
            status, code, message = 500, "internal", ""
    if texts.has(f"error.{code}", language):
        message = texts.say(f"error.{code}", language)
    return Failure(status, code, message, details=details)


def refusal(failure: Failure) -> web.Response:
    response = web.json_response({"error": failure.body}, status=failure.status)
    if failure.retry_after is not None:
        response.headers["Retry-After"] = str(failure.retry_after)
    return response
