"""What goes into one order: themes that belong together, from `baskets.yaml`."""

from dataclasses import dataclass
from functools import lru_cache
from random import Random
from typing import Annotated

from pydantic import ConfigDict, Field, TypeAdapter

from bot.shop.demo.data import load
from bot.shop.domain import Product, Variant

Likely = Annotated[float, Field(gt=0, le=1)]
_BOUGHT_SEVERAL = {"P004": 2, "P010": 3, "P037": 2, "P045": 2, "P046": 2, "P047": 3, "P051": 2, "P061": 2}


@dataclass(frozen=True, slots=True)
class Theme:
    __pydantic_config__ = ConfigDict(extra="forbid")

    weight: int
    core: tuple[str, ...]
    companions: dict[str, Likely]


@lru_cache(maxsize=1)
def themes() -> tuple[Theme, ...]:
    return TypeAdapter(tuple[Theme, ...]).validate_python(load("baskets.yaml"))


def basket(
    products: dict[str, Product], random: Random, *, fit: int, days_ago: int, kind: str
) -> dict[str, int]:
    """Sku to quantity; `fit` is how large the customer's clothes are, 0 to 4."""
    while True:
        theme = random.choices(themes(), [theme.weight for theme in themes()])[0]
        chosen = [random.choice(theme.core)]
        chosen += [
            product_id
            for product_id, likely in theme.companions.items()
            if product_id not in chosen and random.random() < likely
        ]
        lines = _lines(
            [products[product_id] for product_id in chosen if product_id in products], random, fit, days_ago
        )
        if lines and _suits(lines, products, kind):
            return lines


def _suits(lines: dict[str, int], products: dict[str, Product], kind: str) -> bool:
    """Whether the first line can be sent back or changed, or the lines fill two parcels."""
    product = products[next(iter(lines)).split("-")[0]]
    if kind == "split":
        return sum(lines.values()) > 1
    kept = set(product.tags) - {"mainland_only"}
    if kind == "return":
        return not kept
    sized = any(option.name == "size" for option in product.options)
    return kind != "exchange" or (not kept and product.category in ("clothing", "shoes") and sized)


def _lines(chosen: list[Product], random: Random, fit: int, days_ago: int) -> dict[str, int]:
    lines: dict[str, int] = {}
    for product in chosen:
        # What is sold out today was bought some time ago.
        variants = [variant for variant in product.variants if variant.stock or days_ago > 10]
        fitting = [variant for variant in variants if _fits(product, variant, fit)]
        if variants:
            variant = random.choice(fitting or variants)
            most = _BOUGHT_SEVERAL.get(product.id, 1)
            lines[variant.sku] = random.randint(1, most) if random.random() < 0.5 else 1
    return lines


def _fits(product: Product, variant: Variant, fit: int) -> bool:
    sizes = next((option.values for option in product.options if option.name == "size"), ())
    if not sizes or product.category not in ("clothing", "shoes"):
        return True
    wanted = sizes[fit * len(sizes) // 5].value
    return variant.options["size"] == wanted
