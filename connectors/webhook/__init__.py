"""A program of the shop's own: signed messages in, signed replies out, as Standard Webhooks has it."""

from connectors.webhook.connector import Config, Webhook, open

__all__ = ["Config", "Webhook", "open"]
