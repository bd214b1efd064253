"""After a person was there: how was it, and what is remembered for who comes back."""

import re
from dataclasses import replace

from bot.conversation import Past, State
from bot.handover.deeds import told
from bot.parts import Part
from bot.scene import Scene
from bot.steps import Rate
from bot.store.base import Rating
from bot.texts.catalogue import Texts

Done = tuple[Part, State]
_LOW = 3
"""So many stars or fewer: what went wrong?"""
_LONGEST_COMMENT = 1000
_NUMBER = re.compile(
    r"\W*([1-5一二三四五])\s*(?:分|星|颗星|stars?|/\s*5|out of (?:5|five))?\W*", re.IGNORECASE
)
_WORDS = (
    (
        1,
        r"(?:很|非常|极其?|特别)不满意?|(?:太|很|超)差(?:劲|了)?|very (?:bad|poor|unhappy|dissatisfied)|terrible|awful|the worst",
    ),
    (
        2,
        r"不(?:太|怎么|是很)?满意|不好|差评|差(?:劲)?|bad|poor|not (?:very |so )?(?:good|happy|satisfied|great)|unhappy|dissatisfied",
    ),
    (3, r"一般(?:般|吧)?|还行吧?|凑合|马马虎虎|ok(?:ay)?|so[- ]?so|average|fine|meh|not bad"),
    (
        5,
        r"(?:很|非常|十分|超级?|特别|太)满意了?|(?:很|非常|太|特别)(?:好|棒|赞)了?|好评|五星(?:好评)?|(?:very|really|so) (?:good|happy|satisfied|helpful)|great|excellent|perfect|amazing|fantastic|brilliant",
    ),
    (4, r"(?:挺|比较|还)?满意的?|挺好的?|不错|good|happy|satisfied|helpful|pretty good"),
)
_CHINESE = {"一": 1, "二": 2, "三": 3, "四": 4, "五": 5}


def stars_of(text: str) -> int | None:
    """1 to 5, where the text is a verdict and nothing else."""
    plain = text.strip(" \n\t,，。.!！~～")
    if number := _NUMBER.fullmatch(plain):
        digit = number[1]
        return _CHINESE.get(digit) or int(digit)
    return next((stars for stars, words in _WORDS if re.fullmatch(words, plain, re.IGNORECASE)), None)


class Afterwards:
    def __init__(self, texts: Texts) -> None:
        self._texts = texts

    def rate(self, step: Rate, scene: Scene, state: State) -> Done:
        rating = Rating(step.stars, step.comment[:_LONGEST_COMMENT] if step.comment else None)
        if step.stars is None:
            key, asked = "rating_comment", ""
        else:
            key, asked = ("rated_low", "comment") if step.stars <= _LOW else ("rated", "")
        part = Part(text=self._texts.say(key, scene.language), rating=rating)
        return part, replace(state, rating="comment" if asked else "")

    def welcome(self, past: Past, language: str) -> Part:
        """What happened last time, in a line."""
        if not past.deeds:
            return Part(text=self._texts.say("welcome_back", language, agent=past.agent))
        what = told(past.deeds, self._texts, language)
        return Part(text=self._texts.say("welcome_back_done", language, agent=past.agent, what=what))
