"""All routes of the console, each with the role that may use it."""

from collections.abc import Sequence

from aiohttp import web

from bot.http.console import (
    actions,
    attachments,
    beside,
    canned,
    channels,
    customers,
    hooks,
    inbox,
    pages,
    people,
    reports,
    sessions,
    sockets,
)
from bot.http.console.seat import Route

ROUTES: tuple[Route, ...] = (
    *sessions.ROUTES,
    *inbox.ROUTES,
    *actions.ROUTES,
    *beside.ROUTES,
    *customers.ROUTES,
    *attachments.ROUTES,
    *canned.ROUTES,
    *people.ROUTES,
    *reports.ROUTES,
    *channels.ROUTES,
    *hooks.ROUTES,
    *sockets.ROUTES,
)


def definitions() -> Sequence[web.AbstractRouteDef]:
    return (*sessions.OPEN_ROUTES, *(route.definition() for route in ROUTES), *pages.ROUTES)
