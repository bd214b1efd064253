"""YAML files of the shop's operator, with secrets left to the environment."""

import os
import re
from pathlib import Path
from typing import Any

import yaml

from bot.errors import SettingsError

_SECRET = re.compile(r"\$\{(\w+)\}")


def read_filled(path: Path, setting: str) -> Any:
    """The content; `${NAME}` in a value stands for an environment variable. Blocking.

    Raises:
        SettingsError: the file is not there, is no YAML, or names a variable that is not set; it names `setting`.
    """
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise SettingsError(f"Setting {setting}: {path} cannot be read: {_why(error)}.") from None
    return _filled(content, f"Setting {setting}: {path}")


def _why(error: Exception) -> str:
    """Without the line itself, as YAML quotes it: it may hold a secret."""
    if isinstance(error, OSError):
        return error.strerror or type(error).__name__
    if isinstance(error, UnicodeDecodeError):
        return "it is not UTF-8"
    mark = getattr(error, "problem_mark", None)
    where = f"line {mark.line + 1}, column {mark.column + 1}: " if mark else ""
    return f"{where}{getattr(error, 'problem', None) or 'no YAML'}"


def _filled(value: Any, file: str) -> Any:
    if isinstance(value, dict):
        return {key: _filled(one, file) for key, one in value.items()}
    if isinstance(value, list):
        return [_filled(one, file) for one in value]
    if not isinstance(value, str):
        return value

    def variable(match: re.Match[str]) -> str:
        if match[1] not in os.environ:
            raise SettingsError(f"{file} names the environment variable {match[1]}, which is not set.")
        return os.environ[match[1]]

    return _SECRET.sub(variable, value)
