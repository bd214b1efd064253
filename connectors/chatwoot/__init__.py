"""Chatwoot: Kefu as the bot of an inbox there, whose people take over where Kefu hands over."""

from connectors.chatwoot.connector import Chatwoot, Config, open

__all__ = ["Chatwoot", "Config", "open"]
