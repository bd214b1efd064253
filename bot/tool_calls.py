"""Tools called by code, an integrator or an agent, outside a turn: the same tools, checks, receipts and audit."""

import asyncio
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from weakref import WeakValueDictionary

from bot.conversation import Confirmation, Identity
from bot.errors import InvalidInput, NotFound, Unauthorized
from bot.identification import suffices
from bot.product_finder import SearchFinder
from bot.shop.base import Shop
from bot.shop.changes.plan import Outdated, Plan, Receipt, Refused, Unsettled
from bot.shop.changes.requests import ReportProblem, Request, read_request, request_document
from bot.store.base import Attempt, Store
from bot.texts.catalogue import Texts
from bot.tool_arguments import read_arguments, read_change
from bot.tools.base import Tool, ToolContext, ToolResult
from bot.tools.proposing import refusal
from bot.understanding import Understander

_KEY_BYTES = 12


@dataclass(frozen=True, slots=True)
class Behalf:
    """An agent who acts for the customer, in their conversation; the audit names them."""

    by: str
    """What the audit says in place of the identity's level: `agent:lin`."""
    conversation_id: str


class ToolCalls:
    def __init__(
        self,
        tools: Mapping[str, Tool],
        shop: Shop,
        store: Store,
        texts: Texts,
        understander: Understander,
        finder: SearchFinder,
    ) -> None:
        self.tools = tools
        self._shop, self._store, self._texts = shop, store, texts
        self._understander, self._finder = understander, finder
        self._confirming: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def read(
        self, name: str, arguments: Mapping[str, Any], identity: Identity, *, language: str, now: datetime
    ) -> ToolResult:
        """What a tool that only reads says.

        Raises:
            NotFound: there is no such tool, or it writes.
            Unauthorized: it needs to know who is asking.
            InvalidInput: the arguments do not fit.
        """
        tool = self._tool(name, identity)
        if tool.request is not None:
            raise NotFound("This tool writes: propose and confirm it.")
        values = read_arguments(tool, arguments)
        words = next((value for value in arguments.values() if isinstance(value, str)), "")
        context = await self._context(tool, identity, language, now, words)
        return await tool.run(context, values)

    async def propose(
        self,
        name: str,
        arguments: Mapping[str, Any],
        identity: Identity,
        *,
        now: datetime,
        behalf: Behalf | None = None,
    ) -> tuple[Confirmation, Plan]:
        """What a change would come to, and what confirms exactly that.

        Raises:
            NotFound, Unauthorized, InvalidInput: as in `read`.
            Refused: the shop's policy forbids it.
        """
        tool = self._tool(name, identity)
        if tool.request is None:
            raise NotFound("This tool only reads.")
        request = read_change(name, arguments)
        if isinstance(request, ReportProblem):
            await self._check_photos(request.photos, identity, behalf)
        context = await self._context(tool, identity, "en", now, None)
        try:
            plan = await context.preview(request)
        except Refused as refused:
            await self._record(name, request, identity, behalf, "refused", now, rule=refused.rule)
            raise
        minutes = (await self._shop.policy()).confirmation_minutes
        assert identity.customer_id is not None
        confirmation = Confirmation(
            key=secrets.token_urlsafe(_KEY_BYTES),
            tool=name,
            request=request_document(request),
            digest=plan.digest,
            customer_id=identity.customer_id,
            expires_at=now + timedelta(minutes=minutes),
            turn=0,
        )
        return confirmation, plan

    async def confirm(
        self,
        confirmation: Confirmation,
        identity: Identity,
        *,
        now: datetime,
        behalf: Behalf | None = None,
    ) -> Receipt:
        """Make the change; the same confirmation again gives the same receipt.

        Raises:
            NotFound: it was proposed to somebody else.
            InvalidInput: it has expired (`expired`).
            Outdated: it would no longer come to what was proposed.
            Refused: it is no longer allowed.
            Unreached, Unsettled: the shop's own system does not answer, or not whether it was done.
        """
        self._tool(confirmation.tool, identity)
        if confirmation.customer_id != identity.customer_id:
            raise NotFound("There is no such confirmation.")
        # Of several at once one does it, and the others find it done: it stands in the audit once.
        async with self._confirming.setdefault(confirmation.key, asyncio.Lock()):
            return await self._do(confirmation, identity, now, behalf)

    async def _do(
        self, confirmation: Confirmation, identity: Identity, now: datetime, behalf: Behalf | None
    ) -> Receipt:
        request = read_request(confirmation.tool, confirmation.request)
        done = await self._shop.receipt(confirmation.key, customer_id=confirmation.customer_id)
        if done is not None:
            if behalf is not None and not await self._is_recorded(done, behalf):
                # A crash came between the change and the audit.
                await self._record(
                    confirmation.tool, request, identity, behalf, "done", now, receipt=done.number
                )
            return done
        begun = await self._shop.is_unsettled(confirmation.key, customer_id=confirmation.customer_id)
        if now >= confirmation.expires_at and not begun:
            await self._record(confirmation.tool, request, identity, behalf, "expired", now)
            raise InvalidInput("The confirmation has expired; propose again.", code="expired", status=409)
        try:
            receipt = await self._shop.change(
                request,
                customer_id=confirmation.customer_id,
                now=now,
                key=confirmation.key,
                digest=confirmation.digest,
            )
        except Outdated:
            await self._record(confirmation.tool, request, identity, behalf, "outdated", now)
            raise
        except Refused as refused:
            await self._record(
                confirmation.tool, request, identity, behalf, "refused", now, rule=refused.rule
            )
            raise
        except Unsettled:
            await self._record(confirmation.tool, request, identity, behalf, "unsettled", now)
            raise
        await self._record(confirmation.tool, request, identity, behalf, "done", now, receipt=receipt.number)
        return receipt

    async def shown(
        self, confirmation: Confirmation, plan: Plan, identity: Identity, *, language: str, now: datetime
    ) -> ToolResult:
        """The change as a card to confirm: what its receipt will say, not done yet."""
        receipt = Receipt(
            number=confirmation.key,
            key=confirmation.key,
            kind=confirmation.tool,
            customer_id=confirmation.customer_id,
            order_number=plan.order.number if plan.order else None,
            at=now,
            request=confirmation.request,
            movements=plan.movements,
            facts=plan.facts,
            undo_until=plan.undo_until,
        )
        context = await self._context(self.tools[confirmation.tool], identity, language, now, None)
        told = await self.told(receipt, identity, language=language, now=now)
        cards = tuple(
            replace(
                card,
                kind="change",
                badge=context.say("badge.proposed"),
                lines=tuple(row for row in card.lines if row[1] != receipt.number),
                buttons=(),
            )
            for card in told.cards
        )
        return ToolResult("proposed", context.say("propose"), cards=cards)

    async def told(self, receipt: Receipt, identity: Identity, *, language: str, now: datetime) -> ToolResult:
        """The receipt in words, with its card."""
        tool = self.tools[receipt.kind]
        assert tool.tell is not None
        return await tool.tell(await self._context(tool, identity, language, now, None), receipt)

    async def refusal(
        self, name: str, refused: Refused, identity: Identity, *, language: str, now: datetime
    ) -> ToolResult:
        """The rule in words."""
        return refusal(await self._context(self.tools[name], identity, language, now, None), refused)

    def _tool(self, name: str, identity: Identity) -> Tool:
        tool = self.tools.get(name)
        if tool is None:
            raise NotFound("There is no such tool.")
        if not suffices(identity, tool.identity):
            raise Unauthorized("This tool needs to know who is asking.", code="token_required")
        return tool

    async def _check_photos(self, photos: Sequence[str], identity: Identity, behalf: Behalf | None) -> None:
        """
        Raises:
            InvalidInput: one was sent neither by the customer nor by an integrator, nor in that conversation.
        """
        for photo in photos:
            found = await self._store.attachment(photo)
            if found and behalf and found.conversation_id == behalf.conversation_id:
                continue
            if found is None or (found.channel != "api" and found.customer_id != identity.customer_id):
                raise InvalidInput("arguments.photos: there is no such attachment", code="unknown_attachment")

    async def context(self, name: str, identity: Identity, *, language: str, now: datetime) -> ToolContext:
        """What the tool of that name would know."""
        return await self._context(self.tools[name], identity, language, now, None)

    async def _context(
        self, tool: Tool, identity: Identity, language: str, now: datetime, words: str | None
    ) -> ToolContext:
        vector = (
            await self._understander.embed(words)
            if words
            else await self._understander.embed_topic(tool.name)
        )
        return ToolContext(
            identity=identity,
            shop=self._shop,
            profile=await self._shop.profile(),
            texts=self._texts,
            tool=tool.name,
            language=language,
            now=now,
            find_products=self._finder.of(vector, language),
        )

    async def _record(
        self,
        name: str,
        request: Request,
        identity: Identity,
        behalf: Behalf | None,
        outcome: str,
        now: datetime,
        *,
        rule: str = "",
        receipt: str | None = None,
    ) -> None:
        attempt = Attempt(
            now,
            name,
            request_document(request),
            behalf.by if behalf else identity.level,
            identity.customer_id,
            outcome,
            rule,
            receipt,
            conversation_id=behalf.conversation_id if behalf else None,
        )
        await self._store.record_attempts([attempt])

    async def _is_recorded(self, receipt: Receipt, behalf: Behalf) -> bool:
        attempts = await self._store.attempts(conversation_id=behalf.conversation_id)
        return any(one.receipt == receipt.number for one in attempts)
