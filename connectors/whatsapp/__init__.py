"""WhatsApp: a business number on Meta's Cloud API."""

from connectors.whatsapp.connector import Config, WhatsApp, open

__all__ = ["Config", "WhatsApp", "open"]
