"""Webhooks at the console: what the API has, for admins."""

from urllib.parse import urlsplit

from aiohttp import web

from bot.http import webhooks
from bot.http.console.seat import Route, Seat
from bot.http.context import body, name_in_path
from bot.http.webhooks import AddWebhook, ChangeWebhook, RedeliverDead, RotateSecret
from bot.store.happenings import TYPES
from bot.webhooks.hooks import Hooks


def _hooks(seat: Seat) -> Hooks:
    return seat.here.kefu.hooks


async def list_webhooks(seat: Seat) -> web.Response:
    return web.json_response(await webhooks.listed(_hooks(seat)) | {"types": list(TYPES)})


async def add_webhook(seat: Seat) -> web.Response:
    given = await body(seat.request, AddWebhook)
    added = await webhooks.added(_hooks(seat), given)
    await seat.office.note("add_webhook", seat.agent, subject=added["id"], detail=_host(given.url))
    return web.json_response(added, status=201)


async def change_webhook(seat: Seat) -> web.Response:
    webhook_id, given = name_in_path(seat.request, "webhook_id"), await body(seat.request, ChangeWebhook)
    changed = await webhooks.changed(_hooks(seat), webhook_id, given)
    names = ", ".join(given.model_dump(exclude_none=True))
    detail = f"{_host(changed['url'])}: {names}"
    await seat.office.note("change_webhook", seat.agent, subject=webhook_id, detail=detail)
    return web.json_response(changed)


def _host(url: str) -> str:
    """All that the audit, which leads read, says of an address: the rest of it may be a secret."""
    return urlsplit(url).hostname or ""


async def remove_webhook(seat: Seat) -> web.Response:
    webhook_id = name_in_path(seat.request, "webhook_id")
    await _hooks(seat).remove(webhook_id)
    await seat.office.note("remove_webhook", seat.agent, subject=webhook_id)
    return web.json_response({})


async def rotate_secret(seat: Seat) -> web.Response:
    webhook_id, given = name_in_path(seat.request, "webhook_id"), await body(seat.request, RotateSecret)
    rotated = await webhooks.rotated(_hooks(seat), webhook_id, given)
    await seat.office.note("rotate_webhook_secret", seat.agent, subject=webhook_id)
    return web.json_response(rotated)


async def test_webhook(seat: Seat) -> web.Response:
    webhook_id = name_in_path(seat.request, "webhook_id")
    sent = await _hooks(seat).test(webhook_id)
    await seat.office.note("test_webhook", seat.agent, subject=webhook_id)
    return web.json_response(webhooks.delivery_json(sent), status=202)


async def list_deliveries(seat: Seat) -> web.Response:
    return web.json_response(await webhooks.deliveries(_hooks(seat), seat.request))


async def get_delivery(seat: Seat) -> web.Response:
    """What was sent may quote people: who looks at it is noted."""
    delivery = await _hooks(seat).delivery(webhooks.delivery_id(seat.request))
    await seat.office.note("view_delivery", seat.agent, subject=str(delivery.id))
    return web.json_response(webhooks.delivery_json(delivery, whole=True))


async def redeliver(seat: Seat) -> web.Response:
    sent = await _hooks(seat).redeliver(webhooks.delivery_id(seat.request))
    await seat.office.note("redeliver", seat.agent, subject=str(sent.id))
    return web.json_response(webhooks.delivery_json(sent), status=202)


async def redeliver_dead(seat: Seat) -> web.Response:
    webhook_id, given = name_in_path(seat.request, "webhook_id"), await body(seat.request, RedeliverDead)
    redelivered = await webhooks.redelivered(_hooks(seat), webhook_id, given)
    many = str(redelivered["redelivered"])
    await seat.office.note("redeliver_dead", seat.agent, subject=webhook_id, detail=many)
    return web.json_response(redelivered, status=202)


ROUTES = (
    Route("GET", "/webhooks", "admin", list_webhooks),
    Route("POST", "/webhooks", "admin", add_webhook),
    Route("PATCH", "/webhooks/{webhook_id}", "admin", change_webhook),
    Route("DELETE", "/webhooks/{webhook_id}", "admin", remove_webhook),
    Route("POST", "/webhooks/{webhook_id}/secret", "admin", rotate_secret),
    Route("POST", "/webhooks/{webhook_id}/test", "admin", test_webhook),
    Route("GET", "/webhooks/{webhook_id}/deliveries", "admin", list_deliveries),
    Route("POST", "/webhooks/{webhook_id}/redeliver", "admin", redeliver_dead),
    Route("GET", "/deliveries/{delivery_id}", "admin", get_delivery),
    Route("POST", "/deliveries/{delivery_id}/redeliver", "admin", redeliver),
)
