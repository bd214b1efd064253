from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from bot.shop.domain import Product
from bot.shop.recommend import (
    Candidate,
    Reason,
    Sales,
    Wish,
    bought_together_strength,
    price_within,
    recommend,
    with_similarity,
)
from tests.bot.shop import sample

ADAPTER = TypeAdapter(Product)


def product(
    key: str, *, category: str = "home", price: int = 5000, stock: int = 5, active: bool = True
) -> Product:
    variants = [{"sku": key, "price": price, "stock": stock}]
    row = {**sample.product(), "id": key, "category": category, "options": [], "variants": variants}
    return ADAPTER.validate_python({**row, "active": active})


def ids(candidates: list[Candidate], wish: Wish, sales: Sales | None = None, limit: int = 3) -> list[str]:
    return [found.product.id for found in recommend(candidates, wish, sales or Sales(), limit=limit)]


def test_what_cannot_be_had_is_never_recommended() -> None:
    candidates = [
        Candidate(product("sold-out", stock=0), similarity=1),
        Candidate(product("gone", active=False), similarity=1),
        Candidate(product("seen"), similarity=1),
        Candidate(product("owned"), similarity=1),
        Candidate(product("left"), similarity=0.1),
    ]
    assert ids(candidates, Wish(like=("owned",), exclude=frozenset({"seen"}))) == ["left"]


def test_similarity_goes_first_then_sales() -> None:
    candidates = [Candidate(product(key), similarity=s) for key, s in (("a", 0.2), ("b", 0.9), ("c", 0.2))]
    sales = Sales(units={"c": 100, "a": 3})
    assert ids(candidates, Wish(), sales) == ["b", "c", "a"]


def test_what_was_looked_at_comes_first_among_equals_and_says_so() -> None:
    candidates = [Candidate(product(key), similarity=0.3) for key in ("a", "b", "c")]
    first, *others = recommend(candidates, Wish(looked_at=frozenset({"b"})), Sales())
    assert (first.product.id, first.reasons[-1]) == ("b", Reason("looked_at"))
    assert all(Reason("looked_at") not in one.reasons for one in others)


def test_budget_counts_only_variants_in_stock() -> None:
    lamp = product("lamp")
    cheap, dear = lamp.variants[0], replace(lamp.variants[0], sku="dear", price=9000)
    lamp = replace(lamp, variants=(replace(cheap, stock=0), dear))
    assert price_within(lamp, None, 6000) is None
    assert price_within(lamp, None, 9000) == 9000
    assert price_within(lamp, 9001, None) is None
    candidates = [Candidate(lamp), Candidate(product("mug"))]
    found = recommend(candidates, Wish(most=6000), Sales())
    assert [(entry.product.id, entry.reasons) for entry in found] == [
        ("mug", (Reason("within_budget", count=5000),))
    ]


def test_category() -> None:
    candidates = [Candidate(product("a", category="bags")), Candidate(product("b"), similarity=1)]
    found = recommend(candidates, Wish(category="bags"), Sales())
    # Their own words are no reason.
    assert [(entry.product.id, entry.reasons) for entry in found] == [("a", ())]


def test_reasons_say_what_is_true_and_the_strongest_first() -> None:
    sales = Sales(together={"filter": 20}, units={"filter": 30, "grinder": 30, "sock": 200, "cup": 1})
    candidates = [
        Candidate(product("machine", category="coffee")),
        Candidate(product("grinder", category="coffee"), similarity=0.9),
        Candidate(product("filter", category="coffee"), similarity=0.05),
        Candidate(product("press", category="coffee")),
        Candidate(product("sock")),
        Candidate(product("cup")),
    ]
    wish = Wish(like=("machine",), similar_to="machine")
    found = {entry.product.id: entry.reasons for entry in recommend(candidates, wish, sales, limit=9)}
    assert found["grinder"] == (Reason("similar_to", "machine"),)
    assert found["filter"] == (Reason("bought_together", "machine", 20),)
    assert found["press"] == (Reason("same_category", "machine"),)
    assert found["sock"] == (Reason("popular", count=200),)
    assert found["cup"] == ()


