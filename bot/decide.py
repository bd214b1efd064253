"""Step 4: from what was understood to what to do, in order. Pure: no I/O, nothing remembered."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from bot import cues, in_change
from bot.actions import Action
from bot.conversation import Form, State, Task
from bot.forms import answered, fill, is_dropped, says_more
from bot.handover import reasons
from bot.handover.afterwards import stars_of
from bot.handover.contacts import left_contact
from bot.shop.changes.requests import KINDS
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
    Rate,
    Resume,
    RunTool,
    Say,
    Show,
    Stale,
    Step,
    TakeBack,
)
from bot.told_by_words import ABOUT_RETURNS, ANSWERS, COURTESIES, is_real, is_weak, told_by_words
from bot.understanding import Understanding
from intents.classifier import Score
from intents.requests import LIKELY, Request

_SURE = 0.5
"""Below this confidence, a second intent that is close is asked about."""
_CLOSE = 0.6
"""The second intent is close when it has at least this share of the first one's confidence."""
_DIGRESSION = 0.55
"""Inside a form, another request counts only from this confidence."""
_SURELY_OTHER = 0.8
_SHORT = 40
"""Characters of a message that does no more than point."""
_MOST_REQUESTS = 4
_OF_ONE_ORDER = {"cancel_order", "change_address", "change_items"}
"""Nobody asks of a product in the shop whether it can be cancelled."""
_ABOUT_ORDERS = ("order_status", "track_parcel")
"""Tools after whose answer an order is on the table."""
_SHOWING = ("recommend", "product_facts", "compare_products")
"""Tools after whose answer products are on the table."""
_INTENT_OF = {
    "list_orders": "order_status",
    "order_status": "order_status",
    "track_parcel": "track_parcel",
    "refund_status": "refund_status",
    "product_facts": "product_question",
    "return_options": "return_item",
    "report_problem": "item_damaged",
    "change_default_address": "change_address",
    "coupons": "coupon",
    "payment_methods": "payment_methods",
}


def decide(understanding: Understanding, state: State, tool_of: Mapping[str, str]) -> tuple[Step, ...]:
    """The steps for typed words; `tool_of` is intent → tool name."""
    if steps := _about_people(understanding, state):
        return steps
    return _decided(_heard(understanding, state), state, tool_of)


def _about_people(understanding: Understanding, state: State) -> tuple[Step, ...]:
    """What only a person answers, where they can be reached, how it was with them."""
    text, form, topic = understanding.text, state.form, understanding.topic
    if topic is not None and (form is None or not form.free or topic == "self_harm"):
        return (*((Abandon(silently=True),) if form else ()), HandOver(topic, "human"))
    if state.rating == "asked" and (stars := stars_of(text)) is not None:
        return (Rate(stars),)
    if state.rating == "comment" and text.strip() and not _asks(understanding):
        return (Rate(comment=text),)
    if contact := left_contact(understanding, state):
        return (LeaveContact(contact),)
    return ()


def _asks(understanding: Understanding) -> bool:
    """Wants something new: no comment on what was."""
    surely = any(one.accepted and one.confidence >= _SURELY_OTHER for one in understanding.requests)
    return surely and (cues.is_question(understanding.text) or bool(understanding.entities.order_numbers))


def _heard(understanding: Understanding, state: State) -> Understanding:
    """A call for a person counts as one, however it is put."""
    requests = tuple(
        replace(one, ranked=(Score("human", 1.0), *one.ranked), accepted=True)
        if reasons.asks_for_person(one.text, begun=state.turns > 0)
        else one
        for one in understanding.requests
    )
    return replace(understanding, requests=requests)


