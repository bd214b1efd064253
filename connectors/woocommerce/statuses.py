"""WooCommerce's statuses, plugins' own among them, in the words of the import format."""

from connectors.channel import Payload
from connectors.woocommerce.config import Config, Status
from connectors.woocommerce.values import meta, objects, text

NO_ORDER = ("checkout-draft", "auto-draft", "draft", "new", "trash")
NOT_SENT = ("pending", "on-hold", "processing", "failed")
"""WooCommerce's own, in which nothing has left yet."""
_KNOWN: dict[str, Status] = {
    "pending": "pending",
    "on-hold": "pending",
    "failed": "pending",
    "processing": "paid",
    "cancelled": "cancelled",
    # What the most common plugins add.
    "packing": "packing",
    "packed": "packing",
    "picking": "packing",
    "picked": "packing",
    "ready-to-ship": "packing",
    "awaiting-shipment": "packing",
    "partial-shipped": "shipped",
    "updated-tracking": "shipped",
    "shipped": "shipped",
    "in-transit": "shipped",
    "out-for-delivery": "shipped",
    "delivered": "delivered",
}
_KINDS = (
    ("wechat", "wechat_pay"),
    ("weixin", "wechat_pay"),
    ("alipay", "alipay"),
    ("paypal", "paypal"),
    ("ppcp", "paypal"),
    ("ppec", "paypal"),
    ("bacs", "bank_transfer"),
    ("cheque", "bank_transfer"),
    ("transfer", "bank_transfer"),
    ("sepa", "bank_transfer"),
    ("cod", "cash_on_delivery"),
    ("gift", "gift_card"),
)
"""Words in the names that gateways go by, to a kind of payment method; the others take cards."""
_TRACKING = "_wc_shipment_tracking_items"


def status_of(order: Payload, has_parcels: bool, config: Config) -> Status:
    slug = text(order.get("status"))
    if slug in config.statuses:
        return config.statuses[slug]
    if slug == "completed":
        return config.completed
    if slug == "refunded":  # all of it was paid back: before it was sent, or afterwards
        return "delivered" if has_parcels or order.get("date_completed_gmt") else "cancelled"
    if slug == "processing" and has_parcels:
        return "shipped"
    if slug in _KNOWN:
        return _KNOWN[slug]
    if has_parcels:
        return "shipped"
    # Somebody has it in hand: nothing that a shopper could still change by themselves.
    return "packing" if order.get("date_paid_gmt") else "pending"


def payment_kind(order: Payload) -> str:
    gateway = text(order.get("payment_method")).casefold()
    return next((kind for word, kind in _KINDS if word in gateway), "card")


def is_paid(order: Payload) -> bool:
    return bool(order.get("date_paid_gmt"))


def tracked(order: Payload) -> list[Payload]:
    """Parcels, as the Shipment Tracking plugins (WooCommerce's own, AST) keep them beside an order."""
    found = meta(order, _TRACKING)
    given = list(found.values()) if isinstance(found, dict) else found  # PHP lists with a gap become objects
    return [one for one in objects(given) if text(one.get("tracking_number"))]
