"""An empty database of its own for each test, opened as the console opens it."""

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.staff.sql import SqlStaffStore
from bot.store.database import Database
from bot.store.opening import open_database


@pytest.fixture
async def database(migrated_sqlite: Path, tmp_path: Path) -> AsyncIterator[Database]:
    path = shutil.copy(migrated_sqlite, tmp_path / "kefu.db")
    opened = open_database(f"sqlite:///{path}")
    yield opened
    await opened.close()


@pytest.fixture
def staff(database: Database) -> SqlStaffStore:
    return SqlStaffStore(database)
