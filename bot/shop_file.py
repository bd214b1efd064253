"""The file that KEFU_SHOP names: whose shop it is that Kefu serves, and what no system says about it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from bot.errors import SettingsError, ShopImportError
from bot.filled import read_filled
from bot.shop.domain import ShopProfile
from bot.shop.importer import read_words
from connectors.registry import what_is_wrong


class _Content(BaseModel):
    model_config = ConfigDict(extra="allow", frozen=True)

    system: str
    profile: Path
    policy: Path | None = None


@dataclass(frozen=True, slots=True)
class ShopFile:
    system: str
    profile: ShopProfile
    folder: Path
    """Where the profile is, and the pictures that it names."""
    policy: str | None = None
    """The text of policy.yaml; None: Kefu's own."""
    config: Mapping[str, Any] = field(default_factory=dict)
    """Everything else: the system's own configuration."""


def read_shop_file(path: Path) -> ShopFile:
    """Paths in it begin at its own folder. Blocking.

    Raises:
        SettingsError: the file, the profile or the policy is not there or does not fit.
    """
    content = read_filled(path, "KEFU_SHOP")
    if not isinstance(content, dict):
        raise SettingsError(
            f"Setting KEFU_SHOP: {path} must name at least `system:` and `profile:`, a line each."
        )
    try:
        parsed = _Content.model_validate(content)
    except ValidationError as error:
        raise SettingsError(f"Setting KEFU_SHOP: {path}: {what_is_wrong(error)}.") from error
    profile = path.parent / parsed.profile
    policy = None if parsed.policy is None else path.parent / parsed.policy
    try:
        words, rules = read_words(profile, policy)
    except ShopImportError as error:
        raise SettingsError(f"Setting KEFU_SHOP: {error}") from error
    return ShopFile(parsed.system, words, profile.parent, rules, parsed.model_extra or {})
