"""WooCommerce: a shop read and changed over its REST API, heard over its webhooks."""

from connectors.woocommerce.config import Config
from connectors.woocommerce.system import WooCommerce, open

__all__ = ["Config", "WooCommerce", "open"]
