"""Backpacks and other bags, seen from the front."""

from bot.shop.demo.drawings.colours import dark, light, seam
from bot.shop.demo.drawings.sketch import Sketch

_METAL = "#cfd2d4"
_LEATHER = "#a9764a"


def daypack(s: Sketch, c: str) -> None:
    s.shadow(168, 46)
    s.line("M86 36Q86 22 100 22Q114 22 114 36", dark(c, 0.3), 4.5)
    s.both("M60 66Q46 80 48 128Q48 138 56 138L62 132Z", dark(c, 0.26))
    s.path("M58 72Q58 34 100 32Q142 34 142 72V152Q142 166 128 166H72Q58 166 58 152Z", s.lit(c, 1.2))
    s.line("M66 78Q66 46 100 44Q134 46 134 78", seam(c), 1.8)
    s.path(
        "M68 104Q68 96 76 96H124Q132 96 132 104V146Q132 156 122 156H78Q68 156 68 146Z", s.lit(light(c, 0.1))
    )
    s.line("M72 104H128", dark(c, 0.42), 2.6)
    s.line("M122 104L126 112", _LEATHER, 3)
    s.box(92, 68, 16, 16, 3, _LEATHER)
    s.line("M95 71V81M105 71V81", dark(_LEATHER, 0.3), 1)
    s.line("M74 152Q100 158 126 152", seam(c), 1, "3 2")


def commuter(s: Sketch, c: str) -> None:
    s.shadow(170, 46)
    s.line("M84 32V24Q84 20 90 20H110Q116 20 116 24V32", dark(c, 0.35), 4.5)
    s.path("M58 46Q58 30 74 30H126Q142 30 142 46V156Q142 168 130 168H70Q58 168 58 156Z", s.lit(c, 1.2))
    s.path("M66 92H134V150Q134 160 124 160H76Q66 160 66 150Z", s.lit(light(c, 0.08)))
    s.line("M66 92H134", dark(c, 0.5), 3)
    s.line("M62 60Q62 38 78 37H122Q138 38 138 60", seam(c), 1.8)
    s.line("M76 72H124", dark(c, 0.45), 2.4)
    s.line("M118 72V80M128 92V101", _METAL, 2.6)
    s.box(90, 104, 20, 9, 2, dark(c, 0.35))
    s.line("M66 128H134", seam(c), 1, "3 2")
    s.both("M58 112Q50 114 50 124V148Q50 156 58 156Z", dark(c, 0.3))


def rolltop(s: Sketch, c: str) -> None:
    s.shadow(170, 44)
    s.path("M62 62H138L142 154Q142 168 128 168H72Q58 168 58 154Z", s.lit(c, 1.2))
    s.box(64, 32, 72, 13, 6, s.top_lit(dark(c, 0.1)))
    s.path("M66 43H134L138 66H62Z", s.lit(light(c, 0.1)))
    s.box(62, 40, 76, 11, 5, s.top_lit(light(c, 0.05)))
    s.line("M68 46L62 76M132 46L138 76", dark(c, 0.45), 4)
    s.line("M100 38V104", dark(c, 0.4), 5)
    s.box(92, 84, 16, 13, 3, "#2f3237")
    s.box(95.5, 87, 9, 7, 1.5, "#8d9298")
    s.path("M70 116H130V150Q130 158 122 158H78Q70 158 70 150Z", dark(c, 0.14))
    s.line("M70 118H130", light(c, 0.55), 2.4)
    s.line("M78 128V148", light(c, 0.7), 2.6, opacity=0.5)
    s.line("M66 76L63 150", light(c, 0.7), 3, opacity=0.35)


