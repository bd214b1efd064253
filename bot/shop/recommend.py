"""Which products to show to somebody, and why each of them: scoring without any I/O."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from bot.shop.domain import Product
from bot.shop.facts import in_stock

Vector = NDArray[np.float32]
ReasonKind = Literal[
    "similar_to", "bought_together", "popular", "looked_at", "within_budget", "same_category"
]

_WEIGHTS = {"similar": 0.55, "together": 0.3, "popular": 0.15, "looked": 0.15}
_SHRINKAGE = 3.0
"""Orders' worth of doubt: two products bought together once prove little."""
_NOTICEABLE = 0.2
"""A part of the score below this is no reason that a shopper would accept."""
_DESCRIBED = 0.4
"""A similarity below this comes from words that describe nothing in particular."""
_POPULAR = 0.75
_POPULAR_UNITS = 3
"""Fewer sales are no reason, whatever share of the shop's they are."""
_DIVERSITY = 0.3
"""Share of the choice that goes to being unlike what was chosen already."""
_SHORTLIST = 50


@dataclass(frozen=True, slots=True)
class Candidate:
    product: Product
    similarity: float = 0.0
    """To what is wanted, 0 (like any other product) to 1; `with_similarity` computes it."""
    vector: Vector | None = None
    """L2-normalised; without it, products of one category count as alike."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What is known of what somebody wants; every field narrows or directs the choice."""

    like: tuple[str, ...] = ()
    """Products they have, look at or asked about; never recommended themselves."""
    similar_to: str | None = None
    """The product that similarity was measured to; None for the shopper's words."""
    category: str | None = None
    least: int | None = None
    most: int | None = None
    """Budget in cents, both ends included."""
    looked_at: frozenset[str] = frozenset()
    """Seen or put into the cart lately, and not bought."""
    exclude: frozenset[str] = frozenset()
    """Shown before, or turned down."""


@dataclass(frozen=True, slots=True)
class Sales:
    """What `Shop.bought_together(wish.like)` and `Shop.popularity` say, by product id."""

    together: Mapping[str, int] = field(default_factory=dict)
    units: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Reason:
    kind: ReasonKind
    product_id: str | None = None
    """The product it is similar to or bought with; None for the shopper's words, or for several products."""
    count: int = 0
    """Orders, units or cents: what the reason counts."""


@dataclass(frozen=True, slots=True)
class Recommendation:
    product: Product
    score: float
    reasons: tuple[Reason, ...]
    """The strongest first; empty when nothing speaks for it but that it can be had."""


@dataclass(frozen=True, slots=True)
class _Scored:
    candidate: Candidate
    parts: Mapping[str, float]
    score: float


def with_similarity(products: Sequence[Product], vectors: Vector, wanted: Vector) -> tuple[Candidate, ...]:
    """Candidates for `recommend`; `vectors` is (len(products), d), `wanted` (d,), both L2-normalised.

    Embeddings of one shop's products are all close to each other, so closeness counts from the
    average product: 0 for it, 1 for three standard deviations above.
    """
    if not products:
        return ()
    cosines = vectors @ wanted
    spread = float(cosines.std())
    scaled = (cosines - cosines.mean()) / (3 * spread) if spread > 1e-6 else np.zeros_like(cosines)
    return tuple(
        Candidate(product, similarity=min(max(float(value), 0.0), 1.0), vector=vector)
        for product, value, vector in zip(products, scaled, vectors, strict=True)
    )


def recommend(
    candidates: Sequence[Candidate], wish: Wish, sales: Sales, *, limit: int = 3
) -> tuple[Recommendation, ...]:
    """The best products in stock that fit the wish, unlike each other, best first."""
    fitting = [candidate for candidate in candidates if _fits(candidate.product, wish)]
    scored = sorted(
        (_score(candidate, wish, sales) for candidate in fitting),
        key=lambda entry: (-entry.score, entry.candidate.product.id),
    )
    chosen = _diverse(scored[:_SHORTLIST], limit)
    liked = {c.product.category for c in candidates if c.product.id in wish.like}
    # A kind that they named themselves is no reason.
    categories = liked if wish.category is None else set()
    return tuple(
        Recommendation(entry.candidate.product, entry.score, _reasons(entry, wish, sales, categories))
        for entry in chosen
    )


