import asyncio
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import quote
from uuid import uuid4

import pytest

from connectors.client import BadRequest, Forbidden, NotFound, Unauthorized
from connectors.client import Client as ApiClient
from tests.bot.http.conftest import Client

pytestmark = pytest.mark.asyncio(loop_scope="module")

SignIn = Callable[[str], Awaitable[Client]]


async def test_a_question_is_answered_with_its_source(visitor: Client) -> None:
    answer = await visitor.say("退货运费谁出？", id="m1")
    assert answer["accepted"] == {"id": "m1", "seq": 1, "duplicate": False}
    (reply,) = answer["replies"]
    assert (reply["seq"], reply["author"], reply["in_reply_to"]) == (2, "bot", ["m1"])
    source = reply["sources"][0]
    assert source["quote"] in reply["text"]
    passage = await (await visitor.get(f"/v1/passages/{quote(source['passage_id'], safe='')}")).json()
    assert (passage["title"], passage["section"]) == (source["title"], source["section"])
    assert source["quote"] in passage["text"]


async def test_the_same_id_again_is_the_same_message(visitor: Client) -> None:
    first = await visitor.say("怎么开发票？", id="m1")
    again = await visitor.say("怎么开发票？", id="m1")
    assert again["accepted"] == first["accepted"] | {"duplicate": True}
    assert again["replies"] == first["replies"]
    assert len((await visitor.history())["messages"]) == 2


async def test_the_same_id_many_times_at_once_is_one_turn(visitor: Client) -> None:
    answers = await asyncio.gather(*(visitor.say("怎么开发票？", id="m1") for _ in range(8)))
    assert sum(not answer["accepted"]["duplicate"] for answer in answers) == 1
    assert {answer["replies"][0]["id"] for answer in answers} == {answers[0]["replies"][0]["id"]}
    assert [line["author"] for line in (await visitor.history())["messages"]] == ["shopper", "bot"]


async def test_messages_at_once_are_all_answered_in_order(visitor: Client) -> None:
    answers = await asyncio.gather(*(visitor.say(f"订单 {100000 + n} 到哪了", id=f"m{n}") for n in range(6)))
    assert all(answer["replies"] for answer in answers)
    lines = (await visitor.history())["messages"]
    assert [line["seq"] for line in lines] == list(range(1, len(lines) + 1))
    answered = [one for line in lines for one in line["in_reply_to"]]
    assert sorted(answered) == [f"m{n}" for n in range(6)]


async def test_who_does_not_wait_gets_the_reply_from_the_history(visitor: Client) -> None:
    response = await visitor.post("/v1/messages", {"id": "m1", "text": "怎么开发票？", "wait": 0})
    assert response.status == 202
    assert (await response.json())["replies"] == []
    answer = await visitor.say("怎么开发票？", id="m1")
    assert answer["accepted"]["duplicate"] is True
    assert answer["replies"][0]["in_reply_to"] == ["m1"]


async def test_a_button_is_pressed(customer: SignIn) -> None:
    client = await customer("C001")
    opened = await client.session(session_token=client.token, language="zh")
    opener = next(one for one in opened["openers"] if one["action"])
    answer = await client.say(opener["label"], action=opener["action"])
    number = opener["action"].split()[-1]
    assert any(number in card["title"] + card["id"] for card in answer["replies"][0]["cards"])


async def test_somebody_elses_conversation_is_not_found(visitor: Client, door: Client) -> None:
    said = await visitor.say("怎么开发票？")
    stranger = door.with_headers()
    await stranger.session()
    await stranger.say("你好")
    stranger.conversation_id = visitor.conversation_id
    response = await stranger.get(f"/v1/conversations/{visitor.conversation_id}/messages")
    assert response.status == 404
    response = await stranger.post(f"/v1/messages/{said['replies'][0]['id']}/feedback", {"helpful": True})
    assert response.status == 404


@pytest.mark.parametrize("token", ["", "garbage", "é", "\udcff", "a" * 5000])
async def test_without_a_token_nothing_is_read_or_said(visitor: Client, door: Client, token: str) -> None:
    said = await visitor.say("你好")
    nobody = door.with_headers(Authorization=f"Bearer {token}")
    paths = [
        f"/v1/conversations/{visitor.conversation_id}/messages",
        "/v1/events",
    ]
    for path in paths:
        assert (await nobody.get(path)).status == 401
    assert (await nobody.post("/v1/messages", {"id": "m1", "text": "hi"})).status == 401
    rated = await nobody.post(f"/v1/messages/{said['replies'][0]['id']}/feedback", {"helpful": True})
    assert rated.status == 401


