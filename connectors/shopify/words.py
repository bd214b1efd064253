"""Shopify's words in ours, and texts in the languages that a shop has."""

from collections.abc import Mapping, Sequence
from typing import Any

from connectors.shopify.config import Config

Text = str | dict[str, str]

_OPTION_NAMES = {
    "colour": ("color", "colour", "colors", "colours", "颜色", "色"),
    "size": ("size", "sizes", "尺码", "尺寸", "大小"),
    "material": ("material", "materials", "材质", "面料"),
    "capacity": ("capacity", "volume", "容量"),
    "style": ("style", "款式"),
}
"""Ours for what shops call the same thing; any other name stays as the shop wrote it."""
_OPTION_OF = {word: name for name, words in _OPTION_NAMES.items() for word in words}

_STEPS: Mapping[str, tuple[str, str, str]] = {
    "LABEL_PURCHASED": ("picked_up", "Shipping label made", "已打印面单"),
    "LABEL_PRINTED": ("picked_up", "Shipping label made", "已打印面单"),
    "CONFIRMED": ("picked_up", "The carrier knows of the parcel", "承运商已接单"),
    "CARRIER_PICKED_UP": ("picked_up", "Picked up by the carrier", "承运商已揽收"),
    "IN_TRANSIT": ("in_transit", "On its way", "运输中"),
    "DELAYED": ("in_transit", "Delayed", "运输延误"),
    "READY_FOR_PICKUP": ("out_for_delivery", "Ready to be picked up", "可以自提了"),
    "OUT_FOR_DELIVERY": ("out_for_delivery", "Out for delivery", "派送中"),
    "ATTEMPTED_DELIVERY": ("out_for_delivery", "Delivery was attempted", "派送未成功"),
    "DELIVERED": ("delivered", "Delivered", "已签收"),
    "FAILURE": ("exception", "Could not be delivered", "派送失败"),
}


def option_names(names: Sequence[str]) -> dict[str, str]:
    """The shop's name to ours, no two the same."""
    wanted = {name: _OPTION_OF.get(name.strip().lower(), name) for name in names}
    taken = list(wanted.values())
    return {name: ours if taken.count(ours) == 1 else name for name, ours in wanted.items()}


def step(status: str) -> tuple[str, dict[str, str]] | None:
    """A tracking event's status and words; None: it is none of the parcel's."""
    found = _STEPS.get(status)
    return (found[0], {"en": found[1], "zh": found[2]}) if found else None


def text(value: str, key: str, translated: Mapping[str, Any], config: Config) -> Text:
    """`value` with its translations of `key`; one text for every language where there are none."""
    others = {}
    for index, locale in enumerate(config.translations):
        for one in translated.get(f"t{index}") or ():
            if one["key"] == key and (one.get("value") or "").strip():
                others[locale[:2]] = clean(one["value"])
    if not others:
        return clean(value)
    return {**others, config.language: clean(value)}


def clean(value: str) -> str:
    """Without the control characters that an import refuses."""
    return "".join(char for char in value if char.isprintable() or char in "\n\t").strip()
