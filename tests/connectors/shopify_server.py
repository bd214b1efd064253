"""A simulated Shopify: its GraphQL Admin API as it is documented, strict in what it takes, with moods."""

import asyncio
import base64
import json
import re
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from aiohttp import web
from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    GraphQLError,
    GraphQLResolveInfo,
    OperationDefinitionNode,
    SelectionSetNode,
    build_schema,
    execute_sync,
    parse,
    validate,
)

from connectors.channel import Request
from connectors.signatures import hmac_digest
from tests.connectors.shop_case import Mood
from tests.connectors.shopify_mutations import Mutations
from tests.connectors.shopify_state import Node, State
from tests.contracts.platform import request

SHOP = "sample.myshopify.com"
TOKEN = "shpat_0123456789abcdef"
SECRET = "a-client-secret-of-some-length"
VERSION = "2026-07"
_SCHEMA = build_schema(Path(__file__).with_name("shopify.graphql").read_text(encoding="utf-8"))
_MOST_COST = 1000
_TRIES = 8
_SORT = {"UPDATED_AT": "updatedAt", "CREATED_AT": "createdAt", "ID": "id", "PROCESSED_AT": "processedAt"}


@dataclass
class Bucket:
    """Points that calls cost, and that come back over time."""

    most: float = 2000.0
    per_second: float = 100_000.0
    """A hundred at Shopify's, for which tests do not wait."""
    left: float = 2000.0
    at: float | None = None
    """When `left` was right; the first call finds it so."""

    def available(self) -> float:
        now = time.monotonic()
        back = 0.0 if self.at is None else (now - self.at) * self.per_second
        self.left, self.at = min(self.left + back, self.most), now
        return self.left


