"""An empty database of its own for each test, opened as the console opens it."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.staff.sql import SqlStaffStore
from bot.store.database import Database
from bot.store.migrate import upgrade
from bot.store.opening import open_database


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    url = f"sqlite:///{tmp_path / 'kefu.db'}"
    await upgrade(url)
    opened = open_database(url)
    yield opened
    await opened.close()


@pytest.fixture
def staff(database: Database) -> SqlStaffStore:
    return SqlStaffStore(database)
