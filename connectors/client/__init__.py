"""A client of Kefu's REST API. It imports nothing else of Kefu: it can be copied, as connectors/client."""

from connectors.client.client import Client, every
from connectors.client.errors import (
    BadRequest,
    Conflict,
    Forbidden,
    KefuError,
    NotFound,
    Refused,
    ServerError,
    TooMany,
    Unauthorized,
    Unreachable,
)
from connectors.client.webhooks import Happened, NotFromKefu, verify

__all__ = [
    "BadRequest",
    "Client",
    "Conflict",
    "Forbidden",
    "Happened",
    "KefuError",
    "NotFound",
    "NotFromKefu",
    "Refused",
    "ServerError",
    "TooMany",
    "Unauthorized",
    "Unreachable",
    "every",
    "verify",
]