class Server:
    def __init__(self, state: State) -> None:
        self.state, self.mutations = state, Mutations(state)
        self.moods: list[Mood] = []
        self.bucket = Bucket()
        self.tokens = {TOKEN}
        self.documents: list[str] = []
        self.dearest = 0
        """The highest cost that was asked for at once."""
        self.throttled = 0
        self.unsearched: set[str] = set()
        """Gids that the search does not know yet."""
        self.url = ""
        self._delivered = 0

    async def token(self, asked: web.Request) -> web.Response:
        form = await asked.post()
        if form.get("grant_type") != "client_credentials" or form.get("client_secret") != SECRET:
            return web.json_response({"error": "invalid_client"}, status=400)
        self.tokens.add(f"shpat_issued_{len(self.tokens)}")
        return web.json_response({"access_token": max(self.tokens), "scope": "", "expires_in": 86399})

    async def graphql(self, asked: web.Request) -> web.StreamResponse:
        mood = self.moods.pop(0) if self.moods else 0.0
        if isinstance(mood, int):
            return web.json_response({"errors": "mood"}, status=mood, headers={"Retry-After": "0.1"})
        if isinstance(mood, float):
            await asyncio.sleep(mood)
        if asked.match_info["version"] != VERSION:
            return web.json_response({"errors": "Not Found"}, status=404)
        if asked.headers.get("X-Shopify-Access-Token") not in self.tokens:
            return web.json_response({"errors": "[API] Invalid API key or access token"}, status=401)
        body = await asked.json()
        answer = self.execute(body["query"], body.get("variables") or {})
        if mood == "drop":
            assert asked.transport is not None
            asked.transport.abort()
        return web.json_response(answer)

    def execute(self, source: str, variables: Node) -> Node:
        self.documents.append(source)
        document, wrong = _checked(source)
        if wrong:
            return {"errors": [{"message": one, "extensions": {"code": "invalid"}} for one in wrong]}
        cost = _cost(document, variables)
        self.dearest = max(self.dearest, cost)
        if cost > _MOST_COST:
            message = f"Query cost is {cost}, which exceeds the single query max cost limit ({_MOST_COST})."
            return {"errors": [{"message": message, "extensions": {"code": "MAX_COST_EXCEEDED"}}]}
        available = self.bucket.available()
        status = {"maximumAvailable": self.bucket.most, "restoreRate": self.bucket.per_second}
        if cost > available:
            self.throttled += 1
            throttle = {
                "requestedQueryCost": cost,
                "throttleStatus": {**status, "currentlyAvailable": available},
            }
            return {
                "errors": [{"message": "Throttled", "extensions": {"code": "THROTTLED"}}],
                "extensions": {"cost": {**throttle, "actualQueryCost": None}},
            }
        result = execute_sync(
            _SCHEMA, document, self, variable_values=variables, field_resolver=self._resolve
        )
        actual = min(_counted(result.data), cost)
        self.bucket.left -= actual
        cost_ = {"requestedQueryCost": cost, "actualQueryCost": actual}
        throttle = {**status, "currentlyAvailable": self.bucket.left}
        answer: Node = {"data": result.data, "extensions": {"cost": {**cost_, "throttleStatus": throttle}}}
        if result.errors:
            answer = {
                "errors": [{"message": one.message, "extensions": {"code": "BAD"}} for one in result.errors]
            }
        return answer

    def webhook(self, topic: str, body: bytes) -> Request:
        signature = base64.b64encode(hmac_digest(SECRET, body)).decode()
        headers = {
            "X-Shopify-Topic": topic,
            "X-Shopify-Hmac-Sha256": signature,
            "X-Shopify-Shop-Domain": SHOP,
            "X-Shopify-API-Version": VERSION,
            "X-Shopify-Triggered-At": "2026-11-22T02:00:00.123456789Z",
            "X-Shopify-Event-Id": "98880550-7158-44d4-b7cd-2c97c8a091b5",
            "X-Shopify-Webhook-Id": "b54557e4-bdd9-4b37-8a5f-bf7d70bcd043",
        }
        return request(body, headers=headers)

    async def deliver(self, take: Callable[[Request], Awaitable[bool]]) -> None:
        """What happened since the last time, to who subscribed; eight times in vain end the subscription."""
        for topic, _, body in self.state.told[self._delivered :]:
            name = topic.replace("/", "_").upper()
            hooks = [one for one in self.state.all("WebhookSubscription") if one["topic"] == name]
            for hook in hooks:
                for _ in range(_TRIES):
                    if await take(self.webhook(topic, body)):
                        break
                else:
                    del self.state.nodes[hook["id"]]
        self._delivered = len(self.state.told)

    # What is asked

    def _resolve(self, source: Any, info: GraphQLResolveInfo, /, **given: Any) -> Any:
        if info.parent_type.name == "Mutation":
            return self._do(info, given)
        value = (
            self._root(info.field_name, given) if source is self else _value(source, info.field_name, given)
        )
        if str(info.return_type).rstrip("!").endswith("Connection") and isinstance(value, list):
            return _by_position(value, given)
        return value[: given["first"]] if isinstance(value, list) and given.get("first") else value

    def _root(self, name: str, given: Node) -> Any:
        if name == "shop":
            return {
                "id": "gid://shopify/Shop/1",
                "name": "Sample",
                "currencyCode": "CNY",
                "ianaTimezone": "UTC",
            }
        if name == "webhookSubscriptions":
            return self.state.all("WebhookSubscription")
        if name == "returnableFulfillments":
            lines = self.mutations.returnable(self.state.nodes[given["orderId"]])
            return [{"id": "r", "returnableFulfillmentLineItems": lines}]
        if name in ("products", "customers", "orders"):
            return self._search(name[:-1].capitalize(), given)
        node = self.state.nodes.get(given["id"])
        if node is not None and node["__typename"] == "Order":
            self.mutations.run_jobs(node)
        return node

    def _search(self, kind: str, given: Node) -> Node:
        if not given.get("first") or given["first"] > 250:
            raise GraphQLError("first must be between 1 and 250")
        found = self.state.all(kind)
        query = given.get("query")
        if query:
            matches = _query(query)
            found = [one for one in found if matches(one) and one["id"] not in self.unsearched]
        field_ = _SORT[given["sortKey"]]
        ordered = sorted(found, key=lambda one: (one[field_], one["id"]), reverse=given["reverse"])
        if given.get("after"):
            last = tuple(json.loads(base64.b64decode(given["after"])))
            later = (one for one in ordered if ((one[field_], one["id"]) > last) != given["reverse"])
            ordered = [one for one in later if (one[field_], one["id"]) != last]
        page = ordered[: given["first"]]
        cursor = (
            base64.b64encode(json.dumps([page[-1][field_], page[-1]["id"]]).encode()).decode()
            if page
            else None
        )
        return {"nodes": page, "pageInfo": _info(cursor, more=len(ordered) > len(page))}

    def _do(self, info: GraphQLResolveInfo, given: Node) -> Any:
        name = re.sub(r"([A-Z])", r"_\1", info.field_name).lower()
        if name == "refund_create":
            directives = info.field_nodes[0].directives or ()
            key = next((one.arguments[0] for one in directives if one.name.value == "idempotent"), None)
            if key is None:
                raise GraphQLError("The @idempotent directive is required for this mutation")
            given["key"] = info.variable_values.coerced[key.value.name.value]  # type: ignore[attr-defined]
        return getattr(self.mutations, name)(**given)


