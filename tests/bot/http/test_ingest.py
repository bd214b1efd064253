"""What shoppers did elsewhere, told over REST: whole or not at all, once, and put to use."""

import json
import re
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from bot.shop.domain import EVENT_KINDS
from bot.shop.events import KEPT
from tests.bot.http.conftest import TOKENS, Client, Server
from tests.conftest import NOW

pytestmark = pytest.mark.asyncio(loop_scope="module")

PAGE = (Path(__file__).parents[3] / "docs" / "events.md").read_text(encoding="utf-8")


def event(type_: str, id: str | None = None, /, **data: Any) -> dict[str, Any]:
    return {"id": id or uuid4().hex, "source": "https://shop.example/app", "type": type_, "data": data}


async def tell(client: Client, told: Any, status: int = 200) -> Any:
    response = await client.post("/v1/events", told)
    assert response.status == status, await response.text()
    return await response.json()


async def test_one_or_many_each_once(integrator: Client) -> None:
    one = event("viewed", product_id="P1", customer_id="C030")
    many = [one, event("searched", text="咖啡机\x00"), event("contacted"), event("bought", product_id="P2")]
    assert [item["recorded"] for item in (await tell(integrator, one))["items"]] == [True]
    again = await tell(integrator, [*many, many[1]])
    assert [item["recorded"] for item in again["items"]] == [False, True, True, True, False]
    assert again["items"][0] == {"source": one["source"], "id": one["id"], "recorded": False}
    other = one | {"source": "pos-3"}
    assert (await tell(integrator, other))["items"][0]["recorded"] is True


async def test_cloud_events_are_taken_as_they_are(integrator: Client) -> None:
    told = event("com.example.shop.added", product_id="P1") | {
        "specversion": "1.0",
        "time": NOW.isoformat(),
        "datacontenttype": "application/json",
        "traceparent": "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
    }
    for kind, body in (("cloudevents", told), ("cloudevents-batch", [told])):
        client = integrator.with_headers(Content_Type=f"application/{kind}+json")
        assert len((await tell(client, body))["items"]) == 1


async def test_what_does_not_fit_is_named_and_nothing_is_recorded(integrator: Client) -> None:
    good = event("viewed", product_id="P1")
    bad = {
        "data.product_id": event("viewed"),
        "data.quantity": event("bought", product_id="P1", quantity=0),
        "data.price": event("added", product_id="P1", price=3),
        "data.text": event("searched"),
        "type: one of": event("teleported"),
        "type: the shop is": event("order_changed", id="118626"),
        "time: is in the future": good | {"time": (NOW + timedelta(hours=2)).isoformat()},
        "time: is more than": good | {"time": (NOW - timedelta(days=181)).isoformat()},
        "time: Input": good | {"time": "2026-11-23T10:00:00"},
        "specversion": good | {"specversion": "0.3"},
        "id": good | {"id": "a\nb"},
        "source": {name: value for name, value in good.items() if name != "source"},
        "body": "viewed",
    }
    answer = await tell(integrator, [good, *bad.values()], 400)
    error = answer["error"]
    assert error["code"] == "invalid_events"
    assert f"{len(bad)} of {len(bad) + 1} do not fit" in error["message"]
    assert [one["index"] for one in error["problems"]] == list(range(1, len(bad) + 1))
    for where, problem in zip(bad, error["problems"], strict=True):
        assert problem["message"].startswith(where), problem
    assert (await tell(integrator, good))["items"][0]["recorded"] is True
    for none in ([], [good] * 101, 7, None):
        await tell(integrator, none, 400)


async def test_the_page_tells_what_happens(integrator: Client) -> None:
    told = json.loads(re.findall(r"-d '(\[.*?\])'", PAGE, re.DOTALL)[0])
    items, refused = re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL)
    answered = await tell(integrator, told)
    assert answered["items"] == [json.loads(line) for line in items.splitlines()]
    told[1]["data"] = {"customer_id": "C001"}
    assert await tell(integrator, told, 400) == json.loads(refused)
    for kind in EVENT_KINDS:
        assert f"`{kind}`" in PAGE
    assert f"{KEPT.days} days" in PAGE


async def test_what_a_shopper_looked_at_is_shown_as_a_reason(
    integrator: Client, door: Client, server: Server
) -> None:
    client = door.with_headers(Accept_Language="en")
    await client.session(shopper_token=TOKENS.sign_shopper("C031"))
    shown = await client.say("recommend a mug", language="en")
    seen = shown["replies"][0]["cards"][-1]["id"]
    await tell(integrator, event("viewed", product_id=seen, customer_id="C031"))
    again = await client.say("recommend a mug", language="en")
    notes = {card["id"]: str(card) for card in again["replies"][0]["cards"]}
    assert "you looked at it lately" in notes[seen]
    assert sum("you looked at it lately" in note for note in notes.values()) == 1
    since = NOW - timedelta(days=30)
    before = (await server.kefu.shop.popularity(since=since)).get(seen, 0)
    await tell(integrator, event("bought", product_id=seen, quantity=40))
    assert (await server.kefu.shop.popularity(since=since))[seen] == before + 40
