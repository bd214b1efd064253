"""REST: what shoppers did elsewhere, told by the shop's programs as CloudEvents, one or many at once."""

from datetime import datetime, timedelta
from typing import Annotated, Any

from aiohttp import web
from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Discriminator,
    Field,
    Tag,
    TypeAdapter,
    ValidationError,
)

from bot.errors import InvalidInput
from bot.http.context import context, decode, problem_of, raw_body
from bot.shop.domain import EVENT_KINDS, Event, EventKind, Quantity
from bot.shop.events import KEPT
from connectors.shop_system import KINDS, Kind, Touched
from connectors.web.wire import printable

MOST = 100
"""Events in one request."""
_AHEAD = timedelta(hours=1)
"""A program's clock may be wrong by that much."""


def _visible(text: str) -> str:
    if not text.isprintable():
        raise ValueError("may not hold control characters")
    return text


_Name = Annotated[str, Field(min_length=1, max_length=255), AfterValidator(_visible)]
_Id = Annotated[str, Field(min_length=1, max_length=64), AfterValidator(_visible)]


class _Data(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    customer_id: _Id | None = None
    """The shop's customer; left out where nobody is signed in."""


class ProductData(_Data):
    product_id: _Id


class BoughtData(ProductData):
    quantity: Quantity = 1
    order_number: _Id | None = None
    """Once the shop has that order itself, the order counts and this no longer does."""


class SearchedData(_Data):
    text: Annotated[str, Field(min_length=1, max_length=1000), AfterValidator(printable)]


class ContactedData(_Data):
    text: Annotated[str, Field(max_length=1000), AfterValidator(printable)] = ""


class ChangedData(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    id: _Id
    """The order's number; the product's or the customer's id."""


class _CloudEvent(BaseModel):
    """Attributes that are not told here are taken, and of no consequence: CloudEvents allows any."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    specversion: Annotated[str, Field(pattern=r"^1\.0$")] = "1.0"
    id: _Name
    """The program's own; the same again from the same source is the same event."""
    source: _Name
    """Which program tells it: `https://shop.example/app`, `pos-3`."""
    time: AwareDatetime | None = None
    """When it happened; left out, now."""


class LookedEvent(_CloudEvent):
    type: Annotated[str, Field(pattern=r"^([A-Za-z0-9_-]+\.)*(viewed|added)$", max_length=255)]
    data: ProductData


class BoughtEvent(_CloudEvent):
    type: Annotated[str, Field(pattern=r"^([A-Za-z0-9_-]+\.)*bought$", max_length=255)]
    data: BoughtData


class SearchedEvent(_CloudEvent):
    type: Annotated[str, Field(pattern=r"^([A-Za-z0-9_-]+\.)*searched$", max_length=255)]
    data: SearchedData


class ContactedEvent(_CloudEvent):
    type: Annotated[str, Field(pattern=r"^([A-Za-z0-9_-]+\.)*contacted$", max_length=255)]
    data: ContactedData = ContactedData()


class ChangedEvent(_CloudEvent):
    """A hint: the shop's system is asked how it is now."""

    type: Annotated[
        str, Field(pattern=r"^([A-Za-z0-9_-]+\.)*(order|product|customer)_changed$", max_length=255)
    ]
    data: ChangedData


_HINTS: dict[str, Kind] = {f"{kind}_changed": kind for kind in KINDS}
_TYPES = (*EVENT_KINDS, *_HINTS)


def _kind(event: Any) -> str:
    """The last part of its type: `com.shop.viewed` is `viewed`."""
    told = event.get("type") if isinstance(event, dict) else getattr(event, "type", None)
    return told.rpartition(".")[2] if isinstance(told, str) else ""


IngestEvent = Annotated[
    Annotated[LookedEvent, Tag("viewed")]
    | Annotated[LookedEvent, Tag("added")]
    | Annotated[BoughtEvent, Tag("bought")]
    | Annotated[SearchedEvent, Tag("searched")]
    | Annotated[ContactedEvent, Tag("contacted")]
    | Annotated[ChangedEvent, Tag("order_changed")]
    | Annotated[ChangedEvent, Tag("product_changed")]
    | Annotated[ChangedEvent, Tag("customer_changed")],
    Discriminator(_kind),
]
INGEST_EVENT: TypeAdapter[Any] = TypeAdapter(IngestEvent)


async def post_events(request: web.Request) -> web.Response:
    """All of them are on disk when it answers, or none: an error names every event that does not fit."""
    here = context(request)
    here.check_integrator(request, "ingest")
    told = decode(await raw_body(request))
    given = told if isinstance(told, list) else [told]
    if not 1 <= len(given) <= MOST:
        raise InvalidInput(f"body: an event, or a list of 1 to {MOST}", code="invalid_field")
    link, now = here.kefu.link, here.clock()
    parsed = _parsed(given, now, linked=link is not None)
    hints = [Touched(_HINTS[_kind(one)], one.data.id) for one in parsed if _kind(one) in _HINTS]
    if link is not None and hints:
        await link.look_at(hints)  # First: looked at once more after an error, nothing is any different.
    behaviour = [_event(one, now) for one in parsed if _kind(one) not in _HINTS]
    new = iter(await here.kefu.shop.record(behaviour, now=now) if behaviour else ())
    items = [
        {"source": one.source, "id": one.id, "recorded": _kind(one) in _HINTS or next(new)} for one in parsed
    ]
    return web.json_response({"items": items})


def _parsed(given: list[Any], now: datetime, *, linked: bool) -> list[Any]:
    """
    Raises:
        InvalidInput: some do not fit; `problems` tells for each the first thing that does not.
    """
    parsed, problems = list[Any](), list[dict[str, Any]]()
    for index, one in enumerate(given):
        try:
            parsed.append(_checked(one, now, linked))
        except ValidationError as error:
            # A union's errors begin with the tag, which is no field.
            problems.append({"index": index, "message": problem_of(error, skip=1)})
        except ValueError as error:
            problems.append({"index": index, "message": str(error)})
    if problems:
        first = problems[0]
        message = f"event {first['index']}: {first['message']}; {len(problems)} of {len(given)} do not fit"
        raise InvalidInput(message, code="invalid_events", problems=problems)
    return parsed


def _checked(given: Any, now: datetime, linked: bool) -> Any:
    """
    Raises:
        ValueError: it does not fit; as ValidationError where a field says so.
    """
    if not isinstance(given, dict):
        raise ValueError("body: is no object")
    if _kind(given) not in _TYPES:
        raise ValueError(f"type: one of {', '.join(_TYPES)}")
    if _kind(given) in _HINTS and not linked:
        raise ValueError("type: the shop is no other system's that could be asked; import what changed")
    told = INGEST_EVENT.validate_python(given)
    at = told.time or now
    if at > now + _AHEAD:
        raise ValueError("time: is in the future")
    if at < now - KEPT:
        raise ValueError(f"time: is more than {KEPT.days} days ago")
    return told


def _event(told: Any, now: datetime) -> Event:
    kind: EventKind = _kind(told)  # type: ignore[assignment]
    return Event(kind, told.time or now, source=told.source, id=told.id, **told.data.model_dump())


ROUTES = (web.post("/v1/events", post_events),)