def _decided(understanding: Understanding, state: State, tool_of: Mapping[str, str]) -> tuple[Step, ...]:
    text = understanding.text
    if understanding.is_only_photos and state.form is None:
        key = "photos_waiting" if state.floor.name == "waiting" else "photos"
        return (Say(key, "photos"),)
    if understanding.is_only_photos and state.form is not None and not state.form.writes:
        return (Resume(),)
    if state.form is not None and state.form.writes:
        return _inside_change(understanding, state, tool_of)
    if state.form is not None:
        other = cues.lists_orders(text) or _asks_something_else(understanding, state.form)
        form = None if other else answered(state.form, understanding)
        if form is not None:
            return (Continue(form),)
        if is_dropped(understanding):
            return _dropped(understanding, state, tool_of)
        return _inside_form(understanding, state, tool_of)
    if state.floor.name == "waiting":
        if is_dropped(understanding) or cues.takes_back(text):
            return (TakeBack(),)
        if cues.asks_the_queue(text):
            return (HandOver("asked", "human"),)
    if cues.undoes(text) and state.focus.topic in KINDS:
        return (RunTool("undo", "undo", text),)
    if understanding.repairs and state.focus.shown:
        return (Again(),)
    if step := _continued(understanding, state):
        return (step,)
    return _steps(understanding, state, tool_of)


def _inside_change(
    understanding: Understanding, state: State, tool_of: Mapping[str, str]
) -> tuple[Step, ...]:
    form = state.form
    assert form is not None
    if step := in_change.settle(understanding, state):
        return _dropped(understanding, state, tool_of) if step == Abandon() else (step,)
    changes = in_change.instead(understanding, state, tool_of)
    if changes and isinstance(changes[-1], RunTool):
        return changes
    requests = [one for one in in_change.others(understanding, form) if not in_change.is_change(one)]
    if not requests:
        return (*changes, Resume())
    steps = _steps(replace(understanding, requests=tuple(requests)), replace(state, form=None), tool_of)
    if any(isinstance(step, HandOver) for step in steps):
        return (Abandon(silently=True), *steps)
    return (*steps, *changes, Resume())


def _dropped(understanding: Understanding, state: State, tool_of: Mapping[str, str]) -> tuple[Step, ...]:
    """What was open is left; what is asked in the same breath is answered: "算了，有优惠券吗"."""
    rest = tuple(
        one
        for one in understanding.requests
        if is_real(one) and one.accepted and one.confidence >= _SURELY_OTHER and not in_change.is_change(one)
    )
    if not rest or len(understanding.requests) == 1:
        return (Abandon(),)
    free = replace(state, form=None, offer=None)
    return (Abandon(silently=True), *_steps(replace(understanding, requests=rest), free, tool_of))


def _inside_form(understanding: Understanding, state: State, tool_of: Mapping[str, str]) -> tuple[Step, ...]:
    """The message does not answer the form's question: another request, or a miss."""
    form = state.form
    assert form is not None
    free = replace(state, form=None)
    if form.asking == "product_id" and understanding.mentions:
        # Another product than those offered: the question is about that one.
        return (Abandon(silently=True), RunTool(form.tool, form.intent, understanding.text, request=0))
    requests = [request for request in understanding.requests if _is_digression(request)]
    # The same request again, put differently, is no digression: the form's question still stands.
    if not any(request.intent != form.intent or cues.lists_orders(request.text) for request in requests):
        return (Resume(missed=True),)
    steps = _steps(replace(understanding, requests=tuple(requests)), free, tool_of)
    if any(isinstance(step, HandOver) for step in steps):
        return (Abandon(silently=True), *steps)
    return (*steps, Resume())


def _asks_something_else(understanding: Understanding, form: Form) -> bool:
    """A choice is named, but in the middle of another wish: "recommend a cup", "cancel the mug"."""
    requests = understanding.requests
    return says_more(form, understanding) and any(
        request.intent != form.intent and _is_digression(request) for request in requests
    )


def _is_digression(request: Request) -> bool:
    if cues.lists_orders(request.text):
        return True
    return request.accepted and request.confidence >= _DIGRESSION and request.intent not in ANSWERS


