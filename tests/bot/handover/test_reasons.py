"""What a person must hear, and what sounds like it and is none of it."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic import ValidationError

from bot.conversation import State
from bot.handover.afterwards import stars_of
from bot.handover.mood import mood_of
from bot.handover.reasons import asks_for_person, asks_who_it_is, counted, reason_after
from bot.handover.topics import FILE, read_topics, topic_of, topics
from bot.parts import Part
from bot.shop.policy import ToAPerson
from bot.store.base import Attempt
from connectors.base import ToolRun
from tests.conftest import NOW

HERE = Path(__file__).parent


def lines(name: str) -> Any:
    return yaml.safe_load((HERE / name).read_text(encoding="utf-8"))


def test_topics_are_known_by_their_words() -> None:
    sensitive = lines("sensitive.yaml")
    assert sensitive.keys() == topics().keys()
    wrong = [
        (topic, text, topic_of(text))
        for topic, texts in sensitive.items()
        for text in texts
        if topic_of(text) != topic
    ]
    assert not wrong


def test_ordinary_words_are_no_topic_and_no_call() -> None:
    harmless = lines("harmless.yaml")
    assert len(harmless) >= 60
    assert not [(text, topic_of(text)) for text in harmless if topic_of(text)]
    assert not [text for text in harmless if asks_for_person(text, begun=True)]


def test_calls_for_a_person_are_heard() -> None:
    assert not [text for text in lines("calls.yaml") if not asks_for_person(text, begun=True)]
    assert asks_for_person("有人吗", begun=True)
    assert not asks_for_person("有人吗", begun=False)
    assert asks_who_it_is("are you a bot or a real person?")
    assert asks_who_it_is("你是真人吗")
    assert not asks_who_it_is("are you a bot? get me a person")


def test_how_to_have_data_deleted_is_left_to_the_documents() -> None:
    assert topic_of("delete my personal data") == "personal_data"
    assert topic_of("how do I delete my personal data") is None


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (("action: care", "action: hope"), "action"),
        (("how_to: documents", "how_to: nobody"), "how_to"),
        (("{crisis}", "{number}"), "number"),
        (("轻生", "轻生("), "pattern"),
        (("self_harm:\n", "self_harm:\n  more: 1\n"), "more"),
    ],
)
def test_a_mistake_in_the_list_is_named(change: tuple[str, str], problem: str) -> None:
    text = FILE.read_text(encoding="utf-8")
    assert change[0] in text
    with pytest.raises(ValidationError) as error:
        read_topics(yaml.safe_load(text.replace(change[0], change[1])))
    assert problem in str(error.value)


@pytest.mark.parametrize(
    ("text", "mood"),
    [
        ("多久能到", "calm"),
        ("XL 的有吗", "calm"),
        ("SG1043", "calm"),
        ("等了 9 天还没到", "unhappy"),
        ("I'm disappointed", "unhappy"),
        ("怎么还没发货！！！", "angry"),
        ("你们是骗子吧", "angry"),
        ("WHERE IS MY PARCEL PLEASE", "unhappy"),
        ("I AM STILL WAITING FOR MY PARCEL", "angry"),
        ("this is unacceptable", "angry"),
    ],
)
def test_moods(text: str, mood: str) -> None:
    assert mood_of([text]) == mood


def test_what_was_refused_twice_or_by_the_wrong_rule_goes_to_a_person() -> None:
    rules = ToAPerson(rules=("returns.fault_window",), refusals=2, value_cents=100_000)

    def refusal(tool: str, rule: str) -> Part:
        attempt = Attempt(NOW, tool, {}, "signed_in", "C1", "refused", rule)
        return Part(text="no", tool=ToolRun(tool, "refused"), attempts=(attempt,))

    state = State()
    late = refusal("return_items", "returns.window")
    assert counted(late, state) == ("return_items", 1)
    assert reason_after(late, 1, rules, worth=50_000) is None
    assert reason_after(late, 1, rules, worth=100_001) == "value"
    assert reason_after(late, 1, rules, worth=None) is None
    again = State(refused="return_items", refusals=1)
    assert counted(late, again) == ("return_items", 2)
    assert reason_after(late, 2, rules, worth=None) == "refused"
    assert counted(refusal("cancel_order", "cancel.shipped"), again) == ("cancel_order", 1)
    assert counted(refusal("return_items", "text.missing"), again) == ("return_items", 1)
    assert counted(Part(tool=ToolRun("return_items", "proposed")), again) == ("", 0)
    assert reason_after(refusal("return_items", "returns.fault_window"), 1, rules, worth=None) == "policy"
    invoice = refusal("request_invoice", "invoices.window")
    assert reason_after(invoice, 1, rules, worth=900_000) is None
    assert reason_after(Part(tool=ToolRun("order_status", "failed")), 0, rules, worth=None) == "tool_failed"


@pytest.mark.parametrize(
    ("text", "stars"),
    [
        ("5", 5),
        ("4分", 4),
        ("三星", 3),
        ("2/5", 2),
        ("满意", 4),
        ("非常满意", 5),
        ("不满意", 2),
        ("很不满意", 1),
        ("一般", 3),
        ("great!", 5),
        ("terrible", 1),
        ("6", None),
        ("15", None),
        ("5 件一起退", None),
        ("好的", None),
        ("退款什么时候到", None),
    ],
)
def test_verdicts(text: str, stars: int | None) -> None:
    assert stars_of(text) == stars
