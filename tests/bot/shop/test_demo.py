"""The demo shop holds together: references, money, states, times, languages, pictures."""

import filecmp
import re
import xml.etree.ElementTree as ElementTree
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.shop.demo.build import build
from bot.shop.demo.clock import ZONE
from bot.shop.demo.drawings.gallery import DRAWINGS
from bot.shop.demo.orders import latest
from bot.shop.demo.prices import COUPONS, discount, shipping_fee
from bot.shop.demo.products import CATEGORIES, pictures
from bot.shop.domain import Order, OrderStatus, ShopData
from bot.shop.importer import read_folder

NOW = datetime(2027, 3, 10, 15, 30, tzinfo=ZONE)
MOMENTS = (NOW, NOW.replace(hour=0, minute=3), NOW.replace(hour=7), NOW.replace(hour=23, minute=58))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("demo")
    build(target, now=NOW)
    return target


@pytest.fixture(scope="module")
def shop(folder: Path) -> ShopData:
    return read_folder(folder)


def test_the_counts_are_what_a_visitor_is_promised(shop: ShopData) -> None:
    assert len(shop.customers) == 40
    assert len(shop.orders) == 150
    assert 60 <= len(shop.products) <= 70
    assert {product.category for product in shop.products} == set(CATEGORIES) == set(shop.profile.categories)


def test_every_state_is_there(shop: ShopData) -> None:
    orders = shop.orders
    assert {order.status for order in orders} == set(OrderStatus)
    assert {item.status for order in orders for item in order.returns} == {
        "requested", "approved", "in_transit", "received", "refunded", "rejected",
    }  # fmt: skip
    assert {item.status for order in orders for item in order.exchanges} == {
        "requested", "approved", "in_transit", "received", "shipped", "done", "rejected",
    }  # fmt: skip
    refunds = {payment.status for order in orders for payment in order.payments if payment.kind == "refund"}
    assert refunds == {"pending", "done"}
    news = {parcel.events[-1].status for order in orders for parcel in order.fulfilments}
    assert news == {"picked_up", "in_transit", "out_for_delivery", "delivered", "exception"} or news == {
        "in_transit", "out_for_delivery", "delivered", "exception",
    }  # fmt: skip
    assert any(payment.status == "failed" for order in orders for payment in order.payments)
    assert any(payment.method == "gift_card" for order in orders for payment in order.payments)
    assert any(len(order.fulfilments) == 2 for order in orders)
    assert any(order.coupon_code for order in orders)


def test_deliveries_lie_in_every_window_of_the_policy(shop: ShopData) -> None:
    ages = [
        (NOW - parcel.delivered_at).days
        for order in shop.orders
        for parcel in order.fulfilments
        if order.status == "delivered" and parcel.delivered_at
    ]
    for first, last in ((0, 0), (1, 6), (8, 14), (16, 89), (91, 400)):
        assert sum(first <= age <= last for age in ages) >= 3, (first, last)


@pytest.mark.parametrize("now", MOMENTS, ids=lambda now: now.strftime("%H:%M"))
def test_nothing_lies_in_the_future_and_nothing_is_stale(tmp_path: Path, now: datetime) -> None:
    build(tmp_path, now=now)
    orders = read_folder(tmp_path).orders
    assert all(latest(order) < now for order in orders)
    assert max(order.placed_at for order in orders) > now - timedelta(hours=36)
    out = [parcel for parcel in travelling(orders) if parcel.events[-1].status == "out_for_delivery"]
    assert out
    for parcel in out:
        assert parcel.estimated_at is not None
        assert parcel.estimated_at > now
        assert now - parcel.events[-1].at < timedelta(hours=18)


def travelling(orders: tuple[Order, ...]) -> Iterator:  # type: ignore[type-arg]
    return (parcel for order in orders for parcel in order.fulfilments if parcel.delivered_at is None)


