"""The description against the server: whatever fits it or nearly does, no 5xx, and every answer is one that is told."""

import asyncio
from collections import defaultdict
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable
from schemathesis.checks import not_a_server_error
from schemathesis.config import SchemathesisConfig
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.bot.http.conftest import API_KEY, TOKENS, Client
from tests.bot.http.told import DOCUMENT, operations
from tests.bot.pictures import png
from tests.conftest import NOW

pytestmark = [
    pytest.mark.asyncio(loop_scope="module"),
    # Of its own strategies.
    pytest.mark.filterwarnings("ignore:Do not use the `random` module"),
]

CHECKS: list[Any] = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
STREAMS = {"watch", "connect"}
"""They do not end; tests/bot/http/test_live.py has them."""
SCHEMA = schemathesis.openapi.from_dict(
    DOCUMENT,
    config=SchemathesisConfig.from_dict({"generation": {"with-security-parameters": False}}),
)


async def known(door: Client, integrator: Client) -> tuple[str, dict[str, list[Any]]]:
    """A signed-in shopper's token, and for parameters some values that are there."""
    shopper = door.with_headers()
    await shopper.session(shopper_token=TOKENS.sign_shopper("C036"))
    said = await shopper.say("退货运费谁出？", language="zh")
    theirs = await integrator.say("退货运费谁出？", sender="fuzz", language="zh")
    replies = [one["replies"][0] for one in (said, theirs)]
    webhook = await (await integrator.post("/v1/webhooks", {"url": door.url, "types": ["csat.given"]})).json()
    sent = await (await integrator.post(f"/v1/webhooks/{webhook['id']}/test")).json()
    photo = await (await shopper.request("POST", "/v1/attachments", data=png())).json()
    tools = (await (await integrator.get("/v1/tools")).json())["tools"]
    return shopper.token, {
        "webhook_id": [webhook["id"]],
        "delivery_id": [sent["id"]],
        "conversation_id": [said["conversation_id"], theirs["conversation_id"]],
        "message_id": [one["id"] for one in replies],
        "passage_id": [quote(replies[0]["sources"][0]["passage_id"], safe="")],
        "name": [one["name"] for one in tools],
        "sender": ["fuzz"],
        "path": ["demo.js"],
        "attachment_id": [photo["id"]],
        "customer_id": ["C036"],
        "type": ["csat.given"],
        "state": ["waiting"],
        "cursor": [""],
    }


@dataclass(frozen=True)
class Fuzzer:
    url: str
    shopper: str
    values: dict[str, list[Any]]
    examples: int

    def all(self) -> dict[str, set[int]]:
        """The statuses that each operation was met with; blocking."""
        answered = defaultdict[str, set[int]](set)
        # What is taken away is taken away last.
        for path, method, told in sorted(operations(), key=lambda one: one[1] == "delete"):
            if told["operationId"] in STREAMS:
                continue
            for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
                try:
                    answered[told["operationId"]] |= self.one(path, method, told, mode)
                except Unsatisfiable:
                    # What takes any text, or nothing, cannot be asked wrongly.
                    assert mode is GenerationMode.NEGATIVE, path
        return answered

    def one(self, path: str, method: str, told: dict[str, Any], mode: GenerationMode) -> set[int]:
        answered = set[int]()
        cases = SCHEMA[path][method.upper()].as_strategy(generation_mode=mode)
        schemes = [scheme for one in told["security"] for scheme in one]
        fitting = [{"key": API_KEY, "session": self.shopper}[one] for one in schemes] * 3

        @settings(
            max_examples=self.examples,
            derandomize=True,
            database=None,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        )
        @given(case=cases, token=st.sampled_from([*fitting, "", self.shopper, API_KEY]), data=st.data())
        def run(case: Any, token: str, data: st.DataObject) -> None:
            if data.draw(st.integers(0, 3)):
                fit(case, told, token == API_KEY, self.values, data)
            headers = {"Authorization": f"Bearer {token}"} if token else {}
            response = case.call(base_url=self.url, headers=headers, timeout=20)
            case.validate_response(response, checks=CHECKS)
            answered.add(response.status_code)

        run()
        return answered


def fit(
    case: Any, told: dict[str, Any], is_key: bool, values: dict[str, list[Any]], data: st.DataObject
) -> None:
    """As somebody asks who knows what is there, so that more is met than refusals."""
    for place in (case.path_parameters, case.query, case.body):
        for known in sorted(set(place) & set(values)) if isinstance(place, dict) else ():
            place[known] = data.draw(st.sampled_from(values[known]))
    if is_key and {"$ref": "#/components/parameters/sender"} in told.get("parameters", []):
        case.query = {**(case.query or {}), "sender": "fuzz"}
    name, body = told["operationId"], case.body
    for event in body if isinstance(body, list) else [body]:
        if name == "ingestEvents" and isinstance(event, dict):
            event |= {"id": str(data.draw(st.integers())), "source": "fuzz", "time": NOW.isoformat()}
    if not isinstance(body, dict):
        return
    if name == "postMessage":
        body |= {"wait": 0.3, "attachments": [], "customer_id": None, "sender": "fuzz" if is_key else None}
    if name == "callTool":
        body |= {"arguments": {}, "confirm": None, "customer_id": "C036" if is_key else None}
    if name == "addWebhook":
        body["url"] = "http://127.0.0.1:1/"


@pytest.mark.parametrize("examples", [5, pytest.param(100, marks=pytest.mark.slow)])
async def test_whatever_is_asked(door: Client, integrator: Client, examples: int) -> None:
    shopper, values = await known(door, integrator)
    answered = await asyncio.to_thread(Fuzzer(door.url, shopper, values, examples).all)
    missed = {name for name, statuses in answered.items() if min(statuses) >= 400}
    # Nobody guesses a photo's bytes, an image's name or a link's token.
    missed -= {"postAttachment", "image", "followLink"}
    assert not missed or (examples < 100 and len(missed) < 8), missed
