"""The shop's values to JSON and back. Each adapter takes milliseconds to make, so there is one for everybody."""

from pydantic import TypeAdapter

from bot.shop.changes.plan import Receipt
from bot.shop.domain import Customer, Order, Product, ShopProfile

PROFILE = TypeAdapter(ShopProfile)
PRODUCT = TypeAdapter(Product)
CUSTOMER = TypeAdapter(Customer)
ORDER = TypeAdapter(Order)
RECEIPT = TypeAdapter(Receipt)
