"""LINE: an official account whose webhook brings messages and pressed buttons."""

from connectors.line.connector import Config, Line, open

__all__ = ["Config", "Line", "open"]
