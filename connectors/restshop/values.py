"""Values of a foreign answer as the import format writes them, and ours as the system wants them."""

from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any, Literal

from connectors.restshop.fields import MOMENTS, MONEY, WHOLE, YES_OR_NO

_MOST_DIGITS = 18

MomentFormat = Literal["iso", "unix", "unix_ms"]


class Odd(Exception):
    """A value is none of its kind; the text says which, without the value."""


@dataclass(frozen=True, slots=True)
class Spelling:
    """How the system writes amounts and moments."""

    money: Literal["units", "cents"] = "units"
    decimals: int = 2
    moments: MomentFormat = "iso"
    zone: tzinfo = UTC
    """Of moments that name no offset."""

    def convert(self, field: str, value: Any) -> Any:
        """
        Raises:
            Odd: it is none of what the field holds.
        """
        try:
            if field in MONEY:
                return self.cents(value)
            if field in MOMENTS:
                return self.moment(value).isoformat()
            if field in WHOLE:
                return _whole(Decimal(str(value)))
        except (InvalidOperation, TypeError, ValueError, OverflowError, OSError) as error:
            raise Odd(field) from error
        if field in YES_OR_NO:
            return value if isinstance(value, bool) else str(value).casefold() in ("1", "true", "yes", "y")
        return _text(value, numbers=field == "items")

    def written_back(self, field: str, value: Any) -> Any:
        """A value of ours, in the system's spelling."""
        if field in MONEY and isinstance(value, int):
            return self.units(value)
        if field in MOMENTS and isinstance(value, str):
            return self.written(datetime.fromisoformat(value))
        return value

    def cents(self, value: Any) -> int:
        amount = Decimal(str(value).strip())
        if self.money == "units":
            amount = amount.scaleb(self.decimals)
        return _whole(amount.quantize(Decimal(1), ROUND_HALF_UP))

    def units(self, cents: int) -> str | int:
        """As the system writes it."""
        return f"{Decimal(cents).scaleb(-self.decimals):f}" if self.money == "units" else cents

    def moment(self, value: Any) -> datetime:
        if self.moments == "iso":
            found = datetime.fromisoformat(str(value))
            return found if found.tzinfo else found.replace(tzinfo=self.zone)
        return datetime.fromtimestamp(float(value) / (1000 if self.moments == "unix_ms" else 1), UTC)

    def written(self, moment: datetime) -> str:
        """For a query: never later than the moment."""
        if self.moments == "iso":
            return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        return str(int(moment.timestamp() * (1000 if self.moments == "unix_ms" else 1)))


def _whole(value: Decimal) -> int:
    if value.adjusted() >= _MOST_DIGITS:
        raise ValueError("too large")
    return int(value)


def _text(value: Any, *, numbers: bool) -> Any:
    """Numbers are ids, but for how many of an item there are."""
    if isinstance(value, list):
        return [_text(one, numbers=numbers) for one in value if one is not None]
    if isinstance(value, dict):
        return {str(key): _text(one, numbers=numbers) for key, one in value.items() if one is not None}
    return value if isinstance(value, bool | str) or (numbers and isinstance(value, int)) else str(value)
