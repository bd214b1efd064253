"""A whole conversation on a real PostgreSQL: imported, served, answered, found again by another process."""

import asyncio
import shutil
from pathlib import Path
from uuid import uuid4

import pytest
from aiohttp import ClientSession

from tests.contracts.postgres import PostgresServer
from tests.hardening.cli import kefu
from tests.hardening.process import KefuProcess
from tests.hardening.shopper import session

pytestmark = pytest.mark.postgres


async def say(http: ClientSession, url: str, token: str, text: str) -> dict[str, object]:
    body = {"id": uuid4().hex, "text": text, "language": "zh"}
    headers = {"Authorization": f"Bearer {token}"}
    async with http.post(f"{url}/v1/messages", json=body, headers=headers) as response:
        assert response.status == 200, await response.text()
        (reply,) = (await response.json())["replies"]
        return dict(reply)


async def test_a_conversation(demo_data: Path, tmp_path: Path, postgres_server: PostgresServer) -> None:
    data, url = tmp_path / "data", postgres_server.create_database()
    shutil.copytree(demo_data, data)
    (data / "kefu.db").unlink()
    imported = await asyncio.to_thread(kefu, "shop", "import", data / "demo", data=data, database_url=url)
    assert imported.code == 0, imported
    server = await (await KefuProcess.spawn(data, KEFU_DATABASE_URL=url, KEFU_DEMO="true")).ready()
    async with session() as http:
        async with http.post(f"{server.url}/demo/sign-in", json={"customer_id": "C001"}) as response:
            shopper_token = (await response.json())["shopper_token"]
        async with http.post(f"{server.url}/v1/session", json={"shopper_token": shopper_token}) as response:
            opened = await response.json()
        token = opened["session_token"]
        assert (await say(http, server.url, token, "退货运费谁出？\x00"))["sources"]
        assert (await say(http, server.url, token, "我的订单到哪了？"))["cards"]
        assert (await say(http, server.url, token, "转人工"))["floor"] == "waiting"
        async with http.get(f"{server.url}/readyz") as response:
            assert set((await response.json())["checks"].values()) == {"ok"}
        assert await server.stop() == 0

        server = await (await KefuProcess.spawn(data, KEFU_DATABASE_URL=url)).ready()
        async with http.post(f"{server.url}/v1/session", json={"session_token": token}) as response:
            conversation_id = (await response.json())["conversation_id"]
        async with http.get(
            f"{server.url}/v1/conversations/{conversation_id}/messages",
            headers={"Authorization": f"Bearer {token}"},
        ) as response:
            lines = (await response.json())["messages"]
        assert [line["seq"] for line in lines] == [1, 2, 3, 4, 5, 6]
        assert await server.stop() == 0
    assert not (data / "kefu.db").exists(), "nothing went anywhere else"
