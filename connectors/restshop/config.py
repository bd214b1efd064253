"""The description of a shop's REST API, checked as a whole when it is read."""

import re
from collections.abc import Mapping
from datetime import UTC, tzinfo
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from connectors.addresses import system_address
from connectors.restshop.fields import FIELDS, REQUIRED
from connectors.restshop.pointers import is_pointer
from connectors.restshop.templates import compile_template
from connectors.restshop.values import MomentFormat, Spelling
from connectors.shop_system import Kind

CHANGES = (
    "cancel_order",
    "change_address",
    "change_items",
    "change_payment",
    "return_items",
    "exchange_items",
    "change_default_address",
    "request_invoice",
    "protect_price",
    "report_problem",
)
GAP = re.compile(r"\{([^{}]*)\}")
"""In a path: `{/request/order_number}`."""


def _pointer(text: str) -> str:
    if not is_pointer(text):
        raise ValueError(f"is no pointer; write '/{text}'")
    return text


def _path(text: str) -> str:
    if not text.startswith("/") or not text.isprintable() or ".." in text:
        raise ValueError("must begin with / and stay below the address")
    return text


def _zone(text: str) -> str:
    try:
        _named(text)
    except (KeyError, ValueError, OSError) as error:
        raise ValueError("is no time zone such as Asia/Shanghai") from error
    return text


def _named(zone: str) -> tzinfo:
    return UTC if zone == "UTC" else ZoneInfo(zone)


Pointer = Annotated[str, AfterValidator(_pointer)]
Path = Annotated[str, AfterValidator(_path)]
Header = Annotated[str, Field(pattern=r"^[A-Za-z0-9-]{1,64}$")]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class Basic(_Part):
    user: str
    password: str = Field(repr=False)


class Auth(_Part):
    """One of them, or several headers."""

    bearer: str | None = Field(default=None, min_length=1, repr=False)
    basic: Basic | None = None
    headers: dict[Header, str] = Field(default_factory=dict, repr=False)

    @model_validator(mode="after")
    def _is_one(self) -> "Auth":
        if (self.bearer is not None) + (self.basic is not None) + bool(self.headers) != 1:
            raise ValueError("say exactly one of bearer, basic and headers")
        return self


class Paging(_Part):
    by: Literal["page", "offset", "cursor"]
    parameter: str
    first: int = 1
    """Number of the first page."""
    size: int = Field(default=100, ge=1, le=1000)
    size_parameter: str | None = None
    next: Pointer | None = None
    """Where an answer names the next cursor; no cursor: it was the last page."""

    @model_validator(mode="after")
    def _knows_the_next(self) -> "Paging":
        if (self.by == "cursor") != (self.next is not None):
            raise ValueError("a cursor needs `next`, and nothing else does")
        return self


class Listing(_Part):
    path: Path
    items: Pointer = ""
    query: dict[str, str] = Field(default_factory=dict)
    paging: Paging | None = None
    since: str | None = None
    """The parameter that leaves out what changed earlier."""
    sorted: bool = False
    """By when they changed, the longest unchanged first."""
    whole: bool = True
    """False: the list only names them, and each is asked for."""


class Single(_Part):
    path: Path
    """With `{id}` in it."""
    at: Pointer = ""

    @model_validator(mode="after")
    def _names_it(self) -> "Single":
        if "{id}" not in self.path:
            raise ValueError("has no {id} in its path")
        return self


class Things(_Part):
    list: Listing
    one: Single
    updated_at: Pointer
    row: dict[str, Any]


class Call(_Part):
    method: Literal["POST", "PUT", "PATCH", "DELETE"] = "POST"
    path: Path
    """With pointers into the change in it: `{/request/order_number}`."""
    body: Any = None
    key_header: Header = "Idempotency-Key"
    refused: tuple[int, ...] = (400, 404, 410, 422)
    """Statuses that say: never, and nothing was changed. Not 409: many say so while the same key is being worked on."""

    @model_validator(mode="after")
    def _is_clear(self) -> "Call":
        for pointer in GAP.findall(self.path):
            if not pointer.startswith("/"):
                raise ValueError(f"path: {{{pointer}}} is no pointer; {{/request/order_number}} would be")
        if self.body is not None:
            compile_template(self.body, "body")
        return self


class Timestamp(_Part):
    header: Header
    format: Literal["unix", "unix_ms"] = "unix"
    seconds: int = Field(default=300, ge=1, le=86_400)
    """How old it may be."""
    between: str = "."
    """Stands between timestamp and body in what is signed."""


class Webhook(_Part):
    secret: str = Field(min_length=16, repr=False)
    header: Header
    encoding: Literal["hex", "base64"] = "hex"
    prefix: str = ""
    timestamp: Timestamp | None = None
    events: Pointer | None = None
    """Where several are told at once."""
    kind: Pointer
    id: Pointer | dict[Kind, Pointer]
    kinds: dict[str, Kind | Literal["erase"]]
    """What is told there to what it is about; others are ignored."""


class Config(_Part):
    url: Annotated[str, AfterValidator(system_address)]
    auth: Auth
    money: Literal["units", "cents"] = "units"
    decimals: int = Field(default=2, ge=0, le=4)
    """Of the currency."""
    moments: MomentFormat = "iso"
    timezone: Annotated[str, AfterValidator(_zone)] = "UTC"
    products: Things
    customers: Things
    orders: Things
    changes: dict[str, Call] = Field(default_factory=dict)
    webhook: Webhook | None = None
    subscribe: Call | None = None
    """Asked at every start, with `/url` to point at."""

    @model_validator(mode="after")
    def _is_clear(self) -> "Config":
        for kind, things in self.things.items():
            compile_template(things.row, f"{kind}s.row", FIELDS[kind])
            missing = [name for name in REQUIRED[kind] if name not in things.row]
            if missing:
                raise ValueError(f"{kind}s.row: {', '.join(missing)} must be said")
        for change in self.changes:
            if change not in CHANGES:
                raise ValueError(
                    f"changes.{change}: there is no such change; there are: {', '.join(CHANGES)}"
                )
        return self

    @property
    def things(self) -> Mapping[Kind, Things]:
        return {"product": self.products, "customer": self.customers, "order": self.orders}

    @property
    def spelling(self) -> Spelling:
        return Spelling(self.money, self.decimals, self.moments, _named(self.timezone))
