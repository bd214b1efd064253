"""Read a shop from its folder; everything is checked before anything is written.

The format is documented in `docs/import.md`.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Generic, TypeVar

from pydantic import TypeAdapter

from bot.errors import ShopImportError
from bot.shop.adapters import CUSTOMER, ORDER, PRODUCT, PROFILE
from bot.shop.checks import (
    Finding,
    Known,
    check_customer,
    check_order,
    check_product,
    check_profile,
    repeated,
    shown,
)
from bot.shop.domain import Customer, Order, Product, ShopData, ShopProfile
from bot.shop.images import image_problem, product_images, profile_images
from bot.shop.jsonlines import MAX_LINE, Malformed, decode, open_file, parse, read_lines
from bot.shop.keys import order_key
from bot.shop.policy import FILE as POLICY
from bot.shop.policy import read_policy

PROFILE_FILE = "profile.json"
MAX_PROBLEMS = 200

T = TypeVar("T")


@dataclass(slots=True)
class Problems:
    """What is wrong: the first MAX_PROBLEMS in words, and all of them counted."""

    listed: list[str] = field(default_factory=list)
    count: int = 0

    def add(self, where: str, findings: Iterable[Finding]) -> None:
        self.add_lines(f"{where}: {path}: {what}" if path else f"{where}: {what}" for path, what in findings)

    def add_lines(self, lines: Iterable[str]) -> None:
        """Problems that name their place already."""
        for line in lines:
            self.count += 1
            if len(self.listed) < MAX_PROBLEMS:
                self.listed.append(line)

    def raise_if_any(self) -> None:
        if self.count > len(self.listed):
            self.listed.append(f"... and {self.count - len(self.listed)} more")
        if self.count:
            raise ShopImportError(self.listed)


@dataclass(frozen=True, slots=True)
class Rows(Generic[T]):
    """One file's rows with their line numbers; `whole` when every line could be read."""

    file: str
    numbered: tuple[tuple[int, T], ...]
    whole: bool

    def values(self) -> tuple[T, ...]:
        return tuple(row for _, row in self.numbered)


def read_folder(folder: Path) -> ShopData:
    """The shop in `folder`.

    Raises:
        ShopImportError: with every problem as `file:line: field: what is wrong`.
    """
    problems = Problems()
    profile = _read_profile(folder / PROFILE_FILE, problems)
    products = _read_rows(folder, "products.jsonl", PRODUCT, problems)
    customers = _read_rows(folder, "customers.jsonl", CUSTOMER, problems)
    orders = _read_rows(folder, "orders.jsonl", ORDER, problems)
    _check(products, check_product, problems)
    _check(products, lambda product: _check_images(folder, product_images(product)), problems)
    _check(customers, check_customer, problems)
    known = _known(products, customers)
    _check(orders, lambda order: check_order(order, known), problems)
    _check_unique(products, customers, orders, problems)
    policy = _read_policy(folder / POLICY, problems) if (folder / POLICY).exists() else None
    problems.raise_if_any()
    assert profile is not None  # else there is a problem
    return ShopData(profile, products.values(), customers.values(), orders.values(), policy)


def read_words(profile: Path, policy: Path | None) -> tuple[ShopProfile, str | None]:
    """Who a shop is and the text of what it allows, without the rest.

    Raises:
        ShopImportError: as `read_folder`.
    """
    problems = Problems()
    found = _read_profile(profile, problems)
    text = None if policy is None else _read_policy(policy, problems)
    problems.raise_if_any()
    assert found is not None  # else there is a problem
    return found, text


def _read_policy(path: Path, problems: Problems) -> str | None:
    try:
        with open_file(path) as file:
            text = decode(file.read(MAX_LINE + 1))
    except Malformed as error:
        problems.add(path.name, error.findings)
        return None
    try:
        read_policy(text, path.name)
    except ShopImportError as error:
        problems.add_lines(error.problems)
    return text


def _read_profile(path: Path, problems: Problems) -> ShopProfile | None:
    try:
        with open_file(path) as file:
            profile = parse(PROFILE, decode(file.read(MAX_LINE + 1)))
    except Malformed as error:
        problems.add(path.name, error.findings)
        return None
    problems.add(path.name, check_profile(profile))
    problems.add(path.name, _check_images(path.parent, profile_images(profile)))
    return profile


def _read_rows(folder: Path, name: str, adapter: TypeAdapter[T], problems: Problems) -> Rows[T]:
    rows: list[tuple[int, T]] = []
    whole = True
    try:
        file = open_file(folder / name)
    except Malformed as error:
        problems.add(name, error.findings)
        return Rows(name, (), whole=False)
    with file:
        for number, line in read_lines(file):
            try:
                rows.append((number, parse(adapter, decode(line))))
            except Malformed as error:
                whole = False
                problems.add(f"{name}:{number}", error.findings)
    return Rows(name, tuple(rows), whole)


def _check(rows: Rows[T], check: Callable[[T], Iterable[Finding]], problems: Problems) -> None:
    for number, row in rows.numbered:
        problems.add(f"{rows.file}:{number}", check(row))


def _check_images(folder: Path, images: Iterable[tuple[str, str]]) -> Iterator[Finding]:
    for path, image in images:
        problem = image_problem(folder, image)
        if problem is not None:
            yield path, f"{shown(image)} {problem}"


def _known(products: Rows[Product], customers: Rows[Customer]) -> Known:
    skus = {variant.sku: product.id for product in products.values() for variant in product.variants}
    return Known(
        customers={customer.id for customer in customers.values()} if customers.whole else None,
        skus=skus if products.whole else None,
    )


def _check_unique(
    products: Rows[Product], customers: Rows[Customer], orders: Rows[Order], problems: Problems
) -> None:
    skus = [
        (number, f"variants[{index}].sku", variant.sku)
        for number, product in products.numbered
        for index, variant in enumerate(product.variants)
    ]
    _report_repeated(products.file, [(line, "id", row.id) for line, row in products.numbered], problems)
    _report_repeated(products.file, skus, problems)
    _report_repeated(customers.file, [(line, "id", row.id) for line, row in customers.numbered], problems)
    # Shoppers type order numbers in any case and with any separators.
    numbers = [(line, "number", order_key(row.number)) for line, row in orders.numbered]
    _report_repeated(orders.file, numbers, problems)
    for line, path, key in numbers:
        if not key:
            problems.add(f"{orders.file}:{line}", [(path, "holds neither a letter nor a digit")])


def _report_repeated(file: str, places: list[tuple[int, str, str]], problems: Problems) -> None:
    """`places` are (line, field, value)."""
    first: dict[str, int] = {}
    for line, _, value in places:
        first.setdefault(value, line)
    for index, value in repeated(value for _, _, value in places):
        line, path, _ = places[index]
        problems.add(f"{file}:{line}", [(path, f"{shown(value)} is already on line {first[value]}")])
