"""What docs/tools.md shows is what happens: its examples are run, as they stand, against a server."""

import asyncio
import re
import shutil
import sys
from pathlib import Path

import pytest

from tests.bot.http.conftest import API_KEY, TOKENS, Client, Server

pytestmark = pytest.mark.asyncio(loop_scope="module")

PAGE = (Path(__file__).parents[3] / "docs" / "tools.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)


async def run(program: list[str], door: Client, **more: str) -> str:
    environment = {"PATH": "/usr/bin:/bin", "KEFU": door.url, "KEY": API_KEY, **more}
    process = await asyncio.create_subprocess_exec(
        *program, env=environment, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    said, errors = await process.communicate()
    assert process.returncode == 0, errors.decode()
    assert not errors, errors.decode()
    return said.decode()


async def test_the_python_example(door: Client) -> None:
    (example,) = blocks("python")
    said = await run([sys.executable, "-c", example], door)
    assert re.search(
        r"moves: \[\('refund', \d+, '\w+'\)\]\nreceipt: KF-\w{6} for 118607\nrefused: cancel\.cancelled", said
    )


@pytest.mark.skipif(not (shutil.which("curl") and shutil.which("jq")), reason="needs curl and jq")
async def test_the_curl_examples(door: Client, server: Server) -> None:
    integrator, shopper = blocks("bash")
    said = await run(["bash", "-euc", integrator], door)
    assert '"key": "changed_mind"' in said
    assert '"outcome": "proposed"' in said
    assert re.search(r'"outcome": "ok",\s+"receipt": "KF-', said)
    shown = re.search(r'"movements": (\[.*?\])', PAGE)
    assert shown is not None
    assert "".join(shown[1].split()) in "".join(said.split())
    order = await server.kefu.shop.order("118626", customer_id="C001")
    assert order is not None
    assert order.status == "cancelled"
    mine = await run(["bash", "-euc", shopper], door, SHOPPER_TOKEN=TOKENS.sign_shopper("C001"))
    assert '{"id":"118626","badge":' in mine
