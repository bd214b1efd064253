from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.shipped import shipped
from intents.language import detect_language, script_of

MESSAGES: dict[str, list[str]] = shipped(Path(__file__).with_name("languages.yaml"))


def labelled() -> Iterator[tuple[str, str]]:
    for language, texts in MESSAGES.items():
        for text in texts:
            yield language, text


def test_the_list_is_worth_measuring() -> None:
    assert len(MESSAGES) >= 10
    assert len(list(labelled())) >= 100


def test_short_messages_are_told_apart() -> None:
    wrong = [
        (language, text) for language, text in labelled() if detect_language(text, fallback=None) != language
    ]
    assert len(wrong) <= 0.05 * len(list(labelled())), wrong


@pytest.mark.parametrize("language", ["zh", "ja", "ko", "ar", "ru"])
def test_script_languages_are_never_confused(language: str) -> None:
    found = {detect_language(text, fallback="en") for text in MESSAGES[language]}
    assert found == {language}


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("有没有 black XL 的?", "zh"),
        ("what does 包邮 mean", "en"),
        ("how do I use the 满减 coupon", "en"),
        ("我想要 nike air max 90 black", "zh"),
        ("nike air max 90 有吗", "zh"),
        ("please 帮我查一下 order 104233", "zh"),
        ("https://shop.example/p/1 这个有货吗", "zh"),
        ("T恤", "zh"),
        ("今天好の心情", "zh"),
        ("注文はどこ", "ja"),
        ("привіт, де моє замовлення", "uk"),
        ("退货", "zh"),
    ],
)
def test_mixed_messages(text: str, language: str) -> None:
    assert detect_language(text, fallback=None) == language


@pytest.mark.parametrize(
    "text", ["ok", "DHL", "104233", "#104233", "👍", "", "XL", "hi", "thx", "...", "SG2024-0001"]
)
@pytest.mark.parametrize("spoken", ["zh", "en", "ja", "es"])
def test_what_says_nothing_keeps_the_language(text: str, spoken: str) -> None:
    assert detect_language(text, fallback=spoken) == spoken


def test_the_hint_serves_before_the_first_word_and_english_last() -> None:
    assert detect_language("ok", fallback=None, hint="zh") == "zh"
    assert detect_language("ok", fallback="ja", hint="zh") == "ja"
    assert detect_language("ok", fallback=None) == "en"


def test_a_switch_of_language_is_followed() -> None:
    assert detect_language("where is my order", fallback="zh") == "en"
    assert detect_language("订单到哪了", fallback="en") == "zh"
    assert detect_language("je voudrais annuler ma commande", fallback="en") == "fr"


def test_nothing_is_fetched(monkeypatch: pytest.MonkeyPatch) -> None:
    import socket

    from intents import language

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("the network was used")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    language._model.cache_clear()
    assert detect_language("dónde está mi pedido", fallback=None) == "es"


@pytest.mark.parametrize(
    ("text", "script"),
    [
        ("退货", "han"),
        ("返品したい", "kana"),
        ("환불", "hangul"),
        ("refund", "latin"),
        ("где", "cyrillic"),
        ("42", None),
    ],
)
def test_script_of(text: str, script: str | None) -> None:
    assert script_of(text) == script


@given(st.text(max_size=300), st.sampled_from([None, "zh", "en"]))
def test_any_text_has_a_language(text: str, fallback: str | None) -> None:
    assert 2 <= len(detect_language(text, fallback=fallback)) <= 3
