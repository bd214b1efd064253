"""SQLite on a full disk: a clear error, nothing half-written, and on with it once there is room."""

import asyncio
from pathlib import Path

import pytest
from sqlalchemy import Connection

from bot.conversation import State
from bot.errors import NotPrepared, Unavailable
from bot.store.opening import open_database
from bot.store.sql import SqlStore
from bot.store.threads import ThreadedDatabase
from connectors.base import Accepted
from tests.contracts.build import message, reply, turn


def allow_pages(more: int | None) -> object:
    """Let the file grow by `more` pages from now on, or without limit."""

    def work(connection: Connection) -> None:
        now = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        limit = 1_000_000 if more is None else now + more
        connection.exec_driver_sql(f"PRAGMA max_page_count={limit}")

    return work


@pytest.fixture
def database(migrated_sqlite: Path, tmp_path: Path) -> ThreadedDatabase:
    path = tmp_path / "kefu.db"
    path.write_bytes(migrated_sqlite.read_bytes())
    opened = open_database(f"sqlite:///{path}")
    assert isinstance(opened, ThreadedDatabase)
    return opened


async def test_full_disk(database: ThreadedDatabase) -> None:
    store = SqlStore(database)
    conversation_id = (await store.accept(message("m1"))).conversation_id
    await database.write(allow_pages(0))
    with pytest.raises(Unavailable, match="full"):
        await store.accept(message("m2", text="long " * 20_000))
    async with store.conversation(conversation_id) as conversation:
        with pytest.raises(Unavailable, match="full"):
            await conversation.save(
                turn(State(turns=1), conversation.pending, (reply("a"), reply("long " * 20_000)))
            )
        await conversation.reload()
        assert conversation.state == State()
        assert len(conversation.pending) == 1
    assert [line.seq for line in await store.history(conversation_id)] == [1]
    await database.write(allow_pages(None))
    assert (await store.accept(message("m2"))).seq == 2
    await store.close()


async def test_full_disk_for_one_is_not_full_for_all(database: ThreadedDatabase) -> None:
    """Transactions under one commit are taken apart when the commit cannot be had."""
    store = SqlStore(database)
    await store.accept(message("m0"))
    await database.write(allow_pages(8))
    outcomes = await asyncio.gather(
        *(
            store.accept(message(f"m{number}", text="long " * 20_000 if number == 5 else "short"))
            for number in range(1, 11)
        ),
        return_exceptions=True,
    )
    assert [isinstance(outcome, Accepted) for outcome in outcomes] == [True] * 4 + [False] + [True] * 5
    assert isinstance(outcomes[4], Unavailable)
    conversation_id = await store.find("web", "s1")
    assert conversation_id is not None
    assert [line.seq for line in await store.history(conversation_id)] == list(range(1, 11))
    await store.close()


async def test_check_finds_a_full_disk(database: ThreadedDatabase) -> None:
    store = SqlStore(database)
    await database.write(lambda connection: connection.exec_driver_sql("PRAGMA query_only=ON").close())
    with pytest.raises(NotPrepared, match="readonly"):
        await store.check()
    await store.close()


async def test_file_that_cannot_be_opened(tmp_path: Path) -> None:
    store = SqlStore(open_database(f"sqlite:///{tmp_path / 'missing' / 'kefu.db'}"))
    with pytest.raises(Unavailable, match="open"):
        await store.accept(message("m1"))
    with pytest.raises(NotPrepared):
        await store.check()
    await store.close()


@pytest.fixture
def letter(tmp_path: Path) -> Path:
    path = tmp_path / "kefu.db"
    path.write_bytes(b"this is no database" * 1000)
    return path


async def test_file_that_is_no_database(letter: Path) -> None:
    store = SqlStore(open_database(f"sqlite:///{letter}"))
    with pytest.raises(Unavailable, match="not a database"):
        await store.accept(message("m1"))
    await store.close()
