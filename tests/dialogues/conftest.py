"""One running bot for all dialogues; each has a sender of its own."""

import shutil
from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path

import pytest
import pytest_asyncio

from bot.factory import Kefu, build
from bot.settings import read_settings
from tests.conftest import CACHE, NOW
from tests.dialogues.stage import Stage


class Clock:
    """Stands still until a dialogue moves it."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture(scope="package")
def data(demo_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    copy = tmp_path_factory.mktemp("dialogues") / "data"
    shutil.copytree(demo_data, copy)
    return copy


@pytest_asyncio.fixture(scope="package", loop_scope="package")
async def stage(data: Path) -> AsyncIterator[Stage]:
    clock = Clock()
    kefu: Kefu = await build(read_settings(data=data, cache=CACHE, demo=True), clock=clock)
    await kefu.start()
    yield Stage(kefu, clock, data)
    await kefu.stop()
