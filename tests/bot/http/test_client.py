"""The Python client: it has every operation and type that the description tells, and does what it promises."""

import ast
import inspect
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, get_type_hints

import pytest
import pytest_asyncio
from aiohttp import ClientSession, web

from connectors import client as package
from connectors.client import (
    BadRequest,
    Client,
    Conflict,
    Forbidden,
    NotFound,
    NotFromKefu,
    ServerError,
    TooMany,
    Unauthorized,
    Unreachable,
    every,
    verify,
)
from connectors.client.models import Model
from connectors.webhook.signing import headers, new_secret
from tests.bot.http import conftest
from tests.bot.http.told import DOCUMENT, operations
from tests.bot.pictures import png
from tests.conftest import NOW
from tests.contracts.receiver import Receiver

pytestmark = pytest.mark.asyncio(loop_scope="module")

ELSEWHERE = {"files", "operation", "demo"}
"""For browsers and whoever runs the server."""
WIDGETS = {"connect"}
"""Programs watch. What no API key opens is the widget's, too."""
SETS_ITSELF = {"Idempotency-Key"}
SOURCES = {path: path.read_text() for path in Path(package.__path__[0]).glob("*.py")}


def told() -> list[Any]:
    """Operations that a program of the shop's calls."""
    return [
        pytest.param(*one, id=one[2]["operationId"])
        for one in operations()
        if not ELSEWHERE & set(one[2]["tags"]) and one[2]["operationId"] not in WIDGETS
        if not one[2]["security"] or any("key" in way for way in one[2]["security"])
    ]


def method_of(operation: dict[str, Any]) -> Any:
    return getattr(Client, re.sub(r"([A-Z])", r"_\1", operation["operationId"]).lower())


def resolved(schema: Any) -> Any:
    while "$ref" in schema:
        schema = DOCUMENT["components"][schema["$ref"].split("/")[2]][schema["$ref"].split("/")[3]]
    return schema


@pytest.mark.parametrize(("path", "method", "operation"), told())
async def test_every_operation_with_all_that_it_takes(
    path: str, method: str, operation: dict[str, Any]
) -> None:
    given = set(inspect.signature(method_of(operation)).parameters) - {"self"}
    taken = {resolved(one)["name"] for one in operation.get("parameters", [])} - SETS_ITSELF
    content = operation.get("requestBody", {}).get("content", {})
    if "application/json" in content:
        body = resolved(content["application/json"]["schema"])
        taken |= set(body["properties"]) if "properties" in body else {"events"}
    elif content:
        taken.add("content")
    assert given == taken


