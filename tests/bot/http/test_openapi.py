"""The description is valid, names every route, and describes what is really answered."""

import re
from typing import Any
from urllib.parse import quote

import pytest
from jsonschema import Draft202012Validator, FormatChecker
from openapi_spec_validator import validate

from bot.http.app import make_app
from bot.http.openapi import specification
from tests.bot.http.conftest import TOKENS, Client, Server

pytestmark = pytest.mark.asyncio(loop_scope="module")

DOCUMENT = specification()


def validator(path: str, method: str, status: int) -> Draft202012Validator:
    responses = DOCUMENT["paths"][path][method]["responses"]
    response = responses.get(str(status)) or responses["default"]
    if "$ref" in response:
        response = DOCUMENT["components"]["responses"][response["$ref"].rpartition("/")[2]]
    schema = response["content"]["application/json"]["schema"]
    return Draft202012Validator(
        {**schema, "components": DOCUMENT["components"]}, format_checker=FormatChecker()
    )


def check(path: str, method: str, status: int, answer: Any) -> None:
    validator(path, method, status).validate(answer)


async def test_it_is_valid(door: Client) -> None:
    served = await (await door.get("/openapi.json")).json()
    validate(served)
    assert served == DOCUMENT


async def test_it_names_every_route_and_no_other(server: Server) -> None:
    """But those of the agents' console and of platforms, which are between them and us."""
    app = make_app(server.kefu, server.settings)
    routes = {
        (re.sub(r":[^}]*", "", resource.canonical), route.method.lower())
        for resource in app.router.resources()
        for route in resource
        if route.method != "HEAD" and not resource.canonical.startswith(("/console", "/channels/"))
    }
    told = {(path, method) for path, methods in DOCUMENT["paths"].items() for method in methods}
    assert routes == told


async def test_the_answers_are_as_told(door: Client) -> None:
    client = door.with_headers(Accept_Language="zh")
    check("/v1/session", "post", 200, await client.session(shopper_token=TOKENS.sign_shopper("C002")))
    said = [
        await client.say(text)
        for text in (
            "退货运费谁出？",
            "我想买杯子",
            "我的订单到哪了？",
            "转人工",
            "不用了",
            "火星天气怎么样",
        )
    ]
    kinds = {card["kind"] for answer in said for reply in answer["replies"] for card in reply["cards"]}
    assert kinds >= {"order", "product"}
    for answer in said:
        check("/v1/messages", "post", 200, answer)
    check("/v1/conversations/{conversation_id}/messages", "get", 200, await client.history())
    response = await client.post("/v1/messages", {"id": "m9", "text": "你好", "wait": 0})
    check("/v1/messages", "post", 202, await response.json())
    passage_id = quote(said[0]["replies"][0]["sources"][0]["passage_id"], safe="")
    check(
        "/v1/passages/{passage_id}", "get", 200, await (await client.get(f"/v1/passages/{passage_id}")).json()
    )
    for path in ("/healthz", "/readyz"):
        check(path, "get", 200, await (await client.get(path)).json())
    signed_in = await client.post("/demo/sign-in", {"customer_id": "C001"})
    check("/demo/sign-in", "post", 200, await signed_in.json())
    check("/demo/products", "get", 200, await (await client.get("/demo/products")).json())


async def test_the_refusals_are_as_told(server: Server) -> None:
    client = await server.open(rate_session="1/minute")
    for status, response in (
        (401, await client.post("/v1/messages", {"id": "m1", "text": "hi"})),
        (400, await client.post("/v1/session", {"unknown": 1})),
        (404, await client.get("/v1/passages/nothing")),
    ):
        assert response.status == status
        check("/v1/messages", "post", status, await response.json())
    await client.session()
    await client.say("你好")
    limited = await client.post("/v1/messages", {"id": "m2", "text": "hi"})
    assert limited.status == 429
    check("/v1/messages", "post", 429, await limited.json())


async def test_the_requests_are_as_told(visitor: Client) -> None:
    """A body that the schema refuses is refused, and one that it takes is taken."""
    schema = {**DOCUMENT["components"]["schemas"]["PostMessage"], "components": DOCUMENT["components"]}
    told = Draft202012Validator(schema)
    bodies: list[dict[str, Any]] = [
        {"id": "m1", "text": "hi"},
        {"id": "m2", "action": "human"},
        {"id": "m3", "text": "hi", "wait": 31},
        {"id": "m4", "text": "hi", "unknown": True},
        {"id": "", "text": "hi"},
        {"text": "hi"},
    ]
    for body in bodies:
        response = await visitor.post("/v1/messages", body)
        assert (response.status < 300) is told.is_valid(body), body
