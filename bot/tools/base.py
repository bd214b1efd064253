"""What a tool is: a typed function over the shop, its texts beside it, and who must be asking.

No tool takes a customer: who is asking comes from the context, so somebody else's order is not found.
"""

import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import Any, Literal, NewType, Protocol
from zoneinfo import ZoneInfo

from bot.conversation import Choice, Identity
from bot.shop.base import Shop
from bot.shop.changes.plan import Plan, Receipt, Refused, Unreached
from bot.shop.changes.requests import Request, Undo
from bot.shop.domain import Order, Product, ShopProfile, localize
from bot.shop.images import image_url
from bot.shop.keys import order_key
from bot.shop.mentions import normalise
from bot.texts import formatting
from bot.texts.catalogue import Texts
from connectors.base import Button, Card, Outcome

# The kinds of thing an argument can be; `bot/slots.py` knows how to find each in what a shopper said.
OrderNumber = NewType("OrderNumber", str)
ProductId = NewType("ProductId", str)
ProductIds = NewType("ProductIds", tuple[str, ...])
Like = NewType("Like", str)
"""The product that others should be like, where the shopper says so."""
Named = NewType("Named", tuple[str, ...])
"""The products that this very message names, whatever was shown before."""
Listed = NewType("Listed", tuple[str, ...])
"""The products that were shown together last: what a first, a second or "the commuter one" is of."""
Query = NewType("Query", str)
"""The shopper's own words."""
Earlier = NewType("Earlier", str)
"""The shopper's words before these, answered by the same tool; else empty."""
Exclude = NewType("Exclude", tuple[str, ...])
"""Order numbers or product ids shown before, which the shopper turned down."""
Words = NewType("Words", tuple[str, ...])
"""All that was said for the task, oldest first; what is newer corrects what is older."""
# What only a button, a choice or the answer to the tool's own question gives; the slot's name is the field's.
Chosen = NewType("Chosen", str)
"""The value of one of the choices that the tool offered."""
ChosenItems = NewType("ChosenItems", tuple[str, ...])
"""Order item ids."""
Answer = NewType("Answer", str)
"""The shopper's words in answer to the tool's question, as they are: a name, a street, an e-mail."""
Photos = NewType("Photos", tuple[str, ...])
"""Ids of the attachments that were sent for the task."""

_CATEGORY_WORDS: dict[str, tuple[str, ...]] = {
    "clothing": ("衣服", "上衣", "clothes", "apparel", "tops"),
    "shoes": ("鞋子", "shoe", "footwear"),
    "bags": ("包包", "的包", "bag"),
    "kitchen": ("厨具", "餐具", "kitchenware"),
    "home": ("家居", "家纺", "homeware"),
    "electronics": ("数码", "电子", "gadget", "gadgets"),
    "outdoor": ("露营", "徒步", "camping", "hiking"),
    "stationery": ("文具", "手账"),
}
"""What shoppers call common categories beside their names in the shop."""


@dataclass(frozen=True, slots=True)
class Budget:
    """Integer cents; either end may be open."""

    least: int | None = None
    most: int | None = None


class ProductFinder(Protocol):
    """Products by meaning: the message's own vector against the index."""

    async def __call__(self, *, limit: int, words: str | None = None) -> Sequence[tuple[str, float]]:
        """(product id, similarity 0 to 1), best first; to `words`, where the message says more than is looked for."""
        ...

    async def alike(self, product_id: str, *, limit: int) -> Sequence[tuple[str, float]]:
        """Products whose descriptions are close to this one's, itself left out."""
        ...


@dataclass(frozen=True)
class ToolContext:
    """Everything a tool may know: the session's identity, the shop, the clock and the language."""

    identity: Identity
    shop: Shop
    profile: ShopProfile
    texts: Texts
    tool: str
    language: str
    now: datetime
    find_products: ProductFinder

    def say(self, key: str, /, **facts: object) -> str:
        """The tool's own text for `key`, or a shared one."""
        own = f"{self.tool}.{key}"
        known = self.texts.has(own, self.language) or self.texts.has(own, "en")
        return self.texts.say(own if known else key, self.language, **facts)

    @cached_property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.profile.timezone)

    @property
    def today(self) -> date:
        return self.now.astimezone(self.zone).date()

    def money(self, cents: int) -> str:
        return formatting.money(cents, self.profile.currency)

    def day(self, value: datetime | date) -> str:
        local = value.astimezone(self.zone).date() if isinstance(value, datetime) else value
        return formatting.day(local, self.language, today=self.today)

    def moment(self, value: datetime) -> str:
        return formatting.moment(value, self.language, now=self.now, zone=self.zone)

    def listing(self, items: Sequence[str]) -> str:
        return formatting.listing(list(items), self.language)

    async def preview(self, request: Request) -> Plan:
        """What the change would come to for this session.

        Raises:
            Refused: the policy forbids it, or the order is not the session's.
        """
        number = getattr(request, "order_number", None)
        if isinstance(request, Undo) and self.identity.customer_id is not None:
            receipt = await self.shop.receipt(request.receipt, customer_id=self.identity.customer_id)
            number = receipt.order_number if receipt else None
        if self.identity.customer_id is None or (number and await self.own_order(number) is None):
            raise Refused("order.not_found", order=number)
        return await self.shop.preview(request, customer_id=self.identity.customer_id, now=self.now)

    async def own_orders(self) -> Sequence[Order]:
        """The orders this session may see, newest first. Raises as `own_order`."""
        if self.identity.customer_id is None:
            return ()
        if self.identity.level == "order":
            order = await self.own_order(self.identity.order_number or "")
            return (order,) if order else ()
        orders = await self.shop.orders(self.identity.customer_id)
        if not orders:
            await self._require_whole()
        return orders

    async def own_order(self, number: str) -> Order | None:
        """The order if this session may see it.

        Raises:
            Unreached: not all of the shop has been read yet, so nobody knows whether it exists.
        """
        if self.identity.customer_id is None:
            return None
        known = self.identity.order_number or ""
        if self.identity.level == "order" and order_key(number) != order_key(known):
            return None
        order = await self.shop.order(number, customer_id=self.identity.customer_id)
        if order is None:
            await self._require_whole()
        return order

    async def _require_whole(self) -> None:
        if not await self.shop.is_whole():
            raise Unreached("Not all of the shop has been read yet.")