def _continued(understanding: Understanding, state: State) -> Step | None:
    """A message that means something only after the last answer: "那新疆呢", "around 300?", "the second one"."""
    if len(understanding.requests) != 1:
        return None
    request, focus = understanding.requests[0], state.focus
    if focus.topic in _SHOWING and cues.wants_alike(request.text):
        return RunTool("recommend", "recommend", request.text, request.confidence, request=request.row)
    if focus.topic in _SHOWING and len(focus.places) > 1 and cues.asks_for_cheapest(request.text):
        given = {"products": ",".join(focus.places)}
        return RunTool("compare_products", "compare_products", request.text, request.confidence, given=given)
    if focus.question and cues.asks_what_now(request.text):
        return Again()
    if focus.topic in _SHOWING and cues.wants_cheaper(request.text):
        return Again(request.text) if focus.topic == "recommend" else _cheaper(request, state)
    if focus.topic == "recommend" and _names_a_price(understanding):
        return Again(request.text, turned_down=False)
    weak = is_weak(request)
    if (weak or cues.only_points(request.text)) and (chosen := _pointed_at(understanding, state)):
        return RunTool("product_facts", "product_question", request.text, given={"target": chosen})
    if not weak:
        return None
    if not cues.goes_on(request.text) or understanding.entities.order_numbers or not focus.question:
        return None
    if focus.topic in _SHOWING:
        return RunTool("product_facts", "product_question", request.text, request=request.row)
    return Again(request.text, turned_down=False) if not focus.topic else None


def _cheaper(request: Request, state: State) -> Step:
    return RunTool(
        "recommend", "recommend", request.text, request=request.row, exclude=state.focus.product_ids
    )


def _names_a_price(understanding: Understanding) -> bool:
    request = understanding.requests[0]
    other = request.accepted and request.intent != "recommend" and request.confidence >= _SURELY_OTHER
    return bool(understanding.entities.money) and not understanding.mentions and not other


def _pointed_at(understanding: Understanding, state: State) -> str | None:
    """The product of those listed last that a place or a bare number names."""
    shown, entities = state.focus.places, understanding.entities
    places = [one.index for one in entities.ordinals]
    places += [entities.bare_number] if entities.bare_number is not None else []
    index = next((place for place in places if 1 <= abs(place) <= len(shown)), None)
    if index is None or state.focus.topic not in _SHOWING or len(understanding.text) > _SHORT:
        return None
    return shown[index - 1 if index > 0 else index]


def _steps(understanding: Understanding, state: State, tool_of: Mapping[str, str]) -> tuple[Step, ...]:
    requests = tuple(in_change.with_details(understanding.requests[:_MOST_REQUESTS]))
    numbered = bool(understanding.entities.order_numbers)
    real = [one for one in requests if numbered or is_real(one) or _only_sounds_like_no(one, state)]
    if not real:
        return _courtesy(requests, state, understanding, tool_of)
    steps: list[Step] = []
    for request in real:
        step = _step(request, understanding, state, tool_of)
        called = isinstance(step, HandOver) and any(isinstance(one, HandOver) for one in steps)
        if step not in steps and not called:
            steps.append(step)
    # A question that must be answered by the shopper comes last.
    return tuple(sorted(steps, key=lambda step: isinstance(step, Clarify | HandOver)))


def _only_sounds_like_no(request: Request, state: State) -> bool:
    """不出水 where nothing is open that a no could be for."""
    return (
        request.intent == "deny"
        and state.offer is None
        and not cues.says_no(request.text)
        and request.confidence < 1.0
    )


def _courtesy(
    requests: tuple[Request, ...],
    state: State,
    understanding: Understanding,
    tool_of: Mapping[str, str],
) -> tuple[Step, ...]:
    intent = requests[-1].intent if requests else "small_talk"
    confidence = requests[-1].confidence if requests else 0.0
    agrees = any(one.intent == "affirm" for one in requests) and not cues.takes_note(understanding.text)
    if agrees and state.offer is not None:
        offered = Action.parse(state.offer)
        return (act(offered, state, understanding.text, tool_of),) if offered else ()
    if cues.is_wordless(understanding.text) and intent not in ANSWERS | {"thanks"}:
        return (Say("wordless", intent, confidence),)
    if intent == "affirm" and state.floor.name == "waiting":
        return (HandOver("asked", "human"),)
    if intent in ANSWERS:
        return (Say(f"{intent}_alone", intent, confidence),)
    if intent == "greet" and state.turns:
        return (Say("greet_again", intent, confidence),)
    return (Say(intent, intent, confidence),)


