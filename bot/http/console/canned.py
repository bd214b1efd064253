"""Answers kept ready."""

from typing import Annotated

from aiohttp import web
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from bot.http.console.seat import Route, Seat
from bot.http.context import body, name_in_path
from bot.staff.base import CannedAnswer
from connectors.web.wire import printable

Text = Annotated[str, Field(max_length=4000), AfterValidator(printable)]


class PutCanned(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    zh: Text = ""
    en: Text = ""


async def list_canned(seat: Seat) -> web.Response:
    answers = await seat.office.staff.canned_answers()
    return web.json_response(
        {"canned": [{"shortcut": one.shortcut, "zh": one.zh, "en": one.en} for one in answers]}
    )


async def put_canned(seat: Seat) -> web.Response:
    shortcut, given = name_in_path(seat.request, "shortcut"), await body(seat.request, PutCanned)
    answer = CannedAnswer(shortcut, given.zh, given.en)
    await seat.office.staff.put_canned_answer(answer, seat.agent.id, at=seat.here.clock())
    await seat.office.note("canned_answer", seat.agent, subject=shortcut)
    return await list_canned(seat)


async def drop_canned(seat: Seat) -> web.Response:
    shortcut = name_in_path(seat.request, "shortcut")
    await seat.office.staff.drop_canned_answer(shortcut, seat.agent.id, at=seat.here.clock())
    await seat.office.note("canned_answer_dropped", seat.agent, subject=shortcut)
    return await list_canned(seat)


ROUTES = (
    Route("GET", "/canned", "agent", list_canned),
    Route("PUT", "/canned/{shortcut}", "lead", put_canned),
    Route("DELETE", "/canned/{shortcut}", "lead", drop_canned),
)