def test_some_parcels_are_late_and_silent(shop: ShopData) -> None:
    silent = [parcel for parcel in travelling(shop.orders) if NOW - parcel.events[-1].at > timedelta(days=3)]
    assert len(silent) >= 5
    assert all(parcel.estimated_at and parcel.estimated_at < NOW for parcel in silent)
    assert any(NOW - parcel.events[-1].at > timedelta(days=7) for parcel in silent)


def test_money_adds_up(shop: ShopData) -> None:
    for order in shop.orders:
        charged = sum(p.amount for p in order.payments if p.kind == "charge" and p.status == "done")
        refunded = sum(p.amount for p in order.payments if p.kind == "refund")
        unpaid = order.status == "pending" or order.cancel_reason == "unpaid"
        assert charged == (0 if unpaid else order.total), order.number
        if order.status == "cancelled":
            assert refunded == charged, order.number
        else:
            owed = sum(
                item.refund_amount for item in order.returns if item.status in ("received", "refunded")
            )
            assert refunded == owed, order.number


def test_fees_and_discounts_follow_the_policy(shop: ShopData) -> None:
    for order in shop.orders:
        goods = sum(item.unit_price * item.quantity - item.discount for item in order.items)
        coupon = COUPONS[order.coupon_code] if order.coupon_code else None
        assert order.discount == discount(coupon, goods), order.number
        free = coupon is not None and coupon.kind == "free_shipping"
        assert order.shipping_fee == (0 if free else shipping_fee(order.address, goods - order.discount))
    assert {0, 800, 4000} <= {order.shipping_fee for order in shop.orders}


def test_what_crosses_the_border_follows_the_policy(shop: ShopData) -> None:
    abroad = [order for order in shop.orders if order.address.country != "CN"]
    assert len(abroad) > 5
    for order in abroad:
        assert not {item.product_id for item in order.items} & {"P035", "P050", "P063"}
        assert all("SF" in parcel.carrier for parcel in order.fulfilments)
        assert not order.exchanges


def test_coupons_used_belong_to_their_customers(shop: ShopData) -> None:
    used = {(order.customer_id, order.coupon_code) for order in shop.orders if order.coupon_code}
    marked = {
        (customer.id, coupon.code)
        for customer in shop.customers
        for coupon in customer.coupons
        if coupon.used
    }
    assert used == marked
    assert len(used) == sum(order.coupon_code is not None for order in shop.orders)


def test_parcels_hold_what_was_ordered(shop: ShopData) -> None:
    for order in shop.orders:
        sent = Counter[str]()
        for parcel in order.fulfilments:
            sent.update(parcel.items)
        ordered = {item.id: item.quantity for item in order.items}
        assert dict(sent) == (ordered if order.status in ("shipped", "delivered") else {}), order.number
        delivered = [parcel.delivered_at is not None for parcel in order.fulfilments]
        assert all(delivered) == (order.status == "delivered") or not delivered
        for parcel in order.fulfilments:
            moments = [event.at for event in parcel.events]
            assert moments == sorted(moments)
            assert parcel.shipped_at == moments[0]


def test_payment_methods_are_the_customers_own(shop: ShopData) -> None:
    methods = {customer.id: {method.id for method in customer.payment_methods} for customer in shop.customers}
    for order in shop.orders:
        for payment in order.payments:
            assert payment.method_id in methods[order.customer_id]


def test_both_languages_everywhere(shop: ShopData) -> None:
    both = {"zh", "en"}
    for product in shop.products:
        assert set(product.name) == set(product.description) == both
        assert product.aliases
        for option in product.options:
            for value in option.values:
                assert set(value.label) in (both, {"*"})
    for order in shop.orders:
        for parcel in order.fulfilments:
            for event in parcel.events:
                assert set(event.text) == set(event.place) == both
                assert event.text["en"].isascii() or "é" in event.text["en"]
                assert not any("{" in text for text in event.text.values())
    for text in (shop.profile.name, shop.profile.greeting, shop.profile.tagline, shop.profile.address):
        assert set(text) == both


