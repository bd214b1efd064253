"""Signing in and out with real hashes: who gets in, who is stopped, and what is left behind."""

import asyncio
import subprocess
import sys
from datetime import datetime, timedelta

import pytest
from argon2 import PasswordHasher, extract_parameters
from sqlalchemy import select

from bot.errors import Forbidden, InvalidInput, TooMany, Unauthorized
from bot.staff.agents import Agent
from bot.staff.base import Session
from bot.staff.logins import (
    IDLE_SECONDS,
    LONGEST,
    MOST_EVERYWHERE,
    MOST_PER_ADDRESS,
    MOST_PER_LOGIN,
    WINDOW_SECONDS,
    Logins,
    digest_of,
)
from bot.staff.passwords import check_login, check_password, hashed, is_outdated, matches, plain_login
from bot.staff.sql import SqlStaffStore
from bot.store.database import Database
from bot.store.sql import SqlStore
from bot.store.tables import metadata
from tests.conftest import NOW, ROOT

PASSWORD = "正确的马电池订书钉"
LIN = Agent("A1", "lin", "林小满", "lead", ("zh",))


class Clock:
    now = NOW

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **time_: float) -> None:
        self.now += timedelta(**time_)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="module")
def good_hash() -> str:
    return hashed(PASSWORD)


@pytest.fixture
async def logins(database: Database, staff: SqlStaffStore, clock: Clock, good_hash: str) -> Logins:
    await staff.add_agent(LIN, good_hash, at=NOW)
    return Logins(staff, SqlStore(database), clock=clock)


async def sign_in(
    logins: Logins, login: str = "lin", password: str = PASSWORD, address: str = "192.0.2.7"
) -> tuple[str, Session]:
    return await logins.sign_in(login, password, address=address, browser="Firefox")


async def deeds(staff: SqlStaffStore) -> list[tuple[str | None, str, str]]:
    return [(deed.agent_id, deed.action, deed.subject) for _, deed in await staff.deeds()][::-1]


async def test_signing_in_and_out(logins: Logins, staff: SqlStaffStore, clock: Clock) -> None:
    cookie, session = await sign_in(logins, " ＬＩＮ ")
    assert await logins.session(cookie) == session
    assert (session.agent, session.address, session.browser) == (LIN, "192.0.2.7", "Firefox")
    other, _ = await sign_in(logins)
    assert other != cookie
    assert len(cookie) >= 43
    await logins.sign_out(cookie)
    await logins.sign_out(cookie)
    assert await logins.session(cookie) is None
    assert await logins.session(other) is not None
    assert await logins.sign_out_everywhere(LIN) == 1
    for dead in (other, "", "x" * 5000, "\ud800"):
        assert await logins.session(dead) is None
    assert await deeds(staff) == [
        ("A1", "login", "lin"),
        ("A1", "login", "lin"),
        ("A1", "logout", "lin"),
        ("A1", "logout_everywhere", "lin"),
    ]