def _step(request: Request, understanding: Understanding, state: State, tool_of: Mapping[str, str]) -> Step:
    if tool := told_by_words(request, understanding, state):
        return RunTool(tool, _intent_of(tool, tool_of), request.text, request.confidence, request=request.row)
    if not request.accepted and cues.is_wordless(request.text):
        return Say("wordless", "out_of_scope", request.confidence)
    if not request.accepted or request.intent in ANSWERS:
        near = request.in_scope >= LIKELY
        return LookUp("out_of_scope", request.text, request.confidence, request=request.row, in_scope=near)
    if request.intent == "human" and reasons.asks_who_it_is(request.text):
        return Say("bot_identity", "bot_identity", request.confidence)
    if request.intent == "human" and reasons.asks_how_to_reach(request.text):
        return RunTool(tool_of["store_info"], "store_info", request.text, request.confidence)
    if request.intent == "human":
        return HandOver("asked", request.intent, request.confidence)
    if request.intent == "complaint" and (state.offer == "human" or reasons.is_grave(understanding.text)):
        return HandOver("complaint", request.intent, request.confidence)
    if request.intent == "complaint":
        return Say("complaint_what", request.intent, request.confidence)
    if second := _rival(request, tool_of):
        return Clarify((request.intent, second), request.text)
    tool = None if _is_general(request) else tool_of.get(request.intent)
    if tool and (request.intent not in in_change.CHANGES or _is_to_be_done(request, understanding, state)):
        return RunTool(tool, request.intent, request.text, request.confidence, request=request.row)
    return LookUp(request.intent, request.text, request.confidence, request=request.row)


def _is_general(request: Request) -> bool:
    """How long refunds take, for anybody: the documents say it."""
    return (
        request.intent in ABOUT_RETURNS
        and cues.asks_generally(request.text)
        and not cues.is_own(request.text)
    )


def _intent_of(tool: str, tool_of: Mapping[str, str]) -> str:
    return _INTENT_OF.get(tool) or next((intent for intent, name in tool_of.items() if name == tool), tool)


def _is_to_be_done(request: Request, understanding: Understanding, state: State) -> bool:
    """A change of one's own order is done; a question about changes is answered by the documents."""
    if cues.asks_return_progress(request.text):
        return False
    if request.intent in _OF_ONE_ORDER and understanding.mentions and state.identity.level == "signed_in":
        return not cues.asks_generally(request.text)  # 周计划本可以取消吗: theirs
    if request.intent in _OF_ONE_ORDER and state.focus.topic in _ABOUT_ORDERS:
        return not cues.asks_generally(request.text)  # "can I still change the address?" of the order shown
    return bool(understanding.entities.order_numbers) or cues.wants_done(request.text)


def _rival(request: Request, tool_of: Mapping[str, str]) -> str | None:
    """A second intent that is nearly as likely and would lead to another place.

    Two that both lead to the documents are no dilemma: the search decides by the words.
    """
    if request.confidence >= _SURE or len(request.ranked) < 2:
        return None
    second = request.ranked[1]
    if second.confidence < _CLOSE * request.confidence or second.name in COURTESIES | ANSWERS:
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
    if action.name == "returned":
        return TakeBack(returned=True)
    if action.name == "contact":
        return LeaveContact(kind=action.argument)
    if action.name == "rate":
        return Rate(int(action.argument)) if action.argument in set("12345") else Stale()
    if action.name == "never_mind":
        return Abandon()
    if action.name == "choose":
        form = state.form
        open_values = {choice.value for choice in form.choices} if form else set()
        # A button of an earlier question, pressed late, means nothing any more.
        return Continue(fill(form, action.argument)) if form and action.argument in open_values else Stale()
    if action.name == "confirm":
        return Confirm(action.argument)
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
        step.task if isinstance(step, Begin) else Task(step.intent, step.text, step.confidence)
        for step in steps
        if isinstance(step, RunTool | LookUp | Begin)
    )
    return replace(state, agenda=(*state.agenda, *tasks))


def agenda_steps(state: State) -> list[Step]:
    """What was put off, ready to be done."""
    return [Begin(task) for task in state.agenda]
