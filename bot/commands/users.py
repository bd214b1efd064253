"""kefu users: the people who answer."""

import asyncio
import re
import secrets
import sys
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Annotated, Any, Literal, TypeVar
from uuid import uuid4

import typer
from rich.table import Table
from rich.text import Text

from bot.commands.options import Data, out, settings_for
from bot.errors import InvalidInput, NotFound
from bot.settings import Settings
from bot.staff.agents import Account, Agent, Role
from bot.staff.base import Deed, StaffStore
from bot.staff.passwords import check_login, check_password, hashed, plain_login
from bot.staff.sql import SqlStaffStore
from bot.store.migrate import upgrade
from bot.store.opening import open_database

app = typer.Typer(help="The people who answer in the console.", no_args_is_help=True)

T = TypeVar("T")
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # none that looks like another
Login = Annotated[str, typer.Argument(help="What they type to sign in.")]
FromStdin = Annotated[
    bool, typer.Option("--password-stdin", help="Read the password from the first line of the input.")
]
Channel = Annotated[Literal["slack", "feishu"], typer.Argument(help="Where they are.")]
User = Annotated[str, typer.Argument(help="Their id there: U… on Slack, ou_… on Feishu.")]
Generate = Annotated[bool, typer.Option("--generate", help="Make a password up and print it.")]


@app.command("add")
def add(
    login: Login,
    name: Annotated[
        str | None, typer.Option(help="As colleagues and shoppers see it.", show_default="the login")
    ] = None,
    role: Annotated[
        Role, typer.Option(help="lead also sees everything and how it goes; admin also manages people.")
    ] = "agent",
    language: Annotated[
        list[str] | None,
        typer.Option(help="What they answer in; several: zh,en.", show_default="zh,en"),
    ] = None,
    from_stdin: FromStdin = False,
    generate: Generate = False,
    data: Data = None,
) -> None:
    """Let somebody sign in to the console; the first one must be an admin."""
    settings = settings_for(data)
    login = plain_login(login)
    check_login(login)
    languages = _languages(language or ["zh,en"])
    _run(settings, lambda staff, _now: _check_new(staff, login, role))
    password = _password(login, from_stdin=from_stdin, generate=generate)
    agent = Agent(uuid4().hex, login, (name or "").strip() or login, role, languages)
    hash_ = hashed(password)

    async def work(staff: SqlStaffStore, now: datetime) -> None:
        await staff.add_agent(agent, hash_, at=now)
        await staff.record(_deed(now, "add_user", login, role))

    _run(settings, work)
    _done(f"{login} can sign in, as {role}.", password if generate else None)


@app.command("list")
def list_users(data: Data = None) -> None:
    """Show everybody."""

    async def work(
        staff: SqlStaffStore, _now: datetime
    ) -> tuple[Sequence[Agent], Mapping[str, Sequence[Account]]]:
        return await staff.agents(), await staff.accounts()

    agents, accounts = _run(settings_for(data), work)
    if not agents:
        out.print("Nobody yet. Begin with: kefu users add LOGIN --role admin")
        return
    table = Table(
        "login", "name", "role", "languages", "last here", "answers on", "", box=None, header_style="dim"
    )
    for agent in agents:
        seen = agent.seen_at.astimezone().strftime("%Y-%m-%d %H:%M") if agent.seen_at else "never"
        state = "disabled" if agent.disabled_at else "available" if agent.available else ""
        answers = ", ".join(f"{channel} {user}" for channel, user in accounts.get(agent.id, ()))
        cells = (agent.login, agent.name, agent.role, ", ".join(agent.languages), seen, answers, state)
        table.add_row(*map(Text, cells))
    out.print(table)


@app.command("password")
def password(
    login: Login, from_stdin: FromStdin = False, generate: Generate = False, data: Data = None
) -> None:
    """Give somebody a new password; where they are signed in, they are no longer."""
    settings, login = settings_for(data), plain_login(login)
    _run(settings, lambda staff, _now: _found(staff, login))
    new = _password(login, from_stdin=from_stdin, generate=generate)
    _change(settings, login, "set_password", password=hashed(new))
    _done(f"{login} has a new password.", new if generate else None)


@app.command("disable")
def disable(login: Login, data: Data = None) -> None:
    """Shut somebody out, at once; what they wrote stays theirs."""
    _change(settings_for(data), plain_login(login), "disable_user", disabled=True)
    _done(f"{plain_login(login)} can no longer sign in.")


