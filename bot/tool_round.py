"""Step 5: call a tool as the session's customer, ask for what it lacks, keep what "it" means from now on."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

import numpy as np
import structlog
from numpy.typing import NDArray

from bot.conversation import Confirmation, Form, Identity, State
from bot.credentials import spent
from bot.forms import asked_again, with_photos
from bot.identification import CREDENTIALS, suffices
from bot.identifying import Identifying, without_credentials
from bot.parts import Part
from bot.product_finder import SearchFinder
from bot.scene import Scene
from bot.shop.base import Shop
from bot.shop.changes.plan import Receipt, Refused
from bot.shop.changes.requests import kind_of, request_document
from bot.shop.keys import order_key
from bot.shop.notices import Notice
from bot.slots import arguments, takes_any_words, takes_photos
from bot.steps import RunTool
from bot.store.base import Attempt
from bot.texts.catalogue import Texts
from bot.tools import notify_restock
from bot.tools.base import Tool, ToolContext, ToolResult
from bot.tools.proposing import refusal
from connectors.base import Button, IntentScore, ToolRun
from intents.addresses import only_keeps

log = structlog.get_logger()

Done = tuple[Part, State]


class ToolRound:
    def __init__(
        self,
        tools: Mapping[str, Tool],
        shop: Shop,
        texts: Texts,
        identifying: Identifying,
        finder: SearchFinder,
    ) -> None:
        self._tools, self._shop, self._texts = tools, shop, texts
        self._identifying, self._finder = identifying, finder

    def knows(self, name: str) -> bool:
        return name in self._tools

    def needs_account(self, name: str) -> bool:
        return self._tools[name].identity == "signed_in"

    async def run(self, step: RunTool, scene: Scene, state: State) -> Done:
        """The tool's answer, or the question that must be answered first."""
        tool = self._tools[step.tool]
        step = replace(step, given=self._with_photos(tool, step.given, scene, state))
        if not suffices(state.identity, tool.identity):
            return await self._identify(self._identifying.form(step, scene), scene, state)
        values = arguments(tool, scene.understanding, state, step)
        state = replace(state, confirmation=None)
        if tool.identity == "order" and _is_about_another(values, state):
            form = self._identifying.form(step, scene)
            return await self._identify(form, scene, replace(state, identity=Identity()))
        result = await self._call(tool, values, scene, state, row=step.request or 0)
        if result.instead is not None:
            return await self.run(replace(step, tool=result.instead, given={}), scene, state)
        part = self._part(tool, step, result)
        if tool.request is not None and result.outcome == "refused":
            part = replace(part, attempts=(_refused_attempt(tool, step, result, scene, state),))
        return part, self._state(tool, step, result, scene, state)

    async def _go_on(self, form: Form, scene: Scene, state: State) -> Done:
        """A change's form after an answer or more words; words that changed nothing were not understood."""
        before = state.form
        step = RunTool(form.tool, form.intent, form.text, given=dict(form.arguments), words=form.words)
        part, after = await self.run(step, scene, replace(state, form=None))
        if before is None or after.form is None or not _is_same_question(before, after.form):
            return part, after
        if _proposal(state) != _proposal(after):
            return part, after
        again = asked_again(before, missed=True)
        human = Button(self.say("button.human", scene), "human")
        if again is None:
            text = self.say("unknown_bare", scene)
            return replace(part, text=text, cards=(), quick_replies=(human,), stuck="unsure"), replace(
                after, form=None, confirmation=None, offer="human"
            )
        missed = replace(after, form=replace(after.form, misses=again.misses, unanswered=again.unanswered))
        if only_keeps(scene.understanding.text):
            return part, after
        text = f"{self.say('missed', scene)}{part.text}"
        return replace(part, text=text, quick_replies=(*part.quick_replies[:3], human)), missed

    async def tell(self, tool: Tool, receipt: Receipt, scene: Scene, state: State) -> ToolResult:
        """What the tool says of a change that was made."""
        assert tool.tell is not None
        return await tool.tell(await self._context(tool, scene, state), receipt)

    async def refusal(self, tool: Tool, refused: Refused, scene: Scene, state: State) -> ToolResult:
        """The rule that forbids it, in words, and the page where it stands."""
        context = await self._context(tool, scene, state)
        return refusal(context, refused)

    async def news(
        self, notice: Notice, vector: NDArray[np.float32], state: State, language: str, *, now: datetime
    ) -> Done:
        """What became of a notice that the shopper asked for."""
        tool = self._tools[notify_restock.TOOL.name]
        result = await notify_restock.news(await self._context_of(tool, vector, state, language, now), notice)
        focus = state.focus.with_products(result.product_ids)
        return Part(
            text=result.text,
            cards=result.cards,
            quick_replies=result.quick_replies,
            tool=ToolRun(tool.name, result.outcome),
        ), replace(state, focus=focus)

    async def proceed(self, form: Form, scene: Scene, state: State) -> Done:
        """The open form got an answer: ask for the next thing, or call its tool."""
        arguments = self._with_photos(self._tools[form.tool], form.arguments, scene, state)
        form = replace(form, arguments=arguments)
        if form.writes and not CREDENTIALS & form.arguments.keys() and state.identity.customer_id is not None:
            return await self._go_on(form, scene, state)
        state = replace(state, form=None, confirmation=None)
        if not suffices(state.identity, self._tools[form.tool].identity):
            return await self._identify(form, scene, state)
        return await self._run_form(form, scene, state)

    async def _identify(self, form: Form, scene: Scene, state: State) -> Done:
        """Who asks? Then the tool, or the question that must be answered first."""
        part, state = await self._identifying.prove(form, self._tools[form.tool].identity, scene, state)
        return (part, state) if part is not None else await self._run_form(form, scene, state)

    async def _run_form(self, form: Form, scene: Scene, state: State) -> Done:
        scene = replace(scene, understanding=spent(scene.understanding, form.arguments))
        given = without_credentials(form.arguments)
        return await self.run(RunTool(form.tool, form.intent, form.text, given=given), scene, state)

    def _with_photos(
        self, tool: Tool, given: Mapping[str, str], scene: Scene, state: State
    ) -> dict[str, str]:
        """What is given, with the photos that came now or just before."""
        if not takes_photos(tool):
            return dict(given)
        return with_photos(given, (*state.focus.photos, *scene.understanding.attachments))

    async def _call(self, tool: Tool, values: object, scene: Scene, state: State, *, row: int) -> ToolResult:
        context = await self._context(tool, scene, state, row=row)
        try:
            return await tool.run(context, values)
        except Refused as refused:
            return refusal(context, refused)
        except Exception:
            log.exception("tool_failed", tool=tool.name)
            human = Button(self.say("button.human", scene), "human")
            return ToolResult("failed", self.say("failed", scene), quick_replies=(human,))

    async def _context(self, tool: Tool, scene: Scene, state: State, *, row: int = 0) -> ToolContext:
        vector = scene.understanding.vectors[row]
        return await self._context_of(tool, vector, state, scene.language, scene.now)

    async def _context_of(
        self, tool: Tool, vector: NDArray[np.float32], state: State, language: str, now: datetime
    ) -> ToolContext:
        return ToolContext(
            identity=state.identity,
            shop=self._shop,
            profile=await self._shop.profile(),
            texts=self._texts,
            tool=tool.name,
            language=language,
            now=now,
            find_products=self._finder.of(vector, language),
        )

    def _part(self, tool: Tool, step: RunTool, result: ToolResult) -> Part:
        return Part(
            text=result.text,
            intent=IntentScore(step.intent, step.confidence),
            cards=result.cards,
            quick_replies=result.quick_replies or _buttons(result),
            tool=ToolRun(tool.name, result.outcome),
            asks=result.ask is not None,
            page=result.document,
            documents_first=result.documents_first,
            documents_too=result.documents_too,
        )

    def _state(self, tool: Tool, step: RunTool, result: ToolResult, scene: Scene, state: State) -> State:
        focus = replace(
            state.focus.with_products(result.product_ids),
            order_number=result.order_number or state.focus.order_number,
            topic=tool.name,
            question=step.text,
            photos=(),
            shown=(*step.exclude, *((result.order_number,) if result.order_number else result.product_ids)),
        )
        return replace(
            state,
            focus=focus,
            form=_form(tool, step, result) or state.form,
            confirmation=_confirmation(result, scene, state),
            failures=0,
            offer=result.offer,
        )

    def say(self, key: str, scene: Scene, **facts: object) -> str:
        return self._texts.say(key, scene.language, **facts)


