"""The file that KEFU_CHANNELS names: a section for each channel, and where the shop's people hear of hand-overs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from bot.errors import SettingsError
from bot.filled import read_filled

_ALERTS = "alerts"


class Place(BaseModel):
    """Where on a channel somebody of the shop is told."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    channel: str
    where: str = Field(min_length=1)
    """As the channel's README says: a chat's or a colleague's id."""


_PLACES = TypeAdapter(list[Place])


@dataclass(frozen=True, slots=True)
class ChannelsFile:
    channels: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """Channel to its configuration."""
    alerts: Sequence[Place] = ()


def read_channels(path: Path) -> ChannelsFile:
    """`${NAME}` in a value stands for an environment variable. Blocking.

    Raises:
        SettingsError: the file is not there, is no YAML of that shape, or names a variable that is not set.
    """
    content = read_filled(path, "KEFU_CHANNELS")
    if content is None:
        return ChannelsFile()
    if not isinstance(content, dict):
        raise SettingsError(f"Setting KEFU_CHANNELS: {path} needs a section for each channel.")
    filled = {str(name): section for name, section in content.items()}
    alerts = filled.pop(_ALERTS, None) or []
    if not all(isinstance(section, dict) for section in filled.values()):
        raise SettingsError(f"Setting KEFU_CHANNELS: {path} needs a section for each channel.")
    try:
        places = _PLACES.validate_python(alerts)
    except ValidationError as error:
        problem = error.errors(include_url=False, include_context=False, include_input=False)[0]
        where = ".".join(map(str, problem["loc"]))
        raise SettingsError(f"Setting KEFU_CHANNELS: {_ALERTS} {where}: {problem['msg']}.") from error
    return ChannelsFile(filled, tuple(dict.fromkeys(places)))
