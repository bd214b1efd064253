"""Numbers written in Chinese characters or English words."""

CHINESE = "零〇一二两三四五六七八九十百千万半"

_DIGITS = {
    sign: value
    for value, signs in enumerate(("零〇", "一", "二两", "三", "四", "五", "六", "七", "八", "九"))
    for sign in signs
}
_TENS = {"十": 10, "百": 100, "千": 1000}

_SMALL = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
    "seventeen eighteen nineteen twenty"
)
_ENGLISH = {word: value for value, word in enumerate(_SMALL.split())} | {
    "a couple of": 2,
    "a": 1,
    "an": 1,
    "thirty": 30,
    "forty": 40,
    "fifty": 50,
    "hundred": 100,
    "a hundred": 100,
}


def number(text: str) -> float | None:
    """The value of "12", "1.5", "两百五", "一千", "3万", "two"; none when it is not a number."""
    text = text.strip().lower().replace(",", "")
    if not text or len(text) > 20:
        return None
    if text in _ENGLISH:
        return float(_ENGLISH[text])
    scale = 1.0
    if len(text) > 1 and text[-1] in "k千万百" and text[0].isdecimal():
        scale, text = {"k": 1000.0, "千": 1000.0, "万": 10000.0, "百": 100.0}[text[-1]], text[:-1]
    if text.isascii():
        return float(text) * scale if text.replace(".", "", 1).isdecimal() else None
    value = _chinese(text)
    return None if value is None else float(value)


def _chinese(text: str) -> int | None:
    if any(sign not in _DIGITS and sign not in _TENS and sign != "万" for sign in text):
        return None
    if all(sign in _DIGITS for sign in text):
        return int("".join(str(_DIGITS[sign]) for sign in text))
    large, _, small = text.rpartition("万")
    if large:
        head, tail = _below_myriad(large, 1), _below_myriad(small, 10000) if small else 0
        return None if head is None or tail is None else head * 10000 + tail
    return _below_myriad(text, 1)


def _below_myriad(text: str, unit_before: int) -> int | None:
    """两百五 is 250, 两百零五 205: a last digit without its unit stands for the next smaller one."""
    total, digit, unit, after_zero = 0, None, unit_before, False
    for sign in text:
        if sign in _TENS:
            unit, after_zero = _TENS[sign], False
            total += (1 if digit is None else digit) * unit
            digit = None
        elif sign in "零〇":
            after_zero = True
        elif sign in _DIGITS:
            if digit is not None:
                return None
            digit = _DIGITS[sign]
        else:
            return None
    if digit is not None:
        total += digit if after_zero or unit <= 10 else digit * unit // 10
    return total
