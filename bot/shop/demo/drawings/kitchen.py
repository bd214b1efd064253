"""Pots, knives, cups."""

from bot.shop.demo.drawings.colours import dark, light, seam
from bot.shop.demo.drawings.sketch import Sketch

_WOOD = "#b98a5c"


def bottle(s: Sketch, c: str) -> None:
    s.shadow(172, 32)
    s.box(82, 22, 36, 26, 6, s.lit(dark(c, 0.34)))
    s.line("M94 22Q94 12 104 12Q114 12 114 22", dark(c, 0.34), 4)
    s.box(80, 44, 40, 8, 2, s.lit("#d5d8da", 1.4))
    s.path("M80 52H120Q132 60 132 74V158Q132 171 120 171H80Q68 171 68 158V74Q68 60 80 52Z", s.lit(c, 1.5))
    s.line("M77 78V150", "#ffffff", 4, opacity=0.4)
    s.dot(100, 112, 6, seam(c))
    s.line("M84 124H116M90 131H110", seam(c), 2)
    s.line("M69 158H131", seam(c), 1.3)


def pot(s: Sketch, c: str) -> None:
    s.shadow(158, 66)
    s.both("M42 98Q22 96 24 110Q26 120 44 116V108Q33 110 33 106Q33 102 44 104Z", dark(c, 0.2))
    s.path("M38 92H162V134Q162 156 138 156H62Q38 156 38 134Z", s.lit(c, 1.5))
    s.path("M34 88Q36 62 100 58Q164 62 166 88Q166 94 160 94H40Q34 94 34 88Z", s.lit(light(c, 0.06), 1.4))
    s.line("M36 93H164", dark(c, 0.4), 2.4)
    s.box(88, 48, 24, 11, 5, s.lit("#d8b26a", 1.3))
    s.path("M50 82Q54 70 84 66Q66 74 62 86Z", "#ffffff", 0.4)
    s.line("M48 106V132", "#ffffff", 4, opacity=0.35)


def pan(s: Sketch, c: str) -> None:
    s.oval(86, 116, 66, 52, "#3b2f2a", 0.15)
    s.path("M124 74L166 32Q172 28 176 33Q180 38 175 43L134 84Z", s.lit(_WOOD))
    s.path("M118 76L134 60L145 71L130 88Z", "#9aa0a4")
    s.dot(169, 38, 3, dark(_WOOD, 0.4))
    s.dot(84, 110, 60, s.lit(dark(c, 0.1), 1.4))
    s.dot(84, 110, 54, light(c, 0.12))
    s.dot(84, 110, 49, s.lit(c, 1.2))
    s.path(
        "M58 104Q62 84 84 86Q98 82 106 96Q118 104 108 118Q108 132 90 130Q74 140 64 126Q50 120 58 104Z",
        "#fffaf0",
    )
    s.dot(84, 108, 14, "#f0b03f")
    s.oval(79, 103, 5, 3.4, "#ffe3a0")


def knife(s: Sketch, c: str) -> None:
    with s.moved("rotate(-38 100 100)"):
        s.path("M20 116Q26 90 54 84H122V116Z", s.top_lit(light(c, 0.15), 1.6))
        s.path("M20 116Q22 110 26 105H122V116Z", "#ffffff", 0.7)
        s.line("M56 88H118", dark(c, 0.18), 1.2)
        s.box(120, 83, 8, 26, 2, "#b2893f")
        s.path("M128 84H176Q184 86 184 96Q184 108 174 108Q150 104 128 108Z", s.top_lit("#6b472f", 1.3))
        for x in (140, 154, 168):
            s.dot(x, 96, 2.4, "#d9b877")


def lunchbox(s: Sketch, c: str) -> None:
    s.shadow(160, 66)
    s.path("M38 92H162L156 150Q155 158 146 158H54Q45 158 44 150Z", "#ffffff", 0.75)
    s.path("M46 104H98V152H56Q50 152 49 146Z", "#f4ead6")
    s.path("M102 104H154L151 146Q150 152 144 152H102Z", "#d98f6c")
    s.dot(114, 116, 7, "#8fa783")
    s.dot(132, 128, 8, "#e0b04c")
    s.dot(116, 140, 7, "#c4694a")
    s.dot(140, 112, 5, "#8fa783")
    s.line("M58 114H62M70 122H74M82 112H86M62 134H66M78 138H82M88 128H92", "#cdbb98", 2.4)
    s.line("M100 100V156", "#c9d6da", 3)
    s.line("M50 102L54 148", "#ffffff", 4, opacity=0.8)
    s.box(32, 70, 136, 24, 8, s.top_lit(c, 1.2))
    s.line("M42 78H158", light(c, 0.5), 2.4, opacity=0.7)
    s.both("M32 78Q24 80 26 98H34V78Z", dark(c, 0.18))
    s.box(88, 86, 24, 14, 4, dark(c, 0.16))


def mug(s: Sketch, c: str) -> None:
    s.shadow(160, 52, 92)
    s.line("M88 44Q82 34 90 26M104 44Q98 32 106 22", "#ffffff", 3, opacity=0.7)
    s.line("M128 84Q164 80 162 106Q160 132 126 130", dark(c, 0.14), 12)
    s.line("M128 84Q164 80 162 106Q160 132 126 130", light(c, 0.14), 3, opacity=0.5)
    s.path("M46 66H138L134 140Q132 160 112 160H72Q52 160 50 140Z", s.lit(c, 1.4))
    s.path("M46 66H138L136 96Q124 106 114 96Q104 88 94 100Q84 110 74 98Q62 88 48 98Z", light(c, 0.42), 0.75)
    s.oval(92, 66, 46, 10, light(c, 0.25))
    s.oval(92, 67, 39, 7.4, "#4d3425")
    s.oval(84, 66, 16, 2.6, "#7a563c")
    for x, y in ((62, 118), (84, 132), (108, 116), (120, 136), (74, 146), (98, 148)):
        s.dot(x, y, 1.3, seam(c))


def board(s: Sketch, c: str) -> None:
    wood = "#b27c4d"
    with s.moved("rotate(-14 100 104)"):
        s.box(50, 44, 100, 128, 16, dark(wood, 0.35))
        s.box(50, 40, 100, 128, 16, s.lit(wood, 1.2))
        s.box(88, 14, 24, 34, 10, s.lit(wood))
        s.dot(100, 26, 5, dark(c, 0.45))
        s.line(
            "M62 60Q62 52 70 52H130Q138 52 138 60V148Q138 156 130 156H70Q62 156 62 148Z",
            dark(wood, 0.28),
            2.4,
        )
        s.line(
            "M74 66Q80 100 74 144M90 60Q84 100 92 150M110 60Q118 104 108 150M126 66Q122 100 128 146",
            dark(wood, 0.18),
            1.5,
        )
    s.path("M70 122Q70 104 90 104Q112 104 112 122Q112 136 91 136Q70 136 70 122Z", s.lit("#c4432f"))
    s.path("M91 106L84 99L91 102L97 97L95 104Z", "#5f7f4c")
    s.path("M110 132Q110 118 125 118Q140 118 140 132Q140 142 125 142Q110 142 110 132Z", s.lit("#d9573f"))
    s.path("M125 120L119 114L125 116L130 112L129 118Z", "#5f7f4c")
