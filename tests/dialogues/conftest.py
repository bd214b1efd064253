"""One running bot for all dialogues, another one for each set of ways to prove who asks; each dialogue has its sender."""

import asyncio
import shutil
import socket
from collections.abc import AsyncIterator, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from blockbuster import BlockBuster

from bot.settings import read_settings
from tests.bot.mailbox import Mailbox, serve
from tests.conftest import CACHE, NOW
from tests.dialogues.stage import Stage
from tests.models import built


class Clock:
    """Stands still until a dialogue moves it."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


class Stages:
    """The usual bot stays; of the others, one at a time is there."""

    def __init__(self, data: Path, mailbox: Mailbox, port: int) -> None:
        self._data, self._mailbox, self._port = data, mailbox, port
        self._usual: Stage | None = None
        self._other: tuple[list[str], Stage] | None = None

    async def of(self, verify_by: list[str] | None) -> Stage:
        """The bot that lets shoppers prove who they are in these ways."""
        if verify_by is None:
            self._usual = self._usual or await self._open("usual")
            return self._usual
        if self._other is None or self._other[0] != verify_by:
            await self._close_other()
            self._other = (verify_by, await self._open("-".join(verify_by) or "none", verify_by=verify_by))
        return self._other[1]

    async def close(self) -> None:
        await self._close_other()
        if self._usual is not None:
            await self._usual.kefu.stop()

    async def _close_other(self) -> None:
        if self._other is not None:
            await self._other[1].kefu.stop()
            self._other = None

    async def _open(self, name: str, **settings: Any) -> Stage:
        data = self._data.parent / name
        await asyncio.to_thread(shutil.copytree, self._data, data)
        mail = {"smtp_url": f"smtp://127.0.0.1:{self._port}", "mail_from": "help@shop.example"}
        clock = Clock()
        kefu = await built(read_settings(data=data, cache=CACHE, demo=True, **mail, **settings), clock=clock)
        await kefu.start()
        # A dialogue says itself when the bot looks for what is back.
        next(task for task in kefu.tasks if task.get_name() == "restock").cancel()
        return Stage(kefu, clock, data, self._mailbox)


@pytest.fixture(scope="package")
def data(demo_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    copy = tmp_path_factory.mktemp("dialogues") / "data"
    shutil.copytree(demo_data, copy)
    return copy


@pytest.fixture(scope="package")
def mailbox() -> Iterator[tuple[Mailbox, int]]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    box = Mailbox()
    controller = serve(box, port)
    yield box, port
    controller.stop()


@pytest_asyncio.fixture(scope="package", loop_scope="package")
async def stages(data: Path, mailbox: tuple[Mailbox, int]) -> AsyncIterator[Stages]:
    stages = Stages(data, *mailbox)
    yield stages
    await stages.close()


@pytest_asyncio.fixture(loop_scope="package")
async def stage(
    stages: Stages, dialogue: dict[str, Any], _loop_not_blocked: BlockBuster
) -> AsyncIterator[Stage]:
    """The bot that the dialogue is played on. It may block while it starts, not while it serves."""
    _loop_not_blocked.deactivate()
    opened = await stages.of(dialogue.get("verify_by"))
    _loop_not_blocked.activate()
    yield opened
