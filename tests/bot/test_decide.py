from dataclasses import replace

import pytest

from bot.actions import Action
from bot.conversation import Choice, Floor, Focus, Form, Identity, State, Task
from bot.decide import act, agenda_steps, decide, put_off
from bot.shop.mentions import Mention
from bot.steps import (
    Abandon,
    Again,
    Begin,
    Clarify,
    Continue,
    HandOver,
    LookUp,
    Resume,
    RunTool,
    Say,
    Stale,
    Step,
    TakeBack,
)
from bot.tools.registry import TOOLS, tool_of
from tests.bot.understood import request, understood

TOOL_OF = tool_of(TOOLS)
WAITING = State(floor=Floor("waiting"))
SIGNED_IN = State(identity=Identity("signed_in", "C001"))
CHOICES = (Choice("118626", "118626 四件套"), Choice("118588", "118588 磨豆机"))
ASKING = State(form=Form("order_status", "order_status", asking="order_number", choices=CHOICES))
SHOWN = State(
    focus=Focus(product_ids=("P001", "P002"), topic="recommend", question="推荐卫衣", shown=("P001", "P002"))
)


def decided(text: str, *requests: object, state: State = State(), **more: object) -> tuple[Step, ...]:  # noqa: B008
    return decide(understood(text, *requests, **more), state, TOOL_OF)  # type: ignore[arg-type]


def test_a_tools_intent_runs_it() -> None:
    (step,) = decided("我的订单到哪了", request("order_status"))
    assert isinstance(step, RunTool)
    assert (step.tool, step.request) == ("order_status", 0)


def test_any_other_intent_is_looked_up() -> None:
    assert decided("怎么开发票", request("invoice")) == (LookUp("invoice", "怎么开发票", 0.95, request=0),)


def test_what_the_gate_turns_away_is_looked_up_as_out_of_scope() -> None:
    (step,) = decided("今天股市怎么样", request("invoice", 0.2, accepted=False))
    assert isinstance(step, LookUp)
    assert not step.in_scope


@pytest.mark.parametrize(
    ("text", "intent", "reason"),
    [
        ("转人工", "human", "asked"),
        ("我要投诉", "complaint", "complaint"),
        ("什么态度", "complaint", "complaint"),
    ],
)
def test_people_are_handed_over(text: str, intent: str, reason: str) -> None:
    (step,) = decided(text, request(intent))
    assert isinstance(step, HandOver)
    assert step.reason == reason


def test_a_calm_complaint_is_asked_about_first_and_handed_over_the_second_time() -> None:
    (step,) = decided("快递员态度不好", request("complaint"))
    assert step == Say("complaint_what", "complaint", 0.95)
    (step,) = decided("快递员态度不好", request("complaint"), state=State(offer="human"))
    assert isinstance(step, HandOver)


def test_a_close_rival_with_another_answer_is_asked_about() -> None:
    (step,) = decided("包裹", request("order_status", 0.4, second="invoice", second_confidence=0.35))
    assert step == Clarify(("order_status", "invoice"), "包裹")


@pytest.mark.parametrize(
    ("confidence", "second", "share"),
    [(0.6, "invoice", 0.5), (0.4, "invoice", 0.1), (0.4, "greet", 0.35)],
    ids=["sure", "far behind", "courtesy"],
)
def test_no_dilemma(confidence: float, second: str, share: float) -> None:
    (step,) = decided("包裹", request("order_status", confidence, second=second, second_confidence=share))
    assert not isinstance(step, Clarify)


def test_two_ways_to_the_documents_are_no_dilemma() -> None:
    (step,) = decided("运费", request("delivery_cost", 0.4, second="delivery_time", second_confidence=0.39))
    assert isinstance(step, LookUp)


def test_requests_keep_their_order_and_questions_come_last() -> None:
    steps = decided(
        "转人工,还有多久到,另外查订单",
        request("human", text="转人工"),
        request("delivery_time", text="多久到", row=1),
        request("order_status", text="查订单", row=2),
    )
    assert [type(step) for step in steps] == [LookUp, RunTool, HandOver]


def test_a_courtesy_beside_a_request_is_not_answered() -> None:
    steps = decided(
        "你好,怎么开发票", request("greet", 1.0, text="你好"), request("invoice", text="怎么开发票")
    )
    assert [type(step) for step in steps] == [LookUp]


def test_a_second_greeting_is_shorter() -> None:
    assert decided("你好", request("greet", 1.0)) == (Say("greet", "greet", 1.0),)
    assert decided("你好", request("greet", 1.0), state=State(turns=1)) == (Say("greet_again", "greet", 1.0),)


def test_yes_takes_up_the_offer_and_only_that() -> None:
    assert decided("好的", request("affirm", 1.0), state=State(offer="human")) == (
        HandOver("asked", "human"),
    )
    assert decided("好的", request("affirm", 1.0)) == (Say("affirm_alone", "affirm", 1.0),)
    assert decided("不用", request("deny", 1.0), state=State(offer="human")) == (
        Say("deny_alone", "deny", 1.0),
    )