def hiking_pack(s: Sketch, c: str) -> None:
    s.shadow(172, 50)
    s.path("M56 122Q40 124 34 138L40 148Q50 138 60 142Z", dark(c, 0.4))
    s.path("M144 122Q160 124 166 138L160 148Q150 138 140 142Z", dark(c, 0.45))
    s.box(54, 150, 92, 16, 8, s.top_lit("#dcab4e"))
    s.path("M60 58H140L146 146Q146 158 134 158H66Q54 158 54 146Z", s.lit(c, 1.2))
    s.path("M54 44Q56 24 100 22Q144 24 146 44L142 64Q100 72 58 64Z", s.lit(light(c, 0.1), 1.2))
    s.line("M62 52Q100 60 138 52", seam(c), 1.8)
    s.line("M76 62V108M124 62V108", dark(c, 0.5), 4)
    s.both("M72 92H80V100H72Z", "#e9e4d8")
    s.path("M70 108H130L134 148H66Z", s.lit(dark(c, 0.12)))
    s.line("M72 112L128 144M128 112L72 144", "#dcab4e", 1.6)
    s.line("M70 108H130", seam(c), 1.8)
    s.both("M54 100Q46 102 46 114L48 144L56 146Z", dark(c, 0.28))
    s.line("M66 158V168M134 158V168", dark(c, 0.5), 3.4)


def tote(s: Sketch, c: str) -> None:
    s.shadow(168, 52)
    s.line("M76 82Q72 26 100 26Q128 26 124 82", dark(c, 0.24), 5.5)
    s.path("M50 72H150L158 158Q158 167 148 167H52Q42 167 42 158Z", s.lit(c, 1.1))
    s.path("M50 72H150L151 80H49Z", dark(c, 0.12))
    s.path("M43 148H157L158 158Q158 167 148 167H52Q42 167 42 158Z", dark(c, 0.1))
    s.line("M78 78Q74 34 100 34Q126 34 122 78", light(c, 0.1), 5)
    s.both("M72 72H82V92H72Z", light(c, 0.1))
    s.both_lines("M73 74L81 91M81 74L73 91", seam(c), 1)
    s.line("M100 136V108", seam(c), 2)
    s.path("M100 112Q90 110 90 100Q100 100 100 112ZM100 112Q110 110 110 100Q100 100 100 112Z", seam(c))
    s.path("M100 126Q88 124 87 114Q99 114 100 126ZM100 126Q112 124 113 114Q101 114 100 126Z", seam(c))
    s.line("M44 148H156", seam(c), 1, "3 2")


def sling(s: Sketch, c: str) -> None:
    s.line("M52 112Q34 60 84 36Q128 18 158 66Q166 84 150 108", dark(c, 0.3), 6)
    s.box(128, 34, 15, 12, 3, _METAL)
    s.shadow(152, 58)
    s.path("M44 116Q44 94 66 92H134Q156 94 156 116Q156 150 128 150H72Q44 150 44 116Z", s.lit(c, 1.3))
    s.line("M52 112Q100 102 148 112", dark(c, 0.5), 3)
    s.line("M140 110L146 122", _METAL, 3)
    s.path("M60 122Q100 114 140 122Q138 142 122 142H78Q62 142 60 122Z", s.lit(light(c, 0.1)))
    s.line("M66 124Q100 118 134 124", seam(c), 1.6)
    s.box(90, 128, 20, 8, 2, dark(c, 0.3))


def suitcase(s: Sketch, c: str) -> None:
    s.shadow(174, 44)
    s.line("M84 44V18H116V44", "#9ba0a4", 4)
    s.box(80, 14, 40, 7, 3.5, "#4a4d52")
    s.dot(72, 170, 6, "#3b3d41")
    s.dot(128, 170, 6, "#3b3d41")
    s.box(56, 42, 88, 126, 14, s.lit(c, 1.3))
    s.line("M72 52V158M86 52V158M114 52V158M128 52V158", seam(c), 2.4, opacity=0.55)
    s.line("M70 52V158M84 52V158M112 52V158M126 52V158", light(c, 0.6), 1.4, opacity=0.5)
    s.line("M100 42V168", dark(c, 0.36), 2.6)
    s.box(92, 64, 16, 11, 3, "#4a4d52")
    s.box(86, 44, 28, 6, 3, dark(c, 0.34))
    s.both("M56 148V156Q56 168 70 168H76Q60 164 56 148ZM56 62V54Q56 42 70 42H76Q60 46 56 62Z", dark(c, 0.2))
