"""The place in the queue and the time it usually takes, as far as they are known: no number is made up."""

from collections.abc import Callable
from datetime import datetime
from math import ceil

from bot.live import Frame, Live
from bot.store.base import Queue, Store
from bot.texts.catalogue import FALLBACK, Texts

_REPEAT_ROUNDS = 6
"""Rounds after which everybody hears again: a page that was loaded meanwhile knows nothing."""


def place_of(conversation_id: str, queue: Queue) -> int:
    """How many are ahead; of somebody who is not waiting yet, all."""
    places = [one for one, *_ in queue.waiting]
    return places.index(conversation_id) if conversation_id in places else len(places)


def place_text(
    ahead: int, queue: Queue, texts: Texts, language: str, *, since: datetime, now: datetime
) -> str:
    """ "2 people are ahead of you, usually about 3 minutes."; empty where nothing is known."""
    left = None
    if queue.usual_seconds is not None and queue.people:
        left = queue.usual_seconds - (now - since).total_seconds()
    minutes = ceil(left / 60) if left is not None and left > 0 else None
    if not ahead and not queue.people:
        return ""
    key = "place_ahead" if ahead else "place_next"
    if minutes is None:
        return texts.say(key, language, count=ahead)
    return texts.say(f"{key}_minutes", language, count=ahead, minutes=minutes)


class Places:
    """Tells those who watch their conversation how the wait goes; nothing that must not be lost."""

    def __init__(self, store: Store, live: Live, texts: Texts, *, clock: Callable[[], datetime]) -> None:
        self._store, self._live, self._texts, self._clock = store, live, texts, clock
        self._told: dict[str, str] = {}
        self._round = 0

    async def tell(self) -> None:
        self._round += 1
        if self._round % _REPEAT_ROUNDS == 0:
            self._told.clear()
        if not self._live.is_watched():
            return
        now = self._clock()
        queue = await self._store.queue(now=now)
        for ahead, (conversation_id, since, language) in enumerate(queue.waiting):
            if not self._live.is_watched(conversation_id):
                continue
            text = place_text(ahead, queue, self._texts, language or FALLBACK, since=since, now=now)
            if text and self._told.get(conversation_id) != text:
                self._told[conversation_id] = text
                self._live.publish(conversation_id, Frame("floor", floor="waiting", text=text))
