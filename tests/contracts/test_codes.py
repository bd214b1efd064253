"""The store's contract: one-time codes."""

import asyncio

import pytest
from sqlalchemy import func, select

from bot.store.base import Code
from bot.store.codes import MOST_TRIES
from bot.store.opening import open_database
from bot.store.sql import SqlStore
from bot.store.tables import codes
from tests.contracts.build import NOON, later, message
from tests.contracts.conftest import MakeStore


async def conversation(store: SqlStore, sender: str = "s1") -> str:
    return (await store.accept(message("m1", sender=sender))).conversation_id


def code(conversation_id: str, digest: str = "right", customer_id: str | None = "C1") -> Code:
    return Code(conversation_id, digest, customer_id, later(600))


async def attempt(
    store: SqlStore, of: str, digest: str = "right", *, turn: int = 1, after: float = 1
) -> str | None:
    return await store.try_code(of, digest, turn=turn, at=later(after))


async def test_the_right_code_names_the_customer_once(store: SqlStore) -> None:
    of = await conversation(store)
    assert await attempt(store, of) is None, "none was sent"
    await store.put_code(code(of), at=NOON)
    assert await store.has_code(of, "right")
    assert not await store.has_code(of, "wrong")
    assert await attempt(store, of, "wrong") is None
    assert await attempt(store, of) == "C1"
    assert await attempt(store, of, turn=2) is None, "used"
    assert await store.has_code(of, "right")


async def test_a_turn_made_anew_succeeds_again(store: SqlStore) -> None:
    of = await conversation(store)
    await store.put_code(code(of), at=NOON)
    assert [await attempt(store, of, turn=7) for _ in range(MOST_TRIES + 2)] == ["C1"] * (MOST_TRIES + 2)


async def test_it_is_void_after_its_time(store: SqlStore) -> None:
    of = await conversation(store)
    await store.put_code(code(of), at=NOON)
    assert await attempt(store, of, after=600) is None
    assert await attempt(store, of, after=599) == "C1"


async def test_it_is_void_after_five_tries(store: SqlStore) -> None:
    of = await conversation(store)
    await store.put_code(code(of), at=NOON)
    for _ in range(MOST_TRIES):
        assert await attempt(store, of, "wrong") is None
    assert await attempt(store, of) is None
    await store.put_code(code(of, "newer"), at=later(5))
    assert await attempt(store, of, "newer") == "C1"


async def test_a_new_code_voids_the_older_one(store: SqlStore) -> None:
    of = await conversation(store)
    await store.put_code(code(of, "older"), at=NOON)
    await store.put_code(code(of, "newer", "C2"), at=NOON)
    assert await attempt(store, of, "older") is None
    assert await attempt(store, of, "newer") == "C2"


async def test_it_is_good_in_its_own_conversation_only(store: SqlStore) -> None:
    of, other = await conversation(store), await conversation(store, "s2")
    await store.put_code(code(of), at=NOON)
    assert await attempt(store, other) is None
    assert await attempt(store, of) == "C1"


async def test_nobodys_code_looks_the_same_and_never_fits(store: SqlStore, database_url: str) -> None:
    of, other = await conversation(store), await conversation(store, "s2")
    await store.put_code(code(of, customer_id=None), at=NOON)
    await store.put_code(code(other), at=NOON)
    assert await attempt(store, of) is None
    assert await attempt(store, other) == "C1"
    left = select(codes.c.attempts, codes.c.used_in, codes.c.expires_at)
    database = open_database(database_url)
    nobodys, somebodys = await database.read(lambda connection: connection.execute(left).all())
    assert nobodys == somebodys
    await database.close()


async def test_those_that_nobody_can_use_any_more_are_forgotten(store: SqlStore, database_url: str) -> None:
    for sender in ("s1", "s2", "s3"):
        await store.put_code(code(await conversation(store, sender)), at=NOON)
    await store.put_code(code(await conversation(store, "s4")), at=later(600))
    database = open_database(database_url)
    count = select(func.count()).select_from(codes)
    assert await database.read(lambda connection: connection.execute(count).scalar()) == 1
    await database.close()


async def test_guesses_made_at_once_are_all_counted(make_store: MakeStore) -> None:
    stores = [make_store() for _ in range(4)]
    of = await conversation(stores[0])
    await stores[0].put_code(code(of), at=NOON)
    wrong = [attempt(store, of, f"wrong-{number}") for number in range(3) for store in stores]
    assert set(await asyncio.gather(*wrong)) == {None}
    assert await attempt(stores[0], of) is None, "five tries, whoever made them"


@pytest.mark.parametrize("digest", ["", "RIGHT", "right ", "订单", "' OR 1=1 --"])
async def test_anything_else_does_not_fit(store: SqlStore, digest: str) -> None:
    of = await conversation(store)
    await store.put_code(code(of), at=NOON)
    assert await attempt(store, of, digest) is None
    assert not await store.has_code(of, digest)
