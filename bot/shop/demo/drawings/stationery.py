"""Paper, pens, ink."""

from bot.shop.demo.drawings.colours import dark, light, seam
from bot.shop.demo.drawings.sketch import Sketch

_PAPER = "#fbf6ea"


def notebook(s: Sketch, c: str) -> None:
    with s.moved("rotate(-8 100 100)"):
        s.box(56, 36, 96, 134, 5, dark(c, 0.35))
        s.box(54, 33, 96, 134, 4, _PAPER)
        s.line("M148 42V160M145 42V160", "#ddd2ba", 1)
        s.box(50, 30, 96, 134, 5, s.lit(c, 1.2))
        s.path("M50 35Q50 30 55 30H64V164H55Q50 164 50 159Z", dark(c, 0.16))
        s.line("M70 40H138M70 154H138", light(c, 0.3), 0.9, "1 3")
        s.box(82, 64, 46, 30, 3, _PAPER)
        s.line("M90 75H120M90 83H110", seam("#d8cbb0"), 1.8)
        s.line("M132 30V164", dark(c, 0.45), 4)
        s.path("M100 164H107V182L103.5 177L100 182Z", "#c4694a")


def fountain_pen(s: Sketch, c: str) -> None:
    s.line("M28 150Q48 136 60 150Q70 162 84 146", "#2b3d5c", 3)
    with s.moved("rotate(-42 100 100) translate(6 0)"):
        s.path("M14 100L42 92V108Z", s.top_lit("#d8b45f", 1.4))
        s.line("M16 100H34", "#7d5c22", 1.2)
        s.dot(35, 100, 1.6, "#7d5c22")
        s.path("M40 91L72 87V113L40 109Z", s.top_lit("#2e3136", 1.6))
        s.box(70, 86, 5, 28, 1, "#d8b45f")
        s.path("M75 86H150Q158 88 158 100Q158 112 150 114H75Z", s.top_lit(c, 1.7))
        s.line("M80 92H146", "#ffffff", 2.6, opacity=0.4)
    with s.moved("rotate(-42 100 100) translate(20 44)"):
        s.path("M60 86H126Q136 88 136 100Q136 112 126 114H60Z", s.top_lit(dark(c, 0.08), 1.7))
        s.box(60, 85, 7, 30, 1, "#d8b45f")
        s.path("M74 96H128Q132 97 132 100Q132 103 128 103H72Q68 100 74 96Z", s.top_lit("#d8b45f", 1.2))


def ink_bottle(s: Sketch, c: str) -> None:
    s.shadow(164, 52)
    s.box(76, 36, 48, 34, 6, s.lit("#2f3136", 1.5))
    s.line("M84 40V66M92 40V66M100 40V66M108 40V66M116 40V66", "#55585e", 1.6)
    s.path(
        "M82 68H118V80Q150 86 150 104V150Q150 164 136 164H64Q50 164 50 150V104Q50 86 82 80Z", "#eef4f5", 0.9
    )
    s.path("M56 104Q100 112 144 104V148Q144 158 134 158H66Q56 158 56 148Z", s.lit(c, 1.3))
    s.oval(100, 104, 44, 6, light(c, 0.25))
    s.box(72, 116, 56, 32, 3, _PAPER)
    s.line("M84 130Q90 120 95 130Q100 140 106 129Q111 121 116 131", c, 2.4)
    s.line("M60 96V146", "#ffffff", 3.4, opacity=0.7)
    s.oval(160, 164, 8, 3, c, 0.8)


def planner(s: Sketch, c: str) -> None:
    s.shadow(166, 60)
    s.box(46, 38, 108, 128, 7, s.lit(dark(c, 0.1), 1.2))
    s.box(52, 42, 98, 120, 4, _PAPER)
    s.path("M46 42Q46 38 52 38H148Q154 38 154 42V66H46Z", s.lit(c, 1.2))
    s.line("M64 53H104", light(c, 0.75), 3.4)
    for row in range(5):
        y = 80 + row * 17
        s.line(f"M62 {y + 11}H142", "#ddd2ba", 1)
        s.box(62, y, 9, 9, 2, light(c, 0.4))
        s.line(f"M78 {y + 5}H{112 + (row * 13) % 24}", "#b9ad95", 2)
    s.line("M64 85L66 88L71 81M64 102L66 105L71 98", dark(c, 0.4), 1.8)
    for x in (62, 76, 90, 104, 118, 132):
        s.line(f"M{x + 3} 30V44", "#8f9498", 3)


def leather_cover(s: Sketch, c: str) -> None:
    with s.moved("rotate(6 100 100)"):
        s.box(54, 34, 98, 136, 8, dark(c, 0.4))
        s.box(58, 38, 90, 130, 3, _PAPER)
        s.box(48, 30, 98, 136, 9, s.lit(c, 1.5))
        s.line("M56 38H138V158H56Z", light(c, 0.4), 1.3, "3.4 2.6")
        s.line("M48 98H122", dark(c, 0.4), 3.4)
        s.path("M108 88H146Q152 88 152 98Q152 108 146 108H108Q102 98 108 88Z", s.lit(dark(c, 0.16), 1.2))
        s.dot(116, 98, 4, "#d8b45f")
        s.line("M66 132L74 144M74 132L66 144M82 144V132L88 139L94 132V144", seam(dark(c, 0.12)), 2)
        s.line("M64 150H98", seam(dark(c, 0.12)), 1)
        s.line("M60 48Q66 60 62 80", light(c, 0.6), 3, opacity=0.3)


def gel_pens(s: Sketch, c: str) -> None:
    s.shadow(166, 60)
    for index, colour in enumerate(("#b5654f", "#d2a154", c, "#7f9fae", "#8a7a9c", "#6d5b4f")):
        x, y = 44 + index * 20, 42 - (index % 2) * 8
        s.path(f"M{x} {y + 18}H{x + 13}V150L{x + 6.5:g} 164L{x} 150Z", light(colour, 0.45))
        s.box(x - 1, y, 15, 58, 4, s.lit(colour, 1.4))
        s.path(f"M{x + 3} 156L{x + 6.5:g} 164L{x + 10} 156Z", colour)
    s.box(36, 112, 128, 22, 3, s.lit("#e8d9c0", 1.1))
    s.line("M70 120H130M82 127H118", "#a08a6a", 2)
