"""For hills, camps and rain."""

from bot.shop.demo.drawings.colours import dark, light, seam
from bot.shop.demo.drawings.sketch import Sketch


def tent(s: Sketch, c: str) -> None:
    s.oval(100, 154, 82, 12, "#8fa783", 0.55)
    s.line("M24 156L44 132M176 156L156 132", "#b9a98a", 2)
    s.path("M28 154Q64 104 92 48Q98 42 104 48Q138 104 172 154Z", s.lit(c, 1.3))
    s.path("M98 46Q104 44 108 54Q140 108 172 154H128Q112 100 98 46Z", dark(c, 0.24))
    s.path("M98 70Q80 116 66 154H126Q112 110 98 70Z", "#3a332c")
    s.path("M98 70Q82 112 66 154H84Q96 140 94 116Q96 90 98 70Z", light(c, 0.4))
    s.path("M98 70Q112 110 126 154H112Q100 140 102 116Z", light(c, 0.22))
    s.path("M84 154Q98 146 112 154Z", "#dcab4e")
    s.line("M28 154Q64 104 92 48M172 154Q138 104 104 48", seam(c), 1.6)
    s.path("M100 44V30L116 35L100 40Z", "#dcab4e")


def sleeping_bag(s: Sketch, c: str) -> None:
    with s.moved("rotate(-28 100 100)"):
        s.path(
            "M70 34Q72 18 100 18Q128 18 130 34L138 78Q138 140 122 172Q100 182 78 172Q62 140 62 78Z",
            s.lit(c, 1.3),
        )
        s.path("M76 44Q78 28 100 28Q122 28 124 44Q124 66 100 68Q76 66 76 44Z", dark(c, 0.46))
        s.oval(100, 50, 18, 11, "#f4ecdd")
        s.path("M64 76Q100 92 136 76L138 90Q100 106 62 90Z", light(c, 0.3))
        for y in (108, 126, 144, 160):
            s.line(f"M{63 + (y - 100) / 5:g} {y}Q100 {y + 10} {137 - (y - 100) / 5:g} {y}", seam(c), 1.6)
        s.line("M118 92Q124 130 114 170", "#f0e2c0", 2.2, "2 2.4")


def camp_chair(s: Sketch, c: str) -> None:
    frame = "#54585e"
    s.shadow(170, 58)
    s.line("M62 128L48 168M138 128L152 168M78 128L118 166M122 128L82 166", frame, 4.5)
    s.line("M62 44L66 132M138 44L134 132", frame, 4.5)
    s.path("M58 40Q100 30 142 40Q150 84 156 112Q158 136 128 140H72Q42 136 44 112Q50 84 58 40Z", s.lit(c, 1.3))
    s.path("M58 100Q100 84 142 100Q148 128 124 134H76Q52 128 58 100Z", dark(c, 0.2))
    s.path("M66 54Q100 46 134 54L132 70Q100 62 68 70Z", light(c, 0.22))
    s.line("M60 46Q56 84 50 116Q54 132 74 136H126Q146 132 150 116Q144 84 140 46", seam(c), 1.5, "3 2.4")
    s.both("M46 164H54V171H46Z", "#34373b")


def headlamp(s: Sketch, c: str) -> None:
    band = "#4a4f57"
    s.path("M118 96L196 66V150L118 112Z", "#fff3c4", 0.5)
    s.line("M40 110Q34 62 84 54Q132 50 140 90", band, 13)
    s.line("M40 110Q34 62 84 54Q132 50 140 90", c, 4, "8 7")
    s.line("M40 112Q50 150 96 148Q124 144 138 122", dark(band, 0.3), 13)
    s.box(76, 80, 70, 52, 14, s.lit("#34383f", 1.4))
    s.dot(116, 106, 21, s.lit("#d4d8db", 1.4))
    s.dot(116, 106, 15, "#fff4cf")
    s.dot(116, 106, 7, "#ffffff")
    s.dot(88, 98, 4, "#d8523f")
    s.dot(88, 114, 4, "#9fd3c0")
    s.box(100, 75, 26, 7, 3, c)


def poles(s: Sketch, c: str) -> None:
    for turn in (-14, 14):
        with s.moved(f"rotate({turn} 100 120)"):
            s.line("M100 60V124", dark(c, 0.1), 6)
            s.line("M100 120V160", light(c, 0.16), 4.4)
            s.line("M100 160V176", "#c9cdd0", 3)
            s.box(95, 116, 10, 10, 2, "#dcab4e")
            s.box(95, 84, 10, 9, 2, "#dcab4e")
            s.oval(100, 164, 10, 3.4, "#2f3237")
            s.path("M93 26Q93 18 100 18Q108 18 108 27L105 62H95Z", s.lit("#c29a68", 1.3))
            s.line("M95 34H106M95 42H106M96 50H105", dark("#c29a68", 0.25), 1.3)
            s.line("M106 26Q122 34 112 54Q108 60 104 52", "#3d4046", 3)


def umbrella(s: Sketch, c: str) -> None:
    s.line("M100 96V152Q100 166 111 166Q121 166 121 156", "#8a5c38", 5)
    s.path(
        "M24 104Q28 38 100 34Q172 38 176 104Q166 94 151 104Q138 94 125 104Q112 94 100 104Q88 94 75 104Q62 94 49 104Q34 94 24 104Z",
        s.lit(c, 1.3),
    )
    s.path("M100 34Q70 60 75 104Q62 94 49 104Q52 54 100 34Z", light(c, 0.3), 0.6)
    s.path("M100 34Q130 60 125 104Q138 94 151 104Q148 54 100 34Z", dark(c, 0.3), 0.35)
    s.line(
        "M100 34Q70 60 75 104M100 34Q130 60 125 104M100 34Q52 54 49 104M100 34Q148 54 151 104", seam(c), 1.2
    )
    s.box(98, 24, 4, 11, 2, "#8a5c38")
    s.line(
        "M58 138L54 148M76 128L72 138M142 128L138 138M154 142L150 152M66 158L62 168M138 156L134 166",
        "#8fb4c8",
        3,
    )
