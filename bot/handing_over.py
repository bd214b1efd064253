"""From the bot to a person and back, told honestly: who is there, how long, and how else to reach the shop."""

from collections.abc import Sequence
from datetime import datetime

from bot.conversation import State
from bot.floor import deadline, hand_over, take_back
from bot.parts import Part
from bot.scene import Scene
from bot.shop.base import Shop
from bot.shop.domain import ShopProfile
from bot.shop.hours import next_opening, open_now
from bot.steps import HandOver
from bot.store.base import Handover, Timer
from bot.texts.catalogue import Texts
from bot.texts.formatting import opening_hours
from connectors.base import Button, IntentScore

Done = tuple[Part, State]


class HandingOver:
    def __init__(self, shop: Shop, texts: Texts, *, minutes: int) -> None:
        self._shop, self._texts, self._minutes = shop, texts, minutes

    async def hand_over(self, step: HandOver, scene: Scene, state: State) -> Done:
        intent = IntentScore(step.intent, step.confidence)
        if state.floor.name == "waiting":
            cancel = Button(self._say("button.cancel_handover", scene.language), "cancel_handover")
            text = self._say("handover_already", scene.language)
            return Part(text=text, intent=intent, quick_replies=(cancel,)), state
        profile = await self._shop.profile()
        part = Part(
            text=self._announce(step, profile, scene),
            intent=intent,
            quick_replies=(Button(self._say("button.cancel_handover", scene.language), "cancel_handover"),),
            handover=Handover(step.reason, _packet(step, scene, state)),
        )
        return part, hand_over(state, reason=step.reason, now=scene.now)

    def take_back(self, scene: Scene, state: State) -> Done:
        if state.floor.name != "waiting":
            return Part(text=self._say("deny_alone", scene.language)), state
        text = self._say("handover_cancelled", scene.language)
        return Part(text=text, closes_handover=True), take_back(state, now=scene.now)

    async def time_out(self, state: State, language: str, *, now: datetime) -> Done:
        profile = await self._shop.profile()
        text = self._say("handover_timed_out", language, **self._contacts(profile))
        return Part(text=text), take_back(state, now=now)

    async def timers(
        self, conversation_id: str, before: State, after: State, now: datetime
    ) -> Sequence[Timer]:
        """The return of the bot, due when the shopper has just begun to wait."""
        if before.floor.name == "waiting" or after.floor.name != "waiting":
            return ()
        profile = await self._shop.profile()
        # After hours the wait begins when the first person may be there.
        start = next_opening(profile, now) or now
        return (Timer(conversation_id, "handover_timeout", deadline(start, self._minutes)),)

    def _announce(self, step: HandOver, profile: ShopProfile, scene: Scene) -> str:
        key = "handover_open" if open_now(profile, scene.now) else "handover_closed"
        hours = opening_hours(profile.hours, scene.language)
        text = self._say(key, scene.language, hours=hours, **self._contacts(profile))
        sorry = self._say("complaint", scene.language) if step.reason == "complaint" else ""
        joint = "" if scene.language == "zh" else " "
        return f"{sorry}{joint}{text}".strip()

    def _contacts(self, profile: ShopProfile) -> dict[str, object]:
        return {"phone": profile.phone, "email": profile.email, "minutes": self._minutes}

    def _say(self, key: str, language: str, **facts: object) -> str:
        return self._texts.say(key, language, **facts)


def _packet(step: HandOver, scene: Scene, state: State) -> dict[str, object]:
    """What the person who takes over reads first."""
    return {
        "problem": scene.understanding.text[:500],
        "language": scene.language,
        "reason": step.reason,
        "identity": state.identity.level,
        "order_number": state.focus.order_number,
        "product_ids": list(state.focus.product_ids),
        "asked_before": state.focus.question,
    }
