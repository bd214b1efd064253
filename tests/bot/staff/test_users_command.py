"""kefu users: who may sign in, from the command line."""

import asyncio
import os
import pty
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.cli import make_app
from bot.errors import Conflict, InvalidInput, KefuError, NotFound
from bot.staff.agents import Agent
from bot.staff.base import Deed
from bot.staff.passwords import matches
from bot.staff.sql import SqlStaffStore
from bot.store.opening import open_database
from tests.conftest import ROOT


class Users:
    """`kefu users …` over one data folder."""

    def __init__(self, data: Path) -> None:
        self.data = data

    def __call__(self, *arguments: str, typed: str | None = None) -> str:
        done = CliRunner().invoke(
            make_app(), ["users", *arguments], input=typed, env={"KEFU_DATA": str(self.data)}
        )
        if isinstance(done.exception, KefuError):
            assert "\n" not in str(done.exception)
            raise done.exception
        assert done.exit_code == 0, done.output
        return done.output

    def kept(self, login: str) -> tuple[Agent, str]:
        async def look(staff: SqlStaffStore) -> tuple[Agent, str] | None:
            return await staff.agent_by_login(login)

        found = self._ask(look)
        assert found is not None
        return found

    def deeds(self) -> list[Deed]:
        async def look(staff: SqlStaffStore) -> list[Deed]:
            return [deed for _, deed in await staff.deeds()][::-1]

        return self._ask(look)

    def who(self, channel: str, user: str) -> str | None:
        async def look(staff: SqlStaffStore) -> str | None:
            agent = await staff.agent_of((channel, user))
            return agent and agent.login

        return self._ask(look)

    def _ask(self, look):  # type: ignore[no-untyped-def]
        async def opened():  # type: ignore[no-untyped-def]
            database = open_database(f"sqlite:///{self.data / 'kefu.db'}")
            try:
                return await look(SqlStaffStore(database))
            finally:
                await database.close()

        return asyncio.run(opened())


@pytest.fixture
def users(tmp_path: Path) -> Users:
    return Users(tmp_path / "data")


def test_people_come_change_and_go(users: Users) -> None:
    assert "--role admin" in users("list")
    with pytest.raises(InvalidInput, match="must be an admin"):
        users("add", "amy", "--generate")
    shown = users("add", "Lin", "--role", "admin", "--name", "林小满 [x]", "--generate")
    generated = shown.split("Password: ")[1].strip()
    lin, hash_ = users.kept("lin")
    assert (lin.name, lin.role, lin.languages) == ("林小满 [x]", "admin", ("zh", "en"))
    assert matches(generated, hash_)
    users("add", "amy", "--language", "en,DE", "--language", "zh", "--password-stdin", typed="a long one \n")
    amy, hash_ = users.kept("amy")
    assert (amy.name, amy.role, amy.languages) == ("amy", "agent", ("en", "de", "zh"))
    assert matches("a long one ", hash_)
    users("role", "AMY", "lead")
    users("disable", "amy")
    assert users.kept("amy")[0].role == "lead"
    rows = [" ".join(line.split()) for line in users("list").splitlines()[1:]]
    assert rows == ["amy amy lead en, de, zh never disabled", "lin 林小满 [x] admin zh, en never"]
    users("enable", "amy")
    assert users.kept("amy")[0].disabled_at is None
    users("password", "amy", "--password-stdin", typed="another long one")
    assert matches("another long one", users.kept("amy")[1])
    assert [(deed.agent_id, deed.action, deed.subject, deed.detail) for deed in users.deeds()] == [
        (None, "add_user", "lin", "admin"),
        (None, "add_user", "amy", "agent"),
        (None, "set_role", "amy", "lead"),
        (None, "disable_user", "amy", ""),
        (None, "enable_user", "amy", ""),
        (None, "set_password", "amy", ""),
    ]


def test_what_cannot_be_is_said_in_one_line(users: Users) -> None:
    users("add", "lin", "--role", "admin", "--generate")
    refused: list[tuple[type[KefuError], str, list[str], str | None]] = [
        (InvalidInput, "already", ["add", "LIN", "--generate"], None),
        (InvalidInput, "2 to 40", ["add", "小满", "--generate"], None),
        (InvalidInput, "two letters", ["add", "amy", "--language", "english", "--generate"], None),
        (InvalidInput, "at least 10", ["add", "amy", "--password-stdin"], "short"),
        (InvalidInput, "no terminal", ["add", "amy"], "a long enough one\n"),
        (Conflict, "last admin", ["disable", "lin"], None),
        (Conflict, "last admin", ["role", "lin", "lead"], None),
        *((NotFound, "no bob", [word, "bob"], None) for word in ("disable", "enable", "password")),
    ]
    for kind, words, arguments, typed in refused:
        with pytest.raises(kind, match=words):
            users(*arguments, typed=typed)
    assert len(users.deeds()) == 1


def test_password_is_asked_twice_on_a_terminal(users: Users) -> None:
    """On a real one, where nothing that is typed is shown."""
    arguments = [sys.executable, "-m", "bot.launch", "users", "add", "lin", "--role", "admin"]
    child, terminal = pty.fork()
    if child == 0:
        os.chdir(ROOT)
        os.execve(sys.executable, arguments, {**os.environ, "KEFU_DATA": str(users.data)})
    seen = b""
    for typed in (b"a long one\n", b"a wrong one\n", b"a long one\n", b"a long one\n"):
        while not seen.endswith(b": "):
            seen += os.read(terminal, 1000)
        os.write(terminal, typed)
        seen += b"\n"
    while True:
        try:
            read = os.read(terminal, 1000)
        except OSError:  # Linux says so at the end of a terminal.
            break
        if not read:
            break
        seen += read
    os.close(terminal)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0, seen
    assert b"one" not in seen
    assert matches("a long one", users.kept("lin")[1])


def test_a_user_of_slack_or_feishu_is_who_was_linked_until_unlinked(users: Users) -> None:
    users("add", "lin", "--role", "admin", "--generate")
    users("link", "LIN", "slack", "U01")
    assert [users.who(*one) for one in (("slack", "U01"), ("feishu", "U01"), ("slack", "U1"))] == [
        "lin",
        None,
        None,
    ]
    assert "slack U01" in " ".join(users("list").split())
    users("unlink", "slack", "U01")
    with pytest.raises(NotFound):
        users("unlink", "slack", "U01")
    assert users.who("slack", "U01") is None
    with pytest.raises(NotFound):
        users("link", "nobody", "slack", "U01")
    linked = [(one.action, one.subject, one.detail) for one in users.deeds()[1:]]
    assert linked == [("link_account", "lin", "slack U01"), ("unlink_account", "", "slack U01")]
