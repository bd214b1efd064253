"""Dialogues as data: `*.yaml` beside this file, each played word for word on the demo shop.

A turn says something (`say`, a list for messages sent at once), sends `photos` (how many), presses a button (`press`, its label,
or an action that a forger made up), lets minutes pass (`later` for the bot to speak up, `wait`
otherwise), has the bot look for what is back in stock (`restocked`), has somebody of the shop act (`agent`, see
`people.py`) or be `gone` for minutes, or moves the shop (`meanwhile`). `expect` looks at the reply, `after` at what is left
behind, `changes` at the shop: what is not named there is as it was. Words after `re:` are a pattern.
`verify_by` plays it on a bot with those ways to prove who asks; `{code}` is the newest code in the mail.
"""

import re
from pathlib import Path
from typing import Any

import pytest

from bot.shipped import shipped
from connectors.base import Reply
from tests.dialogues.shop_state import fits
from tests.dialogues.stage import Played, Stage

_TURN = {
    "say",
    "photos",
    "restocked",
    "agent",
    "gone",
    "press",
    "later",
    "wait",
    "meanwhile",
    "as",
    "reads",
    "expect",
    "silent",
}
_EXPECT = {
    "text",
    "not_text",
    "language",
    "intent",
    "tools",
    "sources",
    "cards",
    "no_cards",
    "quick_replies",
    "floor",
    "author",
    "agent",
}
_AFTER = {
    "handover",
    "floor",
    "identity",
    "order",
    "language",
    "asking",
    "unanswered",
    "handovers",
    "refused",
    "mails",
}


def _dialogues() -> list[Any]:
    found = []
    for path in sorted(Path(__file__).parent.glob("*.yaml")):
        for dialogue in shipped(path):
            found.append(
                pytest.param(
                    f"{path.stem}/{dialogue['name']}", dialogue, id=f"{path.stem}-{dialogue['name']}"
                )
            )
    return found


@pytest.mark.parametrize(("name", "dialogue"), _dialogues())
@pytest.mark.asyncio(loop_scope="package")
async def test_dialogue(stage: Stage, name: str, dialogue: dict[str, Any]) -> None:
    played = await stage.play(name, dialogue)
    for turn in dialogue["turns"]:
        assert turn.keys() <= _TURN, f"unknown: {turn.keys() - _TURN}"
        reply = await stage.turn(played, turn, dialogue.get("customer"))
        if "meanwhile" in turn or "wait" in turn or "done" in turn.get("agent", {}):
            continue
        if turn.get("silent"):
            assert reply is None, "a reply where silence was due" + played.transcript()
            continue
        assert reply is not None, "no reply" + played.transcript()
        _check(reply, turn.get("expect", {}), played)
    await stage.check_end(played, dialogue.get("changes"))
    left = await stage.state(played)
    after = dialogue.get("after", {})
    assert after.keys() <= _AFTER, f"unknown: {after.keys() - _AFTER}"
    if "handover" in after:
        fits(left["handover"], after["handover"], f"handover{played.transcript()}\n{left['handover']}\n")
    plain = {key: value for key, value in after.items() if key != "handover"}
    assert {key: left[key] for key in plain} == plain, played.transcript()


def test_names_are_unique() -> None:
    names = [one.values[0] for one in _dialogues()]
    assert len(names) == len(set(names))


def test_there_are_enough_in_both_languages() -> None:
    said = [" ".join(str(turn.get("say", "")) for turn in one.values[1]["turns"]) for one in _dialogues()]
    chinese = sum(bool(re.search(r"[\u4e00-\u9fff]", text)) for text in said)
    assert len(said) >= 80
    assert chinese >= 0.4 * len(said)


def _check(reply: Reply, expect: dict[str, Any], played: Played) -> None:
    assert expect.keys() <= _EXPECT, f"unknown: {expect.keys() - _EXPECT}"
    told = played.transcript()
    for words in _list(expect.get("text")):
        assert _says(reply.text, words), f"not said: {words}{told}"
    for words in _list(expect.get("not_text")):
        assert not _says(reply.text, words), f"said: {words}{told}"
    for key, actual in (
        ("language", reply.language),
        ("floor", reply.floor),
        ("author", reply.author),
        ("agent", reply.agent),
        ("intent", reply.intent.name if reply.intent else None),
    ):
        assert key not in expect or expect[key] == actual, f"{key} is {actual}{told}"
    if "tools" in expect:
        assert [[tool.name, tool.outcome] for tool in reply.tools] == expect["tools"], told
    titles = [source.title for source in reply.sources]
    for title in _list(expect.get("sources")):
        assert title in titles, f"no source {title}{told}"
    if expect.get("sources") == []:
        assert not titles, told
    cards = [f"{card.kind} {card.id}" for card in reply.cards]
    for card in _list(expect.get("cards")):
        assert card in cards or card in [one.split()[0] for one in cards], f"no card {card}{told}"
    for card in _list(expect.get("no_cards")):
        assert card not in cards, f"card {card}{told}"
    labels = [button.label for button in reply.quick_replies]
    actions = [button.action for button in reply.quick_replies]
    for button in _list(expect.get("quick_replies")):
        assert button in labels or button in actions, f"no button {button}{told}"


def _list(value: Any) -> list[str]:
    values = value if isinstance(value, list) else [] if value is None else [value]
    return [str(one) for one in values]


def _says(text: str, words: str) -> bool:
    if words.startswith("re:"):
        return re.search(words[3:], text, re.IGNORECASE | re.DOTALL) is not None
    return words in text