@dataclass(frozen=True, slots=True)
class Ask:
    """What the tool still needs: the question is the result's text, the answer fills `slot`."""

    slot: str
    choices: tuple[Choice, ...] = ()


@dataclass(frozen=True, slots=True)
class Proposal:
    """A change, shown on the result's card, that happens when it is confirmed."""

    request: Request
    digest: str
    """Of the plan on the card."""
    key: str
    """The confirmation's, which the card's button carries."""
    minutes: int
    """How long the card can be confirmed."""


@dataclass(frozen=True, slots=True)
class ToolResult:
    """What came out, ready to be said."""

    outcome: Outcome
    text: str = ""
    cards: tuple[Card, ...] = ()
    quick_replies: tuple[Button, ...] = ()
    ask: Ask | None = None
    proposal: Proposal | None = None
    rule: str = ""
    """What forbids it, where the outcome is `refused`."""
    document: str | None = None
    """The page that states the rule, by the stem of its file."""
    order_number: str | None = None
    """What "it" means from now on."""
    product_ids: tuple[str, ...] = ()
    given: Mapping[str, str] = field(default_factory=dict)
    """What the tool found out and need not find out again, beside what it was given."""
    offer: str | None = None
    """The action that the text proposes, for a shopper who just says yes; never a write."""
    instead: str | None = None
    """Another tool that answers in place of this one, once."""
    documents_first: bool = False
    """The documents may know better: this is said when they do not answer."""
    documents_too: bool = False
    """What the documents say about the question follows this."""


Run = Callable[[ToolContext, Any], Awaitable[ToolResult]]
Tell = Callable[[ToolContext, Receipt], Awaitable[ToolResult]]


@dataclass(frozen=True)
class Tool:
    name: str
    description: str
    arguments: type
    """A frozen dataclass whose fields have the types above; a field without a value is None or empty."""
    run: Run
    intents: tuple[str, ...]
    """What a shopper wants when this tool is the answer."""
    identity: Literal["anonymous", "order", "signed_in"] = "anonymous"
    """The least identity it needs."""
    texts: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """Language to key to template; English and Chinese at least."""
    request: type[Request] | None = None
    """What a tool that writes proposes; None for one that only reads."""
    tell: Tell | None = None
    """What a tool that writes says of its receipt."""


def localized(context: ToolContext, text: Mapping[str, str]) -> str:
    return localize(dict(text), context.language)


def named_category(context: ToolContext, query: str) -> str | None:
    """A category named in the question, in any of its languages."""
    text = normalise(query)
    for slug, names in context.profile.categories.items():
        words = [normalise(word) for word in (slug, *names.values(), *_CATEGORY_WORDS.get(slug, ()))]
        if any(
            re.search(rf"\b{re.escape(word)}\b" if word.isascii() else re.escape(word), text)
            for word in words
        ):
            return slug
    return None


def price_text(context: ToolContext, product: Product) -> str:
    """¥129.00, or from ¥129.00 where variants differ."""
    prices = sorted(variant.price for variant in product.variants)
    lowest = context.money(prices[0])
    return lowest if prices[0] == prices[-1] else context.say("price_from", price=lowest)


def product_card(context: ToolContext, product: Product, *, note: str = "") -> Card:
    """A product as every tool shows it: image, live price, options, stock."""
    cheapest = min(product.variants, key=lambda variant: variant.price)
    available = any(variant.stock for variant in product.variants)
    before = cheapest.price_before
    return Card(
        kind="product",
        id=product.id,
        title=localized(context, product.name),
        subtitle=note,
        badge="" if available else context.say("sold_out"),
        image=image_url(product.image),
        price=price_text(context, product),
        price_before=context.money(before) if before and before > cheapest.price else None,
        buttons=(
            Button(context.say("button.details"), f"product_facts {product.id}"),
            *page_link(context, product),
        ),
    )


def page_link(context: ToolContext, product: Product) -> tuple[Button, ...]:
    """To the product's page in the shop, where it can be bought; an address that only the shop's own site knows is none."""
    there = product.url is not None and product.url.startswith("https://")
    return (Button(context.say("button.page"), url=product.url),) if there else ()