def _fits(product: Product, wish: Wish) -> bool:
    if not product.active or product.id in wish.like or product.id in wish.exclude:
        return False
    if wish.category is not None and product.category != wish.category:
        return False
    return in_stock(product) and price_within(product, wish.least, wish.most) is not None


def price_within(product: Product, least: int | None, most: int | None) -> int | None:
    """The lowest price in cents, of a variant in stock, that is within the budget."""
    prices = (
        variant.price
        for variant in product.variants
        if variant.stock
        and (least is None or variant.price >= least)
        and (most is None or variant.price <= most)
    )
    return min(prices, default=None)


def _score(candidate: Candidate, wish: Wish, sales: Sales) -> _Scored:
    product_id = candidate.product.id
    parts = {
        "similar": min(max(candidate.similarity, 0.0), 1.0),
        "together": bought_together_strength(product_id, sales),
        "popular": popularity_strength(product_id, sales),
        "looked": float(product_id in wish.looked_at),
    }
    return _Scored(candidate, parts, sum(_WEIGHTS[name] * value for name, value in parts.items()))


def bought_together_strength(product_id: str, sales: Sales) -> float:
    """0 to 1: how much more often it is bought with these products than its sales alone would make it.

    The lift, drawn towards "no more than by chance" while few orders speak for it.
    """
    together = sales.together.get(product_id, 0)
    if not together:
        return 0.0
    share = (sales.units.get(product_id, 0) + 1) / (sum(sales.units.values()) + len(sales.units) + 1)
    expected = share * sum(sales.together.values())
    lift = (together + _SHRINKAGE) / (expected + _SHRINKAGE)
    certainty = together / (together + _SHRINKAGE)
    return certainty * lift / (1 + lift)


def popularity_strength(product_id: str, sales: Sales) -> float:
    """0 to 1, by the logarithm: a bestseller does not drown everything else."""
    most = max(sales.units.values(), default=0)
    return math.log1p(sales.units.get(product_id, 0)) / math.log1p(most) if most else 0.0


def _diverse(scored: Sequence[_Scored], limit: int) -> list[_Scored]:
    """Maximal marginal relevance: each next one is good and unlike those before it."""
    left, chosen = list(scored), list[_Scored]()
    best = max((entry.score for entry in left), default=0.0) or 1.0
    while left and len(chosen) < limit:

        def worth(entry: _Scored) -> float:
            closeness = max((_alike(entry.candidate, other.candidate) for other in chosen), default=0.0)
            return (1 - _DIVERSITY) * entry.score / best - _DIVERSITY * closeness

        pick = max(left, key=worth)  # the first of equals, which has the better score
        left.remove(pick)
        chosen.append(pick)
    return chosen


def _alike(one: Candidate, other: Candidate) -> float:
    """0 to 1."""
    if one.vector is None or other.vector is None:
        return float(one.product.category == other.product.category)
    # Products of one shop lie between 0.7 and 1 of each other.
    return min(max((float(one.vector @ other.vector) - 0.7) / 0.3, 0.0), 1.0)


def _reasons(entry: _Scored, wish: Wish, sales: Sales, categories: set[str]) -> tuple[Reason, ...]:
    product, parts = entry.candidate.product, entry.parts
    with_what = wish.like[0] if len(wish.like) == 1 else None
    units, orders = sales.units.get(product.id, 0), sales.together.get(product.id, 0)
    found: list[tuple[float, Reason]] = []
    if parts["similar"] >= _DESCRIBED:
        found.append((_WEIGHTS["similar"] * parts["similar"], Reason("similar_to", wish.similar_to)))
    if parts["together"] >= _NOTICEABLE:
        reason = Reason("bought_together", with_what, orders)
        found.append((_WEIGHTS["together"] * parts["together"], reason))
    if parts["popular"] >= _POPULAR and units >= _POPULAR_UNITS:
        found.append((_WEIGHTS["popular"] * parts["popular"], Reason("popular", count=units)))
    if parts["looked"]:
        found.append((_WEIGHTS["looked"], Reason("looked_at")))
    found.sort(key=lambda weighted: -weighted[0])
    reasons = [reason for _, reason in found]
    if wish.least is not None or wish.most is not None:
        reasons.append(Reason("within_budget", count=price_within(product, wish.least, wish.most) or 0))
    if not reasons and product.category in categories:
        reasons.append(Reason("same_category", with_what))
    return tuple(reasons)
