"""Webhooks over REST and at the console, keys with scopes, and requests that come twice."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
import pytest_asyncio

from bot.errors import SettingsError
from bot.http.app import make_app
from bot.store.happenings import TYPES
from connectors.webhook.signing import verify
from tests.bot.http.conftest import Client, Server
from tests.bot.http.console_client import Arrive
from tests.bot.http.told import check
from tests.conftest import NOW
from tests.contracts.receiver import Receiver, answering

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(loop_scope="module")
async def receiver() -> AsyncIterator[Receiver]:
    opened = Receiver()
    await opened.start()
    yield opened
    await opened.stop()


@pytest_asyncio.fixture(loop_scope="module")
async def add(integrator: Client, receiver: Receiver) -> AsyncIterator[Callable[..., Awaitable[Any]]]:
    added: list[str] = []

    async def work(*types: str, **more: Any) -> Any:
        response = await integrator.post(
            "/v1/webhooks", {"url": receiver.url + "/hook", "types": types, **more}
        )
        assert response.status == 201, await response.text()
        webhook = await response.json()
        check("/v1/webhooks", "post", 201, webhook)
        added.append(webhook["id"])
        return webhook

    yield work
    for webhook_id in added:
        await integrator.request("DELETE", f"/v1/webhooks/{webhook_id}")


async def arrived(receiver: Receiver, *types: str) -> list[dict[str, Any]]:
    """The first payload of each type."""
    await receiver.until(lambda got: set(types) <= {one.payload["type"] for one in got})
    return [next(one.payload for one in receiver.got if one.payload["type"] == type_) for type_ in types]


Add = Callable[..., Awaitable[Any]]


async def test_a_webhook_from_birth_to_end(integrator: Client, receiver: Receiver, add: Add) -> None:
    webhook = await add("csat.given", description="回访")
    path = f"/v1/webhooks/{webhook['id']}"
    sent = await integrator.post(path + "/test")
    assert sent.status == 202
    delivery = await sent.json()
    check("/v1/webhooks/{webhook_id}/test", "post", 202, delivery)
    (payload,) = await arrived(receiver, "webhook.test")
    assert payload["data"] == {"webhook_id": webhook["id"]}
    (got,) = receiver.got
    assert verify([webhook["secret"]], got.headers, got.body, NOW) == delivery["event_id"]
    again = await integrator.post(f"/v1/deliveries/{delivery['id']}/redeliver")
    check("/v1/deliveries/{delivery_id}/redeliver", "post", 202, await again.json())
    await receiver.until(lambda got: len(got) == 2)
    assert receiver.got[1].id == receiver.got[0].id
    whole: dict[str, Any] = {}
    async with asyncio.timeout(10):
        while whole.get("state") != "delivered":
            whole = await (await integrator.get(f"/v1/deliveries/{delivery['id']}")).json()
            check("/v1/deliveries/{delivery_id}", "get", 200, whole)
    assert (whole["payload"], whole["response"]) == (got.body.decode(), "thanks")
    for name in ("Content-Type", "User-Agent", "webhook-id", "webhook-timestamp", "webhook-signature"):
        assert whole["headers"][name] == got.headers[name.lower()]
    one = await (await integrator.get(path)).json()
    assert (one["state"], one["last"]["status"]) == ("live", 200)
    pages, cursor = [], ""
    while cursor is not None:
        answer = await (await integrator.get(path + f"/deliveries?limit=1&cursor={cursor}")).json()
        check("/v1/webhooks/{webhook_id}/deliveries", "get", 200, answer)
        pages += [one["id"] for one in answer["items"]]
        cursor = answer["next_cursor"]
    assert pages == [(await again.json())["id"], delivery["id"]]
    dead = await integrator.post(path + "/redeliver", {"since": NOW.isoformat()})
    check("/v1/webhooks/{webhook_id}/redeliver", "post", 202, await dead.json())
    assert await dead.json() == {"redelivered": 0}
    for since in ("yesterday", "2026-11-23T02:00:00", None):
        assert (await integrator.post(path + "/redeliver", {"since": since})).status == 400
    rotated = await integrator.post(path + "/secret", {"overlap_hours": 1})
    check("/v1/webhooks/{webhook_id}/secret", "post", 200, await rotated.json())
    assert (await rotated.json())["secret"] != webhook["secret"]
    changed = await integrator.request("PATCH", path, json={"enabled": False, "types": []})
    check("/v1/webhooks/{webhook_id}", "patch", 200, await changed.json())
    assert (await changed.json())["disabled_because"] == "asked"
    assert (await integrator.post(path + "/test")).status == 409
    assert (await changed.json())["state"] == "off"
    listed = await (await integrator.get("/v1/webhooks")).json()
    check("/v1/webhooks", "get", 200, listed)
    assert "secret" not in listed["items"][0]
    assert (await integrator.request("DELETE", path)).status == 204
    for gone in (path, path + "/deliveries", f"/v1/deliveries/{delivery['id']}", "/v1/deliveries/x"):
        assert (await integrator.get(gone)).status == 404


async def test_what_happens_in_the_shop_is_told(
    integrator: Client, receiver: Receiver, add: Add, customer: Callable[[str], Awaitable[Client]]
) -> None:
    await add(with_personal=True)
    shopper = await customer("C001")
    await shopper.say("你们支持比特币付款吗")
    body = {
        "customer_id": "C001",
        "arguments": {"order_number": "118626", "reason": "changed_mind"},
    }
    proposed = await (await integrator.post("/v1/tools/cancel_order", body)).json()
    done = await integrator.post(
        "/v1/tools/cancel_order", {"customer_id": "C001", "confirm": proposed["confirm"]}
    )
    receipt = (await done.json())["receipt"]["number"]
    changed, given, _, answered, _ = await arrived(
        receiver,
        "order.changed",
        "receipt.given",
        "answer.unresolved",
        "turn.answered",
        "message.received",
    )
    assert changed["data"].items() >= {"order_number": "118626", "kind": "cancel_order"}.items()
    assert changed["data"]["receipt"] == given["data"]["receipt"] == receipt
    assert answered["data"]["conversation_id"] == shopper.conversation_id
    events = await (
        await integrator.get(f"/v1/webhook-events?conversation_id={shopper.conversation_id}")
    ).json()
    check("/v1/webhook-events", "get", 200, events)
    assert {"message.received", "turn.answered", "answer.unresolved"} <= {
        one["type"] for one in events["items"]
    }
    assert "比特币" not in str(events)
    only = await (await integrator.get("/v1/webhook-events?type=order.changed&limit=1")).json()
    assert [one["data"]["order_number"] for one in only["items"]] == ["118626"]


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"url": "not one"},
        {"url": "https://user:secret@shop.example"},
        {"url": "https://shop.example", "types": ["order.vanished"]},
        {"url": "https://shop.example", "more": 1},
    ],
)
async def test_what_is_refused(integrator: Client, body: dict[str, Any]) -> None:
    response = await integrator.post("/v1/webhooks", body)
    assert response.status == 400
    check("/v1/webhooks", "post", 400, await response.json())


async def test_cursors_and_ids_of_others(integrator: Client, add: Add) -> None:
    path = f"/v1/webhooks/{(await add())['id']}/deliveries"
    for query in ("cursor=x", "cursor=LTE=", "cursor=%E4%BD%A0", "limit=x", "limit=1000", "state=lost"):
        assert (await integrator.get(f"{path}?{query}")).status == 400, query
    for query in ("type=lost", "conversation_id=%00"):
        assert (await integrator.get(f"/v1/webhook-events?{query}")).status == 400


async def test_a_key_that_is_none_stops_the_start(server: Server) -> None:
    for entry in ("long-enough-to-be-a-key-of:nothing", "long-enough-to-be-a-key-of:", "short:read"):
        settings = server.settings.model_copy(update={"api_keys": (entry,)})
        with pytest.raises(SettingsError, match="KEFU_API_KEYS") as told:
            make_app(server.kefu, settings)
        assert "long-enough" not in str(told.value)


async def test_the_same_request_again_is_done_once(
    integrator: Client, door: Client, receiver: Receiver, visitor: Client
) -> None:
    once = integrator.with_headers(Idempotency_Key="one")
    body = {"url": receiver.url, "types": ["csat.given"]}
    first = await once.post("/v1/webhooks", body)
    second = await once.post("/v1/webhooks", body)
    assert (first.status, second.status) == (201, 201)
    assert await first.json() == await second.json()
    assert (first.headers.get("Idempotent-Replayed"), second.headers.get("Idempotent-Replayed")) == (
        None,
        "true",
    )
    other = await once.post("/v1/webhooks", body | {"description": "another"})
    assert other.status == 409
    assert (await other.json())["error"]["code"] == "idempotency_key_reused"
    assert (await once.post("/v1/tools/order_status", body)).status == 409
    twice = integrator.with_headers(Idempotency_Key="two")
    answers = await asyncio.gather(*(twice.post("/v1/webhooks", body) for _ in range(5)))
    ids = {(await answer.json())["id"] for answer in answers}
    assert [answer.status for answer in answers] == [201] * 5
    assert len(ids) == 1
    # A refusal did nothing: mended, the request may be made under the same key.
    third = integrator.with_headers(Idempotency_Key="three")
    assert (await third.post("/v1/webhooks", {"url": "no"})).status == 400
    mended = await third.post("/v1/webhooks", body)
    assert mended.status == 201
    assert (await integrator.with_headers(Idempotency_Key="").post("/v1/webhooks", body)).status == 400
    for webhook_id in {*ids, (await first.json())["id"], (await mended.json())["id"]}:
        assert (await integrator.request("DELETE", f"/v1/webhooks/{webhook_id}")).status == 204
    # What shoppers' clients send has an id of its own.
    theirs = visitor.with_headers(Idempotency_Key="one")
    for id_ in ("m1", "m2"):
        assert (await theirs.post("/v1/messages", {"id": id_, "text": "你好"})).status == 200


async def test_admins_have_all_of_it_at_the_console(arrive: Arrive, receiver: Receiver) -> None:
    admin, lead = await arrive("hooks_admin", "admin"), await arrive("hooks_lead", "lead")
    await lead.get("/webhooks", status=403)
    webhook = await admin.post("/webhooks", {"url": receiver.url + "/hook?token=hush"}, status=201)
    path = f"/webhooks/{webhook['id']}"
    receiver.mood = answering(500)
    sent = await admin.post(path + "/test", status=202)
    await receiver.until(lambda got: bool(got))
    listed = await admin.get("/webhooks")
    assert listed["types"] == list(TYPES)
    assert webhook["id"] in [one["id"] for one in listed["items"]]
    deliveries = await admin.get(path + "/deliveries")
    assert [one["id"] for one in deliveries["items"]] == [sent["id"]]
    assert (await admin.get(f"/deliveries/{sent['id']}"))["payload"].startswith("{")
    await admin.post(f"/deliveries/{sent['id']}/redeliver", status=202)
    await admin.post(path + "/secret")
    await admin.ask("PATCH", path, {"with_personal": True, "url": receiver.url + "/?token=hush"})
    await admin.ask("DELETE", path)
    # Leads read what was done, and no address that may hold a secret.
    deeds = {deed["action"]: deed["detail"] for deed in (await lead.get("/audit"))["deeds"]}
    noted = {"rotate_webhook_secret", "test_webhook", "view_delivery", "redeliver", "remove_webhook"}
    assert noted <= set(deeds)
    assert (deeds["add_webhook"], deeds["change_webhook"]) == ("127.0.0.1", "127.0.0.1: url, with_personal")
