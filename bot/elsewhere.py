"""Where somebody can go on, asked for in words or by a button; and apart again."""

from dataclasses import replace

from bot import link_words
from bot.conversation import Identity
from bot.link_offers import Offers
from bot.link_turns import At, LinkTurns
from bot.store.base import Turn
from bot.store.linked import Leave
from bot.store.links import LIFE, Links
from bot.texts.catalogue import Texts
from connectors.base import Button

_WEB = "web"
_MINUTES = int(LIFE.total_seconds() / 60)


class Elsewhere:
    def __init__(self, offers: Offers, links: Links, texts: Texts, turns: LinkTurns) -> None:
        self._offers, self._links, self._texts, self._turns = offers, links, texts, turns

    async def leave(self, channel: str, at: At) -> Turn | None:
        """The one that writes leaves; in the place where the conversation began, the others do."""
        me = (at.pending.message.channel, at.pending.message.sender)
        placed = await self._links.addresses(at.conversation.id)
        joined = [one.address for one in placed if one.joined_at is not None]
        leaving = [me] if me in joined and channel in ("", me[0]) else joined
        leaving = [one for one in leaving if channel in ("", one[0])]
        if not leaving:
            return self._turns.said(at, "not_joined") if at.pending.message.action else None
        if leaving == [me]:
            turn = self._turns.said(at, "left_here", linking=Leave((me,)))
        else:
            gap = "、" if at.language == "zh" else ", "
            names = gap.join(dict.fromkeys(self._offers.name(one[0], at.language) for one in leaving))
            turn = self._turns.said(at, "left", linking=Leave(tuple(leaving)), where=names)
        # Nobody knows which of them proved it.
        return replace(turn, state=replace(turn.state, identity=Identity()))

    async def ways_on(self, at: At) -> Turn | None:
        """Asked for in words: on the web what there is, on a channel a link to the web; None: it is for others."""
        message = at.pending.message
        if message.channel == _WEB:
            if not (message.action or link_words.asks_for_elsewhere(message.text)):
                return None
            if self._offers.channels:
                return self._offered(at)
            return (
                None if at.conversation.state.floor.name == "agent" else self._turns.said(at, "nowhere_else")
            )
        if message.channel not in self._offers.channels:
            return None
        url = await self._offers.sign(at.conversation.id, message.channel, at.language, now=at.now)
        if url is None:
            return None
        return self._turns.said(at, "continue_web", url=url, minutes=_MINUTES)

    def _offered(self, at: At) -> Turn:
        gap = "、" if at.language == "zh" else ", "
        turn = self._turns.said(
            at,
            "continue_elsewhere",
            channels=gap.join(self._offers.name(one, at.language) for one in self._offers.channels),
        )
        button = Button(self._texts.say("button.continue_elsewhere", at.language), "continue_elsewhere")
        return replace(turn, replies=(replace(turn.replies[0], quick_replies=(button,)),))
