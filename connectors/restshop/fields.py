"""The fields of the import format (`docs/import.md`), and what their values are: the description need not say.

A customer's coupons are not among them: few systems list them, and none alike.
"""

from collections.abc import Mapping
from typing import Any

from connectors.shop_system import Kind

Fields = Mapping[str, Any]
"""Name to the fields below it, or None where there are none."""


def _names(text: str) -> dict[str, Any]:
    return dict.fromkeys(text.split())


_ADDRESS: Fields = _names("id name street city country province district postcode phone")

FIELDS: Mapping[Kind, Fields] = {
    "product": {
        **_names("id name category description aliases tags brand image url active added_at"),
        "variants": _names("sku price stock options price_before image"),
        "options": {**_names("name label"), "values": _names("value label aliases")},
        "attributes": _names("name label value"),
    },
    "customer": {
        **_names("id name emails phones language default_address_id consent created_at"),
        "addresses": _ADDRESS,
        "payment_methods": _names("id kind label balance"),
    },
    "order": {
        **_names("number customer_id status placed_at shipping_fee discount coupon_code cancelled_at"),
        **_names("cancel_reason note"),
        "items": _names("id product_id sku name quantity unit_price options discount"),
        "address": _ADDRESS,
        "fulfilments": {
            **_names("id carrier tracking_number items shipped_at estimated_at delivered_at"),
            "events": _names("at status text place"),
        },
        "payments": _names("id kind method amount at status method_id reason"),
        "returns": _names(
            "id items reason status requested_at refund_amount updated_at fee shipping refund_to"
        ),
        "exchanges": _names("id items status requested_at price_difference reason settle_with"),
        "invoices": _names("id buyer title email amount requested_at tax_number status"),
        "price_protections": _names("id item_id quantity amount at"),
        "reports": _names("id problem items wish reported_at note photos status"),
    },
}
REQUIRED: Mapping[Kind, tuple[str, ...]] = {
    "product": ("id", "name", "category", "variants"),
    "customer": ("id", "name"),
    "order": ("number", "customer_id", "status", "placed_at", "items", "address"),
}
MONEY = frozenset(
    _names(
        "price price_before balance unit_price discount shipping_fee amount refund_amount fee shipping"
        " price_difference"
    )
)
MOMENTS = frozenset(
    _names(
        "added_at created_at placed_at cancelled_at shipped_at estimated_at delivered_at at requested_at"
        " updated_at reported_at"
    )
)
WHOLE = frozenset({"stock", "quantity"})
YES_OR_NO = frozenset({"active"})
