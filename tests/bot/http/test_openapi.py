"""The description is valid, names every route, and describes what is really answered."""

import re
from typing import Any, get_args
from urllib.parse import quote

import pytest
from jsonschema import Draft202012Validator
from openapi_spec_validator import validate

from bot.http.app import make_app
from bot.http.keys import Scope
from tests.bot.http.conftest import TOKENS, Client, Server
from tests.bot.http.told import DOCUMENT, check, operations

pytestmark = pytest.mark.asyncio(loop_scope="module")


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
        if route.method != "HEAD"
        and not resource.canonical.startswith(("/console", "/channels/", "/shop/hooks"))
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


async def test_refusals_have_one_shape(server: Server) -> None:
    """The client holds every answer against what is told of its route."""
    client = await server.open(rate_session="1/minute")
    assert (await client.post("/v1/messages", {"id": "m1", "text": "hi"})).status == 401
    assert (await client.post("/v1/session", {"unknown": 1})).status == 400
    assert (await client.get("/v1/passages/nothing")).status == 404
    assert (await client.with_headers(Origin="https://evil.example").get("/v1/tools")).status == 403
    await client.session()
    await client.say("你好")
    assert (await client.post("/v1/messages", {"id": "m2", "text": "hi"})).status == 429
    for path, status in (("/v1/nothing", 404), ("/v1/session", 405)):
        response = await client.get(path)
        assert response.status == status
        Draft202012Validator(DOCUMENT["components"]["schemas"]["Error"]).validate(await response.json())


def filled(path: str) -> str:
    return re.sub(r"\{\w+\}", "0", path)


def held(operation: dict[str, Any], scheme: str) -> list[str] | None:
    """The scopes that it wants of a key; None: such a token does not open it."""
    security = operation["security"]
    return next((one[scheme] for one in security if scheme in one), None)


async def test_who_may_do_what_is_as_told(server: Server) -> None:
    keys = {scope: f"the-key-that-may-only-{scope:-<10}" for scope in get_args(Scope)}
    door = await server.open(
        api_keys=[f"{key}:{scope}" for scope, key in keys.items()]
        + [f"{key}-not:{'+'.join(other for other in keys if other != scope)}" for scope, key in keys.items()]
    )
    visitor = door.with_headers()
    await visitor.session()
    streams = {"watch", "connect"}
    for path, method, operation in operations():
        if operation["operationId"] in streams or not path.startswith("/v1/"):
            continue

        async def ask(token: str, path: str = path, method: str = method) -> tuple[int, str]:
            client = door.with_headers(Authorization=f"Bearer {token}") if token else door.with_headers()
            response = await client.request(method.upper(), filled(path), json={}, params={"sender": "x"})
            told = response.content_type == "application/json" and "error" in await response.json()
            return response.status, (await response.json())["error"]["code"] if told else ""

        name, scopes = operation["operationId"], held(operation, "key")
        if operation["security"] == []:
            assert (await ask(""))[0] not in (401, 403), name
            continue
        assert (await ask(""))[0] == 401, name
        opened = (await ask(visitor.token))[0] not in (401, 403)
        assert opened is (held(operation, "session") is not None), name
        assert scopes is not None, name
        (scope,) = scopes
        assert (await ask(keys[scope]))[1] != "scope", name
        assert await ask(keys[scope] + "-not") == (403, "scope"), name


async def test_every_post_of_an_integrators_can_be_made_once_and_says_so(integrator: Client) -> None:
    for path, method, operation in operations():
        if method != "post" or held(operation, "key") is None:
            continue
        told = {"$ref": "#/components/parameters/idempotencyKey"} in operation.get("parameters", [])
        assert told is (path != "/v1/attachments"), path
        none = integrator.with_headers(Idempotency_Key="x" * 256)
        response = await none.post(filled(path), {}, params={"sender": "x"})
        assert ("Idempotency-Key" in await response.text()) is told, path
        assert told is ("409" in operation["responses"]), path


async def test_every_list_is_read_by_cursor(integrator: Client) -> None:
    """But those that are short by nature, and come whole."""
    lists = {
        operation["operationId"]: operation.get("parameters", [])
        for path, method, operation in operations()
        if method == "get" and operation["operationId"].startswith("list")
    }
    paged = {name for name, given in lists.items() if {"$ref": "#/components/parameters/cursor"} in given}
    assert set(lists) - paged == {"listTools", "listWebhooks"}


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
