"""The `kefu` command. Each command lives in `bot/commands/`; errors made on purpose end in one line."""

import sys
from typing import NoReturn

import typer
from rich.console import Console

from bot.commands import chat, demo, doctor, evaluate, knowledge, models, serve, shop, users
from bot.errors import KefuError
from intents.classifier import ClassifierError
from knowledge.errors import KnowledgeError

app = typer.Typer(
    name="kefu",
    help="Kefu (客服): a self-hosted customer-service bot for online shops.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.add_typer(models.app, name="models")
app.add_typer(shop.app, name="shop")
app.add_typer(users.app, name="users")
app.command("serve")(serve.serve)
app.command("chat")(chat.chat)
app.command("ingest")(knowledge.ingest)
app.command("search")(knowledge.search)
app.command("train")(models.train)
app.command("demo")(demo.demo)
app.command("eval")(evaluate.evaluate)
app.command("doctor")(doctor.doctor)


def main() -> None:
    try:
        app()
    except (KefuError, KnowledgeError, ClassifierError) as error:
        _fail(str(error))
    except OSError as error:
        if error.filename is None:
            raise
        _fail(f"Cannot use {error.filename}: {error.strerror}.")


def _fail(words: str) -> NoReturn:
    Console(stderr=True, soft_wrap=True).print(words, style="red", highlight=False, markup=False)
    sys.exit(1)


if __name__ == "__main__":
    main()