def test_pictures_alone_are_not_guessed_at() -> None:
    assert decided("😀😀", request("bye", 0.7)) == (Say("wordless", "bye", 0.7),)
    assert decided("👍", request("affirm", 0.9)) == (Say("affirm_alone", "affirm", 0.9),)


@pytest.mark.parametrize("text", ["118606", "那118606呢", "what about 118606"])
def test_an_order_number_alone_asks_for_its_status(text: str) -> None:
    (step,) = decided(text, request("invoice", 0.1, accepted=False))
    assert isinstance(step, RunTool)
    assert step.tool == "order_status"


@pytest.mark.parametrize(
    "text", ["118606", "那118606呢？", "还有 118606", "and #118606?", "And what about 118606 ?!"]
)
def test_an_order_number_alone_is_no_wish_whatever_it_is_taken_for(text: str) -> None:
    (step,) = decided(text, request("invoice"))
    assert isinstance(step, RunTool)
    assert step.tool == "order_status"


def test_an_order_number_goes_on_with_what_was_asked() -> None:
    state = State(focus=Focus(topic="track_parcel", question="物流到哪了"))
    (step,) = decided("118606", request("invoice", 0.1, accepted=False), state=state)
    assert isinstance(step, RunTool)
    assert step.tool == "track_parcel"


def test_an_order_number_beside_a_clear_wish_changes_nothing() -> None:
    (step,) = decided("118606开发票", request("invoice"))
    assert isinstance(step, RunTool)
    assert step.tool == "request_invoice"


@pytest.mark.parametrize(
    "text", ["我的订单", "我最近买了什么", "my orders", "show me all my orders", "what did I order last"]
)
def test_orders_are_listed_for_whom_they_are_known(text: str) -> None:
    tools = []
    for state in (SIGNED_IN, State()):
        (step,) = decided(text, request("recommend", 0.7), state=state)
        assert isinstance(step, RunTool)
        tools.append(step.tool)
    assert tools == ["list_orders", "order_status"]


@pytest.mark.parametrize(
    "text", ["取消我的所有订单", "when will all my orders be refunded", "我的订单到哪了"]
)
def test_orders_are_not_listed_when_something_is_wanted_of_them(text: str) -> None:
    (step,) = decided(text, request("cancel_order"), state=SIGNED_IN)
    assert not (isinstance(step, RunTool) and step.tool == "list_orders")


def test_a_return_under_way_is_looked_at_where_it_is_known_whose() -> None:
    words = ("我的退货审核通过了吗", request("return_item"))
    (step,) = decided(*words, state=SIGNED_IN)
    assert isinstance(step, RunTool)
    assert step.tool == "refund_status"
    (step,) = decided(*words)
    assert isinstance(step, LookUp)


def test_a_product_named_in_full_is_shown_though_the_gate_hesitates() -> None:
    mention = Mention("云朵卫衣", ("P001",), 4)
    (step,) = decided("说说云朵卫衣", request("invoice", 0.3, accepted=False), mentions=(mention,))
    assert isinstance(step, RunTool)
    assert step.tool == "product_facts"


# What only makes sense after the last answer


def test_turned_down_is_asked_again() -> None:
    assert decided("换一批", request("bye", 0.4), state=SHOWN, repairs=True) == (Again(),)
    assert decided("换一批", request("recommend"), repairs=True) != (Again(),)


def test_a_price_narrows_a_recommendation() -> None:
    assert decided("300元左右?", request("greet", 0.6), state=SHOWN) == (
        Again("300元左右?", turned_down=False),
    )
    assert decided("300元左右?", request("coupon", 0.9), state=SHOWN) != (
        Again("300元左右?", turned_down=False),
    )


def test_cheaper_turns_down_what_was_shown() -> None:
    assert decided("便宜点的", request("coupon", 0.7), state=SHOWN) == (Again("便宜点的"),)


def test_cheaper_than_a_product_recommends_others() -> None:
    state = replace(SHOWN, focus=replace(SHOWN.focus, topic="product_facts", product_ids=("P001",)))
    (step,) = decided("太贵了", request("complaint", 0.7), state=state)
    assert isinstance(step, RunTool)
    assert (step.tool, step.exclude) == ("recommend", ("P001",))


@pytest.mark.parametrize(
    ("text", "product"), [("第二个", "P002"), ("2", "P002"), ("the last one", "P002"), ("第一个", "P001")]
)
def test_a_place_points_at_what_was_shown(text: str, product: str) -> None:
    (step,) = decided(text, request("bye", 0.7), state=SHOWN)
    assert isinstance(step, RunTool)
    assert step.given == {"target": product}


