"""Shared by all tests: the network is off (see pyproject.toml), the loop must not be blocked, the demo shop is built once."""

import asyncio
import fcntl
import hashlib
import os
import shutil
import socket
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import structlog
from argon2 import PasswordHasher
from blockbuster import BlockBuster, blockbuster_ctx
from rich.console import Console

from bot.factory import Kefu
from bot.settings import Settings, read_settings
from bot.staff import passwords
from bot.store.migrate import upgrade
from knowledge import cross_encoder, encoder

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
"""A Monday morning, within the demo shop's hours."""
ROOT = Path(__file__).parent.parent
CACHE = Path(os.environ.get("KEFU_CACHE", Path.home() / ".cache" / "kefu"))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Where the demo shop is not built yet, one process builds it: the others have tests that need none meanwhile."""
    needing = {item.path for item in items if "demo_data" in getattr(item, "fixturenames", ())}
    first = next((item.path for item in items if item.path in needing), None)
    contracts = ROOT / "tests" / "contracts"

    def turn(item: pytest.Item) -> int:
        if item.path == first:
            return 0
        return 1 if item.path.parent == contracts and item.path not in needing else 2

    items.sort(key=turn)


@pytest.fixture(autouse=True)
def _loop_not_blocked() -> Iterator[BlockBuster]:
    """A blocking call of ours inside the event loop fails the test."""
    with blockbuster_ctx(scanned_modules=["bot", "knowledge", "intents", "connectors"]) as watch:
        yield watch


@pytest.fixture(autouse=True)
def _quiet_logs() -> None:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))


@pytest.fixture(autouse=True, scope="session")
def _cheap_passwords() -> Iterator[None]:
    """Many tests sign somebody in, and a hash is costly on purpose. What another process hashes is as costly as ever."""
    cheap = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "_hasher", lambda: cheap)
        yield


@pytest.fixture(autouse=True, scope="session")
def _graphs_loaded_once() -> Iterator[None]:
    """A graph takes a quarter of a second to load and remembers nothing: many encoders share it, while its file is the same."""
    load = encoder.open_session

    @lru_cache(8)
    def loaded(graph: Path, _changed: int, _size: int) -> Any:
        return load(graph)

    def shared(graph: Path) -> Any:
        state = graph.stat()
        return loaded(graph, state.st_mtime_ns, state.st_size)

    with pytest.MonkeyPatch.context() as patch:
        for module in (encoder, cross_encoder):
            patch.setattr(module, "open_session", shared)
        yield


@pytest.fixture(scope="session")
def demo_data() -> Path:
    """A data folder with the demo shop as of `NOW`, its index and a trained classifier. Read only: copy it.

    Building it takes a minute, so it is kept until anything that goes into it changes.
    """
    from knowledge.prepare import prepare

    prepare(CACHE, None, lambda _step: None)
    kept = CACHE / "tests" / _version()
    kept.parent.mkdir(parents=True, exist_ok=True)
    # Tests run in several processes: one builds, the others wait for it.
    with (kept.parent / "building").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not kept.exists():
            building = Path(tempfile.mkdtemp(dir=_emptied(kept.parent)))
            _build_demo(building)
            building.rename(kept)
    return kept


def _build_demo(data: Path) -> None:
    from bot.commands.knowledge import with_progress
    from bot.commands.shop import import_shop
    from bot.prepared import open_index
    from bot.shop.demo.build import build as build_demo
    from bot.training import train_intents

    settings = read_settings(data=data, cache=CACHE)
    build_demo(data / "demo", now=NOW)
    import_shop(settings, data / "demo")
    embedding, index = open_index(settings)
    with_progress([data / "demo" / "documents", data / "demo" / "products.jsonl"], index, embedding)
    train_intents(settings, None, Console(quiet=True), report=False)


def _version() -> str:
    """Of everything that the demo data is made from."""
    digest = hashlib.sha256(CACHE.as_posix().encode())
    for folder in ("bot/shop", "bot/store/migrations", "intents", "knowledge"):
        for path in sorted((ROOT / folder).rglob("*")):
            if path.is_file() and path.suffix != ".pyc":
                digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def _emptied(folder: Path) -> Path:
    """Older versions are of no use; the newest stays for another session that may be using it."""
    versions = (path for path in folder.iterdir() if path.is_dir())
    for old in sorted(versions, key=lambda path: path.stat().st_mtime)[:-2]:
        shutil.rmtree(old, ignore_errors=True)
    return folder


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with tables and nothing in them: copy it, which takes no hundredth of making them."""
    path = tmp_path_factory.mktemp("template") / "kefu.db"
    asyncio.run(upgrade(f"sqlite:///{path}"))
    return path


@pytest.fixture
def settings(demo_data: Path, tmp_path: Path) -> Settings:
    """Settings over a copy of the demo shop, for this test alone."""
    shutil.copytree(demo_data, tmp_path / "data")
    return read_settings(data=tmp_path / "data", cache=CACHE, demo=True)


@pytest.fixture
async def kefu(settings: Settings, _loop_not_blocked: BlockBuster) -> AsyncIterator[Kefu]:
    """A running bot whose clock stands at `NOW`. It may block while it starts, not while it serves."""
    _loop_not_blocked.deactivate()
    from tests.models import built

    running = await built(settings, clock=lambda: NOW)
    await running.start()
    _loop_not_blocked.activate()
    yield running
    await running.stop()


@pytest.fixture
def free_port() -> Callable[[], int]:
    def pick() -> int:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            return int(probe.getsockname()[1])

    return pick
