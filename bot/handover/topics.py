"""What a person must answer: a list kept as data (`topics.yaml`), and whether a message is about one of them."""

import re
from collections.abc import Mapping, Sequence
from functools import cache, cached_property
from pathlib import Path
from string import Formatter
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, TypeAdapter, model_validator

from bot.cues import asks_generally
from bot.handover.actions import Action
from bot.shipped import shipped

FILE = Path(__file__).with_name("topics.yaml")
URGENT = 3
_LONGEST = 2000
"""Characters of a message that are looked at."""


def _a_pattern(text: str) -> str:
    try:
        re.compile(text)
    except re.error as error:
        raise ValueError(f"is no pattern: {error}") from None
    return text


Patterns = Mapping[
    Literal["zh", "en"], Annotated[Sequence[Annotated[str, AfterValidator(_a_pattern)]], Field(min_length=1)]
]


class Topic(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    action: Action
    """What the person should do next."""
    patterns: Patterns
    not_: Annotated[Patterns, Field(alias="not")] = {}
    """Words that make it harmless."""
    how_to: Literal["person", "documents"] = "person"
    """Who answers how something works."""
    says: Mapping[Literal["zh", "en"], str]

    @model_validator(mode="after")
    def _whole(self) -> "Topic":
        if set(self.patterns) != {"zh", "en"} or set(self.says) != {"zh", "en"}:
            raise ValueError("patterns and says need zh and en")
        for text in self.says.values():
            unknown = {name for _, name, _, _ in Formatter().parse(text) if name} - {"crisis"}
            if unknown:
                raise ValueError(f"says names {unknown}")
        return self

    def fits(self, text: str) -> bool:
        if self.how_to == "documents" and asks_generally(text):
            return False
        return bool(self._about.search(text)) and not (self._harmless and self._harmless.search(text))

    @cached_property
    def _about(self) -> re.Pattern[str]:
        return _any(self.patterns)

    @cached_property
    def _harmless(self) -> re.Pattern[str] | None:
        return _any(self.not_) if self.not_ else None


def _any(patterns: Patterns) -> re.Pattern[str]:
    every = [one for several in patterns.values() for one in several]
    return re.compile("|".join(f"(?:{one})" for one in every), re.IGNORECASE)


_TOPICS = TypeAdapter(dict[Annotated[str, Field(pattern=r"^[a-z_]{2,30}$")], Topic])


def read_topics(content: object) -> dict[str, Topic]:
    """
    Raises:
        pydantic.ValidationError: with every key that is wrong.
    """
    return _TOPICS.validate_python(content)


@cache
def topics() -> Mapping[str, Topic]:
    """By name, in order of weight."""
    return read_topics(shipped(FILE))


def topic_of(text: str) -> str | None:
    """The name of the topic that a message is about."""
    looked_at = text[:_LONGEST]
    return next((name for name, topic in topics().items() if topic.fits(looked_at)), None)
