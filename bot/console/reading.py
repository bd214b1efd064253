"""The shop for who only looks: what would change it is refused."""

from typing import Any, cast

from bot.shop.base import Shop

_WRITES = frozenset({"change", "record", "told"})


class _Reading:
    def __init__(self, shop: Shop) -> None:
        self._shop = shop

    def __getattr__(self, name: str) -> Any:
        if name in _WRITES:
            raise PermissionError(f"{name} changes the shop, and a draft may not")
        return getattr(self._shop, name)


def reading(shop: Shop) -> Shop:
    """The same shop; asking it to change anything raises PermissionError."""
    return cast(Shop, _Reading(shop))
