"""What a text says about an order's items: "the jacket", "那个红色的", "everything except the bottle", "the second"."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.shop.domain import Order, OrderItem, Product
from bot.shop.mentions import MentionFinder, normalise
from bot.shop.options import option_mentions
from bot.tools.base import ToolContext, named_category
from bot.tools.sizes import complaint, stepped
from intents.positions import find_ordinals, says_all
from intents.quantities import find_quantities

_EXCEPT = re.compile(
    r"除了|除去|不包括|不含|留下|保留|别动|\bexcept(?: for)?\b|\bbut not\b|\bapart from\b|\bother than\b|\bkeep(?:ing)?\b"
    r"|\b(?:everything|all) but\b",
    re.IGNORECASE,
)
_SEVERAL = re.compile(r"都|全部|两[个件双条]|几[个件双条]|\b(?:both|all|two|three)\b", re.IGNORECASE)
_STAYS = re.compile(
    r"(?P<kept>[^,，;；。]+?)(?:就|都|要|我)?(?:留下|保留|别动|别退|不[退换](?!了)|\bstays?\b|\bi'?(?:ll| will) keep\b)",
    re.IGNORECASE,
)
"""What stays is named first: "卫衣退，杯子留下"."""
_NEAR = 8
"""Characters between a number and what it counts."""


@dataclass(frozen=True, slots=True)
class Said:
    """What one text says about an order's items."""

    items: Mapping[str, int | None] = field(default_factory=dict)
    """Item ids that are surely meant, and how many where that is said."""
    perhaps: tuple[str, ...] = ()
    """Several fit where one is meant."""


def said_items(
    context: ToolContext, order: Order, products: Mapping[str, Product], text: str, *, wishes: bool = False
) -> Said:
    """What a text says about the items of an order, without asking."""
    whole, behind = _split(text)
    everything = tuple(item.id for item in order.items)
    if behind:
        kept = set(_meant(context, order, products, behind)[0])
        wanted = _meant(context, order, products, whole)[0] or everything
        return Said(dict.fromkeys(one for one in wanted if one not in kept) if kept else {})
    if says_all(whole) and not _named(order, products, whole):
        return Said(dict.fromkeys(everything))
    by_options = not wishes or _tells_apart(products, whole)
    sure, perhaps = _meant(context, order, products, whole, by_options=by_options)
    counts = _counts(order, products, whole)
    return Said({item_id: counts.get(item_id) for item_id in sure}, perhaps)


def _tells_apart(products: Mapping[str, Product], text: str) -> bool:
    """Whether a colour in it says which one is meant, because something else says what it should become."""
    new = any(one.new for product in products.values() for one in option_mentions(product, text))
    return new or bool(complaint(text) or stepped(text))


def _counts(order: Order, products: Mapping[str, Product], text: str) -> dict[str, int]:
    """Item id to the number that stands beside its name, or to the only number there is."""
    text = normalise(text)
    mentions = MentionFinder(list(products.values())).find(text)
    spans = [(one.position, one.position + len(one.words)) for one in mentions]
    numbers = [
        one
        for one in find_quantities(text)
        if not any(start <= one.span.start < end for start, end in spans)  # "socks (5 pairs)" is a name
    ]
    counts: dict[str, int] = {}
    for mention, (start, end) in zip(mentions, spans, strict=True):
        first = max((other for _, other in spans if other <= start), default=0)
        last = min((other for other, _ in spans if other >= end), default=len(text))
        before = [one for one in numbers if first <= one.span.start < start <= one.span.end + _NEAR]
        behind = [one for one in numbers if end <= one.span.start <= min(end + _NEAR, last)]
        if beside := before[-1:] or behind[:1]:
            ids = (item.id for item in order.items if item.product_id in mention.product_ids)
            counts |= dict.fromkeys(ids, beside[0].value)
    if len(mentions) < 2 and len(numbers) == 1 and not counts:
        return {item.id: numbers[0].value for item in order.items}
    return counts


def names_products(context: ToolContext, order: Order, products: Mapping[str, Product], text: str) -> bool:
    """Whether the text names something that is in the order."""
    sure, perhaps = _meant(context, order, products, text, places=False)
    return bool(sure or perhaps)


def _split(text: str) -> tuple[str, str]:
    """(What is wanted, what is not): "everything except the bottle", "卫衣退，杯子留下"."""
    match = _EXCEPT.search(text)
    if match is not None and text[match.end() :].strip(" ,，。.!！吧了"):
        return text[: match.start()], text[match.end() :]
    if stays := _STAYS.search(text):
        return text[: stays.start()] + text[stays.end() :], stays["kept"]
    return text, ""


def _named(order: Order, products: Mapping[str, Product], text: str) -> list[tuple[str, set[str]]]:
    """(Words, item ids) for each product that the text names."""
    mentions = MentionFinder(list(products.values())).find(text)
    return [
        (mention.words, {item.id for item in order.items if item.product_id in mention.product_ids})
        for mention in mentions
    ]


def _meant(
    context: ToolContext,
    order: Order,
    products: Mapping[str, Product],
    text: str,
    *,
    places: bool = True,
    by_options: bool = True,
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """(Item ids surely meant, item ids of which one is meant).

    `places` lets "the second" count, `by_options` "the red one".
    """
    sure: list[str] = []
    perhaps: list[str] = []
    named = _named(order, products, text)
    groups = [ids for _, ids in named]
    plural = any(re.search(rf"\b{re.escape(name)}e?s\b", normalise(text)) for name, _ in named)
    if not groups and (category := named_category(context, text)):
        groups = [{item.id for item in order.items if _category(item, products) == category}]
    for ids in groups:
        fitting = _with_options(order, products, text, ids)
        if len(fitting) == 1 or plural or _SEVERAL.search(normalise(text)):
            sure += fitting
        else:
            perhaps += fitting
    if not groups:
        everything = {item.id for item in order.items}
        fitting = _with_options(order, products, text, everything, needed=True) if by_options else []
        (sure if len(fitting) == 1 else perhaps).extend(fitting)
        for ordinal in find_ordinals(text) if places else ():
            place = ordinal.index - 1 if ordinal.index > 0 else ordinal.index
            if -len(order.items) <= place < len(order.items):
                sure.append(order.items[place].id)
    return tuple(dict.fromkeys(sure)), tuple(dict.fromkeys(perhaps))


def _category(item: OrderItem, products: Mapping[str, Product]) -> str | None:
    product = products.get(item.product_id)
    return product.category if product else None


def _with_options(
    order: Order, products: Mapping[str, Product], text: str, ids: set[str], *, needed: bool = False
) -> list[str]:
    """Of the items those whose options are named, as they are now: not what they should become."""
    named, fitting = False, []
    for item in order.items:
        product = products.get(item.product_id)
        if item.id not in ids or product is None:
            continue
        mentions = [one for one in option_mentions(product, text) if not one.new]
        own = [one for one in mentions if item.options.get(one.option) == one.value]
        if own:
            named = True
            fitting.append(item.id)
    if named:
        return fitting
    return [] if needed else [item.id for item in order.items if item.id in ids]
