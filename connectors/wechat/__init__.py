"""WeChat Official Accounts (公众号): plain and safe mode, answers through the customer-service interface."""

from connectors.wechat.connector import Config, WeChat, open

__all__ = ["Config", "WeChat", "open"]