@cache
def _checked(source: str) -> tuple[DocumentNode, list[str]]:
    """The document, and what is wrong with it."""
    document = parse(source)
    return document, [error.message for error in validate(_SCHEMA, document)]


def _value(source: Any, name: str, given: Node) -> Any:
    if name == "metafield":
        return source.get("metafields", {}).get((given["namespace"], given["key"]))
    value = source.get(name)
    if name == "userErrors" and value is None:
        return []
    if name == "description":
        return value[: given.get("truncateAt")]
    if callable(value):
        return value(given["locale"]) if name == "translations" else value()
    return value


def _by_position(values: list[Any], given: Node) -> Node:
    if not given.get("first"):
        raise GraphQLError("you must provide one of first or last")
    start = int(given["after"]) if given.get("after") else 0
    end = start + given["first"]
    return {"nodes": values[start:end], "pageInfo": _info(str(min(end, len(values))), more=end < len(values))}


def _info(cursor: str | None, *, more: bool) -> Node:
    return {"hasNextPage": more, "hasPreviousPage": False, "startCursor": None, "endCursor": cursor}


def _query(query: str) -> Callable[[Node], bool]:
    """Shopify's search syntax, as far as it is used; what it does not know it would ignore, we do not."""
    found = re.fullmatch(r"(updated_at:>=|name:)'((?:[^'\\]|\\.)*)'", query)
    assert found is not None, query
    value = re.sub(r"\\(.)", r"\1", found[2])
    if found[1] == "name:":
        words = re.findall(r"\w+", value.lower())
        return lambda node: set(words) <= set(re.findall(r"\w+", node["name"].lower()))
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", value), value
    return lambda node: bool(node["updatedAt"] >= value)


def _cost(document: DocumentNode, variables: Node) -> int:
    """An object costs a point, a mutation ten, a list or connection as much as its `first` objects."""
    fragments = {
        one.name.value: one for one in document.definitions if isinstance(one, FragmentDefinitionNode)
    }

    def of(selections: SelectionSetNode) -> int:
        return sum(map(of_one, selections.selections))

    def of_one(node: Any) -> int:
        if not isinstance(node, FieldNode):
            return of(
                fragments[node.name.value].selection_set if hasattr(node, "name") else node.selection_set
            )
        if node.selection_set is None or node.name.value == "pageInfo":
            return 0
        names = {getattr(one, "name", node.name).value for one in node.selection_set.selections}
        return first(node) * (of(node.selection_set) + ("nodes" not in names))

    def first(node: FieldNode) -> int:
        given = [one.value for one in node.arguments or () if one.name.value == "first"]
        return int(given[0].value) if given else 1  # type: ignore[attr-defined]

    operation = next(one for one in document.definitions if isinstance(one, OperationDefinitionNode))
    return of(operation.selection_set) + (10 if operation.operation.value == "mutation" else 0)


def _counted(data: Any) -> int:
    if isinstance(data, dict):
        return 1 + sum(_counted(value) for name, value in data.items() if name != "pageInfo")
    return sum(map(_counted, data)) if isinstance(data, list) else 0


@asynccontextmanager
async def open_server(state: State) -> AsyncIterator[Server]:
    server = Server(state)
    app = web.Application()
    app.router.add_post("/admin/api/{version}/graphql.json", server.graphql)
    app.router.add_post("/admin/oauth/access_token", server.token)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    server.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield server
    finally:
        await runner.cleanup()
