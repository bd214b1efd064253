"""Tools over REST: proposed, confirmed, done once, by whom it may be."""

from typing import Any

import pytest
from jsonschema import Draft202012Validator

from bot.shop.domain import OrderStatus
from tests.bot.http.conftest import API_KEY, TOKENS, Client, Server
from tests.bot.http.told import check

pytestmark = pytest.mark.asyncio(loop_scope="module")

PATH = "/v1/tools/{name}"


async def call(client: Client, name: str, status: int = 200, **body: Any) -> dict[str, Any]:
    response = await client.post(f"/v1/tools/{name}", body)
    answer: dict[str, Any] = await response.json()
    assert response.status == status, answer
    check(PATH, "post", status, answer)
    return answer


@pytest.fixture
def integrator(door: Client) -> Client:
    return door.with_headers(Authorization=f"Bearer {API_KEY}")


async def shopper(door: Client, customer: str) -> Client:
    client = door.with_headers(Accept_Language="en")
    await client.session(shopper_token=TOKENS.sign_shopper(customer))
    return client


async def test_the_tools_are_listed_with_their_arguments(integrator: Client, door: Client) -> None:
    answer = await (await integrator.get("/v1/tools")).json()
    check("/v1/tools", "get", 200, answer)
    tools = {tool["name"]: tool for tool in answer["tools"]}
    assert tools["cancel_order"]["writes"]
    assert "reason" in tools["cancel_order"]["arguments"]["required"]
    assert tools["cancel_order"]["states"] == ["pending", "paid", "packing"]
    assert {"key": "changed_mind", "label": {"zh": "不想要了", "en": "changed my mind"}, "fault": False} in (
        tools["cancel_order"]["reasons"]
    )
    assert not tools["order_status"]["writes"]
    assert "order_number" in tools["order_status"]["arguments"]["properties"]
    for tool in answer["tools"]:
        Draft202012Validator.check_schema(tool["arguments"])
    assert (await door.get("/v1/tools")).status == 401


async def test_a_change_is_proposed_confirmed_and_done_once(door: Client) -> None:
    client = await shopper(door, "C002")
    arguments = {"order_number": "118624", "reason": "changed_mind"}
    proposed = await call(client, "cancel_order", arguments=arguments)
    assert proposed["outcome"] == "proposed"
    first = await call(client, "cancel_order", confirm=proposed["confirm"])
    assert first["outcome"] == "ok"
    assert "118624 is cancelled" in first["text"]
    again = await call(client, "cancel_order", confirm=proposed["confirm"])
    assert again["receipt"] == first["receipt"]
    refused = await call(client, "cancel_order", arguments=arguments)
    assert (refused["outcome"], refused["rule"]) == ("refused", "cancel.cancelled")
    told = await call(client, "order_status", arguments={"order_number": "118624"})
    assert "cancelled" in told["text"]


async def test_an_integrator_acts_for_a_customer(integrator: Client) -> None:
    arguments = {"order_number": "118626", "reason": "ordered_twice"}
    nobody = await call(integrator, "cancel_order", 401, arguments=arguments)
    assert nobody["error"]["code"] == "token_required"
    await call(integrator, "cancel_order", 404, arguments=arguments, customer_id="C999")
    other = await call(integrator, "cancel_order", arguments=arguments, customer_id="C002")
    assert (other["outcome"], other["rule"]) == ("refused", "order.not_found")
    proposed = await call(integrator, "cancel_order", arguments=arguments, customer_id="C001")
    # A token is the customer's for whom it was made.
    await call(integrator, "cancel_order", 404, confirm=proposed["confirm"], customer_id="C002")
    done = await call(integrator, "cancel_order", confirm=proposed["confirm"], customer_id="C001")
    assert done["receipt"]["customer_id"] == "C001"
    assert sum(one["amount"] for one in done["receipt"]["movements"]) > 0


async def test_what_changed_meanwhile_is_not_done(integrator: Client, server: Server) -> None:
    """Two tabs: the second card is about an order that is no longer so."""
    customers = [f"C{number:03}" for number in range(3, 41)]
    orders = [order for one in customers for order in await server.kefu.shop.orders(one)]
    order = next(one for one in orders if one.status is OrderStatus.PAID and len(one.items) > 1)
    whole = {"order_number": order.number, "reason": "other"}
    part = whole | {"items": {order.items[0].id: order.items[0].quantity}}
    one = await call(integrator, "cancel_order", arguments=part, customer_id=order.customer_id)
    two = await call(integrator, "cancel_order", arguments=whole, customer_id=order.customer_id)
    await call(integrator, "cancel_order", confirm=one["confirm"], customer_id=order.customer_id)
    late = await call(integrator, "cancel_order", 409, confirm=two["confirm"], customer_id=order.customer_id)
    assert late["error"]["code"] == "outdated"


@pytest.mark.parametrize(
    ("name", "body", "status", "code"),
    [
        ("no_such_tool", {}, 404, "not_found"),
        ("cancel_order", {"arguments": {"order_number": "1"}}, 400, "invalid_field"),
        (
            "cancel_order",
            {"arguments": {"order_number": "1", "reason": "x", "customer_id": "C001"}},
            400,
            "invalid_field",
        ),
        ("cancel_order", {"arguments": {"order_number": ["1"], "reason": "x"}}, 400, "invalid_field"),
        ("cancel_order", {"arguments": {}, "customer_id": "C001"}, 400, "invalid_field"),
        ("cancel_order", {"confirm": "nonsense"}, 401, "bad_token"),
        ("order_status", {"arguments": {"order": "1"}}, 400, "invalid_field"),
        ("order_status", {"arguments": {"order_number": {"a": 1}}}, 400, "invalid_field"),
        ("order_status", {"surprise": 1}, 400, "invalid_field"),
    ],
)
async def test_what_does_not_fit_is_named(
    door: Client, name: str, body: dict[str, Any], status: int, code: str
) -> None:
    answer = await call(await shopper(door, "C002"), name, status, **body)
    assert answer["error"]["code"] == code


async def test_a_visitor_reads_what_is_open_to_all(door: Client) -> None:
    visitor = door.with_headers(Accept_Language="zh")
    await visitor.session()
    answer = await call(visitor, "shop_contact")
    assert answer["outcome"] == "ok"
    refused = await call(visitor, "order_status", 401, arguments={"order_number": "118624"})
    assert refused["error"]["code"] == "token_required"
