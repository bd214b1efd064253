"""Steps 5 and 6: each kind of step, done. What writes is `bot/confirming.py`, what quotes `bot/looking_up.py`."""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from bot import cues, forms
from bot.confirming import Confirming
from bot.conversation import Form, Past, State
from bot.credentials import credentials
from bot.handover.afterwards import Afterwards
from bot.handover.handing_over import HandingOver
from bot.in_change import CHANGES
from bot.looking_up import LookingUp
from bot.parts import Part
from bot.saying import Saying
from bot.scene import Scene
from bot.shop.notices import Notice
from bot.steps import (
    Abandon,
    Again,
    Begin,
    Clarify,
    Confirm,
    Continue,
    HandOver,
    LeaveContact,
    LookUp,
    Queue,
    Rate,
    Resume,
    RunTool,
    Say,
    Show,
    Stale,
    Step,
    TakeBack,
)
from bot.store.base import Timer
from bot.texts import formatting
from bot.texts.catalogue import Texts
from bot.tool_round import ToolRound
from bot.understanding import Understander
from connectors.base import Button, IntentScore

Done = tuple[Part, State]
_SHOWN_IN_PHOTOS = ("item_damaged", "item_wrong", "item_missing")
_LONGEST_QUESTION = 400
"""Characters of a question that grew by what was added to it."""
_AMOUNT = re.compile(r"[¥$€£]\s?\d|\d\s?[¥$€£元]|免费|不收|\bfree\b|\bno cost\b", re.IGNORECASE)
_TIME = re.compile(
    r"\d\s*(?:个?工作日|天|小时|日)|马上|验完|\b(?:days?|hours?|right away|checked|by|until)\b", re.IGNORECASE
)


