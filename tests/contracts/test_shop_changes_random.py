"""Random sequences of changes: money and stock add up to the cent and the piece, whatever is asked for in what order."""

import random
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import fields, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic import TypeAdapter

from bot.shop import policy
from bot.shop.changes.plan import Outdated, Receipt, Refused
from bot.shop.changes.requests import KINDS, Request, Undo, read_request
from bot.shop.checks import Known, check_customer, check_order
from bot.shop.domain import Customer, Order, OrderStatus, ShopData
from bot.shop.importer import read_folder
from bot.shop.jsonlines import parse
from bot.shop.sql import SqlShop
from bot.store.database import Database
from bot.store.opening import open_database
from tests.bot.shop import sample
from tests.contracts.test_shop_changes import everything

STEPS = 40
NOW = sample.START + timedelta(days=5)
EARLY = (OrderStatus.PENDING, OrderStatus.PAID, OrderStatus.PACKING)
REASONS = {
    "cancel_order": ["changed_mind", "too_slow"],
    "return_items": ["change_of_mind", "defective", "wrong_item", "not_as_described"],
    "exchange_items": ["does_not_fit", "defective"],
}
ANYTHING = [name for name in KINDS if name != "undo"]
CHANGES = [
    "cancel_order",
    "change_items",
    "change_payment",
    "change_address",
    "protect_price",
    "request_invoice",
]
LIKELY = dict.fromkeys(EARLY, CHANGES) | {
    OrderStatus.DELIVERED: ["return_items", "exchange_items", "report_problem", "protect_price"]
}
CONTACT = {"name": "李娜", "city": "杭州", "country": "CN", "phone": "13800000001", "postcode": "310000"}
_CUSTOMER = TypeAdapter(Customer)
_ORDER = TypeAdapter(Order)


def generous() -> str:
    """A policy that allows about everything, so that what is allowed is what is tested."""
    rules = yaml.safe_load(Path(policy.__file__).with_name(policy.FILE).read_text(encoding="utf-8"))
    for name in KINDS:
        if name != "undo":
            rules[name]["undo_minutes"] = 60
    rules["refunds"] |= {"gift_card": "existing", "differences": "any_own"}
    rules["change_payment"]["states"] = ["pending", "paid", "packing"]
    rules["return_items"] |= {"window": {"days": 90}, "refund_when": "requested"}
    rules["exchange_items"] |= {"window": {"days": 90}, "refund_when": "requested"}
    rules["notify_restock"]["exclusions"] = []
    return yaml.safe_dump(rules, allow_unicode=True)


