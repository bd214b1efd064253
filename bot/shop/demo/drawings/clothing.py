"""Trousers, scarves, socks."""

from bot.shop.demo.drawings.colours import dark, light, seam
from bot.shop.demo.drawings.sketch import Sketch


def jeans(s: Sketch, c: str) -> None:
    thread = "#d9a65a"
    s.path("M66 28H134L141 84L146 166Q128 171 110 168L102 92H98L90 168Q72 171 54 166L59 84Z", s.lit(c))
    s.path("M66 62Q62 110 66 160L80 162Q84 110 80 64Z", light(c, 0.6), 0.22)
    s.path("M120 64Q116 110 121 162L134 160Q138 110 134 62Z", light(c, 0.6), 0.14)
    s.path("M65 28H135L137 41H63Z", s.lit(dark(c, 0.14)))
    s.path(
        "M54 158Q72 163 91 160L90 169Q72 173 53 167ZM109 160Q128 163 146 158L147 167Q128 173 110 169Z",
        light(c, 0.3),
    )
    s.both_lines("M63 44Q66 60 82 62Q88 58 88 42", thread, 1.3)
    s.line("M100 42V74Q108 72 109 58V42", thread, 1.3)
    s.line("M100 74V92M62 92L58 156M138 92L142 156", seam(c), 1.2)
    s.both("M72 26H76V43H72ZM84 26H88V43H84Z", dark(c, 0.24))
    s.dot(100, 34.5, 3, "#c8a46a")


def scarf(s: Sketch, c: str) -> None:
    s.path("M104 84L113 150H141L121 74Z", s.lit(dark(c, 0.14)))
    s.line(
        "M116 150L117 162M122 150L123 162M128 150L129 162M134 150L135 162M140 150L141 161", dark(c, 0.14), 2
    )
    s.path("M60 58Q60 30 100 28Q140 30 140 58Q140 88 100 92Q60 88 60 58Z", s.lit(c, 1.2))
    s.path("M78 54Q82 43 100 42Q118 43 122 54Q116 66 100 67Q84 66 78 54Z", dark(c, 0.5))
    s.line("M64 66Q78 82 104 82M66 44Q62 56 70 66M134 46Q140 62 124 76", seam(c), 1.4)
    s.path("M84 78Q96 74 110 80L101 160H66Z", s.lit(light(c, 0.06)))
    s.line("M70 140H103M69 146H102M71 134H104", light(c, 0.55), 1.8)
    s.line("M68 160L66 173M75 160L73 173M82 160L81 173M89 160L88 173M96 160L96 173", light(c, 0.06), 2.2)
    s.line("M95 84Q90 110 86 130", seam(c), 1.2)


def socks(s: Sketch, c: str) -> None:
    for index, colour in enumerate(("#c4694a", "#dcab4e", "#33456b", "#f1e6d2", c)):
        with s.moved(f"translate({-47 + index * 18} {index * 2 - 2})"):
            _sock(s, colour)


def _sock(s: Sketch, c: str) -> None:
    s.path(
        "M78 34H106V106Q107 120 120 128L140 140Q150 148 144 157Q138 164 126 160L94 148Q78 141 78 124Z",
        s.lit(c),
    )
    s.path("M77 32H107V50H77ZM78 112Q92 114 96 128Q96 142 90 146Q78 140 78 124Z", dark(c, 0.16))
    s.path("M130 134L140 140Q150 148 144 157Q138 164 126 160L120 158Q118 142 130 134Z", dark(c, 0.2))
    s.line("M84 33V49M92 33V49M100 33V49", seam(c), 1)
