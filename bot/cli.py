"""The `kefu` command. Each command lives in `bot/commands/`; errors made on purpose end in one line."""

import gc
import sys
from collections.abc import Iterable, Mapping, Sequence
from importlib import import_module
from typing import NoReturn

import typer
from rich.console import Console

from bot.errors import KefuError
from intents.classifier import ClassifierError
from knowledge.errors import KnowledgeError

COMMANDS: Mapping[str, str] = {
    "serve": "serve.serve",
    "chat": "chat.chat",
    "ingest": "knowledge.ingest",
    "search": "knowledge.search",
    "train": "models.train",
    "models": "models.app",
    "shop": "shop.app",
    "users": "users.app",
    "demo": "demo.demo",
    "eval": "evaluate.evaluate",
    "doctor": "doctor.doctor",
}
"""In the order in which they are listed: module and name in `bot/commands/`."""


def make_app(names: Iterable[str] = COMMANDS) -> typer.Typer:
    """`kefu` with these commands; imports their modules, each with libraries of its own."""
    app = typer.Typer(
        name="kefu",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
    )
    app.callback(help="Kefu (客服): a self-hosted customer-service bot for online shops.")(_nothing)
    for name in names:
        module, _, member = COMMANDS[name].partition(".")
        found = getattr(import_module(f"bot.commands.{module}"), member)
        if isinstance(found, typer.Typer):
            app.add_typer(found, name=name)
        else:
            app.command(name)(found)
    return app


def main() -> None:
    try:
        app = make_app(_wanted(sys.argv[1:]))
        gc.freeze()  # or the first look for garbage goes through every import
        gc.enable()
        app()
    except (KefuError, KnowledgeError, ClassifierError) as error:
        _fail(str(error))
    except OSError as error:
        if error.filename is None:
            raise
        _fail(f"Cannot use {error.filename}: {error.strerror}.")


def _wanted(words: Sequence[str]) -> Iterable[str]:
    """The command that is asked for; all of them where none is, to be listed."""
    return words[:1] if words and words[0] in COMMANDS else COMMANDS


def _nothing() -> None:
    """Options of `kefu` itself: none."""


def _fail(words: str) -> NoReturn:
    Console(stderr=True, soft_wrap=True).print(words, style="red", highlight=False, markup=False)
    sys.exit(1)


if __name__ == "__main__":
    main()
