"""GET /openapi.json: the REST API, described from the types that parse and render it."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from aiohttp import web
from pydantic import BaseModel, TypeAdapter

from bot.http.messages import Feedback
from bot.http.sessions import OpenSession
from connectors.base import Button, Card, Source
from connectors.web.wire import PostMessage

_BODIES: Mapping[str, type[BaseModel]] = {
    "OpenSession": OpenSession,
    "PostMessage": PostMessage,
    "Feedback": Feedback,
}
_PARTS = {"Button": Button, "Card": Card, "Source": Source}
_REF = "#/components/schemas/{model}"

_MESSAGE = {
    "type": "object",
    "required": ["id", "seq", "author", "text", "at", "cards", "sources", "quick_replies"],
    "properties": {
        "id": {"type": "string"},
        "seq": {"type": "integer", "minimum": 1, "description": "Position in the conversation, no gaps."},
        "author": {"enum": ["shopper", "bot", "agent", "system"]},
        "text": {"type": "string"},
        "at": {"type": "string", "format": "date-time"},
        "external_id": {"type": ["string", "null"], "description": "The client's id of a shopper's message."},
        "action": {"type": ["string", "null"]},
        "in_reply_to": {"type": "array", "items": {"type": "string"}},
        "language": {"type": ["string", "null"]},
        "intent": {
            "type": ["object", "null"],
            "properties": {"name": {"type": "string"}, "confidence": {"type": "number"}},
        },
        "sources": {"type": "array", "items": {"$ref": "#/components/schemas/Source"}},
        "cards": {"type": "array", "items": {"$ref": "#/components/schemas/Card"}},
        "quick_replies": {"type": "array", "items": {"$ref": "#/components/schemas/Button"}},
        "tools": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "name": {"type": "string"},
                    "outcome": {"enum": ["ok", "not_found", "refused", "needs_identity", "failed"]},
                },
            },
        },
        "floor": {"enum": ["bot", "waiting", "agent", "closed", None]},
        "helpful": {"type": ["boolean", "null"]},
    },
}
_ERROR = {
    "type": "object",
    "required": ["error"],
    "properties": {
        "error": {
            "type": "object",
            "required": ["code", "message"],
            "properties": {
                "code": {"type": "string"},
                "message": {"type": "string"},
                "retry_after": {"type": "integer", "description": "Seconds."},
            },
        }
    },
}
_ANSWER = {
    "type": "object",
    "required": ["conversation_id", "accepted", "replies"],
    "properties": {
        "conversation_id": {"type": "string"},
        "accepted": {
            "type": "object",
            "required": ["id", "seq", "duplicate"],
            "properties": {
                "id": {"type": "string"},
                "seq": {"type": "integer"},
                "duplicate": {"type": "boolean"},
            },
        },
        "replies": {"type": "array", "items": {"$ref": "#/components/schemas/Message"}},
    },
}
_HISTORY = {
    "type": "object",
    "required": ["messages", "has_more"],
    "properties": {
        "messages": {"type": "array", "items": {"$ref": "#/components/schemas/Message"}},
        "has_more": {"type": "boolean"},
    },
}
_SESSION = {
    "type": "object",
    "required": ["session_token", "conversation_id", "signed_in", "language", "shop", "openers", "limits"],
    "properties": {
        "session_token": {"type": "string"},
        "conversation_id": {"type": ["string", "null"]},
        "signed_in": {"type": "boolean"},
        "customer_name": {"type": ["string", "null"]},
        "language": {"type": "string"},
        "shop": {"type": "object"},
        "openers": {"type": "array", "items": {"$ref": "#/components/schemas/Button"}},
        "limits": {"type": "object", "properties": {"max_chars": {"type": "integer"}}},
    },
}
_PASSAGE = {
    "type": "object",
    "required": ["id", "title", "section", "text", "language", "source", "url", "updated_at"],
    "properties": {
        name: {"type": "string"}
        for name in ("id", "title", "section", "text", "language", "source", "updated_at")
    }
    | {"url": {"type": ["string", "null"]}},
}
_DIALS = {
    "/healthz": "Whether the process is alive.",
    "/readyz": "Whether everything a turn depends on answers; 503 if not.",
    "/metrics": "Prometheus metrics.",
}


@cache
def specification() -> dict[str, Any]:
    """The OpenAPI 3.1 document."""
    schemas: dict[str, Any] = {}
    for name, model in _BODIES.items():
        body = model.model_json_schema(ref_template=_REF)
        schemas |= body.pop("$defs", {}) | {name: body}
    for name, part in _PARTS.items():
        schema = TypeAdapter(part).json_schema(ref_template=_REF, mode="serialization")
        schemas |= schema.pop("$defs", {})
        schemas[name] = schema
    schemas |= {"Message": _MESSAGE, "Error": _ERROR}
    return {
        "openapi": "3.1.0",
        "info": {"title": "Kefu", "version": "1", "description": "Talk to the shop's assistant."},
        "paths": _paths(),
        "components": {
            "schemas": schemas,
            "securitySchemes": {
                "token": {"type": "http", "scheme": "bearer", "description": "A session token or an API key."}
            },
        },
    }


def _paths() -> dict[str, Any]:
    streams = {"description": "A stream of frames: working, delta, message."}
    return {
        "/v1/session": {
            "post": _operation(
                "openSession", "Open or continue a session.", 200, _SESSION, body="OpenSession", public=True
            )
        },
        "/v1/messages": {"post": _post_message()},
        "/v1/conversations/{conversation_id}/messages": {
            "get": _operation(
                "listMessages",
                "The conversation's lines, oldest first.",
                200,
                _HISTORY,
                parameters=[
                    _path("conversation_id"),
                    *(_query(name) for name in ("after", "before", "limit")),
                ],
            )
        },
        "/v1/messages/{message_id}/feedback": {
            "post": _operation(
                "rateMessage",
                "Say whether an answer helped.",
                204,
                None,
                body="Feedback",
                parameters=[_path("message_id")],
            )
        },
        "/v1/passages/{passage_id}": {
            "get": _operation(
                "readPassage",
                "The passage behind a source.",
                200,
                _PASSAGE,
                parameters=[_path("passage_id")],
                public=True,
            )
        },
        "/v1/events": {
            "get": _operation(
                "watch", "Server-sent events of the conversation.", 200, None, parameters=[_query("after")]
            )
        },
        "/v1/ws": {
            "get": {
                "operationId": "connect",
                "summary": "WebSocket of the widget.",
                "responses": {"101": streams},
                "security": [],
            }
        },
        **{
            path: {
                "get": {
                    "operationId": path.strip("/"),
                    "summary": summary,
                    "responses": {"200": {"description": "Yes."}, "503": {"description": "No."}},
                    "security": [],
                }
            }
            for path, summary in _DIALS.items()
        },
    }


def _post_message() -> dict[str, Any]:
    operation = _operation(
        "postMessage",
        "Say something; the same id again is the same message.",
        200,
        _ANSWER,
        body="PostMessage",
    )
    operation["responses"]["202"] = operation["responses"]["200"] | {
        "description": "Accepted and on disk; the reply follows."
    }
    return operation


def _operation(
    name: str,
    summary: str,
    status: int,
    answer: Mapping[str, Any] | None,
    *,
    body: str | None = None,
    parameters: list[dict[str, Any]] | None = None,
    public: bool = False,
) -> dict[str, Any]:
    done: dict[str, Any] = {"description": summary}
    if answer is not None:
        done["content"] = {"application/json": {"schema": answer}}
    failed = {
        "description": "Refused; the code says why.",
        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}},
    }
    operation: dict[str, Any] = {
        "operationId": name,
        "summary": summary,
        "responses": {str(status): done, "default": failed},
        "security": [] if public else [{"token": []}],
    }
    if body is not None:
        schema = {"$ref": f"#/components/schemas/{body}"}
        operation["requestBody"] = {"required": True, "content": {"application/json": {"schema": schema}}}
    if parameters:
        operation["parameters"] = parameters
    return operation


def _path(name: str) -> dict[str, Any]:
    return {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}


def _query(name: str) -> dict[str, Any]:
    return {"name": name, "in": "query", "schema": {"type": "integer", "minimum": 0}}


async def openapi(_request: web.Request) -> web.Response:
    return web.json_response(specification())


ROUTES = (web.get("/openapi.json", openapi),)
