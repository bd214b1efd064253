"""Things for the bedroom, bathroom and living room."""

from bot.shop.demo.drawings.colours import dark, light, seam
from bot.shop.demo.drawings.sketch import Sketch


def bedding(s: Sketch, c: str) -> None:
    wood = "#b98a5c"
    s.shadow(168, 76)
    s.box(34, 36, 132, 90, 10, s.lit(wood, 1.2))
    s.line("M44 54H156M44 72H156", dark(wood, 0.2), 1.4)
    s.both("M30 146H38V170H30Z", dark(wood, 0.3))
    s.box(26, 138, 148, 18, 5, s.lit(dark(wood, 0.1)))
    s.path("M32 108H168V144H32Z", "#fbf7ef")
    s.path("M40 92Q38 70 58 68H84Q100 70 98 92Q98 108 84 108H54Q40 108 40 92Z", s.lit(light(c, 0.5)))
    s.path(
        "M102 92Q100 70 118 68H142Q162 70 160 92Q160 108 146 108H116Q102 108 102 92Z", s.lit(light(c, 0.42))
    )
    s.line("M50 78Q56 86 52 96M90 76Q85 86 89 96M150 78Q144 86 148 96M110 76Q116 86 112 96", seam(c), 1.1)
    s.path("M24 122Q24 104 40 104H160Q176 104 176 122V144Q176 150 168 150H32Q24 150 24 144Z", s.lit(c, 1.2))
    s.path("M24 124Q24 102 40 102H160Q176 102 176 124Q140 118 100 123Q60 128 24 124Z", light(c, 0.4))
    s.line("M62 128Q66 138 60 149M104 126Q108 138 102 149M142 124Q148 136 142 149", seam(c), 1.3)


def pillow(s: Sketch, c: str) -> None:
    s.shadow(146, 70)
    s.path(
        "M30 112Q26 74 58 76Q80 92 100 92Q120 92 142 76Q174 74 170 112Q172 142 150 144H50Q28 142 30 112Z",
        s.lit(c, 1.2),
    )
    s.path(
        "M36 92Q44 76 60 82Q80 98 100 98Q120 98 140 82Q156 76 164 92Q140 94 124 106Q100 116 76 106Q60 94 36 92Z",
        light(c, 0.6),
    )
    s.line("M32 124Q100 134 168 124", seam(c), 1.4)
    s.line("M54 104Q60 112 58 122M146 104Q140 112 142 122M100 112V124", seam(c), 1.1)
    s.box(142, 130, 14, 9, 2, "#7d9a86")


def towels(s: Sketch, c: str) -> None:
    s.shadow(162, 60)
    for x, y, width, height, colour in (
        (40, 124, 120, 36, dark(c, 0.06)),
        (48, 92, 104, 32, c),
        (60, 66, 80, 26, light(c, 0.25)),
    ):
        s.box(x, y, width, height, 13, s.lit(colour, 1.1))
        s.line(f"M{x + 10} {y + height / 2:g}H{x + width - 2}", seam(colour), 1.6)
        s.line(f"M{x + 12} {y + 7}H{x + width - 14}", seam(colour), 2.4, "2.4 4.2", 0.55)
        s.line(f"M{x + 12} {y + height - 7}H{x + width - 14}", seam(colour), 2.4, "2.4 4.2", 0.55)
    s.line("M100 40Q96 56 100 66", "#7a8f6d", 2.4)
    s.path("M100 52Q84 46 86 36Q100 38 100 52ZM100 46Q102 32 116 32Q116 46 100 46Z", "#8fa783")


def candle(s: Sketch, c: str) -> None:
    s.shadow(164, 44)
    s.path("M100 32Q114 52 106 64Q100 70 94 64Q86 52 100 32Z", "#f3b44a")
    s.path("M100 46Q107 56 103 63Q100 66 97 63Q93 56 100 46Z", "#fff0c2")
    s.path("M60 78H140V150Q140 164 126 164H74Q60 164 60 150Z", s.lit(light(c, 0.3), 1.2))
    s.path("M64 92H136V150Q136 160 126 160H74Q64 160 64 150Z", s.lit(light("#efe2c9", 0.1)))
    s.oval(100, 92, 36, 7, "#fbf2df")
    s.oval(100, 78, 40, 7.5, light(c, 0.6), 0.55)
    s.line("M100 92V70", "#4b3a2e", 2.4)
    s.box(76, 108, 48, 36, 3, "#fffaf0")
    s.box(76, 108, 48, 8, 3, c)
    s.line("M86 126H114M91 134H109", dark(c, 0.1), 2)
    s.line("M69 88V148", "#ffffff", 3, opacity=0.6)


