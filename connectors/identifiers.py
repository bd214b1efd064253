"""Ids that platforms give to people and messages, taken only as far as the store can keep them."""

from connectors.channel import Malformed

_LONGEST = 255


def identifier(value: object) -> str:
    """
    Raises:
        Malformed: it is empty, too long, or nothing that can be printed.
    """
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise Malformed("no id")
    text = str(value)
    if not 0 < len(text) <= _LONGEST or not text.isprintable():
        raise Malformed("no id")
    return text
