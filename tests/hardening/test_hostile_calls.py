"""Hostile programs at `POST /v1/tools/{name}`: wrong arguments, and confirmations that are not theirs."""

import base64
import json
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import jwt
import pytest
import pytest_asyncio
import yaml

from bot.conversation import Identity
from tests.bot.http.conftest import SECRET, SHOPPER_SECRET, TOKENS, Client
from tests.conftest import NOW
from tests.hardening.house import House, copied, open_house

pytestmark = pytest.mark.asyncio(loop_scope="module")

CALLS = yaml.safe_load(Path(__file__).with_name("hostile_calls.yaml").read_text(encoding="utf-8"))
CANCEL = {"order_number": "118626", "reason": "other"}
Answer = dict[str, Any]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def house(demo_data: Path, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    async with open_house(copied(demo_data, tmp_path_factory.mktemp("calls"))) as house:
        yield house


async def call(client: Client, name: str, **body: Any) -> tuple[int, Answer]:
    response = await client.post(f"/v1/tools/{name}", body)
    return response.status, await response.json()


def written(value: Any) -> Any:
    """The value with what is too long for the file."""
    match value:
        case {"long": str(text), "times": int(times)}:
            return text * times
        case {"deep": int(depth)}:
            nested: Any = "1"
            for _ in range(depth):
                nested = [nested]
            return nested
        case {"many": int(number)}:
            return {f"i{place}": 1 for place in range(number)}
        case dict():
            return {key: written(one) for key, one in value.items()}
    return value


@pytest.mark.parametrize(("name", "arguments", "codes"), CALLS)
async def test_it_is_told_what_is_wrong(house: House, name: str, arguments: Any, codes: str) -> None:
    status, answer = await call(house.client, name, arguments=written(arguments), customer_id="C001")
    assert status < 500, answer
    code = answer["error"]["code"] if "error" in answer else answer["outcome"]
    assert code in codes.split(), answer
    house.check_private(
        json.dumps(answer, ensure_ascii=False), "C001", json.dumps(arguments, ensure_ascii=False)
    )
    house.check_unchanged()


@pytest.mark.parametrize(
    "body",
    [
        {"arguments": []},
        {"arguments": "x"},
        {"arguments": None},
        {"confirm": 1},
        {"confirm": ""},
        {"confirm": "x" * 70_000},
        {"confirm": "x", "arguments": {"a": 1}},
        {"customer_id": ["C001"]},
        {"customer_id": ""},
        {"customer_id": "C" * 65},
        {"customer_id": "C001' OR '1'='1"},
        {"customer_id": "C001", "identity": "signed_in"},
        {"language": "xx"},
        {"language": {"a": 1}},
    ],
    ids=str,
)
async def test_a_body_of_another_shape(house: House, body: Answer) -> None:
    status, answer = await call(house.client, "cancel_order", **body)
    assert 400 <= status < 500, answer
    assert answer["error"]["code"] in ("invalid_field", "not_found", "bad_token")


async def proposed(house: House, customer: str = "C001") -> str:
    arguments = CANCEL if customer == "C001" else CANCEL | {"order_number": "118624"}
    _, answer = await call(house.client, "cancel_order", arguments=arguments, customer_id=customer)
    return str(answer["confirm"])


def altered(token: str, **claims: Any) -> str:
    """Other claims under the old signature."""
    head, payload, signature = token.split(".")
    content = json.loads(base64.urlsafe_b64decode(payload + "=="))
    content["confirmation"] |= claims
    forged = base64.urlsafe_b64encode(json.dumps(content).encode()).decode().rstrip("=")
    return f"{head}.{forged}.{signature}"


@pytest.mark.filterwarnings("ignore::jwt.warnings.InsecureKeyLengthWarning")
async def test_a_confirmation_that_was_altered(house: House) -> None:
    token = await proposed(house)
    request: Answer = {"order_number": "118624", "reason": "other", "items": {}, "refund_to": None}
    content = jwt.decode(token, options={"verify_signature": False})
    forgeries = [
        altered(token, request=request, customer_id="C002"),
        altered(token, digest="0" * 32),
        altered(token, expires_at="2099-01-01T00:00:00+08:00"),
        token[:-2],
        token + "A",
        token.rpartition(".")[0] + ".",
        jwt.encode(content, "another secret of the same length as", algorithm="HS256"),
        jwt.encode(content, SHOPPER_SECRET, algorithm="HS256"),
        jwt.encode(content, SECRET, algorithm="HS512"),
        jwt.encode(content, None, algorithm="none"),
        jwt.encode(content | {"aud": "kefu-session"}, SECRET, algorithm="HS256"),
        TOKENS.sign_shopper("C001"),
        house.client.token,
    ]
    for forged in forgeries:
        status, answer = await call(house.client, "cancel_order", confirm=forged, customer_id="C001")
        assert (status, answer["error"]["code"]) == (401, "bad_token"), forged
    house.check_unchanged()


async def test_a_confirmation_of_somebody_else(house: House) -> None:
    token = await proposed(house, "C002")
    shopper, visitor = house.client.with_headers(), house.client.with_headers()
    await shopper.session(shopper_token=TOKENS.sign_shopper("C001"))
    del visitor.headers["Authorization"]
    await visitor.session()
    for client, body in (
        (house.client, {"customer_id": "C001"}),
        (house.client, {}),
        (shopper, {}),
        (shopper, {"customer_id": "C002"}),
        (visitor, {}),
        (visitor, {"customer_id": "C002"}),
    ):
        status, answer = await call(client, "cancel_order", confirm=token, **body)
        assert status in (400, 401, 404), answer
        assert answer["error"]["code"] in ("not_found", "invalid_field", "token_required")
    house.check_unchanged()


async def test_a_confirmation_for_another_tool(house: House) -> None:
    token = await proposed(house)
    for name in ("change_address", "undo", "order_status"):
        status, answer = await call(house.client, name, confirm=token, customer_id="C001")
        assert (status, answer["error"]["code"]) == (400, "invalid_field")
    house.check_unchanged()


async def test_a_confirmation_that_came_too_late(house: House) -> None:
    confirmation, _ = await house.server.kefu.calls.propose(
        "cancel_order", CANCEL, Identity("signed_in", "C001"), now=NOW
    )
    late = TOKENS.sign_confirmation(replace(confirmation, expires_at=NOW - timedelta(seconds=1)))
    status, answer = await call(house.client, "cancel_order", confirm=late, customer_id="C001")
    assert (status, answer["error"]["code"]) == (409, "expired")
    house.check_unchanged()


async def test_a_confirmation_used_again_does_nothing_more(house: House) -> None:
    token = await proposed(house)
    first = await call(house.client, "cancel_order", confirm=token, customer_id="C001")
    for _ in range(3):
        assert await call(house.client, "cancel_order", confirm=token, customer_id="C001") == first
    # Undone, the old token still only tells what it did.
    _, undone = await call(
        house.client, "undo", arguments={"receipt": first[1]["receipt"]["number"]}, customer_id="C001"
    )
    assert undone["outcome"] in ("proposed", "refused")
    changes = {
        "orders": {"118626": {"status": "cancelled"}},
        "customers": {"C001": {}},
        "stock": {"P024-SAGE-1.8M": 1, "P027-CEDAR": 1},
    }
    try:
        house.shop.check(changes)
    finally:
        house.put_back()
