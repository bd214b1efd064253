"""What the person who takes over should do next: one of a few, in words of `bot/texts`."""

from typing import Literal

Action = Literal[
    "care",
    "check_safety",
    "escalate",
    "privacy_request",
    "check_parcel",
    "check_order",
    "run_change",
    "explain_policy",
    "apologise_and_check",
    "do_by_hand",
    "call_back",
    "answer",
    "ask",
]
