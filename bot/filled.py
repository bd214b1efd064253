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
        raise SettingsError(f"Setting {setting}: {path} cannot be read: {error}.") from error
    return _filled(content, path)


def _filled(value: Any, path: Path) -> Any:
    if isinstance(value, dict):
        return {key: _filled(one, path) for key, one in value.items()}
    if isinstance(value, list):
        return [_filled(one, path) for one in value]
    if not isinstance(value, str):
        return value

    def variable(match: re.Match[str]) -> str:
        if match[1] not in os.environ:
            raise SettingsError(f"{path} names the environment variable {match[1]}, which is not set.")
        return os.environ[match[1]]

    return _SECRET.sub(variable, value)
