"""A server as a process of its own: how soon it answers, how much memory it takes."""

import asyncio
import compileall
import json
import os
import re
import subprocess
import sys
import time
import urllib.request
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

import psutil

_ROOT = Path(__file__).parent.parent.parent
_PACKAGES = ("bot", "connectors", "intents", "knowledge")
_WARM = (
    "退货运费谁出？",
    "How long does delivery take?",
    "推荐一个咖啡机",
    "Is the espresso machine heavy?",
) * 25


@asynccontextmanager
async def serving(module: str, folder: Path, environment: Mapping[str, str]) -> AsyncIterator[str]:
    """Its address; `module` is run as `kefu` is."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", module, "serve", "--data", str(folder), "--port", "0"),
        env=os.environ | dict(environment),
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        assert process.stdout is not None
        while True:
            line = (await process.stdout.readline()).decode()
            if found := re.search(r"http://\S+", line):
                break
            assert line, "the server did not start"
        yield found[0].rstrip("/")
    finally:
        process.terminate()
        await process.wait()


def start_and_memory(data: Path) -> tuple[float, float, float]:
    """(Seconds until it answered its first message, MB resident then, MB resident after 100 turns)."""
    for package in _PACKAGES:  # as pip leaves them; where PYTHONDONTWRITEBYTECODE is set, no start would
        compileall.compile_dir(_ROOT / package, quiet=1)
    start = time.perf_counter()
    command = [sys.executable, "-m", "bot.launch", "serve", "--data", str(data), "--port", "0", "--demo"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as server:
        try:
            assert server.stdout is not None
            ready = re.search(r"http://\S+", server.stdout.readline())
            assert ready is not None
            _say(ready[0], ["你好"])
            seconds = time.perf_counter() - start
            process = psutil.Process(server.pid)
            first = process.memory_info().rss / 1e6
            for number in range(0, len(_WARM), 10):
                _say(ready[0], _WARM[number : number + 10])
            return seconds, first, process.memory_info().rss / 1e6
        finally:
            server.terminate()


def _say(url: str, texts: tuple[str, ...] | list[str]) -> None:
    token = _post(f"{url}/v1/session", {}, None)["session_token"]
    for number, text in enumerate(texts):
        _post(f"{url}/v1/messages", {"id": f"m{number}", "text": text}, token)


def _post(url: str, body: dict[str, object], token: str | None) -> dict[str, str]:
    headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {token}"} if token else {})
    request = urllib.request.Request(url, json.dumps(body).encode(), headers)
    with urllib.request.urlopen(request, timeout=30) as response:
        answer: dict[str, str] = json.load(response)
        return answer
