"""From the bot to a person and back, told honestly: who is there, how long, and how else to reach the shop."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Literal
from zoneinfo import ZoneInfo

from bot.conversation import State
from bot.floor import deadline, hand_over, take_back
from bot.handover.contacts import contact_buttons, resolved
from bot.handover.deadlines import Deadlines
from bot.handover.packet import last_lines, packet
from bot.handover.places import place_of, place_text
from bot.handover.reasons import counted, is_high, reason_after, refused
from bot.handover.topics import URGENT, topics
from bot.parts import Part
from bot.scene import Scene
from bot.shop.base import Shop
from bot.shop.domain import ShopProfile
from bot.shop.hours import next_opening
from bot.shop.policy import ToAPerson, default_policy
from bot.steps import HandOver, LeaveContact, TakeBack
from bot.store.base import Handover, HandoverChange, Store, Timer
from bot.texts.catalogue import Texts
from bot.texts.formatting import coming, masked, opening_hours
from connectors.base import Button, IntentScore, ToolRun

Done = tuple[Part, State]
_HIGH = 2
_BECAUSE = {
    "complaint": "complaint",
    "failures": "because.failures",
    "unsure": "because.unsure",
    "tool_failed": "because.tool_failed",
    "unsettled": "because.unsettled",
    "refused": "because.refused",
    "policy": "because.refused",
    "value": "because.refused",
}
"""What is said of the reason, where nobody asked for a person."""


class HandingOver:
    def __init__(self, shop: Shop, texts: Texts, store: Store, *, minutes: int, deadlines: Deadlines) -> None:
        self._shop, self._texts, self._store = shop, texts, store
        self._minutes, self._deadlines = minutes, deadlines

    async def reason_after(self, part: Part, state: State) -> tuple[str | None, State]:
        """Why a person should go on after this part, and the state that counts with it."""
        tool, times = counted(part, state)
        state = replace(state, refused=tool, refusals=times)
        if state.floor.name != "bot":
            return None, state
        rules = (await self._shop.policy()).handover
        worth = await self._worth(state) if refused(part) else None
        return reason_after(part, times, rules, worth=worth), state

    async def hand_over(
        self, step: HandOver, scene: Scene, state: State, *, run: ToolRun | None = None
    ) -> Done:
        """`run` is the tool after which a person should go on."""
        topic = topics().get(step.reason)
        if state.floor.name == "waiting" and (topic is None or state.floor.reason == step.reason):
            return await self._already(step, scene, state)
        profile, policy = await self._shop.profile(), await self._shop.policy()
        lines = await last_lines(self._store, scene.conversation_id)
        found = packet(step.reason, state, lines, self._texts, language=scene.language, run=run)
        priority = await self._priority(step.reason, found["mood"] == "angry", policy.handover, state)
        handover = Handover(
            step.reason,
            found,
            language=scene.language,
            priority=priority,
            respond_by=self._deadlines.respond_by(profile, scene.now),
            resolve_by=self._deadlines.resolve_by(profile, scene.now),
        )
        said = self._because(step.reason, policy.handover, scene.language)
        announced, buttons = await self._announce(profile, scene, state)
        part = Part(
            text=f"{said}\n\n{announced}" if topic else _joined(said, announced, scene.language),
            intent=IntentScore(step.intent, step.confidence),
            quick_replies=(*buttons, self._button("cancel_handover", scene.language)),
            handover=handover,
            handover_change=HandoverChange(priority=priority),
        )
        if state.floor.name == "waiting":  # It was something else before: more urgent now, the place is kept.
            floor = replace(state.floor, reason=step.reason)
            return replace(part, text=said), replace(state, floor=floor)
        return part, hand_over(state, reason=step.reason, now=scene.now)

    def take_back(self, step: TakeBack, scene: Scene, state: State) -> Done:
        if state.floor.name != "waiting":
            return Part(text="" if step.returned else self._say("deny_alone", scene.language)), state
        after = take_back(state, now=scene.now)
        if step.returned:
            return Part(closes_handover="returned"), after
        return Part(text=self._say("handover_cancelled", scene.language), closes_handover="cancelled"), after

    async def leave_contact(self, step: LeaveContact, scene: Scene, state: State) -> Done:
        """Kept for whoever calls back; after the wait it opens a hand-over of its own."""
        contact = await resolved(step, self._shop, state)
        if contact is None:
            return Part(text=self._say("contact_which", scene.language)), replace(state, offer="contact")
        profile = await self._shop.profile()
        opens = next_opening(profile, scene.now) if profile.hours else None
        key = "contact_kept" if opens is None else "contact_kept_until"
        facts = {"contact": masked(contact)}
        if opens is not None:
            facts["when"] = self._when(opens, profile, scene.language, scene.now)
        part = Part(
            text=self._say(key, scene.language, **facts),
            handover_change=HandoverChange(contact=contact),
        )
        if await self._store.open_handover(scene.conversation_id) is None:
            part = replace(part, handover=await self._callback(scene, state, profile))
        return part, replace(state, offer=None)

    async def time_out(self, conversation_id: str, state: State, language: str, *, now: datetime) -> Done:
        """Nobody came: other ways. Whoever left a contact is called back, and their hand-over stays open."""
        profile = await self._shop.profile()
        handover = await self._store.open_handover(conversation_id)
        if handover is not None and handover.contact:
            text = self._say(
                "handover_timed_out_contact",
                language,
                minutes=self._minutes,
                contact=masked(handover.contact),
            )
            return Part(text=text), take_back(state, now=now)
        text = self._say("handover_timed_out", language, **self._contacts(profile))
        buttons = await contact_buttons(self._shop, self._texts, state, language)
        part = Part(text=text, quick_replies=buttons, closes_handover="timed_out")
        return part, replace(take_back(state, now=now), offer="contact")

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

    async def _already(self, step: HandOver, scene: Scene, state: State) -> Done:
        place = await self._place(scene, state)
        text = self._say("handover_already", scene.language, place=place)
        part = Part(
            text=text,
            intent=IntentScore(step.intent, step.confidence),
            quick_replies=(self._button("cancel_handover", scene.language),),
        )
        return part, state

    async def _announce(
        self, profile: ShopProfile, scene: Scene, state: State
    ) -> tuple[str, tuple[Button, ...]]:
        """Open: the place and the time, where they are known. Closed: when, and how to be reached then."""
        language = scene.language
        opens = next_opening(profile, scene.now) if profile.hours else None
        if opens is None:
            place = await self._place(scene, state)
            return self._say("handover_open", language, place=place, **self._contacts(profile)), ()
        buttons = await contact_buttons(self._shop, self._texts, state, language)
        ask = self._say("contact_pick" if buttons else "contact_ask", language)
        text = self._say(
            "handover_closed",
            language,
            hours=opening_hours(profile.hours, language),
            when=self._when(opens, profile, language, scene.now),
            ask=ask,
            email=profile.email,
        )
        return text, buttons

    async def _place(self, scene: Scene, state: State) -> str:
        """With what follows it set apart; empty where nothing is known."""
        queue = await self._store.queue(now=scene.now)
        waiting = state.floor.name == "waiting"
        since = state.floor.since if waiting and state.floor.since else scene.now
        ahead = place_of(scene.conversation_id, queue)
        text = place_text(ahead, queue, self._texts, scene.language, since=since, now=scene.now)
        return text if scene.language == "zh" or not text else f"{text} "

    async def _callback(self, scene: Scene, state: State, profile: ShopProfile) -> Handover:
        lines = await last_lines(self._store, scene.conversation_id)
        return Handover(
            "callback",
            packet("callback", state, lines, self._texts, language=scene.language),
            language=scene.language,
            respond_by=self._deadlines.respond_by(profile, scene.now),
            resolve_by=self._deadlines.resolve_by(profile, scene.now),
        )

    async def _priority(self, reason: str, angry: bool, rules: ToAPerson, state: State) -> int:
        if reason in topics():
            return URGENT
        worth = await self._worth(state)
        return _HIGH if angry or reason == "value" or (worth is not None and is_high(worth, rules)) else 1

    async def _worth(self, state: State) -> int | None:
        """What the order spoken of costs, in cents."""
        number, customer_id = state.focus.order_number, state.identity.customer_id
        if number is None or customer_id is None:
            return None
        order = await self._shop.order(number, customer_id=customer_id)
        return order.total if order else None

    def _because(self, reason: str, rules: ToAPerson, language: str) -> str:
        topic = topics().get(reason)
        if topic is not None:
            crisis = {**default_policy().handover.crisis, **rules.crisis}
            said: Literal["zh", "en"] = "zh" if language == "zh" else "en"
            return topic.says[said].format(crisis=crisis[said])
        return self._say(_BECAUSE[reason], language) if reason in _BECAUSE else ""

    def _when(self, opens: datetime, profile: ShopProfile, language: str, now: datetime) -> str:
        return coming(opens, language, now=now, zone=ZoneInfo(profile.timezone))

    def _contacts(self, profile: ShopProfile) -> dict[str, object]:
        return {"phone": profile.phone, "email": profile.email, "minutes": self._minutes}

    def _button(self, action: str, language: str) -> Button:
        return Button(self._say(f"button.{action}", language), action)

    def _say(self, key: str, language: str, **facts: object) -> str:
        return self._texts.say(key, language, **facts)


def _joined(first: str, then: str, language: str) -> str:
    return f"{first}{'' if language == 'zh' else ' '}{then}".strip()