def _form(tool: Tool, step: RunTool, result: ToolResult) -> Form | None:
    """What stays open after the tool's question or its card."""
    if result.ask is None:
        return None
    given = {key: value for key, value in without_credentials(step.given).items() if key != "target"}
    return Form(
        tool.name,
        step.intent,
        {**given, **result.given},
        result.ask.slot,
        result.ask.choices,
        step.text,
        words=step.words,
        writes=tool.request is not None,
        free=takes_any_words(tool, result.ask.slot),
    )


def _confirmation(result: ToolResult, scene: Scene, state: State) -> Confirmation | None:
    if result.proposal is None:
        return None
    assert state.identity.customer_id is not None
    return Confirmation(
        key=result.proposal.key,
        tool=kind_of(result.proposal.request),
        request=request_document(result.proposal.request),
        digest=result.proposal.digest,
        customer_id=state.identity.customer_id,
        expires_at=scene.now + timedelta(minutes=result.proposal.minutes),
        turn=state.turns + 1,
    )


def _refused_attempt(tool: Tool, step: RunTool, result: ToolResult, scene: Scene, state: State) -> Attempt:
    """A change that the policy refused before it came to a card."""
    given = {"text": step.text, **step.given}
    identity = state.identity
    return Attempt(scene.now, tool.name, given, identity.level, identity.customer_id, "refused", result.rule)


def _is_same_question(before: Form, after: Form) -> bool:
    """The same thing is asked again, of the same choices, and nothing else became known."""
    return (
        before.asking == after.asking
        and before.choices == after.choices
        and before.arguments == after.arguments
        and len(after.words) > len(before.words)
        and after.words[-1] != ""
    )


def _proposal(state: State) -> str | None:
    return state.confirmation.digest if state.confirmation else None


def _is_about_another(values: object, state: State) -> bool:
    """Verified for one order only, and the question is about one that is not it."""
    if state.identity.level != "order":
        return False
    verified = state.identity.order_number or ""
    number = getattr(values, "order_number", None)
    return verified in getattr(values, "exclude", ()) or bool(
        number and order_key(number) != order_key(verified)
    )


def _buttons(result: ToolResult) -> tuple[Button, ...]:
    """The choices of a question, as things to press."""
    if result.ask is None:
        return ()
    return tuple(Button(choice.label, f"choose {choice.value}") for choice in result.ask.choices)
