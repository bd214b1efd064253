"""Origins, limits, addresses, headers, and who may look at the dials."""

from ipaddress import ip_network
from typing import Any

import pytest

from bot.errors import SettingsError
from bot.http.address import client_address, network_of, parse_networks
from bot.http.app import make_app
from tests.bot.http.conftest import API_KEY, ORIGIN, Client, Server

pytestmark = pytest.mark.asyncio(loop_scope="module")

PROXY = (ip_network("10.0.0.0/8"),)


@pytest.mark.parametrize(
    "origin", ["https://evil.example", "null", "http://shop.example", "https://[", "https://", "x"]
)
async def test_other_pages_are_turned_away(door: Client, origin: str) -> None:
    stranger = door.with_headers(Origin=origin)
    for response in (
        await stranger.post("/v1/session", {}),
        await stranger.request("OPTIONS", "/v1/session"),
        await stranger.get("/v1/ws"),
        await stranger.post("/demo/sign-in", {"customer_id": "C001"}),
    ):
        assert response.status == 403
        assert "Access-Control-Allow-Origin" not in response.headers
        assert (await response.json())["error"]["code"] == "origin"


async def test_the_shops_page_is_let_in(door: Client) -> None:
    page = door.with_headers(Origin=ORIGIN)
    preflight = await page.request("OPTIONS", "/v1/messages")
    assert preflight.status == 204
    assert preflight.headers["Access-Control-Allow-Origin"] == ORIGIN
    assert "Authorization" in preflight.headers["Access-Control-Allow-Headers"]
    assert preflight.headers["Vary"] == "Origin"
    opened = await page.post("/v1/session", {})
    assert opened.headers["Access-Control-Allow-Origin"] == ORIGIN
    assert opened.headers["Cache-Control"] == "no-store"
    # Its script has to read why it was refused.
    refused = await page.post("/v1/messages", {})
    assert (refused.status, refused.headers["Access-Control-Allow-Origin"]) == (401, ORIGIN)


async def test_our_own_page_is_let_in(door: Client) -> None:
    assert (await door.with_headers(Origin=door.url).post("/v1/session", {})).status == 200


async def test_too_many_messages(server: Server) -> None:
    client = await server.open(rate_session="2/minute")
    await client.session()
    for number in range(2):
        await client.say("你好", id=f"m{number}")
    for language, words in (("zh", "秒再发"), ("en", "seconds")):
        response = await client.post("/v1/messages", {"id": "m3", "text": "hi", "language": language})
        assert response.status == 429
        error = (await response.json())["error"]
        assert error["code"] == "too_many"
        assert words in error["message"]
        assert str(error["retry_after"]) in error["message"]
        assert 1 <= error["retry_after"] <= 61
        assert response.headers["Retry-After"] == str(error["retry_after"])
    other = client.with_headers()
    await other.session()
    assert (await other.say("你好"))["replies"], "another visitor is not limited by it"


async def test_too_many_requests_from_one_address(server: Server) -> None:
    client = await server.open(rate_address="3/minute", trusted_proxies=("127.0.0.1",))
    crowd = client.with_headers(X_Forwarded_For="203.0.113.7", Accept_Language="zh-CN")
    assert [(await crowd.post("/v1/session", {})).status for _ in range(3)] == [200] * 3
    refused = await crowd.post("/v1/session", {})
    assert refused.status == 429
    assert "秒再发" in (await refused.json())["error"]["message"]
    assert (await client.with_headers(X_Forwarded_For="203.0.113.8").post("/v1/session", {})).status == 200
    # What the client itself puts in front does not make it somebody else.
    liar = client.with_headers(X_Forwarded_For="198.51.100.1, 203.0.113.7")
    assert (await liar.post("/v1/session", {})).status == 429


async def test_an_integrators_people_are_counted_one_by_one(server: Server) -> None:
    client = await server.open(rate_address="3/minute", rate_session="2/minute")
    key = client.with_headers(Authorization=f"Bearer {API_KEY}")
    for number in range(6):
        await key.say("你好", sender=f"counted{number}")
    for _ in range(1):
        await key.say("你好", sender="counted0")
    response = await key.post("/v1/messages", {"id": "m9", "text": "hi", "sender": "counted0"})
    assert response.status == 429


