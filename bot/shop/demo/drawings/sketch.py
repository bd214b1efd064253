"""A picture in the making: shapes in a space of 200 by 200, under one light from the upper left."""

from collections.abc import Iterator
from contextlib import contextmanager

from bot.shop.demo.drawings.colours import dark, light

_MIRRORED = "matrix(-1 0 0 1 200 0)"


class Sketch:
    def __init__(self) -> None:
        self._gradients: dict[str, str] = {}
        self._shapes: list[str] = []

    def lit(self, colour: str, strength: float = 1.0) -> str:
        """A fill of this colour with light from the left and shade on the right."""
        return self._gradient(colour, strength, 'x2="1" y2=".3"')

    def top_lit(self, colour: str, strength: float = 1.0) -> str:
        """A fill of this colour with light from above."""
        return self._gradient(colour, strength, 'x2=".15" y2="1"')

    def path(self, d: str, fill: str, opacity: float = 1.0) -> None:
        self._add(f'<path d="{d}" fill="{fill}"{_opacity(opacity)}/>')

    def both(self, d: str, fill: str, other: str | None = None) -> None:
        """The shape and its mirror image across the middle."""
        self.path(d, fill)
        self._add(f'<path transform="{_MIRRORED}" d="{d}" fill="{other or fill}"/>')

    def line(self, d: str, colour: str, width: float = 1.6, dash: str = "", opacity: float = 1.0) -> None:
        dashes = f' stroke-dasharray="{dash}"' if dash else ""
        self._add(
            f'<path d="{d}" fill="none" stroke="{colour}" stroke-width="{width:g}"'
            f' stroke-linecap="round" stroke-linejoin="round"{dashes}{_opacity(opacity)}/>'
        )

    def both_lines(self, d: str, colour: str, width: float = 1.6) -> None:
        self.line(d, colour, width)
        with self.moved(_MIRRORED):
            self.line(d, colour, width)

    def box(self, x: float, y: float, width: float, height: float, radius: float, fill: str) -> None:
        self._add(
            f'<rect x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}" rx="{radius:g}" fill="{fill}"/>'
        )

    def oval(self, x: float, y: float, rx: float, ry: float, fill: str, opacity: float = 1.0) -> None:
        self._add(
            f'<ellipse cx="{x:g}" cy="{y:g}" rx="{rx:g}" ry="{ry:g}" fill="{fill}"{_opacity(opacity)}/>'
        )

    def dot(self, x: float, y: float, radius: float, fill: str) -> None:
        self._add(f'<circle cx="{x:g}" cy="{y:g}" r="{radius:g}" fill="{fill}"/>')

    def shadow(self, y: float, half_width: float, x: float = 100) -> None:
        """Where the thing stands."""
        self.oval(x, y, half_width, 6, "#3b2f2a", 0.16)

    @contextmanager
    def moved(self, transform: str) -> Iterator[None]:
        self._add(f'<g transform="{transform}">')
        yield
        self._add("</g>")

    def svg(self, ground: str, halo: str) -> str:
        definitions = "".join(self._gradients.values())
        return (
            '<svg xmlns="http://www.w3.org/2000/svg" width="400" height="400" viewBox="0 0 200 200">'
            '<defs><filter id="s" x="-20%" y="-20%" width="140%" height="150%">'
            '<feDropShadow dx="1" dy="4" stdDeviation="4" flood-color="#3b2f2a" flood-opacity=".2"/>'
            f"</filter>{definitions}</defs>"
            f'<path d="M0 0h200v200H0z" fill="{ground}"/><circle cx="100" cy="98" r="80" fill="{halo}"/>'
            f'<g filter="url(#s)">{"".join(self._shapes)}</g></svg>\n'
        )

    def _add(self, shape: str) -> None:
        self._shapes.append(shape)

    def _gradient(self, colour: str, strength: float, direction: str) -> str:
        key = f"{colour}{strength}{direction}"
        if key not in self._gradients:
            name = f"g{len(self._gradients)}"
            self._gradients[key] = (
                f'<linearGradient id="{name}" {direction}><stop stop-color="{light(colour, 0.16 * strength)}"/>'
                f'<stop offset=".5" stop-color="{colour}"/>'
                f'<stop offset="1" stop-color="{dark(colour, 0.2 * strength)}"/></linearGradient>'
            )
        return f"url(#{self._gradients[key].split(chr(34))[1]})"


def _opacity(value: float) -> str:
    return "" if value == 1 else f' opacity="{value:g}"'
