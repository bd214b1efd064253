"""What an address consists of; a part that was not said is empty."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class AddressParts:
    name: str = ""
    phone: str = ""
    country: str = ""
    """ISO 3166-1."""
    province: str = ""
    city: str = ""
    district: str = ""
    street: str = ""
    postcode: str = ""
    unit: str = ""
    """A house or flat number without a street: 3栋1203, flat 5."""