@pytest.mark.parametrize(
    ("peer", "forwarded", "client"),
    [
        ("203.0.113.9", [], "203.0.113.9"),
        ("203.0.113.9", ["1.1.1.1"], "203.0.113.9"),
        ("10.0.0.1", ["1.1.1.1"], "1.1.1.1"),
        ("10.0.0.1", ["6.6.6.6, 1.1.1.1"], "1.1.1.1"),
        ("10.0.0.1", ["6.6.6.6", "1.1.1.1"], "1.1.1.1"),
        ("10.0.0.1", ["6.6.6.6, 1.1.1.1, 10.0.0.2"], "1.1.1.1"),
        ("10.0.0.1", ["10.0.0.3, 10.0.0.2"], "10.0.0.3"),
        ("10.0.0.1", ["1.1.1.1, nonsense"], "10.0.0.1"),
        ("10.0.0.1", ["1.1.1.1:4711"], "1.1.1.1"),
        ("10.0.0.1", ["[2001:db8::1]:4711"], "2001:db8::1"),
        ("::ffff:10.0.0.1", ["1.1.1.1"], "1.1.1.1"),
        ("10.0.0.1", ["," * 10_000], "10.0.0.1"),
        (None, ["1.1.1.1"], "unknown"),
    ],
)
async def test_the_address_is_read_from_the_right(
    peer: str | None, forwarded: list[str], client: str
) -> None:
    assert client_address(peer, forwarded, PROXY) == client


async def test_an_ipv6_home_is_one_address() -> None:
    assert network_of("2001:db8::1") == network_of("2001:db8::ffff:1") != network_of("2001:db8:0:1::1")
    assert network_of("192.0.2.1") == "192.0.2.1"


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("trusted_proxies", ("nonsense",)),
        ("origins", ("*",)),
        ("origins", ("https://shop.example/",)),
        ("origins", ("shop.example",)),
        ("rate_session", "often"),
        ("rate_address", "0/minute"),
        ("api_keys", ("short",)),
        ("api_keys", ("一把不是英文的钥匙一把不是英文的钥匙一把不是英文的钥匙",)),
    ],
)
async def test_a_setting_that_does_not_fit_is_named(server: Server, setting: str, value: Any) -> None:
    with pytest.raises(SettingsError, match=f"KEFU_{setting.upper()}"):
        make_app(server.kefu, server.settings.model_copy(update={setting: value}))
    with pytest.raises(SettingsError):
        parse_networks(["10.0.0.0/99"])


async def test_every_answer_says_what_it_is(door: Client) -> None:
    for path in ("/", "/widget.js", "/v1/nothing", "/healthz", "/openapi.json"):
        response = await door.get(path)
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert response.headers["X-Request-Id"]
        assert response.headers["Server"] == "Kefu"


async def test_a_page_runs_only_our_scripts(door: Client) -> None:
    policy = (await door.get("/")).headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self';" in policy
    assert "frame-ancestors 'none'" in policy


async def test_the_metrics_are_for_the_operator(server: Server) -> None:
    client = await server.open(trusted_proxies=("127.0.0.1",))
    assert (await client.get("/metrics")).status == 200
    behind_a_proxy = client.with_headers(X_Forwarded_For="203.0.113.7")
    assert (await behind_a_proxy.get("/metrics")).status == 403
    pretender = client.with_headers(X_Forwarded_For="127.0.0.1")
    assert (await pretender.get("/metrics")).status == 403
    key = behind_a_proxy.with_headers(Authorization=f"Bearer {API_KEY}")
    assert (await key.get("/metrics")).status == 200


async def test_the_metrics_tell_what_happened(server: Server, visitor: Client) -> None:
    await visitor.say("退货运费谁出？")
    await visitor.say("转人工")
    await visitor.say("不用了")
    await visitor.say("支持用比特币付款吗")
    text = await (await visitor.get("/metrics")).text()
    for name in (
        'kefu_turns_total{floor="bot",intent=',
        'kefu_step_seconds_bucket{le="0.005",step="understand"}',
        'step="save"',
        'kefu_handovers_total{reason="asked"}',
        "kefu_unanswered_total{",
        'kefu_rows{queue="inbox"} 0.0',
        'kefu_rows{queue="outbox"}',
        'kefu_http_requests_total{route="/v1/messages",status="200"}',
    ):
        assert name in text, name


async def test_the_dials(door: Client) -> None:
    assert await (await door.get("/healthz")).json() == {"status": "ok"}
    ready = await door.get("/readyz")
    assert ready.status == 200
    assert set((await ready.json())["checks"].values()) == {"ok"}
