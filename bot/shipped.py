"""YAML files that come with Kefu. What a shop writes is read elsewhere, by the parser that nothing brings down."""

from pathlib import Path
from typing import Any

import yaml

# libyaml, where PyYAML was built with it, is ten times as fast.
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def shipped(path: Path) -> Any:
    return yaml.load(path.read_text(encoding="utf-8"), Loader=_LOADER)  # noqa: S506 - either is a safe one
