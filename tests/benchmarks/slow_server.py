"""The server as it is, but for turns that take ten seconds longer: `python -m tests.benchmarks.slow_server serve …`."""

import asyncio
from typing import Any

from bot.dialogue import Dialogue
from bot.launch import main

SECONDS = 10.0

_answer = Dialogue.answer


async def _slowly(self: Dialogue, conversation: Any, **options: Any) -> Any:
    await asyncio.sleep(SECONDS)
    return await _answer(self, conversation, **options)


if __name__ == "__main__":
    Dialogue.answer = _slowly  # type: ignore[method-assign]
    main()
