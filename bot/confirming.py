"""Step 5, the one place that writes: a confirmed card becomes a change, once, and a receipt."""

from collections.abc import Mapping
from dataclasses import replace

from bot.conversation import Confirmation, Identity, State
from bot.identification import suffices
from bot.parts import Part
from bot.scene import Scene
from bot.shop.base import Shop
from bot.shop.changes.plan import Outdated, Receipt, Refused, Unreached, Unsettled
from bot.shop.changes.requests import read_request
from bot.shop.keys import order_key
from bot.store.base import Attempt, Interrupted
from bot.tool_round import ToolRound
from bot.tools.base import Tool, ToolResult
from connectors.base import IntentScore, ToolRun

Done = tuple[Part, State]


class Confirming:
    def __init__(self, tools: Mapping[str, Tool], shop: Shop, round_: ToolRound) -> None:
        self._tools, self._shop, self._round = tools, shop, round_

    async def was_done(self, state: State) -> bool:
        """Whether the open card's change happened in a turn that was cut short before it was saved."""
        open_ = state.confirmation
        if open_ is None:
            return False
        return await self._shop.receipt(open_.key, customer_id=open_.customer_id) is not None

    async def confirm(self, key: str, scene: Scene, state: State) -> Done:
        """Make the change that the card shows.

        Raises:
            Interrupted: the shopper said something more; nothing was changed.
        """
        open_ = state.confirmation
        if open_ is None or open_.key != key or not self._may(open_, state.identity):
            return await self._closed(key, scene, state)
        receipt = await self._shop.receipt(key, customer_id=open_.customer_id)
        if receipt is not None:
            return await self._told(open_, receipt, scene, state)
        begun = await self._shop.is_unsettled(key, customer_id=open_.customer_id)
        if scene.now >= open_.expires_at and not begun:
            return await self._anew("confirm_expired", scene, state)
        if await scene.more():
            raise Interrupted
        request = read_request(open_.tool, open_.request)
        try:
            receipt = await self._shop.change(
                request, customer_id=open_.customer_id, now=scene.now, key=key, digest=open_.digest
            )
        except Outdated:
            part, after = await self._anew("confirm_changed", scene, state)
            return self._audited(part, open_, "outdated", scene, state), after
        except Refused as refused:
            result = await self._round.refusal(self._tools[open_.tool], refused, scene, state)
            part = self._audited(
                self._part(open_, result, state), open_, "refused", scene, state, rule=refused.rule
            )
            return part, _closed(state)
        except Unreached:
            part = self._failed(open_, "failed", "tool_failed", scene, state)
            return self._audited(part, open_, "failed", scene, state), state
        except Unsettled:
            # The card stays open: its receipt is told with the next word, or when it is pressed again.
            part = self._failed(open_, "confirm_unsettled", "unsettled", scene, state)
            return self._audited(replace(part, wrote=True), open_, "unsettled", scene, state), state
        return await self._told(open_, receipt, scene, state)

    def _may(self, open_: Confirmation, identity: Identity) -> bool:
        """Whether who speaks now has proved as much as the card needs; a sign-in may have run out since."""
        if open_.customer_id != identity.customer_id:
            return False
        if identity.level != "order":
            return suffices(identity, self._tools[open_.tool].identity)
        number = open_.request.get("order_number")
        return open_.tool == "undo" or (
            number is not None and order_key(number) == order_key(identity.order_number or "")
        )

    async def _told(self, open_: Confirmation, receipt: Receipt, scene: Scene, state: State) -> Done:
        result = await self._round.tell(self._tools[open_.tool], receipt, scene, state)
        part = self._part(open_, result, state)
        return self._audited(part, open_, "done", scene, state, receipt=receipt.number), _closed(state)

    def _failed(self, open_: Confirmation, key: str, reason: str, scene: Scene, state: State) -> Part:
        """The text is said where no person can be called for that `reason`."""
        part = self._part(open_, ToolResult("failed", self._round.say(key, scene)), state)
        return replace(part, stuck=reason)

    async def _closed(self, key: str, scene: Scene, state: State) -> Done:
        """A card pressed late or twice: what it did is told again, and nothing is done."""
        receipt, begun, customer_id = None, False, state.identity.customer_id
        if customer_id is not None:
            receipt = await self._shop.receipt(key, customer_id=customer_id)
            begun = await self._shop.is_unsettled(key, customer_id=customer_id)
        if receipt is None:
            said = "confirm_unsettled" if begun else "confirm_closed"
            return Part(text=self._round.say(said, scene)), state
        result = await self._round.tell(self._tools[receipt.kind], receipt, scene, state)
        return replace(_said(receipt.kind, result), text=self._round.say("confirm_done", scene)), state

    async def _anew(self, key: str, scene: Scene, state: State) -> Done:
        """The card once more, worked out from how things are now."""
        assert state.form is not None
        part, after = await self._round.proceed(state.form, scene, state)
        return replace(part, text=f"{self._round.say(key, scene)}\n{part.text}"), after

    def _part(self, open_: Confirmation, result: ToolResult, state: State) -> Part:
        part = _said(open_.tool, result)
        intent = state.form.intent if state.form else open_.tool
        return replace(part, intent=IntentScore(intent, 1.0), wrote=result.outcome == "ok")

    def _audited(
        self,
        part: Part,
        open_: Confirmation,
        outcome: str,
        scene: Scene,
        state: State,
        *,
        rule: str = "",
        receipt: str | None = None,
    ) -> Part:
        attempt = Attempt(
            scene.now,
            open_.tool,
            open_.request,
            state.identity.level,
            open_.customer_id,
            outcome,
            rule,
            receipt,
        )
        return replace(part, attempts=(*part.attempts, attempt))


def _said(tool: str, result: ToolResult) -> Part:
    return Part(
        text=result.text,
        cards=result.cards,
        quick_replies=result.quick_replies,
        tool=ToolRun(tool, result.outcome),
        page=result.document,
    )


def _closed(state: State) -> State:
    focus = replace(state.focus, topic=state.confirmation.tool if state.confirmation else "")
    return replace(state, form=None, confirmation=None, offer=None, failures=0, focus=focus)