async def test_session_ends_by_itself(logins: Logins, clock: Clock) -> None:
    idle, _ = await sign_in(logins)
    used, _ = await sign_in(logins)
    looked_at, _ = await sign_in(logins)
    for hours in range(11, LONGEST // timedelta(hours=1), 11):
        clock.forward(hours=11)
        assert await logins.session(used) is not None
        # A console that only stands open.
        assert (await logins.by_digest(digest_of(looked_at)) is not None) is (hours < 12)
        assert (await logins.session(looked_at, used=False) is not None) is (hours < 12)
    assert await logins.session(idle) is None
    clock.now = NOW + LONGEST
    assert await logins.session(used) is None
    fresh, _ = await sign_in(logins)
    clock.forward(seconds=IDLE_SECONDS)
    assert await logins.session(fresh) is None


async def test_no_is_the_same_for_everybody_and_takes_as_long(
    logins: Logins, staff: SqlStaffStore, good_hash: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each refusal verifies one hash of the same cost; a clock would tell of other processes, too."""
    gone = Agent("A2", "gone", "Gone", "agent", ("en",), disabled_at=NOW)
    await staff.add_agent(gone, good_hash, at=NOW)
    verify, costs = PasswordHasher.verify, []

    def counted(hasher: PasswordHasher, hash_: str, password: bytes) -> bool:
        costs.append(extract_parameters(hash_))
        return verify(hasher, hash_, password)

    monkeypatch.setattr(PasswordHasher, "verify", counted)
    refusals = []
    for login, password in [
        ("lin", "wrong"),
        ("nobody", PASSWORD),
        ("gone", PASSWORD),
        ("lin", "\ud800" * 9999),
    ]:
        with pytest.raises(Unauthorized) as refused:
            await sign_in(logins, login, password)
        refusals.append((str(refused.value), refused.value.code))
    assert len(set(refusals)) == 1
    assert costs == [extract_parameters(good_hash)] * 4
    assert await deeds(staff) == [
        ("A1", "login_failed", "lin"),
        (None, "login_failed", ""),
        ("A2", "login_failed", "gone"),
        ("A1", "login_failed", "lin"),
    ]


async def test_guessing_is_stopped_by_login_and_by_address(
    logins: Logins, staff: SqlStaffStore, database: Database, clock: Clock
) -> None:
    store = SqlStore(database)
    for number in range(MOST_PER_LOGIN):
        clock.forward(seconds=1)
        with pytest.raises((Unauthorized, TooMany)) as refused:
            await logins.sign_in(
                "lin", "", address=f"2001:db8::{number}", browser="", network="2001:db8::/64"
            )
        assert isinstance(refused.value, Unauthorized)
    for _ in range(3):
        with pytest.raises(TooMany):  # Even the right one.
            await logins.sign_in("lin", PASSWORD, address="2001:db8::9", browser="", network="2001:db8::/64")
    assert (await deeds(staff)).count((None, "login_locked", "")) == 1
    # Who guesses locks nobody out but themselves.
    await sign_in(logins, address="192.0.2.99")
    with pytest.raises(Forbidden):
        await logins.change_password(LIN, "wrong", "another password", but="")
    name = digest_of("lin")[:32]
    for _ in range(MOST_EVERYWHERE):
        await store.count_attempt(f"login:{name}", at=clock(), window_seconds=WINDOW_SECONDS)
    with pytest.raises(TooMany):
        await sign_in(logins, address="192.0.2.98")
    for _ in range(MOST_PER_LOGIN - 1):
        with pytest.raises(Forbidden):
            await logins.change_password(LIN, "wrong", "another password", but="")
    with pytest.raises(TooMany):
        await logins.change_password(LIN, PASSWORD, "another password", but="")
    for _ in range(MOST_PER_ADDRESS):
        await store.count_attempt("login:address:::1", at=clock(), window_seconds=WINDOW_SECONDS)
    with pytest.raises(TooMany):
        await sign_in(logins, "nobody", address="::1")
    clock.forward(seconds=WINDOW_SECONDS)
    await sign_in(logins, address="::1")


async def test_many_guesses_at_once_do_not_slip_through(logins: Logins) -> None:
    ends = await asyncio.gather(
        *(sign_in(logins, "nobody", "x") for _ in range(MOST_PER_LOGIN + 10)), return_exceptions=True
    )
    assert sum(isinstance(end, TooMany) for end in ends) >= 10


async def test_changing_ones_password(logins: Logins, staff: SqlStaffStore, clock: Clock) -> None:
    mine, session = await sign_in(logins)
    other, _ = await sign_in(logins)
    with pytest.raises(Forbidden) as refused:
        await logins.change_password(LIN, "wrong", "another password", but=session.digest)
    assert refused.value.code == "wrong_password"
    for weak in ("short", "lin", "x" * 1001):
        with pytest.raises(InvalidInput):
            await logins.change_password(LIN, PASSWORD, weak, but=session.digest)
    await logins.change_password(LIN, PASSWORD, "another password", but=session.digest)
    assert await logins.session(mine) is not None
    assert await logins.session(other) is None
    with pytest.raises(Unauthorized):
        await sign_in(logins)
    await sign_in(logins, password="ａnother password")  # As an input method writes it.
    assert [action for _, action, _ in await deeds(staff)] == [
        "login",
        "login",
        "change_password_failed",
        "change_password",
        "login_failed",
        "login",
    ]


def test_a_hash_is_costly() -> None:
    """In a process of its own: tests hash cheaply. OWASP asks for 19 MiB and two passes at least."""
    code = "from bot.staff.passwords import hashed; print(hashed('a password'))"
    made = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    found = extract_parameters(made.stdout.strip())
    assert found.memory_cost >= 19 * 1024
    assert found.time_cost >= 2


async def test_hash_of_other_parameters_is_renewed_and_sessions_stay(
    logins: Logins, staff: SqlStaffStore
) -> None:
    from argon2 import PasswordHasher

    weak = await asyncio.to_thread(PasswordHasher(time_cost=1, memory_cost=16, parallelism=1).hash, PASSWORD)
    await staff.change_agent(LIN.id, at=NOW, password=weak)
    first, _ = await sign_in(logins)
    found = await staff.agent_by_login("lin")
    assert found is not None
    assert is_outdated(weak)
    assert not is_outdated(found[1])
    await sign_in(logins)
    assert await logins.session(first) is not None
    await staff.change_agent(LIN.id, at=NOW, password="no hash at all")
    with pytest.raises(Unauthorized):
        await sign_in(logins)


async def test_neither_password_nor_cookie_is_kept_anywhere(
    logins: Logins, database: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    cookie, session = await sign_in(logins)
    with pytest.raises(Unauthorized):
        await sign_in(logins, "a password typed as login", PASSWORD)
    await logins.change_password(LIN, PASSWORD, "another password", but=session.digest)

    kept = await database.read(
        lambda connection: [str(connection.execute(select(table)).all()) for table in metadata.sorted_tables]
    )
    for secret in (cookie, PASSWORD, "another password", "a password typed as login"):
        assert not any(secret in table for table in kept)
        assert secret not in "".join(capsys.readouterr())


def test_what_may_be_a_login_and_a_password() -> None:
    for login in ("lin", "a.b-c_d", "42"):
        check_login(login)
    for login in ("", "a", "Lin", "li n", "林小满", "-x", "a@b", "x" * 41, "lin\n"):
        with pytest.raises(InvalidInput):
            check_login(login)
    assert plain_login(" Ｌin ") == "lin"
    check_password("十个字符就可以当密码", "lin")
    for password in ("nine char", "Caroline.M", "x" * 1001):
        with pytest.raises(InvalidInput):
            check_password(password, "caroline.m")
    assert not matches("", None)
