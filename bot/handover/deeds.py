"""What was done for the shopper, read from the audit of changes."""

from datetime import datetime

from bot.conversation import Deed
from bot.store.base import Store
from bot.texts.catalogue import Texts
from bot.texts.formatting import listing

_MOST = 20


async def deeds_since(store: Store, conversation_id: str, since: datetime | None) -> tuple[Deed, ...]:
    """Oldest first; each once."""
    attempts = await store.attempts(conversation_id=conversation_id, limit=_MOST)
    done = [one for one in attempts if one.outcome == "done" and (since is None or one.at >= since)]
    deeds = (Deed(one.tool, one.arguments.get("order_number")) for one in reversed(done))
    return tuple(dict.fromkeys(deeds))


def told(deeds: tuple[Deed, ...], texts: Texts, language: str) -> str:
    """118606 的退货和 118515 的改地址; the return for 118606 and …."""
    names = []
    for deed in deeds:
        name = texts.say(f"did.{deed.tool}", language)
        names.append(
            texts.say("did_for", language, what=name, order=deed.order_number) if deed.order_number else name
        )
    return listing(names, language)
