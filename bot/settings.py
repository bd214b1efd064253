"""Every setting, read once: environment variables `KEFU_…`, or a `.env` file named by `KEFU_ENV_FILE`."""

import os
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, ValidationError
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from bot.errors import SettingsError


def _words(value: object) -> object:
    """`a, b` in an environment variable is a list."""
    return (
        tuple(word.strip() for word in value.split(",") if word.strip()) if isinstance(value, str) else value
    )


Words = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_words)]
Way = Literal["order_contact", "email_code", "email", "name_postcode"]
"""How a shopper proves who they are, beside a signed token."""


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="KEFU_", extra="forbid", frozen=True)

    data: Path = Field(Path("data"), description="Folder for the database, the index and generated secrets.")
    cache: Path = Field(Path.home() / ".cache" / "kefu", description="Folder for prepared models.")
    encoder: str | None = Field(
        None, description="Hugging Face id or folder of the encoder; empty uses the embedded one."
    )
    threads: int = Field(2, ge=1, le=64, description="Processor threads of the encoder.")
    database_url: str | None = Field(
        None, description="SQLAlchemy URL (`postgresql+asyncpg://…`); empty uses SQLite in the data folder."
    )
    chroma_url: str | None = Field(
        None, description="Chroma server; empty keeps the index in the data folder."
    )
    host: str = Field("127.0.0.1", description="Address to listen on.")
    port: int = Field(8765, ge=0, le=65535, description="Port to listen on.")
    origins: Words = Field(
        (),
        description="Other sites whose pages may embed the widget, comma-separated; the server's own is always allowed.",
    )
    trusted_proxies: Words = Field(
        (), description="Addresses or networks whose X-Forwarded-For is believed, comma-separated."
    )
    secret: str | None = Field(
        None, min_length=32, description="Signs visitor sessions; empty generates one in the data folder."
    )
    shopper_secret: str | None = Field(
        None,
        min_length=32,
        description="Shared with the shop, which signs its shoppers' tokens with it (HS256).",
    )
    api_keys: Words = Field(
        (),
        description="Keys for integrators, comma-separated, at least 24 characters each; `key:scope+scope` limits one to some of"
        " `messages`, `tools`, `webhooks`, `events`, `ingest` and `read`.",
    )
    verify_by: Annotated[tuple[Way, ...], NoDecode, BeforeValidator(_words)] = Field(
        ("order_contact",),
        description="How shoppers without a token may prove who they are, comma-separated: `order_contact` (an order's"
        " number with its e-mail or phone opens that order), `email_code` (a code by e-mail signs in), `email` (knowing"
        " the account's e-mail signs in: anybody may know it), `name_postcode` (name and postcode sign in: neighbours"
        " know them). Empty allows tokens only.",
    )
    smtp_url: str | None = Field(
        None,
        repr=False,
        description="Mail server for one-time codes: `smtp+starttls://user:password@host:587`, `smtps://…` or"
        " `smtp://host:25`.",
    )
    mail_from: str | None = Field(
        None, description="Sender of e-mails: `help@shop.example` or `Shop <help@shop.example>`."
    )
    max_chars: int = Field(2000, ge=100, le=20000, description="Longest message, in characters.")
    max_attachment_bytes: int = Field(
        5_000_000, ge=100_000, le=50_000_000, description="Largest photo that a shopper may send, in bytes."
    )
    rate_session: str = Field("20/minute", description="Messages per visitor.")
    rate_address: str = Field("120/minute", description="Requests per client address.")
    handover_minutes: int = Field(
        10, ge=1, le=1440, description="How long a shopper waits for a person before the bot returns."
    )
    assignment: Literal["manual", "round_robin"] = Field(
        "manual",
        description="Who gets a waiting conversation: `manual`, whoever takes it; `round_robin`, the available agent"
        " with room who speaks the language and was given one longest ago.",
    )
    respond_minutes: int = Field(
        5, ge=1, le=10_000, description="Opening time until a person's first answer is late."
    )
    resolve_hours: int = Field(
        24, ge=1, le=1000, description="Opening time until a hand-over should be settled."
    )
    agent_away_minutes: int = Field(
        5,
        ge=1,
        le=1440,
        description="How long an agent may be gone while a shopper waits for them, before the next one is asked.",
    )
    channels: Path | None = Field(
        None,
        description="YAML file with a section for each messenger that the bot answers on; see the README in its folder of"
        " `connectors/`.",
    )
    shop: Path | None = Field(
        None,
        description="YAML file that says whose shop system Kefu serves, like Shopify's; see [docs/linked.md](docs/linked.md)."
        " Empty: the shop that was imported.",
    )
    public_url: str | None = Field(
        None,
        pattern=r"^https?://[^\s/]+$",
        description="Address under which platforms and shoppers reach this server, like `https://kefu.shop.example`; some"
        " platforms sign it.",
    )
    webhook_allow_private: bool = Field(
        False,
        description="Let webhooks go to private addresses and over plain HTTP: for tests and intranets only.",
    )
    webhook_days: int = Field(
        30, ge=4, le=3650, description="Days that events and the log of their deliveries are kept."
    )
    translate_url: str | None = Field(
        None,
        pattern=r"^https?://",
        description="Translates between agent and shopper: the address that takes LibreTranslate's requests, like"
        " `https://translate.shop.example/translate`. Empty: everybody reads and writes the original.",
    )
    translate_key: str | None = Field(
        None, repr=False, description="The translation service's key, where it wants one."
    )
    demo: bool = Field(
        False, description="Serve the demo shop's page and let visitors sign in as its customers."
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field("info", description="How much is logged.")
    log_format: Literal["auto", "json", "text"] = Field(
        "auto", description="Log lines for machines or for people; auto looks at the terminal."
    )

    @property
    def database(self) -> str:
        return self.database_url or f"sqlite+aiosqlite:///{self.data / 'kefu.db'}"


def read_settings(**given: Any) -> Settings:
    """Settings from the environment, overridden by `given`.

    Raises:
        SettingsError: a `KEFU_` variable is unknown or its value does not fit; the text names it.
    """
    known = {f"KEFU_{name.upper()}" for name in Settings.model_fields} | {"KEFU_ENV_FILE"}
    unknown = sorted(name for name in os.environ if name.startswith("KEFU_") and name not in known)
    if unknown:
        raise SettingsError(f"Unknown setting {unknown[0]}. See the settings table in the README.")
    env_file = os.environ.get("KEFU_ENV_FILE")
    if env_file and not Path(env_file).is_file():
        raise SettingsError(f"Setting KEFU_ENV_FILE: there is no file {env_file}.")
    try:
        chosen = {key: value for key, value in given.items() if value is not None}
        settings = Settings(_env_file=env_file, **chosen)
    except ValidationError as error:
        problem = error.errors()[0]
        name = "KEFU_" + str(problem["loc"][0]).upper()
        raise SettingsError(f"Setting {name}: {problem['msg']}.") from error
    if "email_code" in settings.verify_by and not (settings.smtp_url and settings.mail_from):
        raise SettingsError("Setting KEFU_VERIFY_BY: email_code needs KEFU_SMTP_URL and KEFU_MAIL_FROM.")
    return settings