def lamp(s: Sketch, c: str) -> None:
    s.shadow(166, 42)
    s.oval(100, 112, 66, 46, "#ffe7b0", 0.4)
    s.path("M88 96H112L116 158H84Z", s.lit(light(c, 0.1), 1.2))
    s.path(
        "M66 160Q66 152 78 152H122Q134 152 134 160V162Q134 166 128 166H72Q66 166 66 162Z",
        s.lit(dark(c, 0.08), 1.2),
    )
    s.path("M42 98Q42 42 100 40Q158 42 158 98Q158 106 148 106H52Q42 106 42 98Z", s.lit(c, 1.2))
    s.path("M46 100Q100 112 154 100Q152 106 146 106H54Q48 106 46 100Z", "#ffe9b8")
    s.path("M56 84Q60 54 88 50Q68 62 66 86Z", "#ffffff", 0.55)
    s.dot(100, 159, 2.6, "#ffe09a")


def throw(s: Sketch, c: str) -> None:
    s.shadow(164, 58)
    s.line(
        "M50 152V166M58 154V168M66 154V168M74 154V168M82 154V168M90 154V168M98 154V168", light(c, 0.2), 2.4
    )
    s.path("M42 60Q42 48 56 48H148Q160 48 160 60V140Q160 152 148 152H106V156H46Z", s.lit(c, 1.2))
    s.path("M42 62Q42 48 54 48Q104 52 104 66V158H46Q42 158 42 150Z", s.lit(light(c, 0.14)))
    for y in (70, 90, 110, 130):
        s.line(f"M46 {y}H102", light(c, 0.6), 3.4, opacity=0.8)
        s.line(f"M108 {y}H158", light(c, 0.6), 3.4, opacity=0.5)
    s.line("M62 52V156M86 56V156M124 50V150M144 50V150", dark(c, 0.25), 2.2, opacity=0.4)
    s.line("M104 66V156", seam(c), 1.6)


def vase(s: Sketch, c: str) -> None:
    s.shadow(168, 36)
    s.line("M98 66Q92 44 78 30M101 66Q102 40 106 22M104 66Q112 48 126 40", "#7a8f6d", 2.2)
    for x, y in ((78, 30), (86, 42), (106, 22), (103, 38), (126, 40), (114, 50)):
        s.oval(x, y, 6.5, 5, "#d98f6c")
        s.oval(x - 1.5, y - 1.5, 2.6, 2, "#efb99b")
    s.path(
        "M92 62H110Q108 78 116 88Q146 106 138 138Q132 166 120 167H82Q68 166 62 138Q54 106 86 88Q94 78 92 62Z",
        s.lit(c, 1.5),
    )
    s.oval(101, 62, 9, 2.6, dark(c, 0.5))
    s.line("M62 118Q100 126 139 118M61 124Q100 132 139 124", seam(c), 1.3)
    s.path("M70 110Q76 96 88 92Q78 112 80 140Q68 130 70 110Z", "#ffffff", 0.35)


def basket(s: Sketch, c: str) -> None:
    s.shadow(166, 54)
    s.path("M58 80Q54 58 74 54Q96 44 116 54Q142 50 144 80Z", s.lit("#a3b59a"))
    s.line("M76 58Q72 68 76 80M100 51Q104 64 98 80M124 56Q120 68 126 80", seam("#a3b59a"), 1.4)
    s.both("M44 92Q30 92 32 108Q34 122 48 120L48 113Q40 114 39 106Q39 99 46 99Z", dark(c, 0.24))
    s.path("M44 76H156L148 154Q146 166 134 166H66Q54 166 52 154Z", s.lit(c, 1.3))
    for y in (88, 100, 112, 124, 136, 148, 158):
        inset = (y - 76) * 0.1
        s.line(f"M{45 + inset:g} {y}Q100 {y + 6} {155 - inset:g} {y}", seam(c), 1.4, opacity=0.7)
    s.path("M44 76Q100 90 156 76V84Q100 98 44 84Z", light(c, 0.35))
