"""A shop of one's own making, whose REST API a file describes."""

from connectors.restshop.config import Config
from connectors.restshop.system import RestShop, open

__all__ = ["Config", "RestShop", "open"]
