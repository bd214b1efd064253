"""Slack: a bot whom people write to directly."""

from connectors.slack.connector import Config, Slack, open

__all__ = ["Config", "Slack", "open"]
