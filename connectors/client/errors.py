"""What can go wrong, each as an exception.

KefuError
├── Unreachable       no answer, however often it was tried
└── Refused           an answer that says no: status, code, message, request id
    ├── BadRequest    400, 408, 413, 415: unchanged, it is refused again
    ├── Unauthorized  401
    ├── Forbidden     403: the key lacks a scope
    ├── NotFound      404
    ├── Conflict      409: `outdated`, `expired`, `idempotency_key_reused`, `disabled`
    ├── TooMany       429, however often it was tried
    └── ServerError   5xx, however often it was tried
"""

from collections.abc import Mapping
from typing import Any


class KefuError(Exception):
    pass


class Unreachable(KefuError):
    pass


class Refused(KefuError):
    def __init__(
        self,
        status: int,
        code: str,
        message: str,
        *,
        request_id: str = "",
        retry_after: float | None = None,
        details: Mapping[str, Any] | None = None,
    ) -> None:
        """`request_id` finds it in the server's log; `details`: what is told beside code and message."""
        super().__init__(f"{status} {code}: {message} (request {request_id or 'unknown'})")
        self.status, self.code, self.message = status, code, message
        self.request_id, self.retry_after, self.details = request_id, retry_after, details or {}


class BadRequest(Refused):
    pass


class Unauthorized(Refused):
    pass


class Forbidden(Refused):
    pass


class NotFound(Refused):
    pass


class Conflict(Refused):
    pass


class TooMany(Refused):
    pass


class ServerError(Refused):
    pass


_BY_STATUS = {401: Unauthorized, 403: Forbidden, 404: NotFound, 409: Conflict, 429: TooMany}


def refusal(status: int, body: Any, headers: Mapping[str, str]) -> Refused:
    """Of an answer's JSON; whatever else answers, a proxy's page for example, is told by its status alone."""
    error = body.get("error") if isinstance(body, dict) else None
    error = dict(error) if isinstance(error, dict) else {}
    kind = _BY_STATUS.get(status, ServerError if status >= 500 else BadRequest)
    return kind(
        status,
        str(error.pop("code", "unknown")),
        str(error.pop("message", "")),
        request_id=headers.get("X-Request-Id", ""),
        retry_after=seconds(headers.get("Retry-After")),
        details=error,
    )


def seconds(text: str | None) -> float | None:
    """Of `Retry-After`, where it is a number."""
    return float(text) if text and text.isascii() and text.isdecimal() and len(text) < 10 else None
