"""The demo's own files: YAML beside this module."""

from importlib.resources import files

import yaml


def load(name: str) -> object:
    """What `name` holds, for example `catalogue/shoes.yaml`."""
    return yaml.safe_load(files("bot.shop.demo").joinpath(name).read_text(encoding="utf-8"))
