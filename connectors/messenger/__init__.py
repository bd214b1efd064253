"""Messenger: the page's conversations with people."""

from connectors.messenger.connector import Config, Messenger, open

__all__ = ["Config", "Messenger", "open"]
