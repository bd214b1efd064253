"""Options that several commands share."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from bot.settings import Settings, read_settings

Data = Annotated[
    Path | None,
    typer.Option(
        "--data", help="Folder for the database and the index.", envvar="KEFU_DATA", show_default="data"
    ),
]

out = Console(highlight=False)


def settings_for(data: Path | None, **given: object) -> Settings:
    return read_settings(data=data, **given)
