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
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import uuid4

from bot import floor, link_words
from bot.actions import Action
from bot.conversation import Identity, State
from bot.cues import says_no, says_yes
from bot.elsewhere import Elsewhere
from bot.link_offers import Offers
from bot.link_turns import At, LinkTurns, turn_of
from bot.store.base import OpenConversation, Pending, Store, Turn
from bot.store.linked import Agree, Asked, Join, Link, Refuse, Side
from bot.store.links import Links
from bot.texts.catalogue import Texts
from connectors.base import Reply

_VOUCHED = timedelta(days=1)
_WEB = "web"


class Joining:
    def __init__(
        self, offers: Offers, links: Links, store: Store, texts: Texts, *, languages: Sequence[str]
    ) -> None:
        """`languages`: those that replies are written in, the shop's own first."""
        self.offers, self._links, self._store = offers, links, store
        self._turns = LinkTurns(texts, languages)
        self._elsewhere = Elsewhere(offers, links, texts, self._turns)

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
            return turn_of(conversation.state, (), linking=Asked())
        language = conversation.state.language or link.language
        question = "join_ask_there" if link.to[0] != _WEB else "join_ask_web"
        where = self.offers.name(link.to[0], language)
        state, line = self._turns.asked(
            conversation, link, language, question, "join_yes", now, unasked=True, where=where
        )
        return turn_of(state, (line,), linking=Asked())

    async def _do(
        self, action: Action, pending: Pending, conversation: OpenConversation, now: datetime
    ) -> Turn | None:
        at = At(
            conversation,
            pending,
            self._turns.language(conversation.state.language, pending.message.language),
            now,
        )
        match action.name:
            case "join":
                return await self._claim(action.argument, at)
            case "join_yes" | "join_no":
                return await self._heard(action.argument, action.name == "join_yes", at)
            case "disconnect":
                return await self._elsewhere.leave(action.argument, at)
            case "continue_elsewhere":
                return await self._elsewhere.ways_on(at)
        return None

    async def _claim(self, digest: str, at: At) -> Turn:
        message = at.pending.message
        link = await self.offers.claim(digest, message, conversation_id=at.conversation.id, now=at.now)
        if link is None:
            return self._turns.said(at, "join_void")
        if await self.offers.are_different(link, await self._links.side((message.channel, message.sender))):
            return self._turns.said(at, "join_other", linking=Refuse(link.id))
        at = at if at.conversation.state.language else replace(at, language=link.language)
        where = self.offers.name(link.from_channel, at.language)
        state, line = self._turns.asked(
            at.conversation, link, at.language, "join_ask_here", "join_here", at.now, where=where
        )
        return turn_of(state, (line,), answers=at.pending)

    async def _heard(self, link_id: str, yes: bool, at: At) -> Turn:
        """A yes or a no, of who came or of who asked for the link."""
        link, message = await self._links.link(link_id), at.pending.message
        came = link is not None and link.to == (message.channel, message.sender)
        asked = link is not None and link.from_id == at.conversation.id
        if link is not None and link.to is not None and asked and link.state == "joined":
            here, there = (self.offers.name(one, at.language) for one in (link.from_channel, link.to[0]))
            return self._turns.said(at, "join_done", here=here, there=there)
        # Who asked and who came are one by now where another code joined them meanwhile.
        if link is None or at.now >= link.expires_at or not (asked or came):
            return self._turns.said(at, "join_gone")
        if link.state != ("agreed" if asked else "claimed"):
            waits = came and not asked and yes and link.state == "agreed"  # pressed twice
            where = self.offers.name(link.from_channel, at.language)
            return (
                self._turns.said(at, "join_wait", where=where) if waits else self._turns.said(at, "join_gone")
            )
        if not yes:
            return self._turns.said(at, "join_refused", linking=Refuse(link.id))
        if not asked:
            where = self.offers.name(link.from_channel, at.language)
            return self._turns.said(at, "join_wait", linking=Agree(link.id), where=where)
        return await self._join(link, at)

    async def _join(self, link: Link, at: At) -> Turn:
        assert link.to is not None
        other = await self._links.side(link.to)
        if await self.offers.are_different(link, other):
            return self._turns.said(at, "join_other", linking=Refuse(link.id))
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
        told = self._turns.line(at, state, "join_done", in_reply_to=True, here=here, there=there)
        theirs = replace(told, id=uuid4().hex, in_reply_to=())
        if shown is not None:
            text = f"{theirs.text}\n{shown.text}"
            theirs = replace(theirs, text=text, cards=shown.cards, quick_replies=shown.quick_replies)
        replies: tuple[Reply, ...] = (told, theirs)
        if link.to[0] == _WEB:
            replies = (told,)  # The web shows all of it.
        elif link.from_channel == _WEB:
            replies = (replace(theirs, in_reply_to=told.in_reply_to),)
        turn = turn_of(state, replies, linking=join, answers=at.pending)
        return replace(turn, to={one.id: link.to for one in replies if one is not told})

    async def _open_question(self, state: State, at: At) -> Reply | None:
        """The bot's last reply, where the shopper still has to answer it."""
        if state.form is None or state.floor.name != "bot":
            return None
        lines = await self._store.history(at.conversation.id, before=at.pending.seq, limit=20)
        replies = [line.reply for line in reversed(lines) if line.reply is not None and line.author == "bot"]
        return replies[0] if replies else None


def _action(pending: Pending, state: State) -> Action | None:
    """What a message wants of us: by its button, or in words."""
    message = pending.message
    if message.action is not None:
        return Action.parse(message.action)
    question = state.joining
    if question is not None and question.turn == state.turns:
        # A yes that was on its way to another question lets nobody in.
        alone = state.form is None and state.offer is None and state.floor.name in ("bot", "closed")
        plain = alone or not question.unasked
        if link_words.says_me(message.text) or (plain and says_yes(message.text)):
            return Action("join_yes", question.link)
        if link_words.says_not_me(message.text) or (plain and says_no(message.text)):
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
