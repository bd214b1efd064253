"""How a shop's WooCommerce is reached, and what only its owner can say about it."""

from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from connectors.addresses import system_address

Status = Literal["pending", "paid", "packing", "shipped", "delivered", "cancelled"]
"""Of an order, in the words of the import format."""

_DECIMALS = {
    **dict.fromkeys(("BIF", "CLP", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "VND", "XAF"), 0),
    **dict.fromkeys(("XOF", "XPF"), 0),
    **dict.fromkeys(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"), 3),
}
"""ISO 4217, where it is not two."""


class Config(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    url: Annotated[str, AfterValidator(system_address)]
    """Of the site, without /wp-json."""
    consumer_key: str = Field(pattern=r"^ck_[0-9a-zA-Z]+$", repr=False)
    consumer_secret: str = Field(pattern=r"^cs_[0-9a-zA-Z]+$", repr=False)
    webhook_secret: str = Field(min_length=16, max_length=128, pattern=r"^[A-Za-z0-9_-]+$", repr=False)
    """Of your own; no `&` in it, because WooCommerce would read it as a character reference."""
    currency: str = Field(pattern=r"^[A-Z]{3}$")
    """The shop's; orders in another one cannot be shown beside its prices, and are left out."""
    language: str = Field(default="en", pattern=r"^[a-z]{2}$")
    """In which places are called, where WooCommerce knows several names."""
    completed: Literal["shipped", "delivered"] = "delivered"
    """What it means that an order is `completed`: it was sent, or it has arrived."""
    statuses: dict[str, Status] = Field(default_factory=dict)
    """Statuses that plugins have added, by their slug without `wc-`."""
    skus: Literal["own", "id"] = "own"
    """`id` where different products have the same SKU: each is then known by WooCommerce's own number."""

    @property
    def decimals(self) -> int:
        return _DECIMALS.get(self.currency, 2)
