"""The inbox and the conversations in it, to look at."""

from aiohttp import web

from bot.console.access import check_lead
from bot.errors import InvalidInput
from bot.http.console.seat import Route, Seat
from bot.http.context import number
from bot.http.history import LARGEST_SEQ
from bot.staff.base import VIEWS, InboxQuery

_LONGEST = 300
_MOST_IDS = 200


async def get_inbox(seat: Seat) -> web.Response:
    asked = {name: value.strip()[:_LONGEST] for name, value in seat.request.query.items() if name != "ids"}
    view = asked.get("view") or "waiting"
    if view not in VIEWS:
        raise InvalidInput(f"view: one of {', '.join(VIEWS)}", code="invalid_field")
    agent_id = asked.get("agent") or None
    if agent_id not in (None, seat.agent.id):
        check_lead(seat.agent)
    ids = tuple(one for one in seat.request.query.get("ids", "").split(",") if one)[:_MOST_IDS]
    query = InboxQuery(
        seat.agent,
        view=view,
        channel=asked.get("channel") or None,
        language=asked.get("language") or None,
        tag=asked.get("tag") or None,
        agent_id=agent_id,
        reason=asked.get("reason") or None,
        breached=asked.get("breached") == "1",
        text=asked.get("q", ""),
        ids=ids,
        limit=number(seat.request, "limit", 50, most=200) or 1,
        cursor=asked.get("cursor") or None,
    )
    return web.json_response(await seat.office.viewing.inbox(query))


async def get_conversation(seat: Seat) -> web.Response:
    shown = await seat.office.viewing.conversation(seat.agent, seat.conversation_id)
    return web.json_response(shown)


async def get_lines(seat: Seat) -> web.Response:
    after = number(seat.request, "after", 0, most=LARGEST_SEQ)
    shown = await seat.office.viewing.lines(seat.agent, seat.conversation_id, after=after)
    return web.json_response(shown)


ROUTES = (
    Route("GET", "/inbox", "agent", get_inbox),
    Route("GET", "/conversations/{conversation_id}", "agent", get_conversation),
    Route("GET", "/conversations/{conversation_id}/lines", "agent", get_lines),
)