async def test_paging_both_ways_meets_every_line_once(visitor: Client) -> None:
    for number in range(4):
        await visitor.say("你好", id=f"m{number}")
    everything = (await visitor.history())["messages"]
    seqs = [line["seq"] for line in everything]
    assert seqs == list(range(1, 9))

    forward: list[int] = []
    more = True
    while more:
        page = await visitor.history(after=forward[-1] if forward else 0, limit=3)
        forward += [line["seq"] for line in page["messages"]]
        more = page["has_more"]
    assert forward == seqs

    backward: list[int] = []
    more = True
    while more:
        page = await visitor.history(before=backward[0] if backward else 1000, limit=3)
        backward = [line["seq"] for line in page["messages"]] + backward
        more = page["has_more"]
    assert backward == seqs

    for begin, whole in ({"after": 0}, seqs), ({"before": 1000}, seqs[::-1]):
        met, query = list[int](), dict[str, Any](begin)
        while query:
            page = await visitor.history(**query, limit=3)
            lines = [line["seq"] for line in page["messages"]]
            met += lines if "after" in begin else lines[::-1]
            assert (page["next_cursor"] is not None) is page["has_more"]
            query = {"cursor": page["next_cursor"]} if page["has_more"] else {}
        assert met == whole


@pytest.mark.parametrize(
    "query",
    [
        "after=-1",
        "after=x",
        "after=1.5",
        "after=٣",
        "after=" + "0" * 12 + "9" * 20,
        "after=" + "9" * 5000,
        "before=9999999999999",
        "limit=101",
        "limit=%00",
    ],
)
async def test_a_position_is_a_whole_number(visitor: Client, query: str) -> None:
    await visitor.say("你好")
    response = await visitor.get(f"/v1/conversations/{visitor.conversation_id}/messages?{query}")
    assert response.status == 400
    assert (await response.json())["error"]["code"] == "invalid_field"


async def test_feedback_is_kept_and_may_change(visitor: Client) -> None:
    reply = (await visitor.say("怎么开发票？"))["replies"][0]
    path = f"/v1/messages/{reply['id']}/feedback"
    assert (await visitor.post(path, {"helpful": True})).status == 204
    assert (await visitor.history())["messages"][-1]["helpful"] is True
    assert (await visitor.post(path, {"helpful": False, "comment": "没说\x00清楚"})).status == 204
    assert (await visitor.history())["messages"][-1]["helpful"] is False


async def test_feedback_on_what_is_no_answer(visitor: Client) -> None:
    await visitor.say("你好")
    own = (await visitor.history())["messages"][0]
    for message_id in (own["id"], "nothing", "%00", "a" * 400, "%ff"):
        response = await visitor.post(f"/v1/messages/{message_id}/feedback", {"helpful": True})
        assert response.status == 404
    reply = (await visitor.history())["messages"][1]
    path = f"/v1/messages/{reply['id']}/feedback"
    for body in (
        {},
        {"helpful": "perhaps"},
        {"helpful": True, "comment": "x" * 1001},
        {"helpful": True, "x": 1},
    ):
        assert (await visitor.post(path, body)).status == 400


@pytest.mark.parametrize("passage_id", ["nothing", "%00", "%ff", "../../etc/passwd", "a" * 400, "%ed%a0%80"])
async def test_a_passage_that_is_not_there(door: Client, passage_id: str) -> None:
    assert (await door.get(f"/v1/passages/{passage_id}")).status == 404


async def test_an_integrator_speaks_for_its_people(program: ApiClient) -> None:
    one, other = uuid4().hex, uuid4().hex
    first = await program.post_message("我的订单到哪了？", sender=one, customer_id="C001", language="zh")
    assert first.replies[0].tools[0].outcome == "ok"
    second = await program.post_message("我的订单到哪了？", sender=other, language="zh")
    assert second.conversation_id != first.conversation_id
    assert second.replies[0].tools[0].outcome == "needs_identity"
    assert len((await program.list_messages(first.conversation_id, sender=one)).messages) == 2
    with pytest.raises(NotFound):
        await program.list_messages(first.conversation_id, sender=other)
    with pytest.raises(BadRequest, match="sender"):
        await program.list_messages(first.conversation_id)
    await program.rate_message(first.replies[0].id, True, sender=one)


async def test_an_integrator_cannot_read_what_the_widget_said(integrator: Client, visitor: Client) -> None:
    await visitor.say("你好")
    integrator.conversation_id = visitor.conversation_id
    path = f"/v1/conversations/{visitor.conversation_id}/messages"
    assert (await integrator.get(path, params={"sender": "visitor"})).status == 404


@pytest.mark.parametrize("sender", [None, "", "a" * 129, "line\nbreak", "nul\x00"])
async def test_an_integrator_names_whom_it_speaks_for(integrator: Client, sender: str | None) -> None:
    response = await integrator.post("/v1/messages", {"id": "m1", "text": "hi", "sender": sender})
    assert response.status == 400


async def test_a_conversation_stays_with_its_customer(program: ApiClient) -> None:
    sender = uuid4().hex
    await program.post_message("你好", sender=sender, customer_id="C001")
    with pytest.raises(Unauthorized):
        await program.post_message("我的订单", sender=sender)
    with pytest.raises(Forbidden):
        await program.post_message("我的订单", sender=sender, customer_id="C002")
