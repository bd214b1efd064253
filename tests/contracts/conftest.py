import asyncio
import shutil
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection, text

from bot.shop.linked import tables as linked_tables  # noqa: F401 - they are part of the metadata
from bot.shop.tables import metadata as shop_tables
from bot.staff.sql import SqlStaffStore
from bot.store.database import Database
from bot.store.migrate import upgrade
from bot.store.opening import open_database
from bot.store.sql import SqlStore
from bot.store.tables import metadata as store_tables
from tests.contracts.build import NOON
from tests.contracts.postgres import HOW_TO_GET_IT, PostgresServer, make_folder, programs, remove_folder

DATABASES = ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)]
MakeStore = Callable[[], SqlStore]
MakeStaff = Callable[[], SqlStaffStore]


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    if programs() is None:
        pytest.skip(HOW_TO_GET_IT)
    folder = make_folder()
    try:
        server = PostgresServer(folder)
        yield server
        server.stop()
    finally:
        remove_folder(folder)


@pytest.fixture(scope="session")
def postgres_url(postgres_server: PostgresServer) -> str:
    """An empty database that the whole session shares."""
    return postgres_server.create_database()


@pytest.fixture(scope="session")
def migrated_postgres(postgres_server: PostgresServer) -> str:
    url = postgres_server.create_database()
    asyncio.run(upgrade(url))
    return url


async def empty_tables(url: str) -> None:
    def truncate(connection: Connection) -> None:
        names = ", ".join(
            table.name for each in (store_tables, shop_tables) for table in each.tables.values()
        )
        connection.execute(text(f"TRUNCATE {names} RESTART IDENTITY"))

    database = open_database(url)
    await database.write(truncate)
    await database.close()


@pytest.fixture(params=DATABASES)
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A database without tables."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'empty.db'}"
    server: PostgresServer = request.getfixturevalue("postgres_server")
    return server.create_database()


def url_of(database: str, request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A database with tables and nothing in them, for this test alone."""
    if database == "sqlite":
        path = tmp_path / "kefu.db"
        shutil.copy(request.getfixturevalue("migrated_sqlite"), path)
        return f"sqlite:///{path}"
    url: str = request.getfixturevalue("migrated_postgres")
    asyncio.run(empty_tables(url))
    return url


@pytest.fixture(params=DATABASES)
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    return url_of(request.param, request, tmp_path)


@pytest.fixture
async def make_store(database_url: str) -> AsyncIterator[MakeStore]:
    """Each call opens the database once more, as another process would."""
    stores: list[SqlStore] = []

    def make() -> SqlStore:
        stores.append(SqlStore(open_database(database_url), clock=lambda: NOON))
        return stores[-1]

    yield make
    for store in stores:
        await store.close()


@pytest.fixture
def store(make_store: MakeStore) -> SqlStore:
    return make_store()


@pytest.fixture
async def make_staff(database_url: str) -> AsyncIterator[MakeStaff]:
    """Each call opens the same database as the store's once more."""
    databases: list[Database] = []

    def make() -> SqlStaffStore:
        databases.append(open_database(database_url))
        return SqlStaffStore(databases[-1])

    yield make
    for database in databases:
        await database.close()


@pytest.fixture
def staff(make_staff: MakeStaff) -> SqlStaffStore:
    return make_staff()