class Acting:
    def __init__(
        self,
        *,
        texts: Texts,
        tool_of: Mapping[str, str],
        tools: ToolRound,
        looking_up: LookingUp,
        saying: Saying,
        handing_over: HandingOver,
        afterwards: Afterwards,
        understander: Understander,
        confirming: Confirming,
    ) -> None:
        self._saying, self._texts, self.tool_of = saying, texts, tool_of
        self._tools, self._looking_up, self._handing_over = tools, looking_up, handing_over
        self._understander, self._confirming, self._afterwards = understander, confirming, afterwards

    async def do(self, step: Step, scene: Scene, state: State) -> Done:
        """What the step says; a person is called where it was the last that the bot can do."""
        part, after = await self._do(step, scene, state)
        part = await self._looking_up.page(part, scene)
        if isinstance(step, HandOver | TakeBack | LeaveContact | Rate):
            return part, after
        doubtful = isinstance(step, Clarify) and not CHANGES.isdisjoint(step.intents)
        reason, after = await self._handing_over.reason_after(part, replace(after, doubtful=doubtful))
        if reason is None:
            return part, after
        intent = part.intent or IntentScore("human", 1.0)
        called = HandOver(reason, intent.name, intent.confidence)
        person, after = await self._handing_over.hand_over(called, scene, after, run=part.tool)
        return _with_person(part, person), after

    def welcome(self, past: Past, language: str) -> Part:
        return self._afterwards.welcome(past, language)

    async def _do(self, step: Step, scene: Scene, state: State) -> Done:
        match step:
            case RunTool():
                return await self._run_tool(step, scene, state)
            case LookUp():
                return await self._looking_up.look_up(step, scene, state)
            case Show():
                return await self._looking_up.show(step, scene, state)
            case Say(key="photos"):
                return self._about_photos(step, scene, state)
            case Say(key="complaint_what"):
                return self._saying.offer_human(
                    step.key, IntentScore(step.intent, step.confidence), scene, state
                )
            case Say():
                intent = IntentScore(step.intent, step.confidence)
                return await self._saying.courtesy(step.key, intent, scene, state)
            case HandOver():
                return await self._handing_over.hand_over(step, scene, state)
            case TakeBack():
                return self._handing_over.take_back(step, scene, state)
            case LeaveContact():
                return await self._handing_over.leave_contact(step, scene, state)
            case Rate():
                return self._afterwards.rate(step, scene, state)
            case Clarify():
                return self._clarify(step, scene, state)
            case Again():
                return await self._again(step, scene, state)
            case Continue():
                return await self._tools.proceed(step.form, scene, state)
            case Confirm():
                return await self._confirming.confirm(step.key, scene, state)
            case Queue():
                return self._queue(step, scene, state)
            case Begin():
                return await self._begin(step, scene, state)
            case Resume():
                return await self._resume(step, scene, state)
            case Abandon(silently=True):
                return Part(), _cleared(state)
            case Abandon() if state.form is not None and state.form.writes:
                return self._saying.plain("declined", scene), replace(_cleared(state), agenda=state.agenda)
            case Abandon():
                return self._saying.plain("abandoned" if state.form else "deny_alone", scene), _cleared(state)
            case Stale():
                return self._saying.plain("repair_what", scene), state

    async def was_done(self, state: State) -> bool:
        """Whether the open card's change was made already, in a turn that was never saved."""
        return await self._confirming.was_done(state)

    async def time_out(self, conversation_id: str, state: State, language: str, *, now: datetime) -> Done:
        return await self._handing_over.time_out(conversation_id, state, language, now=now)

    async def tell(self, notice: Notice, state: State, language: str, *, now: datetime) -> Done:
        """Back in stock, or not after all: said unasked."""
        vector = await self._understander.embed(notice.product_id)
        return await self._tools.news(notice, vector, state, language, now=now)

    async def timers(
        self, conversation_id: str, before: State, after: State, now: datetime
    ) -> tuple[Timer, ...]:
        return tuple(await self._handing_over.timers(conversation_id, before, after, now))

    def apology(self, language: str) -> Part:
        human = Button(self._texts.say("button.human", language), "human")
        return Part(text=self._texts.say("failed", language), quick_replies=(human,))

    async def _run_tool(self, step: RunTool, scene: Scene, state: State) -> Done:
        """A tool that finds nothing and says nothing leaves the question to the documents."""
        if not self._tools.knows(step.tool):
            return self._saying.plain("repair_what", scene), state
        part, after = await self._tools.run(step, scene, state)
        if _is_open_to_all(step, part, scene):
            return await self._explain(step, part, scene, state, after)
        wanted = part.documents_first or part.documents_too or not part.text
        if not wanted or (part.text and step.intent == "stock"):
            return part, after
        look_up = LookUp(step.intent, step.text, step.confidence, request=step.request)
        found, kept = await self._looking_up.look_up(look_up, scene, state, surely=bool(part.text))
        if part.documents_too:
            said = f"{part.text}\n\n{found.text}" if found.quoted else part.text
            return replace(found if found.quoted else part, text=said, tool=part.tool), after
        if found.quoted or not part.text:
            # The product that was asked about; not those that it might have been.
            known = part.tool is not None and part.tool.outcome == "ok"
            return replace(found, cards=part.cards[:1] if known else (), tool=part.tool), kept
        return part, after

    async def _explain(self, step: RunTool, part: Part, scene: Scene, state: State, after: State) -> Done:
        """How it works, for somebody who did not say who they are; their own order is one tap away."""
        topic = f"topic.{step.intent}"
        look_up, usual = LookUp(step.intent, step.text, step.confidence, request=step.request), None
        if not cues.asks_generally(step.text) and self._texts.has(topic, scene.language):
            usual = LookUp(step.intent, self._texts.say(topic, scene.language), step.confidence)
        if usual and step.intent not in CHANGES:  # "Where's my refund" means the usual question …
            look_up, usual = usual, None
        # … and "who pays for sending it back" has an answer of its own.
        found, kept = await self._looking_up.look_up(look_up, scene, state, surely=usual is not None)
        if usual and not found.quoted:
            found, kept = await self._looking_up.look_up(usual, scene, state)
        if not found.quoted:
            return part, after
        if self._tools.needs_account(step.tool):
            # An order's number is not enough: what the part asks for, or says, stays.
            said = replace(found, text=f"{found.text}\n\n{part.text}", quick_replies=part.quick_replies)
            return replace(said, tool=part.tool, asks=part.asks), after
        button, offer = (
            ("button.do_it", "offer_change") if step.intent in CHANGES else ("button.look_up", "offer_order")
        )
        mine = Button(self._texts.say(button, scene.language), step.tool)
        text = f"{found.text}\n\n{self._texts.say(offer, scene.language)}"
        said = replace(found, text=text, quick_replies=(mine, *found.quick_replies), tool=part.tool)
        focus = replace(kept.focus, topic=step.tool)
        return said, replace(kept, focus=focus, offer=step.tool)

    def _about_photos(self, step: Say, scene: Scene, state: State) -> Done:
        """Photos without a word: of what?"""
        labels = [self._texts.say(f"intent.{intent}", scene.language) for intent in _SHOWN_IN_PHOTOS]
        human = Button(self._texts.say("button.human", scene.language), "human")
        part = Part(
            text=self._texts.say("photos", scene.language),
            intent=IntentScore(step.intent, step.confidence),
            quick_replies=(*map(Button, labels), human),
        )
        return part, replace(state, offer=None)

    def _clarify(self, step: Clarify, scene: Scene, state: State) -> Done:
        buttons = tuple(
            Button(self._texts.say(f"intent.{intent}", scene.language), f"intent {intent}")
            for intent in step.intents
        )
        human = Button(self._texts.say("button.human", scene.language), "human")
        text = self._texts.say("clarify", scene.language)
        part = Part(
            text=text,
            intent=IntentScore(step.intents[0], 0.5),
            quick_replies=(*buttons, human),
            asks=True,
            stuck="unsure" if state.doubtful else "",
        )
        focus = replace(state.focus, question=step.text, shown=(), topic="")
        return part, replace(state, focus=focus, offer=None)

    async def _again(self, step: Again, scene: Scene, state: State) -> Done:
        """The last question, understood anew together with what was added to it."""
        focus = state.focus
        exclude = focus.shown if step.turned_down else ()
        # What was added comes first: of two amounts of money, the new one counts.
        text = f"{step.words} {focus.question}".strip()[:_LONGEST_QUESTION]
        understanding = await self._understander.understand(text, state, now=scene.now)
        scene = replace(scene, understanding=replace(understanding, language=scene.language))
        if focus.topic:
            tool = RunTool(focus.topic, focus.topic, text, request=0, exclude=exclude)
            kept = replace(focus, order_number=None) if step.turned_down else focus
            return await self._run_tool(tool, scene, replace(state, focus=kept))
        return await self._looking_up.look_up(LookUp("again", text, request=0, exclude=exclude), scene, state)

    async def _begin(self, step: Begin, scene: Scene, state: State) -> Done:
        """A request that was put off, understood anew: the message at hand is about something else."""
        task = step.task
        understanding = await self._understander.understand(task.text, state, now=scene.now)
        scene = replace(scene, understanding=replace(understanding, language=scene.language))
        tool = self.tool_of.get(task.intent)
        if tool is None:
            return await self._looking_up.look_up(
                LookUp(task.intent, task.text, task.confidence, request=0), scene, state
            )
        run = RunTool(tool, task.intent, task.text, task.confidence, request=0)
        part, after = await self._run_tool(run, scene, state)
        if task.intent not in CHANGES:
            return part, after  # An answer speaks for itself.
        wanted = self._named(task.intent, scene.language)
        return replace(part, text=f"{self._texts.say('next', scene.language, what=wanted)}{part.text}"), after

    def _named(self, intent: str, language: str) -> str:
        """As it stands within a sentence."""
        label = self._texts.say(f"intent.{intent}", language)
        return label[:1].lower() + label[1:]

    def _queue(self, step: Queue, scene: Scene, state: State) -> Done:
        wanted = [self._named(task.intent, scene.language) for task in step.tasks]
        text = self._texts.say("queued", scene.language, what=formatting.listing(wanted, scene.language))
        return Part(text=text), replace(state, agenda=(*state.agenda, *step.tasks))

    async def _resume(self, step: Resume, scene: Scene, state: State) -> Done:
        """What is still open, once more."""
        form = state.form
        if form is None:
            # An earlier step of this turn let it go: a person was called, or a button said never mind.
            return Part(), state
        if not form.writes:
            return self._ask_again(step, form, scene, state)
        part, after = await self._tools.proceed(form, scene, replace(state, form=None))
        if step.asked:
            return await self._of_the_card(step.asked, part, scene, state), after
        return replace(part, text=f"{self._texts.say('resume_change', scene.language)}{part.text}"), after

    async def _of_the_card(self, asked: str, part: Part, scene: Scene, state: State) -> Part:
        """What the card that waits for a yes says of money, or of when; else what a page surely says."""
        tells = _AMOUNT if cues.asks_money(asked) else _TIME
        lines = [line for card in part.cards for line in card.lines if tells.search(" ".join(line))]
        if lines:
            colon = "：" if scene.language == "zh" else ": "
            said = "\n".join(f"{label}{colon}{value}" for label, value in lines)
            return replace(part, text=f"{said}\n\n{part.text}")
        look_up = LookUp("again", asked, request=0)
        found, _ = await self._looking_up.look_up(look_up, scene, state, surely=True)
        said = f"{found.text}\n\n" if found.quoted else self._texts.say("resume_change", scene.language)
        return replace(part, text=f"{said}{part.text}", sources=found.sources, quoted=found.quoted)

    def _ask_again(self, step: Resume, asked: Form, scene: Scene, state: State) -> Done:
        """Ask the open question again, once or twice: then a person is proposed, or it is let go."""
        form = forms.asked_again(asked, missed=step.missed)
        if form is None and step.missed:
            part, after = self._saying.offer_human("unknown_bare", None, scene, _cleared(state))
            return replace(part, stuck="failures"), after
        if form is None:
            return Part(), _cleared(state)
        slot = "choice" if form.choices else form.asking
        text = self._texts.say(f"{'missed' if step.missed else 'resume'}_{slot}", scene.language)
        buttons = tuple(Button(choice.label, f"choose {choice.value}") for choice in form.choices)
        never_mind = Button(self._texts.say("button.never_mind", scene.language), "never_mind")
        human = Button(self._texts.say("button.human", scene.language), "human")
        ways = (*buttons, never_mind, human) if step.missed else (*buttons, never_mind)
        part = Part(text=text, quick_replies=ways, asks=True)
        return part, replace(state, form=form)


def _is_open_to_all(step: RunTool, part: Part, scene: Scene) -> bool:
    """Asked without saying whose: how to track a parcel, when refunds arrive, how to return something."""
    if part.tool is None or part.tool.outcome != "needs_identity" or step.request is None:
        return False
    if credentials(scene.understanding):
        return False
    return step.intent == "refund_status" or step.intent in CHANGES or cues.asks_generally(step.text)


def _cleared(state: State) -> State:
    return replace(state, form=None, confirmation=None, agenda=(), offer=None)


def _with_person(part: Part, person: Part) -> Part:
    """What was said, as far as it still helps, and that a person comes."""
    failed = part.tool is not None and part.tool.outcome == "failed"
    text = person.text if part.stuck or failed else f"{part.text}\n\n{person.text}"
    return replace(
        part,
        text=text,
        cards=() if part.stuck else part.cards,
        quick_replies=person.quick_replies,
        handover=person.handover,
        handover_change=person.handover_change,
        intent=part.intent or person.intent,
        asks=False,
        stuck="",
    )
