"""What no translation may touch: links, addresses, order numbers, amounts and names, held by placeholders."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

_FIXED = re.compile(
    r"https?://[^\s<>\"，。！？；）]+"
    r"|[\w.+-]+@[\w-]+(?:\.[\w-]+)+"
    r"|KF-[A-Z0-9]{6}"
    r"|[¥￥$€£]\s?\d[\d,]*(?:\.\d+)?|\d[\d,]*(?:\.\d+)?\s?(?:元|块|CNY|RMB|USD|EUR)"
    r"|\+?\d[\d -]{6,}\d"
    r"|#?\b[A-Z]{0,4}-?\d{4,}\b"
)
_MARKS = ("ZQ", "QX", "XJ")
"""Letters that no language puts together; the first pair that is not in the text is taken."""


@dataclass(frozen=True, slots=True)
class Protected:
    text: str
    """With placeholders."""
    kept: Mapping[int, str]
    mark: str

    def restored(self, translated: str) -> str | None:
        """None where a placeholder did not come back, came back twice, or came from nowhere."""
        pattern = re.compile(rf"{self.mark}\s?(\d+)\s?{self.mark}", re.IGNORECASE)
        came = [int(number) for number in pattern.findall(translated)]
        if sorted(came) != sorted(self.kept):
            return None
        return pattern.sub(lambda match: self.kept[int(match[1])], translated)


def protect(text: str, names: Iterable[str]) -> Protected | None:
    """None where nothing can mark the places."""
    mark = next((one for one in _MARKS if one.casefold() not in text.casefold()), None)
    if mark is None:
        return None
    known = sorted({name for name in names if len(name) > 1 and name in text}, key=len, reverse=True)
    pattern = "|".join([*map(re.escape, known), _FIXED.pattern])
    kept: dict[int, str] = {}

    def hold(match: re.Match[str]) -> str:
        kept[len(kept)] = match[0]
        return f"{mark}{len(kept) - 1}{mark}"

    return Protected(re.sub(pattern, hold, text), kept, mark)
