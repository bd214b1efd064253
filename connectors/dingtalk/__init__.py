"""DingTalk (钉钉): a company's robot in HTTP mode, for its own people."""

from connectors.dingtalk.connector import Config, DingTalk, open

__all__ = ["Config", "DingTalk", "open"]
