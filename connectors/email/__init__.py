"""E-mail: letters to an address of the shop, read over IMAP and answered over SMTP."""

from connectors.email.connector import Email, open
from connectors.email.servers import Config

__all__ = ["Config", "Email", "open"]