def test_a_place_beyond_what_was_shown_points_at_nothing() -> None:
    (step,) = decided("第五个", request("invoice", 0.2, accepted=False), state=SHOWN)
    assert not isinstance(step, RunTool)


def test_a_question_goes_on_from_the_documents() -> None:
    state = State(focus=Focus(question="多久能送到"))
    assert decided("那新疆呢", request("invoice", 0.1, accepted=False), state=state) == (
        Again("那新疆呢", turned_down=False),
    )
    # A clear wish stands for itself.
    (step,) = decided("那发票呢", request("invoice", 0.9), state=state)
    assert isinstance(step, RunTool)
    assert step.tool == "request_invoice"


def test_a_question_goes_on_about_the_product() -> None:
    (step,) = decided("那XXL呢", request("size_advice", 0.4), state=SHOWN)
    assert isinstance(step, RunTool)
    assert step.tool == "product_facts"


# Open forms


def test_the_answer_continues_the_form() -> None:
    (step,) = decided("第二个", request("bye", 0.9), state=ASKING)
    assert isinstance(step, Continue)
    assert step.form.arguments == {"order_number": "118588"}


def test_a_digression_is_answered_and_the_form_resumes() -> None:
    steps = decided("怎么开发票", request("invoice"), state=ASKING)
    assert [type(step) for step in steps] == [LookUp, Resume]
    assert steps[-1] == Resume()


def test_an_unsure_digression_is_a_miss() -> None:
    assert decided("苹果", request("invoice", 0.4), state=ASKING) == (Resume(missed=True),)


def test_the_same_request_again_is_a_miss() -> None:
    assert decided("我的订单到哪了", request("order_status"), state=ASKING) == (Resume(missed=True),)


def test_listing_orders_is_no_miss() -> None:
    state = replace(ASKING, identity=SIGNED_IN.identity)
    steps = decided("我的订单有哪些", request("order_status"), state=state)
    assert [type(step) for step in steps] == [RunTool, Resume]


def test_a_form_is_dropped() -> None:
    assert decided("算了", request("deny", 1.0), state=ASKING) == (Abandon(),)


def test_a_person_ends_the_form() -> None:
    steps = decided("转人工", request("human"), state=ASKING)
    assert [type(step) for step in steps] == [Abandon, HandOver]


def test_another_product_takes_the_question_with_it() -> None:
    form = Form("product_facts", "stock", asking="product_id", choices=(Choice("P039", "意式咖啡机"),))
    mention = Mention("跑鞋", ("P012",), 0)
    steps = decided("跑鞋", request("product_question", 0.5), state=State(form=form), mentions=(mention,))
    assert steps[0] == Abandon(silently=True)
    assert isinstance(steps[1], RunTool)
    assert steps[1].tool == "product_facts"


# While waiting for a person


@pytest.mark.parametrize("text", ["不用了", "取消", "cancel", "never mind"])
def test_a_request_for_a_person_is_taken_back(text: str) -> None:
    assert decided(text, request("cancel_order"), state=WAITING) == (TakeBack(),)


@pytest.mark.parametrize("text", ["还要等多久", "有人吗", "how long?", "is anyone there?"])
def test_the_queue_is_asked_after(text: str) -> None:
    (step,) = decided(text, request("delivery_time"), state=WAITING)
    assert isinstance(step, HandOver)


def test_other_questions_are_answered_meanwhile() -> None:
    (step,) = decided("怎么开发票", request("invoice"), state=WAITING)
    assert isinstance(step, LookUp)


# Buttons


@pytest.mark.parametrize(
    ("action", "kind"),
    [
        ("human", HandOver),
        ("cancel_handover", TakeBack),
        ("returned", TakeBack),
        ("never_mind", Abandon),
        ("choose 118588", Continue),
        ("choose 118606", Stale),
        ("choose", Stale),
        ("intent order_status", RunTool),
        ("intent warranty", LookUp),
        ("order_status 118626", RunTool),
    ],
)
def test_a_button_is_its_step(action: str, kind: type[Step]) -> None:
    parsed = Action.parse(action)
    assert parsed is not None
    assert isinstance(act(parsed, ASKING, "", TOOL_OF), kind)


def test_a_choice_without_an_open_question_is_stale() -> None:
    assert act(Action("choose", "118588"), State(), "", TOOL_OF) == Stale()


# The agenda


def test_what_was_put_off_comes_back_in_order() -> None:
    steps = (
        RunTool("order_status", "order_status", "查订单", 0.9),
        LookUp("invoice", "开发票", 0.8),
        Say("thanks", "thanks"),
    )
    state = put_off(steps, State(agenda=(Task("coupon", "优惠券"),)))
    assert [task.intent for task in state.agenda] == ["coupon", "order_status", "invoice"]
    assert agenda_steps(state) == [Begin(task) for task in state.agenda]
