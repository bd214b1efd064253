"""Step 4: from what was understood to what to do, in order. Pure: no I/O, nothing remembered."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from bot.actions import Action
from bot.conversation import State, Task
from bot.forms import answer_in, fill, is_dropped
from bot.steps import (
    Abandon,
    Clarify,
    Continue,
    HandOver,
    LookUp,
    Repair,
    Resume,
    RunTool,
    Say,
    Show,
    Stale,
    Step,
    TakeBack,
)
from bot.understanding import Understanding
from intents.requests import Request

COURTESIES = {"greet", "thanks", "bye", "bot_identity", "small_talk"}
_ANSWERS = {"affirm", "deny"}
_SURE = 0.5
"""Below this confidence, a second intent that is close is asked about."""
_CLOSE = 0.6
"""The second intent is close when it has at least this share of the first one's confidence."""
_DIGRESSION = 0.55
"""Inside a form, another request counts only from this confidence."""
_MOST_REQUESTS = 4


def decide(understanding: Understanding, state: State, tool_of: Mapping[str, str]) -> tuple[Step, ...]:
    """The steps for typed words; `tool_of` is intent → tool name."""
    if state.form is not None:
        value = answer_in(state.form, understanding)
        if value is not None:
            return (Continue(fill(state.form, value)),)
        if is_dropped(understanding):
            return (Abandon(),)
        return _inside_form(understanding, state, tool_of)
    if state.floor.name == "waiting" and is_dropped(understanding):
        return (TakeBack(),)
    if understanding.repairs and state.focus.shown:
        return (Repair(),)
    return _steps(understanding, state, tool_of)


def _inside_form(understanding: Understanding, state: State, tool_of: Mapping[str, str]) -> tuple[Step, ...]:
    """The message does not answer the form's question: another request, or a miss."""
    requests = [
        request
        for request in understanding.requests
        if request.accepted and request.confidence >= _DIGRESSION and request.intent not in _ANSWERS
    ]
    assert state.form is not None
    # The same request again, put differently, is no digression: the form's question still stands.
    if not requests or all(request.intent == state.form.intent for request in requests):
        return (Resume(missed=True),)
    steps = _steps(replace(understanding, requests=tuple(requests)), replace(state, form=None), tool_of)
    if any(isinstance(step, HandOver) for step in steps):
        return (Abandon(), *steps)
    return (*steps, Resume())


def _steps(understanding: Understanding, state: State, tool_of: Mapping[str, str]) -> tuple[Step, ...]:
    requests = understanding.requests[:_MOST_REQUESTS]
    real = [
        request for request in requests if not request.accepted or request.intent not in COURTESIES | _ANSWERS
    ]
    if not real:
        return _courtesy(requests, state, understanding, tool_of)
    steps: list[Step] = []
    for request in real:
        step = _step(request, tool_of)
        if step not in steps:
            steps.append(step)
    # A question that must be answered by the shopper comes last.
    return tuple(sorted(steps, key=lambda step: isinstance(step, Clarify | HandOver)))


def _courtesy(
    requests: tuple[Request, ...],
    state: State,
    understanding: Understanding,
    tool_of: Mapping[str, str],
) -> tuple[Step, ...]:
    intent = requests[-1].intent if requests else "small_talk"
    confidence = requests[-1].confidence if requests else 0.0
    if intent == "affirm" and state.offer is not None:
        offered = Action.parse(state.offer)
        return (act(offered, state, understanding.text, tool_of),) if offered else ()
    if intent in _ANSWERS:
        return (Say(f"{intent}_alone", intent, confidence),)
    if intent == "greet" and state.turns:
        return (Say("greet_again", intent, confidence),)
    return (Say(intent, intent, confidence),)


def _step(request: Request, tool_of: Mapping[str, str]) -> Step:
    if not request.accepted:
        return LookUp("out_of_scope", request.text, request.confidence, request=request.row, in_scope=False)
    if request.intent == "human":
        return HandOver("asked", request.intent, request.confidence)
    if request.intent == "complaint":
        return HandOver("complaint", request.intent, request.confidence)
    if second := _rival(request, tool_of):
        return Clarify((request.intent, second), request.text)
    tool = tool_of.get(request.intent)
    if tool:
        return RunTool(tool, request.intent, request.text, request.confidence, request=request.row)
    return LookUp(request.intent, request.text, request.confidence, request=request.row)


def _rival(request: Request, tool_of: Mapping[str, str]) -> str | None:
    """A second intent that is nearly as likely and would lead to another place.

    Two that both lead to the documents are no dilemma: the search decides by the words.
    """
    if request.confidence >= _SURE or len(request.ranked) < 2:
        return None
    second = request.ranked[1]
    if second.confidence < _CLOSE * request.confidence or second.name in COURTESIES | _ANSWERS:
        return None
    return second.name if tool_of.get(request.intent) != tool_of.get(second.name) else None


def act(action: Action, state: State, text: str, tool_of: Mapping[str, str]) -> Step:
    """The step a button stands for; whatever it says is a read."""
    if action.name == "intent":
        return _meant(action.argument, state.focus.question or text, tool_of)
    if action.name == "human":
        return HandOver("asked", "human")
    if action.name == "cancel_handover":
        return TakeBack()
    if action.name == "never_mind":
        return Abandon()
    if action.name == "choose":
        form = state.form
        open_values = {choice.value for choice in form.choices} if form else set()
        # A button of an earlier question, pressed late, means nothing any more.
        return Continue(fill(form, action.argument)) if form and action.argument in open_values else Stale()
    if action.name == "passage":
        return Show(action.argument)
    given = {"target": action.argument} if action.argument else {}
    return RunTool(action.name, action.name, text, given=given)


def _meant(intent: str, question: str, tool_of: Mapping[str, str]) -> Step:
    """The shopper chose one of two intents for the question before."""
    tool = tool_of.get(intent)
    return RunTool(tool, intent, question) if tool else LookUp(intent, question)


def put_off(steps: Sequence[Step], state: State) -> State:
    """Requests that must wait until the open question is answered."""
    tasks = tuple(
        Task(step.intent, step.text, step.confidence) for step in steps if isinstance(step, RunTool | LookUp)
    )
    return replace(state, agenda=(*state.agenda, *tasks))


def agenda_steps(state: State, tool_of: Mapping[str, str]) -> list[Step]:
    """What was put off, ready to be done."""
    return [
        RunTool(tool_of[task.intent], task.intent, task.text, task.confidence)
        if task.intent in tool_of
        else LookUp(task.intent, task.text, task.confidence, request=None)
        for task in state.agenda
    ]
