"""Twilio: text messages to a number of the shop, with photos where the country has MMS."""

from connectors.twilio.connector import Config, Twilio, open

__all__ = ["Config", "Twilio", "open"]
