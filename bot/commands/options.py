"""Options that several commands share."""

import os
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

_PIPED = 140
"""Columns of a table that goes into a file or another program, where no figure is to be cut short."""

out = Console(highlight=False)
if not out.is_terminal and "COLUMNS" not in os.environ:
    out.width = _PIPED


def settings_for(data: Path | None, **given: object) -> Settings:
    return read_settings(data=data, **given)
