"""Which channels and shop systems there are; each is a folder that can be deleted together with its word here."""

from collections.abc import Mapping
from importlib import import_module
from typing import Any

from pydantic import BaseModel, ValidationError

from connectors.channel import Connector, Kit
from connectors.shop_system import ShopSystem

CONNECTORS: tuple[str, ...] = (
    "telegram",
    "line",
    "slack",
    "wechat",
    "twilio",
    "wecom",
    "whatsapp",
    "messenger",
    "dingtalk",
    "feishu",
    "discord",
    "email",
    "webhook",
    "chatwoot",
)
SHOP_SYSTEMS: tuple[str, ...] = ("woocommerce", "shopify", "restshop")

_IN_WORDS = {
    "missing": "is missing",
    "extra_forbidden": "there is no such setting",
    "string_type": "must be text (numbers in quotation marks)",
    "path_type": "must be the path of a file",
}
"""What pydantic says for programmers."""


class BadConfig(Exception):
    """A configuration does not fit; the text names channel or system and field, no value."""


def open_connector(name: str, config: Mapping[str, Any], kit: Kit) -> Connector:
    """The channel, not running yet; its folder is imported only now.

    Raises:
        BadConfig: there is no such channel, or its configuration does not fit.
    """
    parsed = check_connector(name, config)
    connector: Connector = _module(name).open(parsed, kit)
    return connector


def open_shop_system(name: str, config: Mapping[str, Any], kit: Kit) -> ShopSystem:
    """The system, not asked anything yet; its folder is imported only now.

    Raises:
        BadConfig: there is no such system, or its configuration does not fit.
    """
    parsed = check_shop_system(name, config)
    system: ShopSystem = _module(name).open(parsed, kit)
    return system


def check_connector(name: str, config: Mapping[str, Any]) -> BaseModel:
    """The configuration of a channel, parsed.

    Raises:
        BadConfig: as `open_connector`.
    """
    if name not in CONNECTORS:
        raise BadConfig(f"there is no channel {name}; there are: {', '.join(CONNECTORS)}")
    return _parsed(name, config)


def check_shop_system(name: str, config: Mapping[str, Any]) -> BaseModel:
    """The configuration of a shop system, parsed.

    Raises:
        BadConfig: as `open_shop_system`.
    """
    if name not in SHOP_SYSTEMS:
        raise BadConfig(f"there is no shop system {name}; there are: {', '.join(SHOP_SYSTEMS)}")
    return _parsed(name, config)


def _module(name: str) -> Any:
    return import_module(f"connectors.{name}")


def _parsed(name: str, config: Mapping[str, Any]) -> BaseModel:
    model: type[BaseModel] = _module(name).Config
    try:
        return model.model_validate(config)
    except ValidationError as error:
        raise BadConfig(f"{name}: {what_is_wrong(error)}") from error


def what_is_wrong(error: ValidationError) -> str:
    """The first of it, with its field and no value, as whoever wrote the file understands it."""
    problem = error.errors(include_url=False, include_context=False, include_input=False)[0]
    where = ".".join(map(str, problem["loc"])) or "everything"
    said = _IN_WORDS.get(problem["type"]) or problem["msg"].removeprefix("Value error, ")
    return f"{where}: {said}"
