"""What `/openapi.json` tells, held against what is really answered: every answer that a test sees is checked."""

import json
import re
from functools import cache
from typing import Any
from urllib.parse import urlsplit

from aiohttp import ClientResponse
from jsonschema import Draft202012Validator, FormatChecker

from bot.http.openapi import specification

DOCUMENT = specification()
METHODS = ("get", "post", "patch", "delete")
_MANY_PARTS = ("passage_id", "path")


def operations() -> list[tuple[str, str, dict[str, Any]]]:
    """(Path, method, operation)."""
    return [
        (path, method, operation)
        for path, methods in DOCUMENT["paths"].items()
        for method, operation in methods.items()
    ]


def operation_of(method: str, url: str) -> tuple[str, str] | None:
    """The path and the method of the operation that a request comes to; None: it is none of those told."""
    path = urlsplit(url).path
    fitting = [told for told in DOCUMENT["paths"] if _pattern(told).fullmatch(path)]
    told = min(fitting, key=lambda one: one.count("{"), default=None)
    return (told, method.lower()) if told and method.lower() in DOCUMENT["paths"][told] else None


@cache
def _pattern(told: str) -> re.Pattern[str]:
    parts = [
        re.escape(part) if not part.startswith("{") else ".+" if part[1:-1] in _MANY_PARTS else "[^/]+"
        for part in re.split(r"(\{\w+\})", told)
    ]
    return re.compile("".join(parts))


def response_of(path: str, method: str, status: int) -> dict[str, Any]:
    responses = DOCUMENT["paths"][path][method]["responses"]
    assert str(status) in responses, f"{method} {path} is not told to answer {status}"
    response: dict[str, Any] = responses[str(status)]
    if "$ref" in response:
        response = DOCUMENT["components"]["responses"][response["$ref"].rpartition("/")[2]]
    return response


@cache
def _validator(path: str, method: str, status: int) -> Draft202012Validator:
    schema = response_of(path, method, status)["content"]["application/json"]["schema"]
    return Draft202012Validator(
        {**schema, "components": DOCUMENT["components"]}, format_checker=FormatChecker()
    )


def check(path: str, method: str, status: int, answer: Any) -> None:
    _validator(path, method, status).validate(answer)


async def check_response(method: str, url: str, response: ClientResponse) -> None:
    """Its status, its kind, its headers and what is in it are told; requests to other routes are passed over."""
    found = operation_of(method, url)
    if found is None:
        return
    path, told_method = found
    told = response_of(path, told_method, response.status)
    for name, header in told.get("headers", {}).items():
        assert name in response.headers or not header.get("required"), f"{method} {url} lacks {name}"
    assert response.headers["X-Request-Id"]
    if "application/json" in told.get("content", {}):
        check(path, told_method, response.status, json.loads(await response.read()))
