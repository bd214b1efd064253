"""Shopify: the shop read and changed over its GraphQL Admin API, webhooks heard."""

from connectors.shopify.config import Config
from connectors.shopify.system import Shopify, open

__all__ = ["Config", "Shopify", "open"]
