"""The demo catalogue: YAML by category, read into the shop's products and what each is drawn as."""

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache

from pydantic import ConfigDict, TypeAdapter

from bot.shop.demo.data import load
from bot.shop.domain import Attribute, Localized, Option, OptionValue, Product, Variant

CATEGORIES = (
    "clothing",
    "shoes",
    "bags",
    "home",
    "kitchen",
    "coffee",
    "electronics",
    "outdoor",
    "stationery",
)
COLOURED = ("colour", "scent", "ink")
"""Options whose values change the picture."""


@dataclass(frozen=True, slots=True)
class Word:
    """A value of an option that many products share."""

    __pydantic_config__ = ConfigDict(extra="forbid")

    label: Localized
    aliases: tuple[str, ...] = ()
    hex: str | None = None


@dataclass(frozen=True, slots=True)
class OptionWords:
    __pydantic_config__ = ConfigDict(extra="forbid")

    label: Localized
    values: dict[str, Word]


@dataclass(frozen=True, slots=True)
class Words:
    __pydantic_config__ = ConfigDict(extra="forbid")

    options: dict[str, OptionWords]
    attributes: dict[str, Localized]


@dataclass(frozen=True, slots=True)
class Entry:
    """A product as its YAML file writes it."""

    __pydantic_config__ = ConfigDict(extra="forbid")

    id: str
    name: Localized
    aliases: tuple[str, ...]
    drawing: str
    description: Localized
    price: int | dict[str, int]
    """Cents; by option value where it differs."""
    stock: int | tuple[int, ...] | dict[str, tuple[int, ...]]
    """One number, a row in the order of the only option, or rows by the first option's value."""
    attributes: dict[str, Localized]
    options: dict[str, tuple[str, ...]] = field(default_factory=dict)
    price_before: int | None = None
    colour: str | None = None
    """What a product without a choice of colour is drawn in."""
    tags: tuple[str, ...] = ()
    brand: str = "拾光 Shiguang"
    added_days: int = 240


@dataclass(frozen=True, slots=True)
class Picture:
    """A drawing to make: which shape, in which colour, for which file."""

    path: str
    shape: str
    category: str
    colour: str


_WORDS = TypeAdapter(Words)
_ENTRIES = TypeAdapter(tuple[Entry, ...])


@lru_cache(maxsize=1)
def words() -> Words:
    return _WORDS.validate_python(load("catalogue/words.yaml"))


@lru_cache(maxsize=1)
def entries() -> tuple[tuple[str, Entry], ...]:
    """Every product with its category, in the order of the shop's shelves."""
    return tuple(
        (name, entry)
        for name in CATEGORIES
        for entry in _ENTRIES.validate_python(load(f"catalogue/{name}.yaml"))
    )


def products(now: datetime) -> tuple[Product, ...]:
    return tuple(_product(category, entry, now) for category, entry in entries())


def pictures() -> Iterator[Picture]:
    for category, entry in entries():
        option = _picture_option(entry)
        for value in entry.options.get(option, ("",)) if option else ("",):
            word = words().options[option].values[value] if option else _colour_word(entry)
            assert word.hex is not None
            yield Picture(_image(entry, value), entry.drawing, category, word.hex)


def _colour_word(entry: Entry) -> Word:
    assert entry.colour is not None, f"{entry.id} has neither colours to choose nor one of its own"
    return words().options["colour"].values[entry.colour]


def _picture_option(entry: Entry) -> str | None:
    return next((name for name in COLOURED if name in entry.options), None)


def _image(entry: Entry, value: str) -> str:
    return f"images/{entry.id}-{value}.svg" if value else f"images/{entry.id}.svg"


def _product(category: str, entry: Entry, now: datetime) -> Product:
    variants = tuple(_variants(entry))
    return Product(
        id=entry.id,
        name=entry.name,
        category=category,
        description=entry.description,
        options=tuple(_option(name, values) for name, values in entry.options.items()),
        variants=variants,
        attributes=tuple(
            Attribute(name, words().attributes[name], value) for name, value in entry.attributes.items()
        ),
        aliases=entry.aliases,
        tags=entry.tags,
        brand=entry.brand,
        image=variants[0].image,
        added_at=(now - timedelta(days=entry.added_days)).replace(hour=10, minute=0, second=0, microsecond=0),
    )


def _option(name: str, values: tuple[str, ...]) -> Option:
    shared = words().options[name]
    chosen = ((value, shared.values[value]) for value in values)
    return Option(name, shared.label, tuple(OptionValue(v, word.label, word.aliases) for v, word in chosen))


def _variants(entry: Entry) -> Iterator[Variant]:
    shown = _picture_option(entry)
    for values in itertools.product(*entry.options.values()):
        options = dict(zip(entry.options, values, strict=True))
        price = _price(entry, options)
        yield Variant(
            sku="-".join((entry.id, *values)).upper(),
            price=price,
            stock=_stock(entry, values),
            options=options,
            price_before=entry.price_before,
            image=_image(entry, options[shown] if shown else ""),
        )


def _price(entry: Entry, options: Mapping[str, str]) -> int:
    if isinstance(entry.price, int):
        return entry.price
    return next(entry.price[value] for value in options.values() if value in entry.price)


def _stock(entry: Entry, values: tuple[str, ...]) -> int:
    stock = entry.stock
    if isinstance(stock, int):
        return stock
    axes = list(entry.options.values())
    if isinstance(stock, tuple):
        return stock[axes[0].index(values[0])]
    return stock[values[0]][axes[1].index(values[1])]
