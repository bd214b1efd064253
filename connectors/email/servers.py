"""Which mailbox is read and which server takes our answers; a password never goes over an open line."""

import ssl
from email.headerregistry import Address
from email.utils import parseaddr
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, field_validator

Host = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._-]+(:\d{1,5})?$")]
Security = Literal["tls", "starttls"]


class Config(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    address: str
    """Ours: `help@shop.example`, or `Shop <help@shop.example>`."""
    password: str = Field(min_length=1, repr=False)
    user: str = ""
    """Who signs in at both servers; empty: the address."""
    imap: Host
    """Host, or host:port."""
    imap_security: Security = "tls"
    folder: str = Field(default="INBOX", pattern=r'^[^\x00-\x1f"\\\x7f-\uffff]+$')
    smtp: Host
    smtp_security: Security = "starttls"
    ca_file: str | None = None
    """Certificates to trust in place of the system's."""
    poll_seconds: float = Field(default=15.0, ge=0.05, le=3600)
    """How often the mailbox is looked at."""
    backlog_days: int = Field(default=0, ge=0, le=30)
    """How old letters may be that are answered at the very first start."""
    authserv: str | None = None
    """By what name our mail server signs `Authentication-Results`: what it calls forged is dropped."""
    public_url: str | None = Field(default=None, pattern=r"^https://")
    """Where the shop's pictures can be fetched; without it cards have none."""

    @field_validator("address")
    @classmethod
    def _one_address(cls, text: str) -> str:
        parsed = Address(addr_spec=parseaddr(text)[1])
        if not parsed.username or not parsed.domain:
            raise ValueError("no address")
        return text

    @property
    def mailbox(self) -> str:
        return parseaddr(self.address)[1].lower()

    @property
    def shown_as(self) -> Address:
        name, address = parseaddr(self.address)
        return Address(name, addr_spec=address)

    @property
    def login(self) -> str:
        return self.user or parseaddr(self.address)[1]

    def trust(self) -> ssl.SSLContext:
        """Blocking."""
        return ssl.create_default_context(cafile=self.ca_file)


def host_and_port(text: str, usual: int) -> tuple[str, int]:
    host, _, port = text.partition(":")
    return host, int(port or usual)
