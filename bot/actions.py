"""What a button says when it is pressed: a verb and at most one argument, as plain text.

The text comes back from the outside, so it is parsed like anything else: an action may name only
reads, and what it names is looked up with the session's own identity.
"""

import re
from dataclasses import dataclass

_FORM = re.compile(r"([a-z_]{2,40})(?: (\S.{0,200}))?", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Action:
    name: str
    argument: str = ""

    @staticmethod
    def parse(text: str) -> "Action | None":
        match = _FORM.fullmatch(text)
        return Action(match[1], match[2] or "") if match else None

    def __str__(self) -> str:
        return f"{self.name} {self.argument}".strip()


LINKING = frozenset({"join", "join_yes", "join_no", "disconnect", "continue_elsewhere"})
"""What is said about going on on another channel: no wish that an agent should read."""


def is_about_linking(text: str | None) -> bool:
    action = Action.parse(text) if text else None
    return action is not None and action.name in LINKING
