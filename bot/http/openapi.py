"""GET /openapi.json: the API as openapi.yaml tells it, with the types that parse requests and render replies."""

import asyncio
import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from aiohttp import web
from pydantic import BaseModel, TypeAdapter

from bot.http.demo import SignIn
from bot.http.ingest import INGEST_EVENT
from bot.http.links import FollowLink, OfferLink
from bot.http.messages import Feedback
from bot.http.sessions import OpenSession
from bot.http.tools import CallTool
from bot.http.webhooks import AddWebhook, ChangeWebhook, RotateSecret
from bot.shipped import shipped
from connectors.base import Button, Card, Source
from connectors.web.wire import PostMessage

_BODIES: tuple[type[BaseModel], ...] = (
    OpenSession,
    PostMessage,
    Feedback,
    CallTool,
    AddWebhook,
    ChangeWebhook,
    RotateSecret,
    SignIn,
    OfferLink,
    FollowLink,
)
_PARTS = (Button, Card, Source)
_TELLS = Path(__file__).with_name("openapi.yaml")


def specification() -> dict[str, Any]:
    """The OpenAPI 3.1 document; blocking."""
    document: dict[str, Any] = shipped(_TELLS)
    del document["x-refusals"]  # They are merged into where they belong.
    schemas = document["components"]["schemas"]
    for body in _BODIES:
        schemas |= _schemas(body.__name__, TypeAdapter(body), "validation")
    schemas |= _schemas("IngestEvent", INGEST_EVENT, "validation")
    for part in _PARTS:
        schemas |= _schemas(part.__name__, TypeAdapter(part), "serialization")
    return document


def _schemas(name: str, adapter: TypeAdapter[Any], mode: Any) -> Mapping[str, Any]:
    """The type's own schema and those it refers to."""
    schema = adapter.json_schema(mode=mode, ref_template="#/components/schemas/{model}")
    return {name: schema, **schema.pop("$defs", {})}


@cache
def _rendered() -> bytes:
    return json.dumps(specification(), ensure_ascii=False).encode()


async def openapi(_request: web.Request) -> web.Response:
    body = await asyncio.to_thread(_rendered)  # once: it takes longer than the rest of a start
    return web.Response(body=body, content_type="application/json")


ROUTES = (web.get("/openapi.json", openapi),)
