"""A product and its variations as a row of the import format."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from connectors.channel import Payload
from connectors.shop_system import Thing
from connectors.woocommerce.config import Config
from connectors.woocommerce.values import (
    cents,
    identifier,
    moment,
    number,
    objects,
    part,
    prose,
    text,
    tidied,
)

UNCOUNTED = 9999
"""Stands for a stock that WooCommerce does not count."""
ANY = "any"
"""The value of an option for which a variation takes whatever is chosen."""
_ANY_LABEL = {"zh": "任选", "*": "Any"}
_SHOWN = ("visible", "catalog", "search")


def product_thing(product: Payload, variations: Sequence[Payload], config: Config) -> Thing | None:
    """None: it is nothing that can be ordered by itself: a group, one that never had a price or lost its choices."""
    given = text(product.get("name")) or f"#{product['id']}"
    choices = [
        one for one in objects(product.get("attributes")) if one.get("variation") and text(one.get("name"))
    ]
    if product.get("type") in ("variable", "variable-subscription"):
        sold = [one for one in variations if one.get("price") not in (None, "")]
        variants = _different([_variant(one, product, choices, config) for one in sold])
    else:
        choices = []
        variants = [_variant(product, None, (), config)] if product.get("price") not in (None, "") else []
    if not variants:
        return None
    row: Payload = {
        "id": str(product["id"]),
        "name": given,
        "category": next((text(one.get("name")) for one in objects(product.get("categories"))), "") or "-",
        "description": prose(product.get("short_description")) or prose(product.get("description")),
        "variants": variants,
        "options": [_option(one, variants) for one in choices],
        "attributes": [_attribute(one) for one in objects(product.get("attributes")) if _is_fixed(one)],
        "tags": [tag for one in objects(product.get("tags")) if (tag := text(one.get("name")))],
        "brand": next((text(one.get("name")) for one in objects(product.get("brands"))), ""),
        "image": _image(product.get("images")),
        "url": _address(product.get("permalink")),
        "active": product.get("status") == "publish"
        and product.get("catalog_visibility", "visible") in _SHOWN,
    }
    added = moment(product.get("date_created_gmt"))
    if added:
        row["added_at"] = added.isoformat()
    if row["description"] == "":
        del row["description"]
    changed = [when for one in (product, *variations) if (when := changed_at(one))]
    return Thing("product", row["id"], tidied(row), max(changed)) if changed else None


def changed_at(thing: Payload) -> datetime | None:
    return moment(thing.get("date_modified_gmt")) or moment(thing.get("date_created_gmt"))


def sku_of(given: Any, id: int, parents: Any, config: Config) -> str:
    """A variation without a SKU of its own tells its parent's: then, and where there is none, it is its number."""
    own = identifier(given)
    return own if own and own != identifier(parents) and config.skus == "own" else str(id)


def _variant(one: Payload, parent: Payload | None, choices: Sequence[Payload], config: Config) -> Payload:
    price, regular = (cents(one.get(key), config.decimals) for key in ("price", "regular_price"))
    chosen = (
        {_key(given): text(given.get("option")) for given in objects(one.get("attributes"))} if parent else {}
    )
    image = part(one.get("image")).get("src") if parent else None
    return {
        "sku": sku_of(one.get("sku"), number(one["id"]), parent and parent.get("sku"), config),
        "price": max(price, 0),
        "price_before": regular if regular > price >= 0 else None,
        "stock": _stock(one),
        "options": {text(choice.get("name")): chosen.get(_key(choice)) or ANY for choice in choices},
        "image": _address(image),
    }


def _key(attribute: Mapping[str, Any]) -> tuple[int, str]:
    """What a product's attribute and a variation's have in common: a number, or a name where it is the product's own."""
    id = number(attribute.get("id"))
    return (id, "") if id else (0, text(attribute.get("name")).casefold())


def _different(variants: Sequence[Payload]) -> list[Payload]:
    """WooCommerce sells the first of those that are chosen alike."""
    found: dict[str, Payload] = {}
    for variant in variants:
        found.setdefault(repr(sorted(variant["options"].items())), variant)
    return list(found.values())


def _stock(one: Payload) -> int:
    if one.get("stock_status") == "outofstock":
        return 0
    if one.get("manage_stock") and not one.get("backorders_allowed"):
        return min(max(number(one.get("stock_quantity")), 0), 10**9)
    return UNCOUNTED


def _option(attribute: Payload, variants: Sequence[Payload]) -> Payload:
    """With the values that its variations have, in the product's own order."""
    name = text(attribute.get("name"))
    used = dict.fromkeys(variant["options"][name] for variant in variants)
    listed = [value for one in _values(attribute) if (value := text(one)) in used]
    values = dict.fromkeys([*listed, *used])
    labelled = [{"value": one, "label": _ANY_LABEL if one == ANY else one} for one in values]
    return {"name": name, "label": name, "values": labelled}


def _is_fixed(attribute: Payload) -> bool:
    shown = attribute.get("visible") and not attribute.get("variation")
    return bool(shown and text(attribute.get("name")) and any(text(one) for one in _values(attribute)))


def _attribute(attribute: Payload) -> Payload:
    name = text(attribute.get("name"))
    return {"name": name, "label": name, "value": ", ".join(text(one) for one in _values(attribute))}


def _values(attribute: Payload) -> list[Any]:
    given = attribute.get("options")
    return given if isinstance(given, list) else []


def _image(images: Any) -> str | None:
    return next((found for one in objects(images) if (found := _address(one.get("src")))), None)


def _address(value: Any) -> str | None:
    """Encrypted, as the import format wants it of pictures."""
    return value if isinstance(value, str) and value.startswith("https://") and value.isprintable() else None
