"""What `KEFU_SHOP`'s file says of a Shopify shop."""

from typing import Annotated, Self
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, model_validator

_LOOPBACK = ("127.0.0.1", "::1", "localhost")


class Config(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    shop: str = Field(pattern=r"^[a-z0-9][a-z0-9-]*\.myshopify\.com$")
    """The shop's own domain, which never changes, whatever domain shoppers see."""
    token: str | None = Field(default=None, min_length=20, repr=False)
    """The Admin API access token of a custom app made in the shop's admin (until 2026)."""
    client_id: str | None = Field(default=None, min_length=16)
    """Of an app made in the Dev Dashboard, which gets its tokens by itself."""
    client_secret: str = Field(min_length=16, repr=False)
    """Signs the webhooks; with `client_id`, also what tokens are asked for with."""
    version: str = Field(default="2026-07", pattern=r"^20\d\d-(01|04|07|10)$")
    """Of the Admin API: what this folder was written for."""
    language: str = Field(default="en", pattern=r"^[a-z]{2}$")
    """ISO 639-1, of the shop's own texts; it counts where there are translations."""
    translations: tuple[Annotated[str, Field(pattern=r"^[a-z]{2}(-[A-Z]{2})?$")], ...] = ()
    """Shopify's locales whose texts are read as well: `zh-CN`."""
    api: str = ""
    """Where Shopify is found instead of the shop's domain: for tests alone."""

    @model_validator(mode="after")
    def _check(self) -> Self:
        if (self.token is None) == (self.client_id is None):
            raise ValueError("one of token and client_id is needed")
        parts = urlsplit(self.api)
        if self.api and parts.scheme != "https" and parts.hostname not in _LOOPBACK:
            raise ValueError("api is an https address")
        return self

    @property
    def base(self) -> str:
        return self.api or f"https://{self.shop}"