def order_row(number: int, chance: random.Random) -> sample.Row:
    row = sample.order(number, customers=4, products=4)
    who = row["customer_id"]
    status = chance.choice(["pending", "paid", "paid", "packing", "shipped", "delivered", "delivered"])
    goods = sum(item["unit_price"] * item["quantity"] for item in row["items"])
    fee, discount = chance.choice([0, 800]), chance.choice([0, 0, 333, 1000])
    total = goods + fee - discount
    by_card = chance.choice([0, 0, total, total // 3])
    paid = [("wechat_pay", f"{who}-W", total - by_card), ("gift_card", f"{who}-G", by_card)]
    payments = [
        {
            "id": f"T{i}",
            "kind": "charge",
            "method": kind,
            "method_id": key,
            "amount": amount,
            "at": row["placed_at"],
        }
        for i, (kind, key, amount) in enumerate(paid)
        if amount
    ]
    parcels = row["fulfilments"] if status in ("shipped", "delivered") else []
    if status == "shipped":
        parcels = [
            {key: value for key, value in parcels[0].items() if key != "delivered_at"} | {"events": []}
        ]
    return {
        **row,
        "status": status,
        "shipping_fee": fee,
        "discount": discount,
        "payments": payments if status != "pending" else [],
        "fulfilments": parcels,
    }


def shop_data(folder: Path, seed: int, text: str | None) -> ShopData:
    chance = random.Random(seed)
    customers = [sample.customer(number) for number in range(1, 5)]
    for customer in customers:
        key = customer["id"]
        customer["payment_methods"] += [
            {"id": f"{key}-G", "kind": "gift_card", "balance": chance.randrange(5000)},
            {"id": f"{key}-C", "kind": "card"},
        ]
    products = [sample.product(number) for number in range(1, 5)]
    products[1] |= {"tags": ["final_sale"]}
    products[2] |= {"tags": ["custom", "hygiene"]}
    for product in products:
        for variant in product["variants"]:
            variant["stock"] = chance.choice([0, 1, 2, 5])
    orders = [order_row(number, chance) for number in range(1, 21)]
    data = read_folder(sample.write_folder(folder, products=products, customers=customers, orders=orders))
    return replace(data, policy=text)


class World:
    """What a shopper may ask for, and what must be true of the shop whatever was asked."""

    def __init__(self, shop: SqlShop, database: Database, data: ShopData, seed: int) -> None:
        self.shop, self.database, self.data = shop, database, data
        self.chance = random.Random(seed)
        self.keys = 0
        self.receipts: list[Receipt] = []
        self.outcomes: Counter[str] = Counter()
        self.held: Counter[str] = Counter()
        """Sku to how many lie ready for exchanges."""
        self.pieces: Counter[str] = Counter()
        self.skus = {variant.sku: one.id for one in data.products for variant in one.variants}

    async def begin(self) -> None:
        await self.shop.replace(self.data)
        self.pieces = await self.count_pieces()
        self.cards = {customer.id: self.on_cards(customer) for customer in self.data.customers}
        self.paid_by_card = {order.number: by_card(order) for order in self.data.orders}
        self.seen = {order.number: order for order in self.data.orders}

    async def orders(self) -> list[Order]:
        return [order for one in self.data.customers for order in await self.shop.orders(one.id, limit=99)]

    async def count_pieces(self) -> Counter[str]:
        """On the shelf, in orders, and held for exchanges."""
        pieces = Counter(self.held)
        for product in await self.shop.catalogue():
            for variant in product.variants:
                assert variant.stock >= 0
                pieces[variant.sku] += variant.stock
        for order in await self.orders():
            if order.status is not OrderStatus.CANCELLED:
                pieces.update({item.sku: 0 for item in order.items})
                for item in order.items:
                    pieces[item.sku] += item.quantity
        return pieces

    @staticmethod
    def on_cards(customer: Customer) -> int:
        return sum(method.balance or 0 for method in customer.payment_methods)

    def request(self, order: Order, customer: Customer) -> Request:
        pick = self.chance
        some = [item for item in order.items if pick.random() < 0.6]
        counts = {item.id: pick.randint(1, item.quantity + (pick.random() < 0.1)) for item in some}
        swaps = {item.id: f"{item.product_id}-{pick.randrange(12):02}" for item in some}
        method = pick.choice([None, None, *(one.id for one in customer.payment_methods), "nobody's"])
        province = pick.choice(["浙江", "新疆", "Tibet"])
        address = {
            **CONTACT,
            "id": f"A{pick.randrange(4)}",
            "street": f"{pick.randrange(99)}",
            "province": province,
        }
        product = pick.choice(self.data.products)
        kind = pick.choice(LIKELY.get(order.status, ANYTHING) if pick.random() < 0.7 else ANYTHING)
        arguments: dict[str, Any] = {
            "order_number": order.number,
            "reason": pick.choice(
                REASONS.get(kind, [""]) if pick.random() < 0.8 else ["", "because", "no reason"]
            ),
            "items": pick.choice([counts, {}]) if kind == "cancel_order" else counts,
            "refund_to": method,
            "settle_with": method,
            "pay_with": method or customer.payment_methods[0].id,
            "address": address,
            "buyer": pick.choice(["personal", "company"]),
            "title": pick.choice(["李娜", "某某有限公司", "x" * 1000]),
            "email": "li.na@mail.example",
            "tax_number": pick.choice(["", "91330100MA2XXXXXXX"]),
            "problem": pick.choice(["missing", "wrong", "damaged"]),
            "photos": ["photo"],
            "wish": pick.choice(["replacement", "refund"]),
            "product_id": product.id,
            "sku": pick.choice(product.variants).sku,
        }
        if kind in ("change_items", "exchange_items"):
            arguments["items"] = swaps
        if kind == "protect_price":
            arguments["items"] = list(counts)
        wanted = {field.name for field in fields(KINDS[kind])}
        return read_request(kind, {name: value for name, value in arguments.items() if name in wanted})

    async def step(self) -> None:
        pick = self.chance
        orders = await self.orders()
        order = pick.choice(orders)
        who = order.customer_id if pick.random() < 0.95 else pick.choice(self.data.customers).id
        customer = await self.shop.customer(who)
        assert customer is not None
        request = self.request(order, customer)
        if self.receipts and pick.random() < 0.15:
            receipt = pick.choice(self.receipts[-6:])
            request, who = Undo(receipt.number), receipt.customer_id
        if pick.random() < 0.05:
            await self.reprice()
        await self.ask(request, who)
        await self.check()

    async def ask(self, request: Request, who: str) -> None:
        before = await everything(self.database)
        try:
            plan = await self.shop.preview(request, customer_id=who, now=NOW)
        except Refused as refused:
            self.outcomes[refused.rule] += 1
            with pytest.raises(Refused):
                await self.change(request, who, "")
            assert await everything(self.database) == before
            return
        with pytest.raises(Outdated):
            await self.change(request, who, plan.digest[::-1])
        assert await everything(self.database) == before, "no write without the digest that was shown"
        receipt = await self.change(request, who, plan.digest)
        after = await everything(self.database)
        assert after != before
        for digest in (plan.digest, ""):
            assert await self.change(request, who, digest, key=receipt.key) == receipt
        assert await everything(self.database) == after, "none twice"
        self.outcomes[f"done {receipt.kind}"] += 1
        self.note(receipt, plan.stock)

    async def change(self, request: Request, who: str, digest: str, *, key: str = "") -> Receipt:
        self.keys += 1
        return await self.shop.change(
            request, customer_id=who, now=NOW, key=key or f"k{self.keys}", digest=digest
        )

    def note(self, receipt: Receipt, stock: Any) -> None:
        self.receipts.append(receipt)
        kind = receipt.kind
        if kind == "undo":
            kind = next(one.kind for one in self.receipts if one.number == receipt.facts["undoes"])
        if kind == "exchange_items":
            self.held.subtract(stock)

    async def reprice(self) -> None:
        """An import with other prices; what it says of stock and orders is what it said before."""
        products = []
        for product in self.data.products:
            variants = (
                replace(one, price=max(1, one.price + self.chance.randint(-300, 100)))
                for one in product.variants
            )
            products.append(replace(product, variants=tuple(variants)))
        self.data = replace(self.data, products=tuple(products))
        await self.shop.replace(self.data)

    async def check(self) -> None:
        assert await self.count_pieces() == self.pieces
        known = Known({customer.id for customer in self.data.customers}, self.skus)
        moved: Counter[str] = Counter()
        for order in await self.orders():
            assert list(check_order(order, known)) == []
            assert parse(_ORDER, _ORDER.dump_json(order).decode()) == order, "it could be imported"
            self.check_status(self.seen[order.number], order)
            self.check_money(order)
            self.seen[order.number] = order
            moved[order.customer_id] += by_card(order) - self.paid_by_card[order.number]
        for one in self.data.customers:
            customer = await self.shop.customer(one.id)
            assert customer is not None
            assert list(check_customer(customer)) == []
            assert parse(_CUSTOMER, _CUSTOMER.dump_json(customer).decode()) == customer
            assert all((method.balance or 0) >= 0 for method in customer.payment_methods)
            assert self.on_cards(customer) == self.cards[one.id] - moved[one.id]

    def check_status(self, before: Order, after: Order) -> None:
        undone = self.receipts and self.receipts[-1].kind == "undo"
        if after.status is not before.status:
            if undone:
                assert before.status is OrderStatus.CANCELLED
                assert after.status in EARLY
            else:
                assert before.status in EARLY
                assert after.status is OrderStatus.CANCELLED
        assert after.version in (before.version, before.version + 1)
        assert after.version > before.version or after == before
        assert after.payments[: len(before.payments)] == before.payments, "what was paid stays in the history"
        if not undone:
            assert after.returns[: len(before.returns)] == before.returns
            assert after.exchanges[: len(before.exchanges)] == before.exchanges

    def check_money(self, order: Order) -> None:
        """What was paid and not paid back is what the order costs after all that was agreed."""
        first = next(one for one in self.data.orders if one.number == order.number)
        due = order.total
        if order.status is OrderStatus.CANCELLED or first.status is OrderStatus.PENDING:
            due = 0
        else:
            due -= sum(one.amount for one in order.price_protections)
            due += sum(
                one.price_difference for one in order.exchanges if one.price_difference > 0 or self.at_once
            )
            due -= sum(one.refund_amount for one in order.returns if self.at_once)
        assert paid(order) == due, order

    @property
    def at_once(self) -> bool:
        return self.data.policy is not None


def paid(order: Order) -> int:
    """Cents, less what was paid back."""
    return sum(one.amount if one.kind == "charge" else -one.amount for one in order.payments)


def by_card(order: Order) -> int:
    return sum(
        one.amount if one.kind == "charge" else -one.amount
        for one in order.payments
        if one.method == "gift_card"
    )


@pytest.fixture(params=[*range(1, 4), *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(4, 31))])
def seed(request: pytest.FixtureRequest) -> int:
    number: int = request.param
    return number


@pytest.fixture
def data(seed: int, tmp_path: Path) -> ShopData:
    return shop_data(tmp_path / "shop", seed, generous() if seed % 2 else None)


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    database = open_database(database_url)
    yield database
    await database.close()


async def test_whatever_is_asked_for_everything_adds_up(
    database: Database, data: ShopData, seed: int
) -> None:
    world = World(SqlShop(database, recheck_seconds=0), database, data, seed)
    await world.begin()
    for _ in range(STEPS):
        await world.step()
    assert len(world.receipts) > STEPS / 10, world.outcomes
    assert len(world.outcomes) > 10, world.outcomes
