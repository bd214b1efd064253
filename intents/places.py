"""Names of provinces, cities and countries, in Chinese and English: which province a city is in."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

_FILE = Path(__file__).with_name("places.yaml")
_SUFFIXES = ("维吾尔自治区", "壮族自治区", "回族自治区", "自治区", "省", "市")

_PLACES: Mapping[str, Any] = yaml.load(_FILE.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)


def short(province: str) -> str:
    """广东 for 广东省, 新疆 for 新疆维吾尔自治区."""
    return next((province.removesuffix(end) for end in _SUFFIXES if province.endswith(end)), province)


PROVINCES: Mapping[str, str] = {short(name): name for name in _PLACES["provinces"]}
"""广东 → 广东省."""

MUNICIPALITIES = frozenset(name for name in PROVINCES.values() if name.endswith("市"))
"""A city and a province at once."""

CITIES: Mapping[str, str] = {
    city: name for name, one in _PLACES["provinces"].items() for city in one.get("cities", "").split()
}
"""深圳 → 广东省."""

ENGLISH_PROVINCES: Mapping[str, str] = {
    words.casefold(): one["en"]
    for one in _PLACES["provinces"].values()
    for words in (one["en"], f"{one['en']} province", *one.get("also", ()))
}
ENGLISH_CITIES: Mapping[str, tuple[str, str, str]] = {
    **{
        city.casefold(): (city, province, "CN")
        for province, cities in _PLACES["english"].items()
        for city in cities
    },
    **{
        city.casefold(): (city, "", country)
        for country, cities in _PLACES["cities"].items()
        for city in cities
    },
}
"""Lower case → as it is written, its province, its country's ISO code."""

COUNTRIES: Mapping[str, str] = {
    name.casefold(): code for code, names in _PLACES["countries"].items() for name in names
}
