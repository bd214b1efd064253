"""Which channels are set up and how they do, for admins; nothing of their configuration but the name."""

from dataclasses import asdict
from typing import Any

from aiohttp import web

from bot.console.troubles import trouble
from bot.http.console.seat import Route, Seat
from bot.staff.traffic import Stuck, Traffic
from connectors.registry import CONNECTORS


async def list_channels(seat: Seat) -> web.Response:
    names = tuple(seat.here.kefu.channels.connectors)
    found = await seat.office.staff.traffic(names, now=seat.here.clock())
    # Without the setting the page knows under which address it was opened.
    public_url = (seat.here.settings.public_url or "").rstrip("/")
    return web.json_response(
        {
            "items": [_channel(one, public_url) for one in found],
            "available": [name for name in CONNECTORS if name not in names],
            "public_url": public_url,
        }
    )


def _channel(traffic: Traffic, public_url: str) -> dict[str, Any]:
    return {
        "name": traffic.channel,
        "url": f"{public_url}/channels/{traffic.channel}",
        "received": traffic.received,
        "received_at": _iso(traffic.received_at),
        "sent": traffic.sent,
        "sent_at": _iso(traffic.sent_at),
        "last_at": _iso(traffic.last_at),
        "waiting": traffic.waiting,
        "failed": traffic.failed,
        "stuck": [_stuck(one) for one in traffic.stuck],
    }


def _stuck(stuck: Stuck) -> dict[str, Any]:
    return {
        "conversation_id": stuck.conversation_id,
        "at": stuck.at.isoformat(),
        "attempts": stuck.attempts,
        "next_try_at": _iso(stuck.due_at),
        "trouble": asdict(trouble(stuck.error)),
    }


def _iso(moment: Any) -> str | None:
    return moment.isoformat() if moment else None


ROUTES = (Route("GET", "/channels", "admin", list_channels),)
