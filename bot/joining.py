"""One person, many channels: a conversation goes on where the shopper proves to be the same person.

Who wants to go on elsewhere gets a code, or a signed link, in the conversation that is to go on, and brings it from
the other place. Both sides are asked, since both can be tricked:

- Somebody is made to send a code that is not theirs. What they wrote would be read by whoever it belongs to. So the
  one who came is told what would be seen by whom, and nothing of theirs is shown over there, or moved, before the yes.
- Somebody's code is found out. Who has it would speak as them. So the one who asked for it is asked, too, in the
  conversation itself, and their yes is what joins the two.

What was proved in the conversation that goes on stays: its owner answered for who came. A token's word is passed on
for a day (`_VOUCHED`), the time a web session has it. What was proved in the conversation that is left is not taken
over: who asked for the code has proved nothing of that, and signs in again. Two that are known to be of different
customers are never joined. Codes are kept as keyed hashes, used once, for minutes; tries are counted by sender and by
channel, and whatever is wrong is answered alike. A code that was typed is hidden before the message is kept.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import uuid4

from bot import floor, link_words
from bot.actions import Action
from bot.conversation import Identity, JoinQuestion, State
from bot.cues import says_no, says_yes
from bot.link_offers import Offers
from bot.store.base import OpenConversation, Pending, Store, Turn
from bot.store.linked import Agree, Asked, Join, Leave, Link, Linking, Refuse, Side
from bot.store.links import LIFE, Links
from bot.texts.catalogue import Texts
from connectors.base import Button, Reply

_VOUCHED = timedelta(days=1)
_WEB = "web"
_MINUTES = int(LIFE.total_seconds() / 60)


class Joining:
    def __init__(
        self, offers: Offers, links: Links, store: Store, texts: Texts, *, languages: Sequence[str]
    ) -> None:
        """`languages`: those that replies are written in, the shop's own first."""
        self.offers, self._links, self._store, self._texts = offers, links, store, texts
        self._languages = languages

    async def answer(self, conversation: OpenConversation, *, now: datetime) -> Turn | None:
        """The turn for the first pending message that is about joining; None: there is none, or it is for others."""
        for pending in conversation.pending:
            action = _action(pending, conversation.state)
            turn = await self._do(action, pending, conversation, now) if action else None
            if turn is not None:
                return turn
        return None

    async def ask(self, conversation: OpenConversation, *, now: datetime) -> Turn:
        """Who came agreed: ask who asked for the link whether that is them."""
        link = await self._links.agreed(conversation.id, now=now)
        if link is None or link.to is None:
            return _turn(conversation.state, (), linking=Asked())
        language = conversation.state.language or link.language
        question = "join_ask_there" if link.to[0] != _WEB else "join_ask_web"
        where = self.offers.name(link.to[0], language)
        state, line = self._asked(conversation, link, language, question, "join_yes", now, where=where)
        return _turn(state, (line,), linking=Asked())

    async def _do(
        self, action: Action, pending: Pending, conversation: OpenConversation, now: datetime
    ) -> Turn | None:
        at = _At(
            conversation, pending, self._language(conversation.state.language, pending.message.language), now
        )
        match action.name:
            case "join":
                return await self._claim(action.argument, at)
            case "join_yes" | "join_no":
                return await self._heard(action.argument, action.name == "join_yes", at)
            case "disconnect":
                return await self._leave(action.argument, at)
            case "continue_elsewhere":
                return await self._elsewhere(at)
        return None

    async def _claim(self, digest: str, at: "_At") -> Turn:
        message = at.pending.message
        link = await self.offers.claim(digest, message, conversation_id=at.conversation.id, now=at.now)
        if link is None:
            return self._said(at, "join_void")
        if await self.offers.are_different(link, await self._links.side((message.channel, message.sender))):
            return self._said(at, "join_other", linking=Refuse(link.id))
        at = at if at.conversation.state.language else replace(at, language=link.language)
        where = self.offers.name(link.from_channel, at.language)
        state, line = self._asked(
            at.conversation, link, at.language, "join_ask_here", "join_here", at.now, where=where
        )
        return _turn(state, (line,), answers=at.pending)

    async def _heard(self, link_id: str, yes: bool, at: "_At") -> Turn:
        """A yes or a no, of who came or of who asked for the link."""
        link, message = await self._links.link(link_id), at.pending.message
        came = link is not None and link.to == (message.channel, message.sender)
        asked = link is not None and link.from_id == at.conversation.id
        if link is not None and link.to is not None and asked and link.state == "joined":
            here, there = (self.offers.name(one, at.language) for one in (link.from_channel, link.to[0]))
            return self._said(at, "join_done", here=here, there=there)
        # Who asked and who came are one by now where another code joined them meanwhile.
        if link is None or at.now >= link.expires_at or not (asked or came):
            return self._said(at, "join_gone")
        if link.state != ("agreed" if asked else "claimed"):
            waits = came and not asked and yes and link.state == "agreed"  # pressed twice
            where = self.offers.name(link.from_channel, at.language)
            return self._said(at, "join_wait", where=where) if waits else self._said(at, "join_gone")
        if not yes:
            return self._said(at, "join_refused", linking=Refuse(link.id))
        if not asked:
            where = self.offers.name(link.from_channel, at.language)
            return self._said(at, "join_wait", linking=Agree(link.id), where=where)
        return await self._join(link, at)

    async def _join(self, link: Link, at: "_At") -> Turn:
        assert link.to is not None
        other = await self._links.side(link.to)
        if await self.offers.are_different(link, other):
            return self._said(at, "join_other", linking=Refuse(link.id))
        signed_in = link.customer_id is not None and at.pending.message.customer_id == link.customer_id
        join = Join(
            link.id,
            other,
            replace(floor.close(other.state, now=at.now), identity=Identity(), joining=None),
            link.customer_id if signed_in else None,
            at.now + _VOUCHED if signed_in else None,
        )
        here, there = (
            self.offers.name(link.from_channel, at.language),
            self.offers.name(link.to[0], at.language),
        )
        state = _with_floor_of(other, at.conversation.state)
        shown = await self._open_question(state, at)
        turns = state.turns + 1
        if shown is not None and state.confirmation is not None:
            # Shown again over there: a yes typed right after it is for this card.
            state = replace(state, confirmation=replace(state.confirmation, turn=turns))
        state = replace(state, turns=turns, language=at.language, joining=None)
        told = self._line(at, state, "join_done", in_reply_to=True, here=here, there=there)
        theirs = replace(told, id=uuid4().hex, in_reply_to=())
        if shown is not None:
            text = f"{theirs.text}\n{shown.text}"
            theirs = replace(theirs, text=text, cards=shown.cards, quick_replies=shown.quick_replies)
        replies: tuple[Reply, ...] = (told, theirs)
        if link.to[0] == _WEB:
            replies = (told,)  # The web shows all of it.
        elif link.from_channel == _WEB:
            replies = (replace(theirs, in_reply_to=told.in_reply_to),)
        turn = _turn(state, replies, linking=join, answers=at.pending)
        return replace(turn, to={one.id: link.to for one in replies if one is not told})

    async def _open_question(self, state: State, at: "_At") -> Reply | None:
        """The bot's last reply, where the shopper still has to answer it."""
        if state.form is None or state.floor.name != "bot":
            return None
        lines = await self._store.history(at.conversation.id, before=at.pending.seq, limit=20)
        replies = [line.reply for line in reversed(lines) if line.reply is not None and line.author == "bot"]
        return replies[0] if replies else None

    async def _leave(self, channel: str, at: "_At") -> Turn | None:
        """The one that writes leaves; in the place where the conversation began, the others do."""
        me = (at.pending.message.channel, at.pending.message.sender)
        placed = await self._links.addresses(at.conversation.id)
        joined = [one.address for one in placed if one.joined_at is not None]
        leaving = [me] if me in joined and channel in ("", me[0]) else joined
        leaving = [one for one in leaving if channel in ("", one[0])]
        if not leaving:
            return self._said(at, "not_joined") if at.pending.message.action else None
        if leaving == [me]:
            turn = self._said(at, "left_here", linking=Leave((me,)))
        else:
            gap = "、" if at.language == "zh" else ", "
            names = gap.join(dict.fromkeys(self.offers.name(one[0], at.language) for one in leaving))
            turn = self._said(at, "left", linking=Leave(tuple(leaving)), where=names)
        # Nobody knows which of them proved it.
        return replace(turn, state=replace(turn.state, identity=Identity()))

    async def _elsewhere(self, at: "_At") -> Turn | None:
        """Asked for in words: on the web what there is, on a channel a link to the web; None: it is for others."""
        message = at.pending.message
        if message.channel == _WEB:
            if not (message.action or link_words.asks_for_elsewhere(message.text)):
                return None
            if self.offers.channels:
                return self._offered(at)
            return None if at.conversation.state.floor.name == "agent" else self._said(at, "nowhere_else")
        if message.channel not in self.offers.channels:
            return None
        url = await self.offers.sign(at.conversation.id, message.channel, at.language, now=at.now)
        if url is None:
            return None
        return self._said(at, "continue_web", url=url, minutes=_MINUTES)

    def _offered(self, at: "_At") -> Turn:
        gap = "、" if at.language == "zh" else ", "
        turn = self._said(
            at,
            "continue_elsewhere",
            channels=gap.join(self.offers.name(one, at.language) for one in self.offers.channels),
        )
        button = Button(self._texts.say("button.continue_elsewhere", at.language), "continue_elsewhere")
        return replace(turn, replies=(replace(turn.replies[0], quick_replies=(button,)),))

    def _said(self, at: "_At", key: str, *, linking: Linking | None = None, **facts: object) -> Turn:
        state = at.conversation.state
        state = replace(state, turns=state.turns + 1, language=at.language, joining=None)
        line = self._line(at, state, key, in_reply_to=True, **facts)
        return _turn(state, (line,), linking=linking, answers=at.pending)

    def _asked(
        self,
        conversation: OpenConversation,
        link: Link,
        language: str,
        key: str,
        yes: str,
        now: datetime,
        **facts: object,
    ) -> tuple[State, Reply]:
        """The question, and the state in which a yes or a no answers it."""
        turns = conversation.state.turns + 1
        state = replace(
            conversation.state, turns=turns, language=language, joining=JoinQuestion(link.id, turns)
        )
        buttons = (
            Button(self._texts.say(f"button.{yes}", language), f"join_yes {link.id}"),
            Button(self._texts.say("button.join_no", language), f"join_no {link.id}"),
        )
        text = self._texts.say(key, language, **facts)
        return state, replace(_reply(conversation.id, state, text, language, now), quick_replies=buttons)

    def _line(
        self, at: "_At", state: State, key: str, *, in_reply_to: bool = False, **facts: object
    ) -> Reply:
        text = self._texts.say(key, at.language, **facts)
        reply = _reply(at.conversation.id, state, text, at.language, at.now)
        return replace(reply, in_reply_to=(at.pending.message.external_id,)) if in_reply_to else reply

    def _language(self, *known: str | None) -> str:
        return next((one for one in known if one in self._languages), None) or self._languages[0]


@dataclass(frozen=True, slots=True)
class _At:
    """The message that is answered, and where."""

    conversation: OpenConversation
    pending: Pending
    language: str
    now: datetime


def _action(pending: Pending, state: State) -> Action | None:
    """What a message wants of us: by its button, or in words."""
    message = pending.message
    if message.action is not None:
        return Action.parse(message.action)
    question = state.joining
    if question is not None and question.turn == state.turns:
        if says_yes(message.text) or link_words.says_me(message.text):
            return Action("join_yes", question.link)
        if says_no(message.text) or link_words.says_not_me(message.text):
            return Action("join_no", question.link)
    if link_words.disconnects(message.text):
        return Action("disconnect")
    if link_words.asks_for_web(message.text) or link_words.asks_for_elsewhere(message.text):
        return Action("continue_elsewhere")
    return None


def _with_floor_of(other: Side, state: State) -> State:
    """Who waits for a person over there, or talks to one, goes on with that here."""
    busy = other.is_alone and other.is_waiting and other.state.floor.name in ("waiting", "agent")
    if not busy or state.floor.name in ("waiting", "agent"):
        return state
    return replace(state, floor=other.state.floor)


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


def _turn(
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
