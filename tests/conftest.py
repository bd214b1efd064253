"""Shared by all tests: the network is off (see pyproject.toml), the loop must not be blocked, the demo shop is built once."""

import os
import shutil
import socket
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import structlog
from blockbuster import BlockBuster, blockbuster_ctx
from rich.console import Console

from bot.factory import Kefu, build
from bot.settings import Settings, read_settings

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
"""A Monday morning, within the demo shop's hours."""
CACHE = Path(os.environ.get("KEFU_CACHE", Path.home() / ".cache" / "kefu"))


@pytest.fixture(autouse=True)
def _loop_not_blocked() -> Iterator[BlockBuster]:
    """A blocking call of ours inside the event loop fails the test."""
    with blockbuster_ctx(scanned_modules=["bot", "knowledge", "intents", "connectors"]) as watch:
        yield watch


@pytest.fixture(autouse=True)
def _quiet_logs() -> None:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))


@pytest.fixture(scope="session")
def demo_data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with the demo shop as of `NOW`, its index and a trained classifier. Read only: copy it."""
    from bot.commands.knowledge import with_progress
    from bot.commands.shop import import_shop
    from bot.factory import open_index
    from bot.shop.demo.build import build as build_demo
    from bot.training import train_intents
    from knowledge.prepare import prepare

    prepare(CACHE, None, lambda _step: None)
    settings = read_settings(data=tmp_path_factory.mktemp("demo"), cache=CACHE)
    folder = settings.data / "demo"
    build_demo(folder, now=NOW)
    import_shop(settings, folder)
    encoder, index = open_index(settings)
    with_progress([folder / "documents", folder / "products.jsonl"], index, encoder)
    train_intents(settings, None, Console(quiet=True), report=False)
    return settings.data


@pytest.fixture
def settings(demo_data: Path, tmp_path: Path) -> Settings:
    """Settings over a copy of the demo shop, for this test alone."""
    shutil.copytree(demo_data, tmp_path / "data")
    return read_settings(data=tmp_path / "data", cache=CACHE, demo=True)


@pytest.fixture
async def kefu(settings: Settings) -> AsyncIterator[Kefu]:
    """A running bot whose clock stands at `NOW`."""
    running = await build(settings, clock=lambda: NOW)
    await running.start()
    yield running
    await running.stop()


@pytest.fixture
def free_port() -> Callable[[], int]:
    def pick() -> int:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            return int(probe.getsockname()[1])

    return pick
