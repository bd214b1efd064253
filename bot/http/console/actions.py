"""What an agent does in a conversation."""

from datetime import datetime
from typing import Annotated, Any

from aiohttp import web
from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, field_validator

from bot.console.handling import Said
from bot.errors import InvalidInput
from bot.http.console.seat import Route, Seat
from bot.http.context import body
from connectors.web.wire import MOST_ATTACHMENTS, AttachmentId, MessageId, printable

Tag = Annotated[str, Field(min_length=1, max_length=40), AfterValidator(printable)]
Tags = Annotated[tuple[Tag, ...], Field(max_length=20)]
Id = Annotated[str, Field(min_length=1, max_length=64), AfterValidator(printable)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Nothing(_Strict):
    pass


class Take(_Strict):
    from_: Id | None = Field(None, alias="from")
    """Who had it on the agent's screen."""
    force: bool = False


class SendReply(_Strict):
    id: MessageId
    text: Annotated[str, Field(max_length=100_000), AfterValidator(printable)] = ""
    attachments: Annotated[tuple[AttachmentId, ...], Field(max_length=MOST_ATTACHMENTS)] = ()
    suggestion: Annotated[str, Field(max_length=20_000)] = ""
    translate: bool = True
    close: bool = False


class Close(_Strict):
    tags: Tags | None = None


class Transfer(_Strict):
    agent_id: Id | None = None
    note: Annotated[str, Field(max_length=4000), AfterValidator(printable)] = ""


class HandBack(_Strict):
    note: Annotated[str, Field(max_length=4000), AfterValidator(printable)] = ""


class Snooze(_Strict):
    until: AwareDatetime | None = None

    @field_validator("until")
    @classmethod
    def _some_day(cls, until: datetime | None) -> datetime | None:
        if until is not None and not 2000 <= until.year < 2100:
            raise ValueError("a day of this century")
        return until


class Prioritise(_Strict):
    priority: Annotated[int, Field(ge=0, le=3)]


async def take(seat: Seat) -> web.Response:
    asked = await body(seat.request, Take)
    # A lead who meant to take it from one colleague does not take it from another.
    only_from = asked.from_ if asked.force else None
    await seat.office.handling.take(seat.agent, seat.conversation_id, force=asked.force, only_from=only_from)
    return await answer_row(seat)


async def reply(seat: Seat) -> web.Response:
    asked = await body(seat.request, SendReply)
    most = seat.here.settings.max_chars
    if len(asked.text) > most:
        raise InvalidInput(f"text: at most {most} characters", code="too_long", status=413)
    said = Said(
        asked.id, asked.text, tuple(dict.fromkeys(asked.attachments)), asked.suggestion, asked.translate
    )
    sent = await seat.office.handling.reply(seat.agent, seat.conversation_id, said)
    if asked.close:
        await seat.office.handling.close(seat.agent, seat.conversation_id)
    lines = await seat.office.viewing.translated(seat.agent, seat.conversation_id, sent.lines)
    return web.json_response({"lines": lines, "translation": sent.translation})


async def hand_back(seat: Seat) -> web.Response:
    asked = await body(seat.request, HandBack)
    if asked.note.strip():
        await seat.office.adding.note(seat.agent, seat.conversation_id, asked.note)
    await seat.office.handling.hand_back(seat.agent, seat.conversation_id)
    return await answer_row(seat)


async def close(seat: Seat) -> web.Response:
    asked = await body(seat.request, Close)
    if asked.tags is not None:
        await seat.office.adding.set_tags(seat.agent, seat.conversation_id, asked.tags)
    await seat.office.handling.close(seat.agent, seat.conversation_id)
    return await answer_row(seat)


async def transfer(seat: Seat) -> web.Response:
    asked = await body(seat.request, Transfer)
    if asked.note.strip():
        await seat.office.adding.note(seat.agent, seat.conversation_id, asked.note)
    await seat.office.handling.transfer(seat.agent, seat.conversation_id, asked.agent_id)
    if asked.agent_id is not None:
        seat.office.board.tell(asked.agent_id, type="assigned", conversation_id=seat.conversation_id)
    return await answer_row(seat)


async def snooze(seat: Seat) -> web.Response:
    until: datetime | None = (await body(seat.request, Snooze)).until
    await seat.office.handling.snooze(seat.agent, seat.conversation_id, until)
    return await answer_row(seat)


async def prioritise(seat: Seat) -> web.Response:
    asked = await body(seat.request, Prioritise)
    await seat.office.handling.prioritise(seat.agent, seat.conversation_id, asked.priority)
    return await answer_row(seat)


async def typing(seat: Seat) -> web.Response:
    await body(seat.request, Nothing)
    await seat.office.viewing.row(seat.agent, seat.conversation_id)
    await seat.office.board.typing(seat.agent, seat.conversation_id)
    return web.json_response({})


async def answer_row(seat: Seat) -> web.Response:
    """The conversation as it is now; None when the agent may no longer see it."""
    row = await seat.office.staff.row(seat.conversation_id, seat.agent)
    shown_row: dict[str, Any] | None = None
    if row is not None:
        shown_row = await seat.office.rows.row(row, seat.here.clock())
    return web.json_response({"row": shown_row})


_ONE = "/conversations/{conversation_id}"
ROUTES = (
    Route("POST", f"{_ONE}/take", "agent", take),
    Route("POST", f"{_ONE}/reply", "agent", reply),
    Route("POST", f"{_ONE}/hand_back", "agent", hand_back),
    Route("POST", f"{_ONE}/close", "agent", close),
    Route("POST", f"{_ONE}/transfer", "agent", transfer),
    Route("POST", f"{_ONE}/snooze", "agent", snooze),
    Route("POST", f"{_ONE}/priority", "agent", prioritise),
    Route("POST", f"{_ONE}/typing", "agent", typing),
)
