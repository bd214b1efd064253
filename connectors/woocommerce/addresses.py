"""Addresses, there and back. WooCommerce has no district, and knows most provinces by a code."""

from collections.abc import Mapping
from typing import Any

from connectors.channel import Payload
from connectors.woocommerce.api import Api, Failed
from connectors.woocommerce.values import has_han, objects, part, text

_NOWHERE = "ZZ"
"""ISO 3166-1's own code for a country that nobody has named."""
_FIELDS = (
    "first_name",
    "last_name",
    "company",
    "address_1",
    "address_2",
    "city",
    "state",
    "postcode",
    "country",
)


class Places:
    """The provinces of each country, asked for once."""

    def __init__(self, api: Api, language: str) -> None:
        self._api, self._language = api, language
        self._known: dict[str, Mapping[str, str]] = {}

    async def of(self, country: str) -> Mapping[str, str]:
        """Code to name, as shoppers read it."""
        if country not in self._known:
            self._known[country] = await self._fetch(country) if country.isalpha() else {}
        return self._known[country]

    async def _fetch(self, country: str) -> Mapping[str, str]:
        try:
            found = await self._api.one(f"data/countries/{country}")
        except Failed:
            return {}
        states = objects(part(found).get("states"))
        return {str(one.get("code")): self._name(text(one.get("name"))) for one in states}

    def _name(self, name: str) -> str:
        """Of `Zhejiang / 浙江` the half that shoppers read."""
        halves = [half for half in name.split(" / ") if has_han(half) == (self._language == "zh")]
        return halves[0] if halves else name


async def address_row(given: Any, id: str, places: Places) -> Payload | None:
    """None: no street is named, nor a city."""
    found = {key: text(value) for key, value in part(given).items()}
    if not found.get("address_1") and not found.get("city"):
        return None
    country = found.get("country", "").upper()
    state = found.get("state", "")
    named = (await places.of(country)).get(state, state)
    lines = (found.get(key, "") for key in ("address_1", "address_2", "company"))
    return {
        "id": id,
        "name": person(found),
        "street": ", ".join(line for line in lines if line),
        "city": found.get("city", ""),
        "province": named,
        "postcode": found.get("postcode", ""),
        "country": country if len(country) == 2 and country.isascii() and country.isalpha() else _NOWHERE,
        "phone": found.get("phone", ""),
    }


def person(given: Any) -> str:
    """A name as it is written where it comes from: 林小满, Ann Lee."""
    first, last = (text(part(given).get(key)) for key in ("first_name", "last_name"))
    return f"{last}{first}" if has_han(first + last) else f"{first} {last}".strip()


async def to_woo(address: Payload, places: Places) -> Payload:
    """What a request's address (`docs/import.md`) is for WooCommerce: every field, so that nothing old remains."""
    name = text(address.get("name"))
    first, _, last = ("", "", name) if has_han(name) else name.rpartition(" ")
    province = text(address.get("province"))
    country = text(address.get("country"))
    return {
        **dict.fromkeys(_FIELDS, ""),
        "first_name": first if first or has_han(name) else last,
        "last_name": last if first or has_han(name) else "",
        "address_1": text(address.get("street")),
        "address_2": text(address.get("district")),
        "city": text(address.get("city")),
        "state": _code(province, await places.of(country)),
        "postcode": text(address.get("postcode")),
        "country": country,
        "phone": text(address.get("phone")),
    }


def _code(province: str, known: Mapping[str, str]) -> str:
    """浙江省 is 浙江; a name that is none of them stays as it is."""
    said = province.casefold()
    for code, name in known.items():
        if said and (said in (code.casefold(), name.casefold()) or said.startswith(name.casefold())):
            return code
    return province


def same(one: Any, other: Payload) -> bool:
    return all(text(part(one).get(key)) == text(value) for key, value in other.items())
