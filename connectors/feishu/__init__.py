"""Feishu and Lark (飞书): a company's bot, for its own people."""

from connectors.feishu.connector import Config, Feishu, open

__all__ = ["Config", "Feishu", "open"]
