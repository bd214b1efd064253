"""Step 5, before a tool that is not for everybody: ask who it is, one question at a time, and judge the answers."""

from collections.abc import Mapping
from dataclasses import replace

from bot.asker import Asker
from bot.codes import MINUTES
from bot.conversation import Form, State
from bot.credentials import credentials
from bot.identification import CREDENTIALS, WINDOW_MINUTES, Identification, Level, Verdict
from bot.parts import Part
from bot.scene import Scene
from bot.settings import Way
from bot.shop.changes.plan import Unreached
from bot.steps import RunTool
from bot.texts.catalogue import Texts
from connectors.base import Button, IntentScore, ToolRun

_HINTS: Mapping[Way, str] = {
    "order_contact": "or_order",
    "email_code": "or_email",
    "email": "or_email",
    "name_postcode": "or_name",
}
_MISMATCH: Mapping[Way, tuple[str, str]] = {
    "order_contact": ("identity_mismatch", "contact"),
    "email_code": ("code_wrong", "code"),
    "email": ("account_mismatch", "email"),
    "name_postcode": ("account_mismatch", "name"),
}
"""What is said, and which question stays open; everything else that was given may be said anew, too."""


class Identifying:
    def __init__(self, identification: Identification, texts: Texts) -> None:
        self._identification, self._texts = identification, texts

    def form(self, step: RunTool, scene: Scene) -> Form:
        """The task, waiting for who asks: what the message says already counts."""
        given = dict(step.given)
        number = given.pop("target", None)
        given = {**credentials(scene.understanding), **given}
        if number:
            given["order_number"] = number
        return Form(step.tool, step.intent, given, text=step.text)

    async def prove(self, form: Form, level: Level, scene: Scene, state: State) -> tuple[Part | None, State]:
        """No part: proved, and the state says who it is. Else what to ask or to refuse."""
        if not self._identification.ways(level):
            return self._part("sign_in_needed", form, scene, "human"), replace(state, form=None)
        needed = self._identification.needed(form.arguments, level)
        if needed is not None:
            return self._ask(needed, form, level, scene, state)
        asker = Asker(scene.conversation_id, state.turns, scene.address, scene.language, scene.now)
        try:
            verdict = await self._identification.verify(form.arguments, asker, level)
        except Unreached:
            part = replace(self._part("failed", form, scene, "human"), tool=ToolRun(form.tool, "failed"))
            return part, replace(state, form=None)
        if verdict.identity is not None:
            return None, replace(state, form=None, identity=verdict.identity)
        if verdict.outcome == "code_sent":
            part = replace(self._part("code_sent", form, scene, "never_mind", minutes=MINUTES), asks=True)
            return self._with_new_code(part, scene), _waiting(form, "code", state)
        return self._refuse(verdict, form, scene, state)

    def _ask(self, slot: str, form: Form, level: Level, scene: Scene, state: State) -> tuple[Part, State]:
        part = self._part(f"ask_{slot}", form, scene, "never_mind")
        begun = any(one in form.arguments for one in ("order_number", *CREDENTIALS))
        others = self._identification.ways(level)[1:2]
        if others and not begun:
            gap = "" if scene.language == "zh" else " "
            part = replace(part, text=gap.join([part.text, self._say(_HINTS[others[0]], scene)]))
        return replace(part, asks=True), _waiting(form, slot, state)

    def _refuse(self, verdict: Verdict, form: Form, scene: Scene, state: State) -> tuple[Part, State]:
        """Wrong or too often wrong; unless it is locked, what was given may be said again."""
        if verdict.outcome == "locked":
            key = "code_locked" if verdict.way == "email_code" else "identity_locked"
            part = self._part(key, form, scene, "human", minutes=WINDOW_MINUTES)
            return replace(part, tool=ToolRun(form.tool, "refused")), replace(state, form=None)
        key, slot = _MISMATCH[verdict.way]
        part = replace(self._part(key, form, scene, "human"), tool=ToolRun(form.tool, "refused"), asks=True)
        if verdict.way == "email_code":
            part = self._with_new_code(part, scene)
        return part, replace(_waiting(form, slot, state), offer=state.offer)

    def _with_new_code(self, part: Part, scene: Scene) -> Part:
        """A button that says so in the shopper's words."""
        return replace(part, quick_replies=(Button(self._say("button.new_code", scene)), *part.quick_replies))

    def _part(self, key: str, form: Form, scene: Scene, button: str, **facts: object) -> Part:
        return Part(
            text=self._say(key, scene, **facts),
            intent=IntentScore(form.intent, 1.0),
            quick_replies=(Button(self._say(f"button.{button}", scene), button),),
            tool=ToolRun(form.tool, "needs_identity"),
        )

    def _say(self, key: str, scene: Scene, **facts: object) -> str:
        return self._texts.say(key, scene.language, **facts)


def _waiting(form: Form, slot: str, state: State) -> State:
    """A code is used at once and not remembered."""
    kept = {key: value for key, value in form.arguments.items() if key != "code"}
    return replace(state, form=replace(form, arguments=kept, asking=slot), offer=None)


def without_credentials(given: Mapping[str, str]) -> dict[str, str]:
    """They prove who asks and are no tool's arguments."""
    return {key: value for key, value in given.items() if key not in CREDENTIALS}
