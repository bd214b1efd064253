"""Domain values to table rows and back."""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from bot.shop.adapters import CUSTOMER, ORDER, PRODUCT, PROFILE
from bot.shop.domain import Customer, Order, OrderStatus, Product, ShopProfile
from bot.shop.keys import contact_digest, order_key, resident_digest

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Record:
    """A row, and the rows below it that live and die with it."""

    row: Row
    children: tuple[Row, ...]


def profile_document(profile: ShopProfile) -> str:
    return PROFILE.dump_json(profile).decode()


def read_profile(document: str) -> ShopProfile:
    return PROFILE.validate_json(document)


def product_record(product: Product, position: int) -> Record:
    """The document's stock is 0 throughout: the variants' rows have it."""
    bare = replace(product, variants=tuple(replace(variant, stock=0) for variant in product.variants))
    variants = tuple(
        {
            "sku": variant.sku,
            "product_id": product.id,
            "stock": variant.stock,
            "imported_stock": variant.stock,
        }
        for variant in product.variants
    )
    document = PRODUCT.dump_json(bare).decode()
    row = {"id": product.id, "position": position, "digest": _digest(document), "document": document}
    return Record(row, variants)


def read_product(document: str) -> Product:
    return PRODUCT.validate_json(document)


def with_stock(product: Product, stock: Mapping[str, int]) -> Product:
    """The product with each variant's stock by sku; the same object when nothing differs."""
    if all(stock.get(variant.sku, 0) == variant.stock for variant in product.variants):
        return product
    variants = (replace(variant, stock=stock.get(variant.sku, 0)) for variant in product.variants)
    return replace(product, variants=tuple(variants))


def customer_document(customer: Customer) -> str:
    return CUSTOMER.dump_json(customer).decode()


def customer_record(customer: Customer) -> Record:
    document = customer_document(customer)
    row = {"id": customer.id, "digest": _digest(document), "document": document}
    return Record(row, tuple({"customer_id": customer.id, "digest": digest} for digest in found_by(customer)))


def found_by(customer: Customer) -> list[str]:
    """Digests of what a customer can be found by: their contacts, their name with each of their postcodes."""
    digests = {contact_digest(contact) for contact in (*customer.emails, *customer.phones)}
    digests |= {resident_digest(customer.name, address.postcode) for address in customer.addresses}
    return sorted(digest for digest in digests if digest)


def read_customer(document: str) -> Customer:
    return CUSTOMER.validate_json(document)


def order_document(order: Order) -> str:
    """Its version is 1 throughout: the row has it."""
    return ORDER.dump_json(replace(order, version=1)).decode()


def order_record(order: Order) -> Record:
    document = order_document(order)
    row = {
        "number": order.number,
        "key": order_key(order.number),
        "customer_id": order.customer_id,
        "status": order.status.value,
        "placed_at": int(order.placed_at.timestamp()),
        "version": order.version,
        "digest": _digest(document),
        "document": document,
    }
    return Record(row, tuple(_item_rows(order)))


def read_order(document: str, version: int) -> Order:
    order = ORDER.validate_json(document)
    return order if version == order.version else replace(order, version=version)


def _item_rows(order: Order) -> Iterator[Row]:
    for item in order.items:
        yield {
            "order_number": order.number,
            "item_id": item.id,
            "product_id": item.product_id,
            "sku": item.sku,
            "quantity": item.quantity,
            "placed_at": int(order.placed_at.timestamp()),
            "cancelled": order.status is OrderStatus.CANCELLED,
        }


def _digest(document: str) -> str:
    return hashlib.sha256(document.encode()).hexdigest()
