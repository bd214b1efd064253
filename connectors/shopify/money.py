"""Shopify's amounts are decimal texts; ours are whole numbers of the currency's smallest unit."""

from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

_DIGITS = {
    **dict.fromkeys(
        [
            "BIF",
            "CLP",
            "DJF",
            "GNF",
            "ISK",
            "JPY",
            "KMF",
            "KRW",
            "PYG",
            "RWF",
            "UGX",
            "UYI",
            "VND",
            "VUV",
            "XAF",
            "XOF",
            "XPF",
        ],
        0,
    ),
    **dict.fromkeys(["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"], 3),
}
"""ISO 4217 where it is not two."""


def minor(amount: str, currency: str) -> int:
    """`"12.30"` in EUR is 1230, `"1200.0"` in JPY is 1200."""
    exact = Decimal(amount).scaleb(_DIGITS.get(currency, 2))
    return int(exact.quantize(Decimal(1), rounding=ROUND_HALF_UP))


def decimal(amount: int, currency: str) -> str:
    """The way back."""
    digits = _DIGITS.get(currency, 2)
    return f"{Decimal(amount).scaleb(-digits):.{digits}f}"


def of_bag(bag: Mapping[str, Any] | None) -> int:
    """A MoneyBag's amount in the shop's currency."""
    if bag is None:
        return 0
    money = bag["shopMoney"]
    return minor(money["amount"], money["currencyCode"])
