"""REST: say something, read what was said, judge an answer, open a source."""

from typing import Annotated, Any

from aiohttp import web
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from bot.errors import InvalidInput, NotFound
from bot.http.context import body, context, name_in_path, number
from bot.http.door import ADDRESS, language_of
from bot.http.history import LARGEST_SEQ
from bot.http.paging import MOST, cursor, cursor_of
from bot.http.tokens import Caller
from bot.lines import line
from connectors.web.wire import PostMessage, message, printable, render

_AFTER, _BEFORE = "after", "before"
"""What a cursor of the history says beside a position."""


class Feedback(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    helpful: bool
    comment: Annotated[str, Field(max_length=1000), AfterValidator(printable)] = ""


async def post_message(request: web.Request) -> web.Response:
    """Accept a message and wait for its replies: 200 with them, 202 without."""
    here = context(request)
    visitor = here.visitor(request, "messages")
    sent = await body(request, PostMessage)
    caller = _speaker(visitor, sent)
    language = sent.language or language_of(request)
    here.check_message(sent, language)
    await here.door.count_session(caller.key, language)
    accepted = await here.desk.submit(
        message(
            sent,
            channel=caller.channel,
            sender=caller.sender,
            customer_id=caller.customer_id,
            address=request[ADDRESS],
            now=here.clock(),
        )
    )
    replies = await here.desk.replies_to(accepted, wait_seconds=sent.wait) if sent.wait else []
    answer: dict[str, Any] = {
        "conversation_id": accepted.conversation_id,
        "accepted": {"id": accepted.external_id, "seq": accepted.seq, "duplicate": accepted.duplicate},
        "replies": [render(reply) for reply in replies],
    }
    return web.json_response(answer, status=200 if replies else 202)


def _speaker(visitor: Caller | None, sent: PostMessage) -> Caller:
    """A visitor speaks for nobody else; an integrator says for whom it speaks."""
    if visitor is None:
        if sent.sender is None:
            raise InvalidInput("sender: needed with an API key", code="invalid_field")
        return Caller("api", sent.sender, sent.customer_id)
    if sent.sender is not None or sent.customer_id is not None:
        raise InvalidInput("sender, customer_id: only with an API key", code="invalid_field")
    return visitor


async def get_history(request: web.Request) -> web.Response:
    """One line more than asked for is read, to know whether there is more."""
    here = context(request)
    conversation_id = request.match_info["conversation_id"]
    await here.check_own(request, conversation_id, "read")
    limit = number(request, "limit", 50, most=MOST) or 1
    after, before = _position(request)
    lines = list(await here.kefu.store.history(conversation_id, after=after, before=before, limit=limit + 1))
    more = len(lines) > limit
    lines = lines[-limit:] if before else lines[:limit]
    following = None
    if more:
        following = cursor_of(lines[0].seq, _BEFORE) if before else cursor_of(lines[-1].seq, _AFTER)
    messages = [line(stored) for stored in lines]
    return web.json_response({"messages": messages, "has_more": more, "next_cursor": following})


def _position(request: web.Request) -> tuple[int, int | None]:
    """After which line, and before which; a cursor goes on in the direction that it was made in."""
    after = number(request, "after", 0, most=LARGEST_SEQ)
    before = number(request, "before", 0, most=LARGEST_SEQ) or None
    given = cursor(request)
    if given is None:
        return after, before
    direction, seq = given
    if direction not in (_AFTER, _BEFORE) or seq > LARGEST_SEQ:
        raise InvalidInput("cursor: is of another list", code="invalid_cursor")
    return (after, seq) if direction == _BEFORE else (seq, None)


async def post_feedback(request: web.Request) -> web.Response:
    here = context(request)
    message_id = name_in_path(request, "message_id")
    here.caller(request, "messages")  # Who has no token does not get to the database.
    feedback = await body(request, Feedback)
    found = await here.kefu.store.message(message_id)
    if found is None or found[1].author == "shopper":
        raise NotFound("There is no such message.")
    await here.check_own(request, found[0], "messages")
    await here.kefu.store.feedback(
        message_id, helpful=feedback.helpful, comment=feedback.comment, at=here.clock()
    )
    return web.Response(status=204)


async def get_passage(request: web.Request) -> web.Response:
    """The passage behind a source chip; documents are public, so no token is asked for."""
    passage = await context(request).kefu.answers.passage(name_in_path(request, "passage_id"))
    if passage is None:
        raise NotFound("This passage is no longer there.")
    return web.json_response(
        {
            "id": passage.id,
            "title": passage.title,
            "section": passage.section,
            "text": passage.text,
            "language": passage.language,
            "source": passage.source,
            "url": passage.url,
            "updated_at": passage.updated_at.isoformat(),
        }
    )


ROUTES = (
    web.post("/v1/messages", post_message),
    web.get("/v1/conversations/{conversation_id}/messages", get_history),
    web.post("/v1/messages/{message_id}/feedback", post_feedback),
    web.get("/v1/passages/{passage_id:.+}", get_passage),
)
