"""REST: the tools, for signed-in shoppers and for integrators acting for a customer.

A tool that writes is called twice: with arguments it answers what would happen and a token, with the
token it happens, once.
"""

from dataclasses import asdict
from typing import Annotated, Any

from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field

from bot.conversation import Identity
from bot.errors import InvalidInput, NotFound
from bot.http.context import Context, body, context, name_in_path
from bot.http.door import language_of
from bot.shop.adapters import RECEIPT
from bot.shop.changes.plan import Outdated, Plan, Refused
from bot.shop.policy import Policy, Reason
from bot.tool_arguments import arguments_schema
from bot.tools.base import Tool, ToolResult
from connectors.web.wire import Language

_LONGEST_TOKEN = 64 * 1024


class CallTool(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    arguments: dict[str, Any] = {}
    """As the tool's schema in `GET /v1/tools` says."""
    confirm: Annotated[str, Field(max_length=_LONGEST_TOKEN)] | None = None
    """The token of an earlier answer, in place of arguments: do exactly that."""
    customer_id: Annotated[str, Field(min_length=1, max_length=64)] | None = None
    """With an API key: the shop's customer for whom the integrator acts."""
    language: Language | None = None


async def list_tools(request: web.Request) -> web.Response:
    here = context(request)
    here.visitor(request, "tools")  # Whoever has no token is not told.
    policy = await here.kefu.shop.policy()
    return web.json_response({"tools": [described(tool, policy) for tool in here.kefu.calls.tools.values()]})


def described(tool: Tool, policy: Policy) -> dict[str, Any]:
    described = {
        "name": tool.name,
        "description": tool.description,
        "identity": tool.identity,
        "writes": tool.request is not None,
        "arguments": arguments_schema(tool),
    }
    rules: Any = getattr(policy, tool.name, None)
    if hasattr(rules, "states"):
        described["states"] = list(rules.states)
    if hasattr(rules, "reasons"):
        described["reasons"] = [_reason(key, reason) for key, reason in rules.reasons.items()]
    return described


def _reason(key: str, reason: Reason) -> dict[str, Any]:
    label = {language: words[0] for language, words in reason.names.items()}
    return {"key": key, "label": label, "fault": reason.fault}


async def call_tool(request: web.Request) -> web.Response:
    here = context(request)
    visitor = here.visitor(request, "tools")
    name = name_in_path(request, "name")
    call = await body(request, CallTool)
    if visitor is not None:
        await here.door.count_session(visitor.key, call.language or language_of(request))
    identity = await _identity(here, call, None if visitor is None else visitor.customer_id, visitor is None)
    language = call.language or language_of(request)
    calls, now = here.kefu.calls, here.clock()
    try:
        if call.confirm is not None:
            if call.arguments:
                raise InvalidInput("arguments: not beside confirm", code="invalid_field")
            confirmation = here.tokens.confirmation(call.confirm)
            if confirmation.tool != name:
                raise InvalidInput("confirm: is another tool's", code="invalid_field")
            receipt = await calls.confirm(confirmation, identity, now=now)
            told = await calls.told(receipt, identity, language=language, now=now)
            return web.json_response(
                _said(name, told) | {"receipt": RECEIPT.dump_python(receipt, mode="json")}
            )
        tool = calls.tools.get(name)
        if tool is not None and tool.request is not None:
            confirmation, plan = await calls.propose(name, call.arguments, identity, now=now)
            return web.json_response(
                {
                    "tool": name,
                    "outcome": "proposed",
                    "plan": plan_json(plan),
                    "confirm": here.tokens.sign_confirmation(confirmation),
                    "expires_at": confirmation.expires_at.isoformat(),
                }
            )
        result = await calls.read(name, call.arguments, identity, language=language, now=now)
        return web.json_response(_said(name, result))
    except Refused as refused:
        refusal = await calls.refusal(name, refused, identity, language=language, now=now)
        return web.json_response(_said(name, refusal) | {"rule": refused.rule, "document": refused.document})
    except Outdated as error:
        message = "The order, a price or the stock has changed since; nothing was done. Propose it again."
        raise InvalidInput(message, code="outdated", status=409) from error


async def _identity(here: Context, call: CallTool, customer_id: str | None, integrator: bool) -> Identity:
    """
    Raises:
        InvalidInput: a shopper names a customer.
        NotFound: the integrator's customer does not exist.
    """
    if not integrator:
        if call.customer_id is not None:
            raise InvalidInput("customer_id: only with an API key", code="invalid_field")
        return Identity("signed_in", customer_id) if customer_id else Identity()
    if call.customer_id is None:
        return Identity()
    if await here.kefu.shop.customer(call.customer_id) is None:
        raise NotFound("There is no such customer.")
    return Identity("signed_in", call.customer_id)


def plan_json(plan: Plan) -> dict[str, Any]:
    return {
        "movements": [asdict(one) for one in plan.movements],
        "facts": plan.facts,
        "undo_until": plan.undo_until.isoformat() if plan.undo_until else None,
    }


def _said(name: str, result: ToolResult) -> dict[str, Any]:
    return {
        "tool": name,
        "outcome": result.outcome,
        "text": result.text,
        "cards": [asdict(card) for card in result.cards],
    }


ROUTES = (web.get("/v1/tools", list_tools), web.post("/v1/tools/{name}", call_tool))
