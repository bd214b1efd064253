"""Kefu's own canned answers, in `canned.yaml`."""

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

from bot.shipped import shipped
from bot.staff.base import CannedAnswer


@lru_cache(1)
def own_answers() -> Sequence[CannedAnswer]:
    """Blocking when it is called first."""
    answers = shipped(Path(__file__).parent / "canned.yaml")
    return tuple(CannedAnswer(shortcut, **words) for shortcut, words in answers.items())
