"""Discord: a bot that people write to directly."""

from connectors.discord.connector import Config, Discord, open

__all__ = ["Config", "Discord", "open"]
