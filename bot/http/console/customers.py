"""Who the shopper is, and the shop's tools run for them."""

from dataclasses import asdict
from typing import Annotated, Any

from aiohttp import web
from limits import RateLimitItemPerMinute
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from bot.console.board import shown
from bot.console.choices import WORDS_OF, ToolChoices
from bot.errors import Conflict, InvalidInput, Unauthorized
from bot.http.console.actions import Id
from bot.http.console.seat import Route, Seat
from bot.http.context import body, name_in_path
from bot.http.tools import described, plan_json
from bot.identification import suffices
from bot.shop.adapters import RECEIPT
from bot.shop.changes.plan import Outdated, Refused
from connectors.web.wire import Language, printable

_LONGEST_TOKEN = 64 * 1024
_SHORTEST_SEARCH = 2
_SEARCHES = RateLimitItemPerMinute(60)
"""Of one agent: for who types a name, not for who copies the whole list."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Vouch(_Strict):
    customer_id: Id
    how: Annotated[str, Field(min_length=1, max_length=200), AfterValidator(printable)]
    """How the agent knows."""


class RunTool(_Strict):
    arguments: dict[str, Any] = {}
    confirm: Annotated[str, Field(max_length=_LONGEST_TOKEN)] | None = None
    """The token of an earlier answer, in place of arguments: do exactly that."""
    language: Language | None = None
    """Of what the agent reads."""


async def get_customer(seat: Seat) -> web.Response:
    found = await seat.office.customers.of_conversation(
        seat.agent, seat.conversation_id, language=seat.language
    )
    return web.json_response(found)


async def search_customers(seat: Seat) -> web.Response:
    text = seat.request.query.get("q", "").strip()
    if len(text) < _SHORTEST_SEARCH:
        return web.json_response({"customers": []})
    await seat.here.door.count(_SEARCHES, "customers", seat.agent.id, language=seat.language)
    return web.json_response({"customers": await seat.office.customers.search(seat.agent, text)})


async def vouch(seat: Seat) -> web.Response:
    asked = await body(seat.request, Vouch)
    if await seat.here.kefu.shop.customer(asked.customer_id) is None:
        raise InvalidInput("customer_id: there is no such customer", code="invalid_field")
    await seat.office.acting_for.vouch(seat.agent, seat.conversation_id, asked.customer_id, asked.how)
    return web.json_response({})


async def list_tools(seat: Seat) -> web.Response:
    """Those that can be run for who was proved in the conversation, each with what its fields may be."""
    kefu = seat.here.kefu
    identity = await seat.office.acting_for.identity(seat.agent, seat.conversation_id)
    if identity.customer_id is not None:  # Their orders and addresses are among the choices.
        await seat.office.noting.viewed(
            "view_customer", seat.agent, seat.conversation_id, identity.customer_id
        )
    policy = await kefu.shop.policy()
    context = await kefu.calls.context(WORDS_OF, identity, language=seat.language, now=seat.here.clock())
    choices = await ToolChoices.of(context)
    tools = [
        described(tool, policy) | choices.of_tool(tool, policy)
        for tool in kefu.calls.tools.values()
        if suffices(identity, tool.identity)
    ]
    return web.json_response({"tools": tools})


async def run_tool(seat: Seat) -> web.Response:
    name, asked = name_in_path(seat.request, "name"), await body(seat.request, RunTool)
    acting, language = seat.office.acting_for, asked.language or seat.language
    try:
        if asked.confirm is not None:
            return await _confirmed(seat, name, asked.confirm)
        tool = seat.here.kefu.calls.tools.get(name)
        if tool is None or tool.request is None:
            result = await acting.read(
                seat.agent, seat.conversation_id, name, asked.arguments, language=language
            )
            return web.json_response(_said(result.outcome, result.text, result.cards))
        confirmation, plan, card = await acting.propose(
            seat.agent, seat.conversation_id, name, asked.arguments, language=language
        )
    except Refused as refused:
        told = await acting.refusal(seat.agent, seat.conversation_id, name, refused, language=language)
        return web.json_response(_said("refused", told.text, ()) | {"rule": refused.rule})
    except Unauthorized as error:
        # The agent is signed in: it is the shopper who is not known well enough, or the token.
        raise Conflict(str(error), code=error.code) from error
    except Outdated as error:
        raise Conflict("It would no longer come to that; look at it again.", code="outdated") from error
    return web.json_response(
        _said("proposed", card.text, card.cards)
        | {
            "plan": plan_json(plan),
            "card": asdict(card.cards[0]) if card.cards else None,
            "confirm": seat.here.tokens.sign_confirmation(confirmation, conversation_id=seat.conversation_id),
            "expires_at": confirmation.expires_at.isoformat(),
        }
    )


async def _confirmed(seat: Seat, name: str, token: str) -> web.Response:
    confirmation = seat.here.tokens.confirmation(token, conversation_id=seat.conversation_id)
    if confirmation.tool != name:
        raise InvalidInput("confirm: is another tool's", code="invalid_field")
    receipt, told, lines = await seat.office.acting_for.confirm(
        seat.agent, seat.conversation_id, confirmation
    )
    return web.json_response(
        _said("ok", told.text, told.cards)
        | {
            "receipt": RECEIPT.dump_python(receipt, mode="json"),
            "lines": [shown(line) for line in lines],
        }
    )


def _said(outcome: str, text: str, cards: Any) -> dict[str, Any]:
    return {"outcome": outcome, "text": text, "cards": [asdict(card) for card in cards]}


_ONE = "/conversations/{conversation_id}"
ROUTES = (
    Route("GET", f"{_ONE}/customer", "agent", get_customer),
    Route("POST", f"{_ONE}/customer", "agent", vouch),
    Route("GET", "/customers", "agent", search_customers),
    Route("GET", f"{_ONE}/tools", "agent", list_tools),
    Route("POST", f"{_ONE}/tools/{{name}}", "agent", run_tool),
)
