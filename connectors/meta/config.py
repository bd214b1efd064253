"""What every channel of Meta is set up with."""

from pydantic import BaseModel, ConfigDict, Field


class MetaConfig(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    token: str = Field(min_length=16, repr=False)
    """That calls are made with: a system user's, or the page's."""
    app_secret: str = Field(min_length=16, repr=False)
    """Of the app whose webhooks come here; signs them."""
    verify_token: str = Field(min_length=8, repr=False)
    """Of your own; typed into the app's settings together with the address."""
    public_url: str | None = None
    """Of our server, from where Meta fetches the cards' pictures; none are shown without it."""
    api: str = "https://graph.facebook.com/v25.0"

    @property
    def host(self) -> str:
        return self.api.split("://", 1)[-1].split("/", 1)[0].split(":", 1)[0]
