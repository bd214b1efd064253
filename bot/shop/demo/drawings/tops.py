"""Clothing for the upper body, laid flat."""

from bot.shop.demo.drawings.colours import dark, light, seam
from bot.shop.demo.drawings.sketch import Sketch

_SLEEVE = "M68 63Q51 68 46 92L33 148Q32 154 38 156L50 158Q55 158 57 152L74 102Z"
_CUFF = "M35 142L59 147L56 157Q54 161 50 160L36 157Q31 155 33 150Z"
_BODY = "M66 64Q84 56 100 56Q116 56 134 64L138 152Q100 158 62 152Z"
_HEM = "M62 150Q100 157 138 150L136 162Q100 169 64 162Z"


def _long_sleeved(s: Sketch, c: str) -> None:
    s.both(_SLEEVE, s.lit(dark(c, 0.04)), s.lit(dark(c, 0.12)))
    s.both(_CUFF, dark(c, 0.14), dark(c, 0.2))
    s.path(_BODY, s.lit(c))
    s.path(_HEM, s.lit(dark(c, 0.12)))
    s.both_lines("M69 66Q74 84 73 104", seam(c), 1.2)


def _hood(s: Sketch, c: str) -> None:
    s.path("M67 68Q62 31 100 28Q138 31 133 68Q119 84 100 86Q81 84 67 68Z", s.lit(light(c, 0.05)))
    s.path("M79 63Q78 42 100 40Q122 42 121 63Q112 75 100 77Q88 75 79 63Z", dark(c, 0.45))
    s.path("M82 60Q83 46 100 45Q117 46 118 60Q100 52 82 60Z", dark(c, 0.32))
    s.line("M79 63Q78 42 100 40Q122 42 121 63", seam(c), 1.3)


def _strings(s: Sketch, c: str, length: int) -> None:
    cord = light(c, 0.62)
    s.line(f"M91 78Q88 {86 + length // 2} 90 {84 + length}", cord, 2.4)
    s.line(f"M109 78Q112 {84 + length // 2} 110 {80 + length}", cord, 2.4)


def hoodie(s: Sketch, c: str) -> None:
    _long_sleeved(s, c)
    s.path("M81 116H119L131 146Q100 151 69 146Z", s.lit(dark(c, 0.07)))
    s.line("M81 116H119M81 116L69 146M119 116L131 146", seam(c), 1.5)
    s.line(
        "M70 154V161M78 155V162M86 156V163M94 156V163M106 156V163M114 156V163M122 155V162M130 154V161",
        seam(c),
        0.9,
    )
    _hood(s, c)
    _strings(s, c, 26)


def zip_hoodie(s: Sketch, c: str) -> None:
    _long_sleeved(s, c)
    s.path("M86 82Q100 90 114 82L112 164Q100 167 88 164Z", light(c, 0.5), 0.16)
    s.both_lines("M72 118L80 144", seam(c), 2)
    _hood(s, c)
    s.path("M79 63Q88 75 100 77Q112 75 121 63L119 59Q110 69 100 70Q90 69 81 59Z", light(c, 0.55))
    s.line("M100 84V165", dark(c, 0.35), 3.4)
    s.line("M100 84V165", light(c, 0.5), 1.6, "1.5 2.4")
    s.box(97.5, 96, 5, 10, 2, "#d9dadb")


def light_hoodie(s: Sketch, c: str) -> None:
    _long_sleeved(s, light(c, 0.1))
    s.path("M70 70L84 152L62 152Z", light(c, 0.5), 0.35)
    _hood(s, light(c, 0.1))
    s.line("M100 84V163", seam(c), 1.6)
    s.line("M64 118Q100 124 136 118", seam(c), 1)
    s.box(112, 126, 16, 18, 3, dark(c, 0.08))
    s.line("M112 129H128", seam(c), 1.2)
    s.line("M52 92L44 130", light(c, 0.7), 2)


def tee(s: Sketch, c: str) -> None:
    s.path("M78 40Q100 34 122 40L116 54H84Z", dark(c, 0.35))
    s.both("M76 41L50 53Q43 57 40 66L28 98L51 108L66 82Z", s.lit(dark(c, 0.03)), s.lit(dark(c, 0.1)))
    s.path("M76 41L64 48L60 74V164Q100 171 140 164V74L136 48L124 41Q114 57 100 57Q86 57 76 41Z", s.lit(c))
    s.line("M76 41Q86 57 100 57Q114 57 124 41", dark(c, 0.1), 5)
    s.line("M79 43Q88 61 100 61Q112 61 121 43", seam(c), 0.9)
    s.both_lines("M31 94L53 103M61 104Q62 78 60 70L66 54", seam(c), 1)
    s.line("M61 159Q100 166 139 159", seam(c), 1, "3 2")
    s.line("M76 150Q80 130 74 112M122 152Q116 134 124 118", seam(c), 1.2, opacity=0.5)