def shape(schema: Any, definitions: dict[str, Any]) -> Any:
    """What a schema says of types and fields; which words and numbers a field may hold is left out."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return shape(definitions[name], definitions)
    if "anyOf" in schema:
        return frozenset().union(*(shape(one, definitions) for one in schema["anyOf"]))
    if "enum" in schema or "const" in schema:
        values = schema.get("enum", [schema.get("const")])
        return frozenset("null" if value is None else "string" for value in values)
    schema = {**schema, "required": {*schema.get("required", ()), *_also_required(schema)}}
    types = schema.get("type", "any")
    types = [types] if isinstance(types, str) else types
    found = set()
    for one in types:
        if one == "object" and "properties" in schema:
            fields = {
                # What need not be there may be None here.
                name: (True, of) if name in schema["required"] else (False, of - {"null"})
                for name, field in schema["properties"].items()
                for of in [shape(field, definitions)]
            }
            found.add(("object", frozenset(fields.items())))
        elif one == "array" and "items" in schema:
            inner = schema["items"] if "prefixItems" not in schema else {"type": "any"}
            found.add(("array", shape(inner, definitions)))
        else:
            found.add(schema["format"] if schema.get("format") == "date-time" and one == "string" else one)
    return frozenset(found)


def _also_required(schema: Any) -> set[str]:
    return {name for part in schema.get("allOf", ()) for name in part["required"]}


@pytest.mark.parametrize(("path", "method", "operation"), told())
async def test_what_is_answered_has_the_types_told(path: str, method: str, operation: dict[str, Any]) -> None:
    answered = get_type_hints(method_of(operation))["return"]
    good = next(response for status, response in operation["responses"].items() if status.startswith("2"))
    schema = good.get("content", {}).get("application/json", {}).get("schema")
    if schema is None:
        assert answered in (type(None), bytes) or operation["operationId"] == "watch"
        return
    assert issubclass(answered, Model)
    ours = answered.model_json_schema(mode="validation")
    assert shape(ours, ours.get("$defs", {})) == shape(schema, DOCUMENT["components"]["schemas"])


async def test_it_can_be_lifted_out() -> None:
    for path, source in SOURCES.items():
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.ImportFrom):
                root = (node.module or "").split(".")[0]
                assert root not in ("bot", "knowledge", "intents"), path
                assert root != "connectors" or node.module.startswith("connectors.client"), path  # type: ignore[union-attr]


async def test_a_conversation(program: Client, door: conftest.Client) -> None:
    (reply,) = await program.ask("how long does delivery take", sender="crm-1")
    assert (await program.read_passage(reply.sources[0].passage_id)).text
    answer = await program.post_message("退货运费谁出？", sender="crm-1", wait=0, id="m2")
    assert answer.replies == ()
    assert (await program.ask("退货运费谁出？", sender="crm-1", id="m2"))[0].in_reply_to == ("m2",)
    lines = [
        line.seq
        async for line in every(program.list_messages, answer.conversation_id, sender="crm-1", limit=2)
    ]
    assert lines == [1, 2, 3, 4]
    seen = []
    async for line in program.watch(after=1, sender="crm-1"):
        seen.append(line.seq)
        if len(seen) == 3:
            break
    assert seen == [2, 3, 4]
    await program.rate_message(reply.id, True, comment="quick", sender="crm-1")
    photo = await program.post_attachment(png(), sender="crm-1")
    assert len(await program.read_attachment(photo.id)) == photo.size
    async with Client(door.url) as shopper:
        session = await shopper.open_session(shopper_token=conftest.TOKENS.sign_shopper("C037"))
        assert session.signed_in
        assert (await shopper.ask("hello"))[0].author == "bot"
        with pytest.raises(Unauthorized):
            await shopper.list_webhooks()


async def test_a_change_by_tools(program: Client) -> None:
    tools = {tool.name: tool for tool in (await program.list_tools()).tools}
    assert tools["cancel_order"].writes
    arguments = {"order_number": "118626", "reason": "changed_mind"}
    proposed = await program.call_tool("cancel_order", arguments, customer_id="C001")
    assert proposed.plan is not None
    done = [
        await program.call_tool("cancel_order", confirm=proposed.confirm, customer_id="C001")
        for _ in range(2)
    ]
    assert done[0].receipt is not None
    assert done[0].receipt == done[1].receipt
    with pytest.raises(NotFound) as refused:
        await program.call_tool("cancel_order", arguments, customer_id="nobody")
    assert (refused.value.code, len(refused.value.request_id)) == ("not_found", 12)


async def test_events_are_told_once(program: Client) -> None:
    event = {"id": "1", "source": "pos", "type": "bought", "data": {"product_id": "P1"}}
    assert [one.recorded for one in (await program.ingest_events(event, event)).items] == [True, False]
    with pytest.raises(BadRequest) as refused:
        await program.ingest_events(event, event | {"data": {}})
    assert refused.value.details["problems"][0]["index"] == 1


async def test_webhooks_from_birth_to_end(program: Client) -> None:
    receiver = Receiver()
    await receiver.start()
    webhook = await program.add_webhook(receiver.url + "/hook", types=["csat.given"], description="回访")
    sent = await program.test_webhook(webhook.id)
    await receiver.until(lambda got: bool(got))
    (got,) = receiver.got
    happened = verify(webhook.secret, got.headers, got.body, now=NOW.timestamp())
    assert (happened.id, happened.type) == (sent.event_id, "webhook.test")
    assert (await program.get_delivery(sent.id)).payload == got.body.decode()
    await program.redeliver(sent.id)
    assert len([one async for one in every(program.list_deliveries, webhook.id, limit=1)]) == 2
    assert (await program.redeliver_dead(webhook.id, NOW)).redelivered == 0
    assert "webhook.test" in {one.type for one in (await program.list_events(limit=5)).items}
    assert (await program.rotate_secret(webhook.id)).secret != webhook.secret
    changed = await program.change_webhook(webhook.id, enabled=False)
    assert (changed.enabled, changed.description) == (False, "回访")
    with pytest.raises(Conflict) as refused:
        await program.test_webhook(webhook.id)
    assert refused.value.code == "disabled"
    assert webhook.id in {one.id for one in (await program.list_webhooks()).items}
    assert not (await program.get_webhook(webhook.id)).enabled
    await program.remove_webhook(webhook.id)
    with pytest.raises(NotFound):
        await program.remove_webhook(webhook.id)
    await receiver.stop()


async def test_what_is_not_from_kefu_is_not_read() -> None:
    secret, body = new_secret(), b'{"type":"a","timestamp":"t","data":{}}'
    signed, now = headers([new_secret(), secret], "evt_1", NOW, body), NOW.timestamp()
    assert verify(secret, signed, body, now=now + 300).id == "evt_1"
    for altered in (
        (new_secret(), signed, body, now),
        (secret, signed, body + b" ", now),
        (secret, signed | {"webhook-id": "evt_2"}, body, now),
        (secret, signed | {"webhook-timestamp": "x"}, body, now),
        (secret, signed | {"webhook-signature": "v1,短"}, body, now),
        (secret, {}, body, now),
        (secret, signed, body, now + 301),
        (secret, signed, body, now - 301),
    ):
        with pytest.raises(NotFromKefu):
            verify(*altered[:3], now=altered[3])


class Flaky:
    """A server that fails as told, and remembers what it was asked."""

    def __init__(self) -> None:
        self.moods: list[Any] = []
        self.keys: list[str | None] = []

    async def answer(self, request: web.Request) -> web.Response:
        self.keys.append(request.headers.get("Idempotency-Key"))
        mood = self.moods.pop(0) if self.moods else 200
        if mood == "drop":
            assert request.transport is not None
            request.transport.close()
            return web.Response()
        body: Any = {"items": [], "next_cursor": None, "id": "x"}
        if mood >= 400:
            body = {"error": {"code": "busy", "message": "later", "retry_after": 0}}
        return web.json_response(body, status=mood, headers={"Retry-After": "0", "X-Request-Id": "r1"})


@pytest_asyncio.fixture(loop_scope="module")
async def flaky() -> AsyncIterator[tuple[Flaky, Client]]:
    server, app = Flaky(), web.Application()
    app.router.add_route("*", "/{path:.*}", server.answer)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    async with ClientSession() as http:
        yield server, Client(f"http://127.0.0.1:{runner.addresses[0][1]}", "key", http=http, attempts=3)
    await runner.cleanup()


async def test_it_tries_again_under_the_same_key(flaky: tuple[Flaky, Client]) -> None:
    server, client = flaky
    server.moods = [503, "drop", 200]
    assert (await client.ingest_events({})).items == ()
    assert len(server.keys) == 3
    assert len({*server.keys}) == 1
    assert server.keys[0]
    # Once in aiohttp, which tries a connection again that was kept open, then here.
    server.moods = ["drop", "drop", 404]
    await client.remove_webhook("wh_1")
    for moods, error in (
        ([429] * 3, TooMany),
        ([500], ServerError),
        ([403], Forbidden),
        ([302], BadRequest),
    ):
        server.moods, before = list(moods), len(server.keys)
        with pytest.raises(error):
            await client.list_webhooks()
        assert len(server.keys) - before == len(moods)
    server.moods = ["drop"] * 6
    with pytest.raises(Unreachable):
        await client.list_webhooks()
    server.moods = [409]
    with pytest.raises(Conflict) as refused:
        await client.test_webhook("wh_1")
    assert (refused.value.status, refused.value.code, refused.value.request_id) == (409, "busy", "r1")
    assert refused.value.retry_after == 0


async def test_the_readmes_example(door: conftest.Client, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("README.md", "README.zh.md"):
        page = (Path(__file__).parents[3] / name).read_text(encoding="utf-8")
        (example,) = re.findall(r"```python\n(import asyncio.*?)```", page, re.DOTALL)
        example = example.replace("https://kefu.my-shop.example", door.url).replace(
            "YOUR_KEY", conftest.API_KEY
        )
        names: dict[str, Any] = {}
        exec(example.replace("asyncio.run(main())", ""), names)
        await names["main"]()
        assert len(capsys.readouterr().out.splitlines()) >= 2
