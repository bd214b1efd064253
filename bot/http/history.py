"""What a client has missed of a conversation."""

from collections.abc import Sequence

from bot.store.base import Store, StoredMessage

LARGEST_SEQ = 2**31 - 1
_MOST_AT_ONCE = 50


async def lines_after(store: Store, conversation_id: str, seq: int) -> Sequence[StoredMessage]:
    """Everything after `seq`, or the newest lines when there is more."""
    return await store.history(conversation_id, after=seq, before=LARGEST_SEQ, limit=_MOST_AT_ONCE)
