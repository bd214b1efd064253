"""Colour arithmetic on `#rrggbb`."""

WHITE, BLACK = "#ffffff", "#15151a"


def mix(colour: str, other: str, share: float) -> str:
    """`share` of `other` in `colour`, 0 to 1."""
    channels = zip(_channels(colour), _channels(other), strict=True)
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in channels)


def light(colour: str, share: float = 0.25) -> str:
    return mix(colour, WHITE, share)


def dark(colour: str, share: float = 0.2) -> str:
    return mix(colour, BLACK, share)


def is_dark(colour: str) -> bool:
    red, green, blue = _channels(colour)
    return 0.3 * red + 0.59 * green + 0.11 * blue < 105


def seam(colour: str) -> str:
    """A line that shows on this colour without shouting."""
    return light(colour, 0.24) if is_dark(colour) else dark(colour, 0.26)


def _channels(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)
