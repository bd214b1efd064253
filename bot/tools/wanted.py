"""Which variant each item should become: from the words, or asked with what is in stock."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.conversation import Choice
from bot.shop.changes.exchanging import current_sku
from bot.shop.domain import Order, OrderItem, Product, Variant
from bot.shop.mentions import MentionFinder
from bot.tools.asking import choose
from bot.tools.base import ToolContext, ToolResult, localized
from bot.tools.finding_items import item_label, options_label, products_of
from bot.tools.variants import Match, find_variant
from bot.tools.wishes import Wish, read_wish

_CLAUSE = re.compile(r"[,，;；。.!！?？、\n]|\band\b|和|还有", re.IGNORECASE)
_FEW = 5
"""Fewer than this are told by their number."""


@dataclass(frozen=True, slots=True)
class Wanted:
    swaps: Mapping[str, str]
    """Order item id to the sku it should become."""
    note: str
    """What to say about conditions that were made."""

    @property
    def kept(self) -> str:
        """As `chosen`, so that a later answer does not lose what was found out."""
        return ",".join(f"{item_id}:{sku}" for item_id, sku in self.swaps.items())


async def find_wanted(
    context: ToolContext,
    order: Order,
    items: Mapping[str, int],
    words: Sequence[str],
    chosen: str | None,
    *,
    same: bool,
) -> Wanted | ToolResult:
    """`items` is how many of each; `chosen` what was settled before, `same` whether the same again will do."""
    products = await products_of(context, order)
    before = dict(part.split(":", 1) for part in (chosen or "").split(",") if ":" in part)
    swaps: dict[str, str] = {}
    notes: list[str] = []
    for item in order.items:
        product = products.get(item.product_id)
        now = _variant(product, current_sku(order, item)) if product is not None else None
        if item.id not in items:
            continue
        if product is None or now is None:
            swaps[item.id] = item.sku  # The policy says why that cannot be.
            continue
        wish = _wish(item, products, product, now, words, before.get(item.id))
        match = find_variant(product, now, wish, items[item.id], same=same)
        if match.variant is None:
            return _ask(context, order, item, product, wish, match, {**swaps})
        swaps[item.id] = match.variant.sku
        if wish.second is not None:
            label = options_label(context, product, match.variant.options)
            notes.append(context.say("second_wish" if match.fell_back else "first_wish", options=label))
    return Wanted(swaps, " ".join(notes))


def _wish(
    item: OrderItem,
    products: Mapping[str, Product],
    product: Product,
    now: Variant,
    words: Sequence[str],
    chosen: str | None,
) -> Wish:
    picked = _variant(product, chosen) if chosen else None
    start = max((place for place, text in enumerate(words) if not text), default=-1) + 1 if picked else 0
    texts = [about(products, item, text) for text in words[start:]]
    return read_wish(product, now.options, texts, picked.options if picked else None)


def about(products: Mapping[str, Product], item: OrderItem, text: str) -> str:
    """What of the text is about this item, where it names several."""
    finder = MentionFinder(list(products.values()))
    named = {product_id for mention in finder.find(text) for product_id in mention.product_ids}
    if not named or named == {item.product_id}:
        return text
    own, mine = [], False
    for clause in _CLAUSE.split(text):
        here = {product_id for mention in finder.find(clause) for product_id in mention.product_ids}
        mine = item.product_id in here if here else mine
        if mine:
            own.append(clause)
    return ", ".join(own)


def _variant(product: Product | None, sku: str) -> Variant | None:
    return next((one for one in product.variants if one.sku == sku), None) if product else None


def _ask(
    context: ToolContext,
    order: Order,
    item: OrderItem,
    product: Product,
    wish: Wish,
    match: Match,
    settled: Mapping[str, str],
) -> ToolResult:
    label = item_label(context, item, {product.id: product})
    if not match.near:
        return ToolResult("not_found", context.say("none_left", item=localized(context, item.name)))
    name = label if match.why == "same" else localized(context, item.name)
    key = "unknown" if wish.unknown else match.why
    question = f"which_variant.{key}" if key != "not_said" else "which_variant"
    choices = [
        Choice(
            Wanted({**settled, item.id: one.sku}, "").kept,
            _label(context, product, one),
            (options_label(context, product, one.options),),
        )
        for one in match.near
    ]
    return choose(
        context, "variant", context.say(question, item=name, word=wish.unknown), choices, order=order
    )


def _label(context: ToolContext, product: Product, variant: Variant) -> str:
    return context.say(
        "variant.few" if variant.stock < _FEW else "variant",
        options=options_label(context, product, variant.options),
        price=context.money(variant.price),
        stock=variant.stock,
    )
