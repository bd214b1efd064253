"""Step 6: what the documents say, and what is said where they do not."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from bot.answers import Answer, Answers, source
from bot.conversation import State
from bot.parts import Part
from bot.quoting import quote
from bot.saying import Saying
from bot.scene import Scene
from bot.steps import LookUp, Show
from bot.store.base import Unanswered
from bot.texts.catalogue import Texts
from bot.understanding import Understander
from connectors.base import Button, IntentScore
from knowledge.terms import terms

Done = tuple[Part, State]
_SURE = 0.6
_LEAST_LIKE = 0.3
"""Cosine of a message and its subject: what is less like it asks for a detail, in however few words."""
_MUCH_LIKE = 0.5
_FEW_TERMS = 9
"""Keyword terms, Chinese characters and pairs of them counted: 我想退货 has seven."""


class LookingUp:
    def __init__(self, answers: Answers, understander: Understander, saying: Saying, texts: Texts) -> None:
        self._answers, self._understander = answers, understander
        self._saying, self._texts = saying, texts

    async def look_up(self, step: LookUp, scene: Scene, state: State, *, surely: bool = False) -> Done:
        """What the documents say; what is only the closest found is said to be that, or not said with `surely`."""
        vector = await self._vector(step, scene)
        answer = await self._answers.look_up(vector, step.text, scene.language, exclude=step.exclude)
        if not answer.sure and _is_bare(step) and self._texts.has(f"topic.{step.intent}", scene.language):
            answer = await self._about_subject(step, vector, answer, scene)
        intent = IntentScore(step.intent, step.confidence)
        if answer.text is not None and (answer.sure or not surely):
            human = Button(self._texts.say("button.human", scene.language), "human")
            hedge = "" if answer.sure else f"{self._texts.say('closest', scene.language)}\n"
            part = Part(
                text=f"{hedge}{answer.text}",
                intent=intent,
                sources=answer.sources,
                quoted=answer.text,
                quick_replies=answer.topics if answer.sure else (*answer.topics, human),
            )
            shown = (*step.exclude, answer.sources[0].passage_id)
            return part, _focused(state, step.text, shown)
        if step.exclude:
            return self._saying.offer_human("repair_none", intent, scene, state)
        if not step.in_scope and answer.confidence < self._answers.threshold / 2:
            return await self._saying.courtesy("out_of_scope", intent, scene, state)
        return self._unknown(step, answer, scene, state)

    async def _about_subject(
        self, step: LookUp, vector: NDArray[np.float32], found: Answer, scene: Scene
    ) -> Answer:
        """ "我要退货" asks nothing in particular: the page about its subject answers, unless something nearer was found.

        Surely only where the message is much like its subject, or where both lead to one passage.
        """
        words = self._texts.say(f"topic.{step.intent}", scene.language)
        subject = await self._understander.embed_topic(words)
        likeness = self._answers.likeness(vector, subject, scene.language)
        if likeness < _LEAST_LIKE:
            return found
        answer = await self._answers.look_up(subject, words, scene.language, exclude=step.exclude, read=False)
        agree = answer.nearest[:1] == found.nearest[:1]
        if answer.text is None or (found.text is not None and not agree):
            return found
        sure = (answer.sure or agree) if likeness >= _MUCH_LIKE else (agree and found.text is not None)
        return replace(answer, sure=sure)

    def _unknown(self, step: LookUp, answer: Answer, scene: Scene, state: State) -> Done:
        """Don't know, said plainly: nearest topics, a person, and a row in the unanswered list."""
        human = Button(self._texts.say("button.human", scene.language), "human")
        key = "unknown" if answer.topics else "unknown_bare"
        part = Part(
            text=self._texts.say(key, scene.language),
            intent=IntentScore(step.intent, step.confidence),
            quick_replies=(*answer.topics, human),
            unanswered=Unanswered(step.text, scene.language, answer.nearest),
            stuck="unsure" if state.doubtful else "failures" if state.failures else "",
        )
        return part, replace(state, failures=state.failures + 1, offer="human")

    async def show(self, step: Show, scene: Scene, state: State) -> Done:
        passage = await self._answers.passage(step.passage_id)
        if passage is None:
            return self._saying.offer_human("unknown_bare", None, scene, state)
        text = quote(passage, scene.understanding.text)
        origin = source(passage, scene.understanding.text)
        part = Part(text=text, quoted=text, sources=(origin,), intent=IntentScore("topic", 1.0))
        return part, _focused(state, scene.understanding.text, (passage.id,))

    async def page(self, part: Part, scene: Scene) -> Part:
        """The part with a button to the page that it names."""
        if part.page is None:
            return part
        button = await self._answers.page(
            part.page, await self._understander.embed(part.text), scene.language
        )
        if button is None:
            return part
        return replace(part, quick_replies=(button, *part.quick_replies))

    async def _vector(self, step: LookUp, scene: Scene) -> NDArray[np.float32]:
        if step.request is None:
            return await self._understander.embed(step.text)
        vector: NDArray[np.float32] = scene.understanding.vectors[step.request]
        return vector


def _is_bare(step: LookUp) -> bool:
    """Surely one intent, in so few words that no detail is asked for."""
    return step.in_scope and step.confidence >= _SURE and len(terms(step.text)) <= _FEW_TERMS


def _focused(state: State, question: str, shown: tuple[str, ...]) -> State:
    focus = replace(state.focus, topic="", question=question, shown=shown)
    return replace(state, focus=focus, failures=0, offer=None)