def test_no_product_is_named_when_it_may_be_another() -> None:
    sales = Sales(together={"c": 20}, units={"c": 20, "d": 500})
    candidates = [Candidate(product("c"), similarity=0.8), Candidate(product("a")), Candidate(product("b"))]
    reasons = recommend(candidates, Wish(like=("a", "b")), sales)[0].reasons
    assert Reason("similar_to", None) in reasons
    assert Reason("bought_together", None, 20) in reasons


def test_one_shared_order_proves_little_and_a_bestseller_is_in_every_basket() -> None:
    units = {"rare": 2, "often": 20, "bestseller": 2000, **{f"x{n}": 100 for n in range(20)}}
    together = {"rare": 1, "often": 12, "bestseller": 12}
    strength = {key: bought_together_strength(key, Sales(together, units)) for key in together}
    assert strength["often"] > strength["bestseller"]
    assert strength["often"] > strength["rare"]
    assert bought_together_strength("unknown", Sales(together, units)) == 0


def test_the_second_is_unlike_the_first() -> None:
    one, twin, other = np.eye(3, dtype=np.float32)
    twin = (one + 0.05 * twin) / np.linalg.norm(one + 0.05 * twin)
    candidates = [
        Candidate(product("one"), 0.9, one),
        Candidate(product("twin"), 0.88, twin.astype(np.float32)),
        Candidate(product("other"), 0.7, other),
    ]
    assert ids(candidates, Wish(), limit=2) == ["one", "other"]
    assert ids(candidates, Wish(), limit=3) == ["one", "other", "twin"]


def test_similarity_counts_from_the_average_product() -> None:
    chance = np.random.default_rng(7)
    vectors = chance.normal(size=(40, 16)).astype(np.float32) * 0.2 + 1  # all close to each other
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    products = [product(f"p{number}") for number in range(40)]
    candidates = with_similarity(products, vectors, vectors[11])
    assert max(candidates, key=lambda candidate: candidate.similarity).product.id == "p11"
    assert sorted(candidate.similarity for candidate in candidates)[20] < 0.3
    assert all(0 <= candidate.similarity <= 1 for candidate in candidates)
    assert with_similarity([], np.zeros((0, 16), np.float32), vectors[0]) == ()


def test_products_that_are_all_alike_are_like_nothing() -> None:
    vectors = np.ones((3, 4), np.float32) / 2
    candidates = with_similarity([product(key) for key in "abc"], vectors, vectors[0])
    assert [candidate.similarity for candidate in candidates] == [0, 0, 0]


@pytest.mark.parametrize("limit", [0, 1, 5, 99])
def test_no_more_than_asked_for(limit: int) -> None:
    candidates = [Candidate(product(f"p{number}")) for number in range(7)]
    assert len(ids(candidates, Wish(), limit=limit)) == min(limit, 7)
    assert ids([], Wish(), limit=limit) == []


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["home", "bags"]),
            st.integers(0, 9000),
            st.integers(0, 2),
            st.floats(-1, 2),
            st.integers(0, 50),
        ),
        max_size=12,
    ),
    st.none() | st.sampled_from(["home", "bags"]),
    st.none() | st.integers(0, 9000),
    st.integers(0, 6),
)
def test_every_recommendation_fits(
    rows: list[tuple[str, int, int, float, int]], category: str | None, most: int | None, limit: int
) -> None:
    candidates = [
        Candidate(product(f"p{number}", category=cat, price=price, stock=stock), similarity)
        for number, (cat, price, stock, similarity, _) in enumerate(rows)
    ]
    units = {f"p{number}": row[4] for number, row in enumerate(rows)}
    wish = Wish(like=("p0",), category=category, most=most)
    found = recommend(candidates, wish, Sales(together=units, units=units), limit=limit)
    assert len(found) == len({entry.product.id for entry in found}) <= limit
    for entry in found:
        assert entry.product.id != "p0"
        assert entry.product.variants[0].stock > 0
        assert category in (None, entry.product.category)
        assert most is None or entry.product.variants[0].price <= most
        assert 0 <= entry.score <= 1.000001
