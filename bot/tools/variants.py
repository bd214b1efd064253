"""Which variant fulfils a wish, and what comes near where none does."""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.shop.domain import Product, Variant
from bot.tools.sizes import ascending, sized
from bot.tools.wishes import Values, Wish

_MOST_NEAR = 4


@dataclass(frozen=True, slots=True)
class Match:
    variant: Variant | None = None
    """The one that is wanted; there are enough of it."""
    fell_back: bool = False
    """It is the second wish: the first is not to be had."""
    why: str = ""
    """Where there is none: not_said, same, gone (does not exist), sold_out, or several."""
    near: tuple[Variant, ...] = ()
    """In stock, the nearest first."""


def find_variant(
    product: Product, current: Variant, wish: Wish, quantity: int, *, same: bool = False
) -> Match:
    """`same`: the very same variant will do, where nothing else is wanted."""
    if not wish.is_said:
        if same and not wish.unknown and current.stock >= quantity:
            return Match(current)
        return Match(why="not_said", near=_near(product, current, wish, quantity))
    for number, wanted in enumerate((wish.first, wish.second)):
        if wanted is None:
            continue
        fitting = [one for one in _fitting(product, current, wanted) if same or one.sku != current.sku]
        there = [one for one in fitting if one.stock >= quantity]
        if len(there) == 1:
            return Match(there[0], fell_back=number == 1)
        if there:
            return Match(why="several", near=tuple(there[:_MOST_NEAR]))
    near = _near(product, current, wish, quantity)
    if not same and any(one.sku == current.sku for one in _fitting(product, current, wish.first)):
        return Match(why="same", near=near)
    return Match(why="sold_out" if _fitting(product, current, wish.first) else "gone", near=near)


def _fitting(product: Product, current: Variant, wanted: Values) -> list[Variant]:
    """Options that were not named stay as they are."""
    return [
        one
        for one in product.variants
        if all(
            value in wanted[name] if name in wanted else value == current.options.get(name)
            for name, value in one.options.items()
        )
    ]


def _near(product: Product, current: Variant, wish: Wish, quantity: int) -> tuple[Variant, ...]:
    size = sized(product)
    places = _places(product, size)
    now = places.get(current.options.get(size or "", ""), 0)
    goal = [places[value] for value in wish.first.get(size or "", ()) if value in places]

    def towards(one: Variant) -> bool:
        place = places.get(one.options.get(size or "", ""), now)
        return wish.towards == 0 or (place - now) * wish.towards > 0

    def distance(one: Variant) -> tuple[int, int, int]:
        missed = sum(one.options.get(name) not in values for name, values in wish.first.items())
        moved = sum(
            value != current.options.get(name)
            for name, value in one.options.items()
            if name not in wish.first and name != (size if wish.towards else None)
        )
        place = places.get(one.options.get(size or "", ""), now)
        return missed, moved, min((abs(place - one) for one in goal), default=abs(place - now))

    there = [
        one
        for one in product.variants
        if one.stock >= quantity and one.sku != current.sku and towards(one) and not _is_refused(one, wish)
    ]
    return tuple(sorted(there, key=distance)[:_MOST_NEAR])


def _places(product: Product, size: str | None) -> Mapping[str, int]:
    values = next((one.values for one in product.options if one.name == size), ())
    return {value: place for place, value in enumerate(ascending([one.value for one in values]))}


def _is_refused(variant: Variant, wish: Wish) -> bool:
    return any(variant.options.get(name) in values for name, values in wish.refused.items())