@app.command("enable")
def enable(login: Login, data: Data = None) -> None:
    """Let somebody back in, with the password they had."""
    _change(settings_for(data), plain_login(login), "enable_user", disabled=False)
    _done(f"{plain_login(login)} can sign in again.")


@app.command("role")
def role(login: Login, role: Annotated[Role, typer.Argument(help="The new one.")], data: Data = None) -> None:
    """Give somebody another role, from their next click on."""
    _change(settings_for(data), plain_login(login), "set_role", detail=role, role=role)
    _done(f"{plain_login(login)} is now {role}.")


@app.command("link")
def link(login: Login, channel: Channel, user: User, data: Data = None) -> None:
    """Let somebody answer below alerts on Slack or Feishu: what that user writes there is said as theirs."""

    async def work(staff: SqlStaffStore, now: datetime) -> None:
        agent = await _found(staff, plain_login(login))
        await staff.link_account((channel, user), agent.id)
        await staff.record(_deed(now, "link_account", agent.login, f"{channel} {user}"))

    _run(settings_for(data), work)
    _done(f"{user} on {channel} is {plain_login(login)}.")


@app.command("unlink")
def unlink(channel: Channel, user: User, data: Data = None) -> None:
    """Let a user of Slack or Feishu speak for nobody any more."""

    async def work(staff: SqlStaffStore, now: datetime) -> None:
        if not await staff.unlink_account((channel, user)):
            raise NotFound(f"{user} on {channel} is nobody; kefu users list shows who is somebody there.")
        await staff.record(_deed(now, "unlink_account", "", f"{channel} {user}"))

    _run(settings_for(data), work)
    _done(f"{user} on {channel} is nobody.")


def _change(settings: Settings, login: str, action: str, *, detail: str = "", **changes: Any) -> None:
    async def work(staff: SqlStaffStore, now: datetime) -> None:
        agent = await _found(staff, login)
        await staff.change_agent(agent.id, at=now, **changes)
        await staff.record(_deed(now, action, login, detail))

    _run(settings, work)


async def _check_new(staff: SqlStaffStore, login: str, role: Role) -> None:
    """Before a password is asked for."""
    everybody = await staff.agents()
    if any(one.login == login for one in everybody):
        raise InvalidInput(f"There is a {login} already.")
    if role != "admin" and not any(one.role == "admin" and not one.disabled_at for one in everybody):
        raise InvalidInput("The first one must be an admin: add --role admin.")


async def _found(staff: StaffStore, login: str) -> Agent:
    found = await staff.agent_by_login(login)
    if found is None:
        raise NotFound(f"There is no {login}; kefu users list shows everybody.")
    return found[0]


def _run(settings: Settings, work: Callable[[SqlStaffStore, datetime], Awaitable[T]]) -> T:
    async def opened() -> T:
        await upgrade(settings.database)
        database = open_database(settings.database)
        try:
            return await work(SqlStaffStore(database), datetime.now(UTC))
        finally:
            await database.close()

    settings.data.mkdir(parents=True, exist_ok=True)
    return asyncio.run(opened())


def _deed(now: datetime, action: str, login: str, detail: str = "") -> Deed:
    """By whoever has the machine."""
    return Deed(now, None, action, subject=login, detail=detail)


def _password(login: str, *, from_stdin: bool, generate: bool) -> str:
    """Never as an argument: those are in the shell's history, and everybody on the machine sees them."""
    if generate:
        return "-".join("".join(secrets.choice(_LETTERS) for _ in range(4)) for _ in range(4))
    if from_stdin:
        given = sys.stdin.readline().rstrip("\r\n")
    elif sys.stdin.isatty():
        given = typer.prompt("Password", hide_input=True, confirmation_prompt=True)
    else:
        raise InvalidInput("There is no terminal to ask at: add --password-stdin or --generate.")
    check_password(given, login)
    return given


def _languages(given: list[str]) -> tuple[str, ...]:
    languages = tuple(
        dict.fromkeys(one for each in given for one in re.split(r"[,，\s]+", each.lower()) if one)
    )
    if not languages or not all(re.fullmatch("[a-z]{2}", one) for one in languages):
        raise InvalidInput("Languages are two letters each: --language zh,en.")
    return languages


def _done(words: str, generated: str | None = None) -> None:
    out.print(words, markup=False)
    if generated is not None:
        out.print(f"Password: {generated}", markup=False)
