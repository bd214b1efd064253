"""Tables in the code and tables in the database are the same."""

import asyncio
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import URL, Connection, text
from sqlalchemy.pool import NullPool

from bot.errors import NotPrepared, SettingsError, Unavailable
from bot.shop.tables import metadata as shop
from bot.staff.agents import Agent
from bot.staff.sql import SqlStaffStore
from bot.store.engine import create_sqlite, parse_url
from bot.store.migrate import head, upgrade
from bot.store.migrations.steps import scripts
from bot.store.opening import open_database
from bot.store.sql import SqlStore
from bot.store.tables import metadata as store
from tests.contracts.build import NOON, message


def differences(connection: Connection) -> object:
    context = MigrationContext.configure(connection)
    # Alembic takes several metadata, as its env does.
    return compare_metadata(context, [store, shop])  # type: ignore[arg-type]


async def test_migrations_make_the_tables_of_the_code(database_url: str) -> None:
    database = open_database(database_url)
    assert await database.read(differences) == []
    await database.close()


def test_the_newest_file_is_the_head_and_each_follows_the_one_before() -> None:
    assert scripts().get_heads() == [head()]
    assert [step.revision for step in scripts().walk_revisions()][::-1] == [
        f"{number:04}" for number in range(1, int(head()) + 1)
    ]


async def test_upgrading_again_changes_nothing(empty_url: str) -> None:
    await upgrade(empty_url)
    opened = SqlStore(open_database(empty_url))
    accepted = await opened.accept(message("m1"))
    await upgrade(empty_url)
    await opened.check()
    assert len(await opened.history(accepted.conversation_id)) == 1
    await opened.close()


def test_processes_that_start_together_upgrade_once(empty_url: str) -> None:
    code = "import asyncio, sys; from bot.store.migrate import upgrade; asyncio.run(upgrade(sys.argv[1]))"
    starting = [
        subprocess.Popen([sys.executable, "-c", code, empty_url], stderr=subprocess.PIPE) for _ in range(3)
    ]
    ends = [process.communicate() for process in starting]
    assert [process.returncode for process in starting] == [0, 0, 0], ends

    async def check() -> None:
        opened = SqlStore(open_database(empty_url))
        await opened.check()
        await opened.close()

    asyncio.run(check())


def test_stock_counts_as_imported_in_a_database_that_did_not_tell_them_apart(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'kefu.db'}"
    with create_sqlite(parse_url(url), poolclass=NullPool).connect() as connection, connection.begin():
        context = MigrationContext.configure(connection)
        with Operations.context(context):
            (first,) = scripts().iterate_revisions("0001", "base")
            assert first is not None
            first.module.upgrade()
            context.stamp(scripts(), "0001")
        connection.execute(text("INSERT INTO shop_products VALUES ('P', 0, 'digest', '{}')"))
        connection.execute(text("INSERT INTO shop_variants VALUES ('P-1', 'P', 7)"))
    asyncio.run(upgrade(url))
    with create_sqlite(parse_url(url), poolclass=NullPool).connect() as connection:
        rows = connection.execute(text("SELECT sku, stock, imported_stock FROM shop_variants")).all()
    assert rows == [("P-1", 7, 7)]


async def test_who_was_linked_on_slack_or_feishu_stays_linked(empty_url: str) -> None:
    await upgrade(empty_url)
    database = open_database(empty_url)
    staff, store = SqlStaffStore(database), SqlStore(database)
    await staff.add_agent(Agent("a1", "lin", "Lin", "admin", ("zh",)), "hash", at=NOON)
    for key, agent_id in (("slack:U1:2", "a1"), ("feishu:ou_1", ""), ("slack:U3", "gone")):
        await store.remember("staff", key, agent_id)
    for statement in ("DROP TABLE agent_accounts", "UPDATE alembic_version SET version_num = '0013'"):
        await database.write(lambda connection, one=statement: connection.execute(text(one)).close())  # type: ignore[misc]
    await upgrade(empty_url)
    assert await staff.accounts() == {"a1": [("slack", "U1:2")]}
    assert await store.remembered("staff", "slack:U1:2") is None
    await database.close()


async def test_upgrades_of_one_process_do_not_collide(empty_url: str) -> None:
    await asyncio.gather(*(upgrade(empty_url) for _ in range(4)))


def test_new_files_take_many_openers_at_once(tmp_path: Path) -> None:
    """The switch to a write-ahead log is refused while another connection switches, whatever the timeout."""
    with ThreadPoolExecutor(8) as pool:
        for round_ in range(40):
            url = parse_url(f"sqlite:///{tmp_path / str(round_)}.db")
            barrier = Barrier(8)

            def open_it(url: URL = url, barrier: Barrier = barrier) -> str:
                engine = create_sqlite(url, writes=True, poolclass=NullPool)
                barrier.wait()
                with engine.connect() as connection:
                    with connection.begin():
                        connection.exec_driver_sql("CREATE TABLE IF NOT EXISTS made (id INTEGER)")
                    return str(connection.exec_driver_sql("PRAGMA journal_mode").scalar())

            assert {opened.result() for opened in [pool.submit(open_it) for _ in range(8)]} == {"wal"}


async def test_database_of_a_newer_version_is_left_alone(database_url: str) -> None:
    database = open_database(database_url)

    def set_revision(revision: str) -> object:
        return lambda connection: connection.execute(
            text("UPDATE alembic_version SET version_num = :r"), {"r": revision}
        ).close()

    await database.write(set_revision("9999"))  # type: ignore[arg-type]
    try:
        with pytest.raises(NotPrepared, match="newer"):
            await upgrade(database_url)
        with pytest.raises(NotPrepared, match="9999"):
            await SqlStore(database).check()
    finally:
        await database.write(set_revision(head()))  # type: ignore[arg-type]
        await database.close()


def test_missing_folder_is_made(tmp_path: Path) -> None:
    asyncio.run(upgrade(f"sqlite:///{tmp_path / 'a' / 'b' / 'kefu.db'}"))
    assert (tmp_path / "a" / "b" / "kefu.db").exists()


async def test_unreachable_server(tmp_path: Path) -> None:
    with pytest.raises(Unavailable):
        await upgrade(f"postgresql://kefu:kefu@/kefu?host={tmp_path}")


@pytest.mark.parametrize("url", ["", "kefu.db", "mysql://localhost/kefu", "sqlite://", "sqlite:///:memory:"])
def test_urls_that_cannot_be_used(url: str) -> None:
    with pytest.raises(SettingsError):
        parse_url(url)


def test_urls_as_hosting_companies_write_them() -> None:
    parsed = parse_url("postgres://u:p%40@db.example:5433/kefu?sslmode=require")
    assert parsed.drivername == "postgresql+asyncpg"
    assert (parsed.password, parsed.query) == ("p@", {"ssl": "require"})
