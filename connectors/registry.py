"""Which channels there are; each is a folder that can be deleted together with its word here."""

from collections.abc import Mapping
from importlib import import_module
from typing import Any

from pydantic import BaseModel, ValidationError

from connectors.channel import Connector, Kit

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


class BadConfig(Exception):
    """A channel's configuration does not fit; the text names channel and field, no value."""


def open_connector(name: str, config: Mapping[str, Any], kit: Kit) -> Connector:
    """The channel, not running yet; its folder is imported only now.

    Raises:
        BadConfig: there is no such channel, or its configuration does not fit.
    """
    if name not in CONNECTORS:
        raise BadConfig(f"there is no channel {name}; there are: {', '.join(CONNECTORS)}")
    module = import_module(f"connectors.{name}")
    model: type[BaseModel] = module.Config
    try:
        parsed = model.model_validate(config)
    except ValidationError as error:
        problem = error.errors(include_url=False, include_context=False, include_input=False)[0]
        where = ".".join(map(str, problem["loc"])) or "everything"
        raise BadConfig(f"{name}: {where}: {problem['msg']}") from error
    connector: Connector = module.open(parsed, kit)
    return connector
