"""REST: webhooks set up and looked into by integrators; the console uses the same functions."""

from datetime import timedelta
from typing import Annotated, Any, get_args

from aiohttp import web
from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field

from bot.errors import InvalidInput, NotFound
from bot.http.context import body, context, name_in_path
from bot.http.paging import page, paged
from bot.store.happenings import TEST, TYPES, EventType
from bot.webhooks.base import Shown, StoredDelivery, StoredEvent, Webhook
from bot.webhooks.hooks import Change, Hooks
from bot.webhooks.payload import body_of
from bot.webhooks.posting import FIXED_HEADERS
from bot.webhooks.schedule import TOLERATED
from connectors.web.wire import printable

_OVERLAP_HOURS = 24
_STATES = get_args(Shown)
_ATTEMPT = ("at", "milliseconds", "status", "error")

Url = Annotated[str, Field(min_length=1, max_length=2000)]
Description = Annotated[str, Field(max_length=200), AfterValidator(printable)]
Types = Annotated[tuple[EventType, ...], Field(max_length=len(TYPES))]


class AddWebhook(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    url: Url
    types: Types = ()
    """None: all."""
    with_personal: bool = False
    """Whether names, words and addresses are told, too."""
    description: Description = ""


class ChangeWebhook(BaseModel):
    """What is not there stays as it is."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    url: Url | None = None
    types: Types | None = None
    with_personal: bool | None = None
    description: Description | None = None
    enabled: bool | None = None


class RotateSecret(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    overlap_hours: Annotated[int, Field(ge=0, le=168)] = _OVERLAP_HOURS
    """How long the secret before signs, too."""


class RedeliverDead(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    since: AwareDatetime
    """What happened from then on."""


def _hooks(request: web.Request) -> Hooks:
    here = context(request)
    here.check_integrator(request, "webhooks")
    return here.kefu.hooks


async def list_webhooks(request: web.Request) -> web.Response:
    return web.json_response(await listed(_hooks(request)))


async def add_webhook(request: web.Request) -> web.Response:
    hooks = _hooks(request)
    return web.json_response(await added(hooks, await body(request, AddWebhook)), status=201)


async def get_webhook(request: web.Request) -> web.Response:
    hooks = _hooks(request)
    return web.json_response(webhook_json(await hooks.get(name_in_path(request, "webhook_id"))))


async def change_webhook(request: web.Request) -> web.Response:
    hooks = _hooks(request)
    change = await body(request, ChangeWebhook)
    return web.json_response(await changed(hooks, name_in_path(request, "webhook_id"), change))


async def remove_webhook(request: web.Request) -> web.Response:
    await _hooks(request).remove(name_in_path(request, "webhook_id"))
    return web.Response(status=204)


async def rotate_secret(request: web.Request) -> web.Response:
    hooks = _hooks(request)
    asked = await body(request, RotateSecret)
    return web.json_response(await rotated(hooks, name_in_path(request, "webhook_id"), asked))


async def test_webhook(request: web.Request) -> web.Response:
    """The event is on its way; the delivery tells how it went."""
    sent = await _hooks(request).test(name_in_path(request, "webhook_id"))
    return web.json_response(delivery_json(sent), status=202)


async def list_deliveries(request: web.Request) -> web.Response:
    hooks = _hooks(request)
    return web.json_response(await deliveries(hooks, request))


async def get_delivery(request: web.Request) -> web.Response:
    hooks = _hooks(request)
    return web.json_response(delivery_json(await hooks.delivery(delivery_id(request)), whole=True))


async def redeliver(request: web.Request) -> web.Response:
    sent = await _hooks(request).redeliver(delivery_id(request))
    return web.json_response(delivery_json(sent), status=202)


async def redeliver_dead(request: web.Request) -> web.Response:
    hooks = _hooks(request)
    asked = await body(request, RedeliverDead)
    return web.json_response(await redelivered(hooks, name_in_path(request, "webhook_id"), asked), status=202)


async def list_events(request: web.Request) -> web.Response:
    here = context(request)
    here.check_integrator(request, "events")
    before, limit = page(request)
    type_, conversation_id = request.query.get("type"), request.query.get("conversation_id")
    if type_ is not None and type_ not in (*TYPES, TEST):
        raise InvalidInput("type: there are no such events", code="invalid_field")
    if conversation_id is not None and not conversation_id.isprintable():
        raise InvalidInput("conversation_id: is none", code="invalid_field")
    found = await here.kefu.hooks.events(
        type_=type_, conversation_id=conversation_id, before=before, limit=limit + 1
    )
    return web.json_response(paged([event_json(one) for one in found], [one.number for one in found], limit))


async def listed(hooks: Hooks) -> dict[str, Any]:
    return {"items": [webhook_json(one) for one in await hooks.listed()], "next_cursor": None}


async def added(hooks: Hooks, given: AddWebhook) -> dict[str, Any]:
    webhook, secret = await hooks.add(
        given.url,
        types=given.types,
        with_personal=given.with_personal,
        description=given.description,
    )
    return webhook_json(webhook) | {"secret": secret}


async def changed(hooks: Hooks, webhook_id: str, given: ChangeWebhook) -> dict[str, Any]:
    change: Change = given.model_dump(exclude_none=True)  # type: ignore[assignment]
    return webhook_json(await hooks.change(webhook_id, change))


async def rotated(hooks: Hooks, webhook_id: str, given: RotateSecret) -> dict[str, Any]:
    webhook, secret = await hooks.rotate(webhook_id, overlap=timedelta(hours=given.overlap_hours))
    return webhook_json(webhook) | {"secret": secret}


async def redelivered(hooks: Hooks, webhook_id: str, given: RedeliverDead) -> dict[str, Any]:
    return {"redelivered": await hooks.redeliver_dead(webhook_id, since=given.since)}


async def deliveries(hooks: Hooks, request: web.Request) -> dict[str, Any]:
    before, limit = page(request)
    state = request.query.get("state")
    if state is not None and state not in _STATES:
        raise InvalidInput(f"state: one of {', '.join(_STATES)}", code="invalid_field")
    webhook_id = name_in_path(request, "webhook_id")
    found = await hooks.deliveries(webhook_id, state=state, before=before, limit=limit + 1)  # type: ignore[arg-type]
    return paged([delivery_json(one) for one in found], [one.id for one in found], limit)


def delivery_id(request: web.Request) -> int:
    text = request.match_info["delivery_id"]
    if not text.isascii() or not text.isdecimal() or len(text) > 18:
        raise NotFound("There is no such delivery.")
    return int(text)


def webhook_json(webhook: Webhook) -> dict[str, Any]:
    return {
        "id": webhook.id,
        "url": webhook.url,
        "description": webhook.description,
        "types": list(webhook.types),
        "with_personal": webhook.with_personal,
        "state": _state(webhook),
        "enabled": webhook.enabled,
        "disabled_because": webhook.disabled_because,
        "previous_secret_until": _iso(webhook.previous_until),
        "failures": webhook.failures,
        "paused_until": _iso(webhook.paused_until),
        "last": _last(webhook),
        "waiting": webhook.waiting,
        "dead": webhook.dead,
        "created_at": webhook.created_at.isoformat(),
        "updated_at": webhook.updated_at.isoformat(),
    }


def _state(webhook: Webhook) -> str:
    """`failing`: so often in a row that it is told one event a minute."""
    if not webhook.enabled:
        return "gone" if webhook.disabled_because == "gone" else "off"
    return "failing" if webhook.failures >= TOLERATED else "live"


def _last(webhook: Webhook) -> dict[str, Any] | None:
    """What came of the last attempt, whatever was sent."""
    if webhook.last_at is None:
        return None
    return {"at": webhook.last_at.isoformat(), "status": webhook.last_status, "error": webhook.last_error}


def event_json(event: StoredEvent) -> dict[str, Any]:
    """Without what is personal."""
    return {
        "id": event.id,
        "type": event.type,
        "timestamp": event.at.isoformat(),
        "conversation_id": event.conversation_id,
        "data": event.data,
    }


def delivery_json(delivery: StoredDelivery, *, whole: bool = False) -> dict[str, Any]:
    """`whole`: with what was sent and what was answered."""
    told = {
        "id": delivery.id,
        "webhook_id": delivery.webhook_id,
        "event_id": delivery.event.id,
        "type": delivery.event.type,
        "conversation_id": delivery.event.conversation_id,
        "state": delivery.state,
        "attempts": delivery.attempts,
        "created_at": delivery.created_at.isoformat(),
        "tried_at": _iso(delivery.tried_at),
        "next_try_at": _next_try(delivery),
        "status": delivery.status,
        "error": delivery.error,
    }
    if not whole:
        return told
    return told | {
        "headers": _headers(delivery),
        "payload": body_of(delivery.event, with_personal=delivery.with_personal).decode(),
        "response": delivery.response,
        "log": [{name: entry[name] for name in _ATTEMPT} for entry in delivery.log],
    }


def _headers(delivery: StoredDelivery) -> dict[str, str] | None:
    """Of the last attempt."""
    if not delivery.log or "signature" not in delivery.log[-1]:
        return None
    last = delivery.log[-1]
    signed = {f"webhook-{name}": str(last[name]) for name in ("timestamp", "signature")}
    return {**FIXED_HEADERS, "webhook-id": delivery.event.id, **signed}


def _next_try(delivery: StoredDelivery) -> str | None:
    """What is due at once was so when it was made."""
    return _iso(delivery.due_at and max(delivery.due_at, delivery.created_at))


def _iso(moment: Any) -> str | None:
    return moment.isoformat() if moment else None


ROUTES = (
    web.get("/v1/webhooks", list_webhooks),
    web.post("/v1/webhooks", add_webhook),
    web.get("/v1/webhooks/{webhook_id}", get_webhook),
    web.patch("/v1/webhooks/{webhook_id}", change_webhook),
    web.delete("/v1/webhooks/{webhook_id}", remove_webhook),
    web.post("/v1/webhooks/{webhook_id}/secret", rotate_secret),
    web.post("/v1/webhooks/{webhook_id}/test", test_webhook),
    web.get("/v1/webhooks/{webhook_id}/deliveries", list_deliveries),
    web.post("/v1/webhooks/{webhook_id}/redeliver", redeliver_dead),
    web.get("/v1/deliveries/{delivery_id}", get_delivery),
    web.post("/v1/deliveries/{delivery_id}/redeliver", redeliver),
    web.get("/v1/webhook-events", list_events),
)