def shirt(s: Sketch, c: str) -> None:
    s.both(_SLEEVE, s.lit(dark(c, 0.04)), s.lit(dark(c, 0.1)))
    s.both("M36 138L60 143L57 156Q55 160 50 159L36 156Q31 154 33 149Z", light(c, 0.2), dark(c, 0.06))
    s.path("M66 62Q84 50 100 50Q116 50 134 62L138 160Q119 168 100 164Q81 168 62 160Z", s.lit(c))
    s.path("M82 50Q100 44 118 50L100 66Z", dark(c, 0.34))
    s.path("M95 64H106V164H95Z", light(c, 0.35), 0.5)
    s.line("M95 66V164M106 66V164", seam(c), 1)
    s.path("M80 47L100 66L88 82L72 60Z", s.lit(light(c, 0.2)))
    s.path("M120 47L100 66L112 82L128 60Z", s.lit(dark(c, 0.03)))
    s.line("M80 47L72 60L88 82L100 66L112 82L128 60L120 47", seam(c), 1.2)
    for y in (80, 98, 116, 134, 152):
        s.dot(100.5, y, 1.9, "#fffdf8")
        s.dot(100.5, y, 0.7, seam(c))
    s.path("M114 94H132V112L123 117L114 112Z", dark(c, 0.05))
    s.line("M114 94H132V112L123 117L114 112ZM114 98H132", seam(c), 1)


def sweater(s: Sketch, c: str) -> None:
    _long_sleeved(s, c)
    s.path("M76 56Q100 48 124 56L116 70H84Z", dark(c, 0.4))
    s.line("M77 57Q84 74 100 74Q116 74 123 57", dark(c, 0.12), 7)
    s.line("M77 57Q84 74 100 74Q116 74 123 57", light(c, 0.2), 5, "1 2.6")
    for x in (78, 89, 111, 122):
        s.line(f"M{x} 84V148", seam(c), 3.6, "0.5 6.5")
    s.line("M96 82Q108 90 100 98Q92 106 100 114Q108 122 100 130Q92 138 100 147", seam(c), 1.6)
    s.line("M104 82Q92 90 100 98Q108 106 100 114Q92 122 100 130Q108 138 100 147", seam(c), 1.6)
    s.line(
        "M70 154V161M78 155V162M86 156V163M94 156V163M106 156V163M114 156V163M122 155V162M130 154V161",
        seam(c),
        1,
    )


def puffer(s: Sketch, c: str) -> None:
    s.both(
        "M66 60Q44 66 42 94L35 146Q35 154 44 156L52 157Q58 156 60 148L76 100Z",
        s.lit(dark(c, 0.03)),
        s.lit(dark(c, 0.14)),
    )
    s.path("M64 60Q82 52 100 52Q118 52 136 60Q142 110 138 158Q100 168 62 158Q58 110 64 60Z", s.lit(c, 1.3))
    for y in (76, 94, 112, 130, 147):
        s.line(f"M61 {y}Q80 {y + 7} 99 {y + 4}M101 {y + 4}Q120 {y + 7} 139 {y}", seam(c), 1.5)
        s.line(f"M64 {y + 6}Q78 {y + 11} 92 {y + 10}", light(c, 0.6), 2.2, opacity=0.35)
    s.both_lines(
        "M45 84Q56 92 72 92M41 104Q52 111 66 112M38 124Q48 131 61 131M36 142Q46 147 58 146", seam(c), 1.3
    )
    s.path("M78 54Q80 36 100 35Q120 36 122 54Q112 62 100 62Q88 62 78 54Z", s.lit(light(c, 0.04)))
    s.path("M84 47Q86 40 100 40Q114 40 116 47Q100 54 84 47Z", dark(c, 0.42))
    s.line("M80 52Q100 60 120 52", seam(c), 1.2)
    s.line("M100 58V163", dark(c, 0.4), 3.2)
    s.line("M100 58V163", light(c, 0.55), 1.2, "1.4 2.2")
    s.box(97.6, 62, 4.8, 9, 2, "#dcdddf")
