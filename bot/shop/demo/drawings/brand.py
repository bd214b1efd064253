"""The shop's own marks: the sun between two hands of a bracket, for 拾光, gathering light."""

from bot.shop.demo.drawings.colours import light

_TERRACOTTA, _SAND, _PAPER = "#c4694a", "#f1d9b5", "#fbf6ec"


def _mark() -> str:
    rays = "M50 18V10M27 27L21 21M73 27L79 21M18 50H10M90 50H82"
    return (
        f'<circle cx="50" cy="50" r="21" fill="{_SAND}"/>'
        f'<path d="{rays}" stroke="{_SAND}" stroke-width="6" stroke-linecap="round"/>'
        f'<path d="M16 58Q18 86 50 86Q82 86 84 58Q70 66 50 66Q30 66 16 58Z" fill="{_PAPER}"/>'
    )


def _document(ground: str) -> str:
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" width="200" height="200" viewBox="0 0 100 100">'
        '<defs><linearGradient id="g" x2="1" y2="1">'
        f'<stop stop-color="{light(_TERRACOTTA, 0.12)}"/><stop offset="1" stop-color="{_TERRACOTTA}"/>'
        f"</linearGradient></defs>{ground}{_mark()}</svg>\n"
    )


def logo() -> str:
    return _document('<circle cx="50" cy="50" r="50" fill="url(#g)"/>')


def favicon() -> str:
    return _document('<rect width="100" height="100" rx="24" fill="url(#g)"/>')
