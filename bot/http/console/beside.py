"""What stands beside a conversation: notes, tags, that two are one, a suggested answer."""

from typing import Annotated, Any

from aiohttp import web
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from bot.console.rows import note
from bot.http.console.actions import Id, Tags, answer_row
from bot.http.console.seat import Route, Seat
from bot.http.context import body
from connectors.web.wire import printable


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class WriteNote(_Strict):
    text: Annotated[str, Field(max_length=4000), AfterValidator(printable)]


class PutTags(_Strict):
    tags: Tags


class Merge(_Strict):
    into: Id


async def write_note(seat: Seat) -> web.Response:
    text = (await body(seat.request, WriteNote)).text
    written = await seat.office.adding.note(seat.agent, seat.conversation_id, text)
    return web.json_response({"note": note(written)}, status=201)


async def put_tags(seat: Seat) -> web.Response:
    tags = (await body(seat.request, PutTags)).tags
    await seat.office.adding.set_tags(seat.agent, seat.conversation_id, tags)
    return await answer_row(seat)


async def merge(seat: Seat) -> web.Response:
    into = (await body(seat.request, Merge)).into
    await seat.office.adding.merge(seat.agent, seat.conversation_id, into)
    return await answer_row(seat)


async def suggestion(seat: Seat) -> web.Response:
    draft: dict[str, Any] = await seat.office.suggesting.draft(seat.agent, seat.conversation_id)
    return web.json_response(draft)


_ONE = "/conversations/{conversation_id}"
ROUTES = (
    Route("POST", f"{_ONE}/notes", "agent", write_note),
    Route("PUT", f"{_ONE}/tags", "agent", put_tags),
    Route("POST", f"{_ONE}/merge", "agent", merge),
    Route("GET", f"{_ONE}/suggestion", "agent", suggestion),
)
