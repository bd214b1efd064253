"""A client of Kefu's REST API. It imports nothing of Kefu: the folder can be copied into another program."""

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
