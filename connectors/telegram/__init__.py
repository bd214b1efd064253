"""Telegram: a bot whose webhook brings messages and pressed buttons."""

from connectors.telegram.connector import Config, Telegram, open

__all__ = ["Config", "Telegram", "open"]
