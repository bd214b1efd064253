"""Every command explains itself, and refuses what it does not know."""

import os
import subprocess
import sys
from collections.abc import Iterator

import click
import pytest
import typer
from typer.testing import CliRunner

from bot.cli import make_app

RUN = CliRunner()
app = make_app()


def commands(group: click.Command, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    yield path
    for name, command in getattr(group, "commands", {}).items():
        yield from commands(command, (*path, name))


EVERY = list(commands(typer.main.get_command(app)))


@pytest.mark.parametrize("path", EVERY, ids=lambda path: " ".join(path) or "kefu")
def test_help(path: tuple[str, ...]) -> None:
    done = RUN.invoke(app, [*path, "--help"])
    assert done.exit_code == 0
    assert "Usage" in done.output


@pytest.mark.parametrize("path", EVERY, ids=lambda path: " ".join(path) or "kefu")
def test_every_command_says_what_it_does(path: tuple[str, ...]) -> None:
    command = typer.main.get_command(app)
    for name in path:
        command = command.commands[name]  # type: ignore[attr-defined]
    assert command.help
    for parameter in command.params:
        if isinstance(parameter, click.Option) and parameter.name != "help":
            assert parameter.help, f"{parameter.name} of {path}"


@pytest.mark.parametrize(
    "arguments",
    [
        ["nothing"],
        ["serve", "--nothing"],
        ["serve", "--port", "x"],
        ["ingest"],
        ["shop"],
    ],
)
def test_what_it_does_not_know_ends_with_two(arguments: list[str]) -> None:
    assert RUN.invoke(app, arguments).exit_code == 2


def test_the_commands_are_known_to_all() -> None:
    names = {path[0] for path in EVERY if path}
    assert names >= {"serve", "chat", "ingest", "search", "train", "models", "shop", "demo", "doctor"}


def test_a_table_in_a_file_is_not_cut_short() -> None:
    script = (
        "from rich.table import Table\nfrom bot.commands.options import out\n"
        "out.print(Table(*(f'a-figure-of-99.9%-{n}' for n in range(5))))"
    )
    given = {name: value for name, value in os.environ.items() if name != "COLUMNS"}
    printed = subprocess.run(
        [sys.executable, "-c", script], env=given, capture_output=True, text=True, check=True
    ).stdout
    assert all(f"a-figure-of-99.9%-{n}" in printed for n in range(5))
