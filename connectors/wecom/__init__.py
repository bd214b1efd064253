"""WeCom's customer service, 微信客服: people in WeChat write to a company, whose messages are fetched page by page."""

from connectors.wecom.connector import Config, WeCom, open

__all__ = ["Config", "WeCom", "open"]
