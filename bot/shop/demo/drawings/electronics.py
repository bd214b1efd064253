"""Chargers, cables, earbuds, stands."""

from bot.shop.demo.drawings.colours import dark, light, seam
from bot.shop.demo.drawings.sketch import Sketch

_PORT = "#2b2d31"


def charger(s: Sketch, c: str) -> None:
    s.shadow(160, 50)
    s.path("M66 36L120 28L152 44L98 54Z", light(c, 0.25))
    s.path("M98 54L152 44V140L98 158Z", s.top_lit(dark(c, 0.16)))
    s.path("M66 36L98 54V158L66 136Q56 130 56 122V50Q56 40 66 36Z", s.lit(c))
    s.path("M58 46Q58 40 66 38L98 55V157L66 135Q58 130 58 122Z", s.lit(c, 1.2))
    for y in (76, 98):
        s.path(
            f"M113 {y}Q113 {y - 4} 117 {y - 5}L133 {y - 9}Q137 {y - 9} 137 {y - 5}Q137 {y - 1} 133 {y}L117 {y + 4}Q113 {y + 4} 113 {y}Z",
            _PORT,
        )
    s.path("M111 116L139 108V120L111 129Z", _PORT)
    s.path("M114 121L136 114V117L114 125Z", "#e08a4f")
    s.line("M72 84L82 90M72 94L80 99", seam(c), 2)
    s.path("M82 108L74 122H80L77 134L88 118H82L85 110Z", "#e0b04c")
    s.dot(104, 64, 1.8, "#8fd0a8")


def power_bank(s: Sketch, c: str) -> None:
    s.shadow(168, 42)
    s.line("M126 34Q152 32 152 60V120Q152 134 140 134", dark(c, 0.25), 5.5)
    s.box(127, 128, 16, 12, 3, _PORT)
    s.box(117, 131, 11, 6, 1.5, "#c9cdd0")
    s.box(60, 26, 72, 140, 16, s.lit(dark(c, 0.2), 1.2))
    s.box(60, 26, 66, 140, 16, s.lit(c, 1.3))
    s.box(72, 42, 42, 30, 6, _PORT)
    s.line("M78 50H85V64H78ZM78 57H85M92 50H99V64H92ZM105 51V52M109 63V64M110 50L104 64", "#9fe0c8", 2)
    s.line("M72 150H90", seam(c), 2.4)
    s.path("M96 92L82 116H92L88 134L106 108H95L100 92Z", seam(c))
    s.line("M67 44V148", "#ffffff", 3.4, opacity=0.35)


def cable(s: Sketch, c: str) -> None:
    for width, colour, dash in ((8, dark(c, 0.2), ""), (6, c, ""), (5.4, light(c, 0.34), "1.6 2.6")):
        s.line(
            "M58 54Q40 70 40 100Q40 152 100 152Q158 152 158 100Q158 52 104 52Q60 54 60 98Q62 134 100 134"
            "Q140 132 138 98Q136 74 108 72Q82 74 84 98",
            colour,
            width,
            dash,
        )
    s.box(74, 88, 62, 20, 4, "#8a5c38")
    s.line("M84 90V106", dark("#8a5c38", 0.3), 1.4)
    for transform in ("translate(58 54) rotate(40)", "translate(84 98) rotate(-8)"):
        with s.moved(transform):
            s.box(-8, -26, 16, 28, 4, s.lit("#b9bec2", 1.4))
            s.box(-5.5, -40, 11, 16, 4, s.lit("#dfe2e4", 1.2))
            s.line("M-3 -37H3", "#7c8185", 2)


def charging_stand(s: Sketch, c: str) -> None:
    s.shadow(168, 56)
    s.path("M50 156Q50 148 62 148H138Q150 148 150 156V160Q150 167 142 167H58Q50 167 50 160Z", s.lit(c, 1.4))
    s.path("M112 90L124 150H100L94 90Z", s.lit(dark(c, 0.16), 1.2))
    s.box(62, 22, 70, 122, 13, "#26282d")
    s.box(66, 26, 62, 114, 10, s.top_lit("#7fa3b8", 1.6))
    s.path("M66 112L84 88L96 102L112 80L128 104V130Q128 140 118 140H76Q66 140 66 130Z", "#33566b", 0.8)
    s.dot(112, 58, 8, "#f7e3b0")
    s.line("M78 40H104", "#ffffff", 5)
    s.line("M78 52H92", "#ffffff", 2.6, opacity=0.8)
    s.dot(97, 124, 7, "#ffffff")
    s.path("M98 119L94 125H97L96 129L101 123H98Z", "#4fae7a")
    s.oval(100, 151, 20, 3, dark(c, 0.2))


def earbuds(s: Sketch, c: str) -> None:
    s.shadow(164, 60)
    s.path("M46 98Q46 50 100 48Q154 50 154 98Z", s.lit(light(c, 0.06), 1.3))
    s.path("M54 96Q56 60 100 58Q144 60 146 96Z", dark(c, 0.26))
    s.path("M42 100Q42 94 50 94H150Q158 94 158 100V126Q158 162 122 162H78Q42 162 42 126Z", s.lit(c, 1.3))
    s.oval(100, 100, 54, 9, dark(c, 0.34))
    for x in (76, 124):
        s.box(x - 6, 82, 12, 26, 6, s.lit(light(c, 0.12), 1.2))
        s.oval(x, 76, 15, 13, s.lit(light(c, 0.12), 1.4))
        s.oval(x - 3, 72, 6, 4, "#ffffff", 0.6)
        s.dot(x + (6 if x < 100 else -6), 80, 4, _PORT)
    s.path("M42 108Q100 120 158 108V126Q158 162 122 162H78Q42 162 42 126Z", s.lit(c, 1.3))
    s.dot(100, 134, 2.6, "#6fcf97")
    s.line("M54 124Q56 144 70 152", "#ffffff", 3.4, opacity=0.45)


def laptop_stand(s: Sketch, c: str) -> None:
    s.shadow(166, 66)
    s.path("M52 40H148Q154 40 154 46V102H46V46Q46 40 52 40Z", "#3b3e44")
    s.box(51, 45, 98, 53, 2, s.lit("#8fb0bd", 1.6))
    s.path("M51 98L80 70L98 86L118 62L149 92V98Z", "#55788a", 0.7)
    s.path("M32 102H168L172 112Q172 116 166 116H34Q28 116 28 112Z", s.top_lit("#d9dcde", 1.3))
    s.path("M84 102H116L114 107H86Z", "#a9aeb2")
    s.path("M40 116H160L154 124H46Z", s.lit(dark(c, 0.1), 1.2))
    s.both("M58 122L70 122L54 160H42Z", s.lit(c, 1.4), dark(c, 0.18))
    s.both("M86 122H94L66 160H56Z", dark(c, 0.26))
    s.box(34, 156, 132, 9, 4, s.lit(c, 1.5))
    s.dot(64, 140, 4, dark(c, 0.4))
    s.dot(136, 140, 4, dark(c, 0.4))
