"""Turns about links: what is said for one, and the question that a yes or a no answers."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import uuid4

from bot.conversation import JoinQuestion, State
from bot.store.base import OpenConversation, Pending, Turn
from bot.store.linked import Link, Linking
from bot.texts.catalogue import Texts
from connectors.base import Button, Reply


@dataclass(frozen=True, slots=True)
class At:
    """The message that is answered, and where."""

    conversation: OpenConversation
    pending: Pending
    language: str
    now: datetime


class LinkTurns:
    def __init__(self, texts: Texts, languages: Sequence[str]) -> None:
        """`languages`: those that replies are written in, the shop's own first."""
        self._texts, self._languages = texts, languages

    def said(self, at: At, key: str, *, linking: Linking | None = None, **facts: object) -> Turn:
        state = at.conversation.state
        state = replace(state, turns=state.turns + 1, language=at.language, joining=None)
        line = self.line(at, state, key, in_reply_to=True, **facts)
        return turn_of(state, (line,), linking=linking, answers=at.pending)

    def asked(
        self,
        conversation: OpenConversation,
        link: Link,
        language: str,
        key: str,
        yes: str,
        now: datetime,
        *,
        unasked: bool = False,
        **facts: object,
    ) -> tuple[State, Reply]:
        """The question, and the state in which a yes or a no answers it."""
        turns = conversation.state.turns + 1
        state = replace(
            conversation.state, turns=turns, language=language, joining=JoinQuestion(link.id, turns, unasked)
        )
        buttons = (
            Button(self._texts.say(f"button.{yes}", language), f"join_yes {link.id}"),
            Button(self._texts.say("button.join_no", language), f"join_no {link.id}"),
        )
        text = self._texts.say(key, language, **facts)
        return state, replace(_reply(conversation.id, state, text, language, now), quick_replies=buttons)

    def line(self, at: At, state: State, key: str, *, in_reply_to: bool = False, **facts: object) -> Reply:
        text = self._texts.say(key, at.language, **facts)
        reply = _reply(at.conversation.id, state, text, at.language, at.now)
        return replace(reply, in_reply_to=(at.pending.message.external_id,)) if in_reply_to else reply

    def language(self, *known: str | None) -> str:
        return next((one for one in known if one in self._languages), None) or self._languages[0]


def _reply(conversation_id: str, state: State, text: str, language: str, now: datetime) -> Reply:
    """Neither the bot nor a person says it, so that it is said whoever has the floor."""
    return Reply(
        id=uuid4().hex,
        conversation_id=conversation_id,
        seq=0,
        in_reply_to=(),
        text=text,
        language=language,
        created_at=now,
        floor=state.floor.name,
        author="system",
    )


def turn_of(
    state: State,
    replies: tuple[Reply, ...],
    *,
    linking: Linking | None = None,
    answers: Pending | None = None,
) -> Turn:
    return Turn(
        id=uuid4().hex,
        state=state,
        answered=(answers.inbox_id,) if answers else (),
        replies=replies,
        linking=linking,
        # Saved as it is: what came meanwhile gets a turn of its own.
        final=answers is not None,
    )
