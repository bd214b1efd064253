from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import jwt
import pytest

from bot.http.tokens import Tokens
from tests.bot.http.conftest import SECRET, SHOPPER_SECRET, TOKENS, Client, Server
from tests.conftest import NOW

pytestmark = pytest.mark.asyncio(loop_scope="module")

EXPIRY = NOW + timedelta(hours=1)


def shopper_token(*, key: str = SHOPPER_SECRET, algorithm: str = "HS256", **claims: Any) -> str:
    return jwt.encode({"sub": "C001", "aud": "kefu", "exp": EXPIRY} | claims, key, algorithm=algorithm)


async def test_a_new_visitor(door: Client) -> None:
    answer = await door.with_headers(Accept_Language="zh-CN,zh;q=0.9").session()
    assert answer["conversation_id"] is None
    assert answer["signed_in"] is False
    assert answer["language"] == "zh"
    assert answer["shop"]["name"] == "拾光"
    assert answer["shop"]["open"] is True
    assert [opener["label"] for opener in answer["openers"]]


async def test_two_visitors_share_nothing(door: Client) -> None:
    one, other = door.with_headers(), door.with_headers()
    await one.session()
    await other.session()
    assert TOKENS.session(one.token).sender != TOKENS.session(other.token).sender


async def test_a_session_is_continued(visitor: Client) -> None:
    await visitor.say("你好")
    again = visitor.with_headers()
    answer = await again.session(session_token=visitor.token)
    assert answer["conversation_id"] == visitor.conversation_id
    assert TOKENS.session(again.token).sender == TOKENS.session(visitor.token).sender


@pytest.mark.parametrize("token", ["", "garbage", "a.b.c", "é" * 10, shopper_token()])
async def test_a_session_token_that_does_not_hold_makes_a_new_visitor(door: Client, token: str) -> None:
    answer = await door.with_headers().session(session_token=token)
    assert answer["signed_in"] is False
    assert answer["conversation_id"] is None


async def test_an_expired_session_is_over(door: Client, visitor: Client) -> None:
    long_ago = Tokens(secret=SECRET, shopper_secret=None, api_keys=(), clock=lambda: NOW - timedelta(days=31))
    _, token = long_ago.new_session(None)
    old = door.with_headers(Authorization=f"Bearer {token}")
    response = await old.post("/v1/messages", {"id": "m1", "text": "hello"})
    assert response.status == 401
    assert (await response.json())["error"]["code"] == "bad_token"
    answer = await door.with_headers().session(session_token=token)
    assert answer["conversation_id"] is None


@pytest.mark.parametrize(("customer_id", "language"), [("C001", "zh"), ("C002", "en")])
async def test_a_customer_is_known_and_sees_their_orders(
    server: Server, door: Client, customer_id: str, language: str
) -> None:
    client = door.with_headers()
    answer = await client.session(shopper_token=shopper_token(sub=customer_id), language=language)
    assert answer["signed_in"] is True
    assert answer["customer_name"]
    numbers = {order.number for order in await server.kefu.shop.orders(customer_id)}
    named = [one["action"].split()[-1] for one in answer["openers"] if one["action"]]
    assert named
    assert set(named) <= numbers


BAD_SHOPPER_TOKENS = {
    "wrong key": shopper_token(key="somebody else's secret, just as long"),
    "session key": shopper_token(key=SECRET),
    "wrong audience": shopper_token(aud="kefu-session"),
    "no audience": jwt.encode({"sub": "C001", "exp": EXPIRY}, SHOPPER_SECRET, algorithm="HS256"),
    "no expiry": jwt.encode({"sub": "C001", "aud": "kefu"}, SHOPPER_SECRET, algorithm="HS256"),
    "expired": shopper_token(exp=NOW - timedelta(minutes=5)),
    "not yet": shopper_token(nbf=NOW + timedelta(minutes=5)),
    "endless": shopper_token(exp=10**400),
    "expiry of words": jwt.encode(
        {"sub": "C001", "aud": "kefu", "exp": "soon"}, SHOPPER_SECRET, algorithm="HS256"
    ),
    "another algorithm": shopper_token(algorithm="HS512", key=SHOPPER_SECRET * 2),
    "no algorithm": jwt.encode({"sub": "C001", "aud": "kefu", "exp": EXPIRY}, "", algorithm="none"),
    "nobody": shopper_token(sub=""),
    "a number": jwt.encode({"sub": 1, "aud": "kefu", "exp": EXPIRY}, SHOPPER_SECRET, algorithm="HS256"),
    "a line break": shopper_token(sub="C001\n"),
    "very long": shopper_token(sub="C" * 65),
    "garbage": "not.a.token",
}


@pytest.mark.parametrize("token", BAD_SHOPPER_TOKENS.values(), ids=BAD_SHOPPER_TOKENS)
async def test_a_bad_shopper_token_is_refused(door: Client, token: str) -> None:
    response = await door.post("/v1/session", {"shopper_token": token})
    assert response.status == 401
    assert (await response.json())["error"]["code"] == "bad_token"


async def test_whom_the_shop_vouches_for_may_talk_before_the_shop_is_imported_again(door: Client) -> None:
    client = door.with_headers()
    answer = await client.session(shopper_token=shopper_token(sub="NEW-TODAY"))
    assert (answer["signed_in"], answer["customer_name"]) == (True, None)
    said = await client.say("我的订单到哪了", language="zh")
    assert said["replies"][0]["text"]


async def test_signing_out_leaves_the_customers_conversation(
    customer: Callable[[str], Awaitable[Client]], door: Client
) -> None:
    signed_in = await customer("C003")
    await signed_in.say("你好")
    answer = await door.with_headers().session()
    assert answer["conversation_id"] is None


async def test_a_customers_session_is_not_extended_by_itself(
    customer: Callable[[str], Awaitable[Client]],
) -> None:
    signed_in = await customer("C001")
    token = signed_in.token
    await signed_in.session(session_token=token)
    assert signed_in.token == token


async def test_a_session_token_is_no_shopper_token_and_no_key(visitor: Client, door: Client) -> None:
    response = await door.post("/v1/session", {"shopper_token": visitor.token})
    assert response.status == 401
    response = await visitor.post("/v1/messages", {"id": "m1", "text": "hi", "sender": "somebody"})
    assert response.status == 400
