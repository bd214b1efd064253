"""A Shopify product as a row of products.jsonl. A variant's sku is its id: Shopify's own may be empty or double."""

from collections.abc import Mapping, Sequence
from html.parser import HTMLParser
from typing import Any

from connectors.channel import Payload
from connectors.shopify.config import Config
from connectors.shopify.ids import number_of
from connectors.shopify.money import minor
from connectors.shopify.words import clean, option_names, text

_PLENTY = 9999
"""In stock where Shopify does not count, or sells on when nothing is left."""
_ALIASES = 100
_LONGEST_DESCRIPTION = 2000


def product_row(product: Mapping[str, Any], currency: str, config: Config) -> Payload:
    options = [] if product["hasOnlyDefaultVariant"] else product["options"]
    ours = option_names([option["name"] for option in options])
    variants = product["variants"]["nodes"]
    category = clean(product["productType"] or (product.get("category") or {}).get("name") or "")
    row: Payload = {
        "id": number_of(product["id"]),
        "name": text(product["title"], "title", product, config) or "?",
        "category": category or "other",
        "variants": [_variant(one, ours, currency) for one in variants],
        "options": [_option(option, ours, variants, config) for option in options],
        "aliases": _skus(variants),
        "tags": [clean(tag) for tag in product["tags"]],
        "brand": clean(product["vendor"]),
        "active": product["status"] == "ACTIVE" and product["publishedAt"] is not None,
        "added_at": product["createdAt"],
    }
    if clean(product["description"]):
        row["description"] = text(product["description"], "body_html", _plain(product, config), config)
    image = ((product.get("featuredMedia") or {}).get("preview") or {}).get("image")
    if image and str(image["url"]).startswith("https://"):
        row["image"] = image["url"]
    if product["onlineStoreUrl"]:
        row["url"] = product["onlineStoreUrl"]
    return row


def options_of(selected: Sequence[Mapping[str, str]]) -> dict[str, str]:
    """Of a variant with choices, in our names; without any, Shopify says Title: Default Title."""
    if [(one["name"], one["value"]) for one in selected] == [("Title", "Default Title")]:
        return {}
    ours = option_names([one["name"] for one in selected])
    return {ours[one["name"]]: clean(one["value"]) for one in selected}


def _variant(variant: Mapping[str, Any], ours: Mapping[str, str], currency: str) -> Payload:
    price = minor(variant["price"], currency)
    row: Payload = {"sku": number_of(variant["id"]), "price": price, "stock": _stock(variant)}
    if ours:
        row["options"] = {ours[one["name"]]: clean(one["value"]) for one in variant["selectedOptions"]}
    before = variant["compareAtPrice"]
    if before is not None and minor(before, currency) > price:
        row["price_before"] = minor(before, currency)
    return row


def _stock(variant: Mapping[str, Any]) -> int:
    if not variant["inventoryItem"]["tracked"] or variant["inventoryPolicy"] == "CONTINUE":
        return _PLENTY
    return max(int(variant["inventoryQuantity"] or 0), 0)


def _option(
    option: Mapping[str, Any],
    ours: Mapping[str, str],
    variants: Sequence[Mapping[str, Any]],
    config: Config,
) -> Payload:
    """With the values that variants have, in the shop's order."""
    name = option["name"]
    used = {one["value"] for variant in variants for one in variant["selectedOptions"] if one["name"] == name}
    return {
        "name": ours[name],
        "label": text(name, "name", option, config),
        "values": [
            {"value": clean(value["name"]), "label": text(value["name"], "name", value, config)}
            for value in option["optionValues"]
            if value["name"] in used
        ],
    }


def _skus(variants: Sequence[Mapping[str, Any]]) -> list[str]:
    """The shop's own article numbers: shoppers type them."""
    return list(dict.fromkeys(clean(one["sku"]) for one in variants if clean(one["sku"] or "")))[:_ALIASES]


def _plain(product: Mapping[str, Any], config: Config) -> Mapping[str, Any]:
    """Translations of the description are HTML; the words in it are wanted."""
    names = [f"t{index}" for index, _ in enumerate(config.translations)]
    return {
        name: [{**one, "value": _without_tags(one["value"] or "")} for one in product[name]] for name in names
    }


class _Words(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def _without_tags(html: str) -> str:
    parser = _Words()
    parser.feed(html)
    return " ".join(" ".join(parser.words).split())[:_LONGEST_DESCRIPTION]