def test_chinese_is_written_with_chinese_punctuation(shop: ShopData) -> None:
    for product in shop.products:
        assert not re.search("[\u4e00-\u9fff][,;:?!(]|[,;:)][\u4e00-\u9fff]", product.description["zh"])


def test_stock_is_mixed(shop: ShopData) -> None:
    empty = [
        product.id for product in shop.products if not any(variant.stock for variant in product.variants)
    ]
    assert 2 <= len(empty) <= 3
    assert sum(not variant.stock for product in shop.products for variant in product.variants) > 20
    tags = {tag for product in shop.products for tag in product.tags}
    assert tags == {"hygiene", "final_sale", "custom", "mainland_only"}


def test_goods_are_bought_with_what_goes_with_them(shop: ShopData) -> None:
    together = Counter(
        item.product_id
        for order in shop.orders
        if any(line.product_id == "P039" for line in order.items)
        for item in order.items
    )
    assert together["P039"] >= 2
    assert together["P046"] == max(count for product, count in together.items() if product != "P039")


def test_the_two_shoppers_have_something_to_ask_about(shop: ShopData) -> None:
    shoppers = {customer.id: customer for customer in shop.customers}
    lin, emma = shoppers["C001"], shoppers["C002"]
    assert (lin.name, lin.emails, lin.phones) == ("林小满", ("lin.xiaoman@example.com",), ("13800000001",))
    assert (emma.name, emma.language) == ("Emma Clarke", "en")
    for customer_id in ("C001", "C002"):
        mine = [order for order in shop.orders if order.customer_id == customer_id]
        assert len(mine) >= 6
        assert any(parcel.events[-1].status == "out_for_delivery" for parcel in travelling(tuple(mine)))
        assert any(order.returns for order in mine)


def test_pictures_are_small_and_harmless(folder: Path, shop: ShopData) -> None:
    images = {variant.image for product in shop.products for variant in product.variants}
    assert images == {picture.path for picture in pictures()}
    assert {picture.shape for picture in pictures()} == set(DRAWINGS)
    for path in (folder / "images").iterdir():
        assert path.stat().st_size < 4000, path.name
        root = ElementTree.parse(path).getroot()
        assert root.tag == "{http://www.w3.org/2000/svg}svg"
        for element in root.iter():
            assert element.tag.rpartition("}")[2] not in ("script", "foreignObject", "image", "use", "a"), (
                path.name
            )
            assert not any(name.startswith("on") or "href" in name for name in element.attrib), path.name


def test_colours_are_drawn_differently(folder: Path) -> None:
    drawings = {path.read_text() for path in (folder / "images").glob("P*.svg")}
    assert len(drawings) == len(list((folder / "images").glob("P*.svg")))


def test_same_moment_and_seed_same_bytes(folder: Path, tmp_path: Path) -> None:
    build(tmp_path, now=NOW.astimezone(UTC))
    names = ["profile.json", "products.jsonl", "customers.jsonl", "orders.jsonl"]
    assert filecmp.cmpfiles(folder, tmp_path, names, shallow=False) == (names, [], [])
    build(tmp_path, now=NOW, seed=8)
    assert not filecmp.cmp(folder / "orders.jsonl", tmp_path / "orders.jsonl", shallow=False)


def test_order_numbers_stay_from_day_to_day(tmp_path: Path, shop: ShopData) -> None:
    build(tmp_path, now=NOW + timedelta(days=40, hours=5))
    assert {(o.number, o.customer_id) for o in read_folder(tmp_path).orders} == {
        (o.number, o.customer_id) for o in shop.orders
    }


def test_a_moment_without_offset_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="offset"):
        build(tmp_path, now=datetime(2027, 3, 10))  # noqa: DTZ001
