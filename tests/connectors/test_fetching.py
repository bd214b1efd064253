"""Photos and callbacks: private addresses are never reached, headers go to the platform's own hosts only."""

import pytest
from aiohttp import ClientError, ClientSession, web

from connectors.channel import RetryLater, Undeliverable
from connectors.fetching import fetch_photo, public_http
from tests.contracts.platform import Platform, open_platform


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]"])
async def test_a_private_address_is_never_connected_to(host: str) -> None:
    async with open_platform() as platform, public_http() as http:
        port = platform.url.rpartition(":")[2]
        with pytest.raises(ClientError):
            await http.get(f"http://{host}:{port}/")
        with pytest.raises((Undeliverable, RetryLater)):
            await fetch_photo(http, f"http://{host}:{port}/photo.jpg")
        assert platform.calls == []


async def test_one_redirect_is_followed_to_a_host_that_is_named_and_is_not_told_the_headers() -> None:
    def answer(platform: Platform) -> object:
        def moved_once(call: object) -> object:
            away = {"Location": f"{platform.url.replace('127.0.0.1', 'localhost')}/there"}
            return web.Response(status=307, headers=away) if len(platform.calls) == 1 else b"photo"

        return moved_once

    async with open_platform() as platform, ClientSession() as http:
        platform.answer = answer(platform)
        with pytest.raises(Undeliverable):
            await fetch_photo(http, platform.url, hosts=("127.0.0.1",), headers={"Secret": "x"})
        platform.calls.clear()
        with pytest.raises(Undeliverable):
            await fetch_photo(
                http, platform.url, hosts=("127.0.0.1",), headers={"Secret": "x"}, onward=("photos.example",)
            )
        platform.calls.clear()
        photo = await fetch_photo(
            http, platform.url, hosts=("127.0.0.1",), headers={"Secret": "x"}, onward=("localhost",)
        )
        assert photo == b"photo"
        assert ["Secret" in call.headers for call in platform.calls] == [True, False]
