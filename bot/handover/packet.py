"""What the person who takes over reads first: plain JSON, from the conversation's last lines and its state."""

import re
from collections.abc import Sequence
from typing import Any

from bot import cues
from bot.actions import is_about_linking
from bot.conversation import State
from bot.handover.actions import Action
from bot.handover.mood import Mood, mood_of
from bot.handover.reasons import asks_for_person
from bot.handover.topics import topics
from bot.shop.changes.requests import KINDS
from bot.store.base import Store, StoredMessage
from bot.texts.catalogue import Texts
from connectors.base import Reply, ToolRun
from knowledge.sentences import sentences

_LINES = 30
"""Of the conversation's end, that are read."""
_LARGEST_SEQ = 2**31 - 1
_LONGEST = 120
"""Characters of the problem."""
_SHORT = 40
_CONTACT = re.compile(r"\S@\S|\d{7}")
_MOOD_LINES = 4
_MOST = 8
_PARCEL = ("track_parcel", "order_status", "list_orders")

Json = dict[str, Any]


async def last_lines(store: Store, conversation_id: str) -> Sequence[StoredMessage]:
    return await store.history(conversation_id, before=_LARGEST_SEQ, limit=_LINES)


def packet(
    reason: str,
    state: State,
    lines: Sequence[StoredMessage],
    texts: Texts,
    *,
    language: str,
    run: ToolRun | None = None,
) -> dict[str, object]:
    """`lines` are the last ones, oldest first, with those that are being answered; `run` the tool that just ran."""
    lines = [line for line in lines if not is_about_linking(line.action)]
    said = [line.text for line in lines if line.author == "shopper" and line.text.strip()]
    action = next_action(reason, state)
    sources = _sources(lines)
    return {
        "problem": problem(said),
        "language": language,
        "mood": mood(said),
        "reason": reason,
        "identity": {
            "level": state.identity.level,
            "customer_id": state.identity.customer_id,
            "order_number": state.identity.order_number,
        },
        "orders": _orders(state, lines),
        "product_ids": list(state.focus.product_ids),
        "tools": _tools(lines, run),
        "promised": _promised(lines),
        "sources": sources,
        "tried": _tried(lines),
        "next": {"action": action, **{one: texts.say(f"next.{action}", one) for one in ("zh", "en")}},
        "draft_sources": [source["passage_id"] for source in sources[-2:]],
    }


def mood(said: Sequence[str]) -> Mood:
    return mood_of(said[-_MOOD_LINES:])


def problem(said: Sequence[str]) -> str:
    """The last words that say more than "a person, please", in at most 120 characters."""
    told = [line for line in said if not _is_only_a_call(line)]
    if not said:
        return ""
    line = " ".join((told or said[:1])[-1].split())
    if len(line) <= _LONGEST:
        return line
    short = ""
    for sentence in sentences(line):
        if len(short) + len(sentence) > _LONGEST:
            break
        short = f"{short} {sentence}".strip() if sentence.isascii() else short + sentence
    return short or line[: _LONGEST - 1] + "…"


def next_action(reason: str, state: State) -> Action:
    if reason in topics():
        return topics()[reason].action
    if reason == "callback":
        return "call_back"
    if reason in ("tool_failed", "by_hand"):
        return "do_by_hand"
    if reason == "unsettled":
        return "check_order"
    if reason in ("refused", "policy", "value"):
        return "explain_policy"
    if reason == "complaint":
        return "apologise_and_check"
    if reason == "failures":
        return "answer"
    topic = state.form.tool if state.form else state.focus.topic
    if topic in _PARCEL:
        return "check_parcel" if topic == "track_parcel" else "check_order"
    return "run_change" if topic in KINDS else "ask"


def _is_only_a_call(line: str) -> bool:
    """Says no more than that a person should come, or where to reach the shopper."""
    if len(line) > _SHORT:
        return False
    called = asks_for_person(line, begun=True) or cues.asks_the_queue(line)
    return called or cues.is_wordless(line) or bool(_CONTACT.search(line))


def _orders(state: State, lines: Sequence[StoredMessage]) -> list[str]:
    """Those that were shown or spoken of, the latest last."""
    shown = [card.id for line in lines if line.reply for card in line.reply.cards if card.kind == "order"]
    known = (*shown, state.identity.order_number, state.focus.order_number)
    return list(dict.fromkeys(number for number in known if number))[-_MOST:]


def _tools(lines: Sequence[StoredMessage], run: ToolRun | None) -> list[Json]:
    runs = [
        {"name": one.name, "outcome": _came_to(one, line.reply)}
        for line in lines
        if line.reply
        for one in line.reply.tools
    ]
    if run is not None:
        runs.append({"name": run.name, "outcome": run.outcome})
    return runs[-_MOST:]


def _came_to(run: ToolRun, reply: Reply) -> str:
    """A change that went well without a receipt only asked for what it still needs."""
    changed = any(card.kind == "receipt" for card in reply.cards)
    return "asked" if run.outcome == "ok" and run.name in KINDS and not changed else run.outcome


def _promised(lines: Sequence[StoredMessage]) -> list[Json]:
    """Receipts: what was done, the money and the deadlines that the shopper was told."""
    receipts = {
        card.id: {"receipt": card.id, "title": card.title, "lines": [list(row) for row in card.lines]}
        for line in lines
        if line.reply
        for card in line.reply.cards
        if card.kind == "receipt"
    }
    return list(receipts.values())[-_MOST:]


def _sources(lines: Sequence[StoredMessage]) -> list[Json]:
    quoted = {
        source.passage_id: {
            "passage_id": source.passage_id,
            "title": source.title,
            "section": source.section,
            "quote": source.quote,
        }
        for line in lines
        if line.reply
        for source in line.reply.sources
    }
    return list(quoted.values())[-_MOST:]


def _tried(lines: Sequence[StoredMessage]) -> list[Json]:
    """What was asked, and whether the bot had an answer."""
    answers = {key: line.reply for line in lines if line.reply for key in line.reply.in_reply_to}
    tried = []
    for line in lines:
        reply = answers.get(line.external_id or "")
        if line.author != "shopper" or reply is None or _is_only_a_call(line.text):
            continue
        worked = any(run.outcome in ("ok", "proposed") for run in reply.tools)
        tried.append({"asked": line.text[:200], "answered": worked or bool(reply.sources or reply.cards)})
    return tried[-_MOST:]
