"""Coffee machines and what belongs to them."""

from bot.shop.demo.drawings.colours import dark, light, seam
from bot.shop.demo.drawings.sketch import Sketch

_STEEL = "#c9cdd0"
_COFFEE = "#4a3124"
_GLASS = "#e6f0f2"


def espresso_machine(s: Sketch, c: str) -> None:
    s.shadow(170, 68)
    s.box(36, 152, 128, 16, 6, s.lit(dark(c, 0.2), 1.2))
    s.path("M36 50Q36 38 48 38H152Q164 38 164 50V156H36Z", s.lit(c, 1.3))
    s.path("M44 92H156V154H44Z", dark(c, 0.5))
    s.box(46, 28, 108, 12, 4, s.top_lit(_STEEL, 1.2))
    for x in (58, 76, 94):
        s.box(x, 18, 15, 12, 3, "#f7f4ec")
    s.box(42, 84, 116, 14, 4, s.top_lit(light(c, 0.1), 1.2))
    s.dot(60, 62, 11, "#fbfaf5")
    s.line("M60 62L65 55", "#c4694a", 2)
    s.dot(88, 62, 4.5, "#f7f4ec")
    s.dot(104, 62, 4.5, "#f7f4ec")
    s.dot(120, 62, 4.5, "#c4694a")
    s.box(80, 98, 34, 11, 3, s.lit(_STEEL, 1.4))
    s.path("M84 109H110L106 120H88Z", s.lit(_STEEL, 1.4))
    s.path("M84 108L52 114Q48 116 49 121L53 122L86 117Z", "#30262a")
    s.line("M94 122V136M100 122V136", _COFFEE, 2)
    s.path("M84 136H110L107 152H87Z", "#fbf8f1")
    s.line("M110 139Q118 140 116 145Q114 148 109 147", "#fbf8f1", 2.6)
    s.line("M140 94Q146 112 140 138", _STEEL, 3.6)
    s.dot(148, 66, 8, dark(c, 0.35))
    s.box(50, 152, 100, 4, 2, _STEEL)


def capsule_machine(s: Sketch, c: str) -> None:
    s.shadow(170, 46)
    s.box(120, 56, 24, 100, 10, "#cfe0e4")
    s.line("M126 66V148", "#ffffff", 4, opacity=0.7)
    s.box(56, 156, 84, 13, 6, s.lit(dark(c, 0.3), 1.2))
    s.path("M60 62Q60 36 88 36H116Q130 36 130 50V158H92V96H66Q60 96 60 88Z", s.lit(c, 1.4))
    s.path("M72 36Q84 22 116 24Q128 25 128 36Z", s.lit(light(_STEEL, 0.2), 1.2))
    s.line("M78 34Q96 28 120 31", dark(_STEEL, 0.4), 1.6)
    s.path("M64 96H84V104H68Z", dark(c, 0.4))
    s.dot(112, 58, 4.2, "#f7f4ec")
    s.dot(112, 72, 4.2, "#f7f4ec")
    s.line("M76 105V128", _COFFEE, 2.4)
    s.path("M62 128H90L87 152H65Z", "#fbf8f1")
    s.line("M62 133Q54 134 56 141Q58 146 64 145", "#fbf8f1", 3)
    s.line("M68 52Q72 44 84 44", "#ffffff", 3.4, opacity=0.45)
    s.path("M28 158L32 144H48L52 158Z", "#d8a24a")
    s.oval(40, 158, 13, 3, "#b98432")


def drip_machine(s: Sketch, c: str) -> None:
    s.shadow(170, 60)
    s.box(42, 154, 116, 15, 6, s.lit(dark(c, 0.25), 1.2))
    s.path("M112 40H146Q156 40 156 50V158H112Z", s.lit(dark(c, 0.06), 1.3))
    s.path("M44 42Q44 32 54 32H146Q156 32 156 42V66H44Z", s.lit(c, 1.3))
    s.path("M56 66H106L98 90H64Z", s.lit(dark(c, 0.3), 1.2))
    s.path("M60 100H102V94H60Z", "#3a3a3d")
    s.path("M56 102H106Q114 122 108 148Q106 154 98 154H64Q56 154 54 148Q48 122 56 102Z", s.lit(_STEEL, 1.6))
    s.line("M108 108Q124 110 120 128Q117 140 109 138", "#3a3a3d", 5.5)
    s.line("M60 110Q56 126 60 144", "#ffffff", 3.4, opacity=0.7)
    s.box(122, 78, 24, 34, 4, dark(c, 0.45))
    s.line("M128 88H140M128 95H136", "#9fd3c0", 2.2)
    s.dot(134, 126, 6, "#f7f4ec")
    s.line("M134 122V126", "#c4694a", 2)
    s.line("M52 42H120", "#ffffff", 3, opacity=0.35)


def grinder(s: Sketch, c: str) -> None:
    s.shadow(172, 34)
    s.line("M100 38Q120 34 142 28", "#8f9498", 5)
    s.path("M136 30Q134 18 143 16Q153 16 152 29Q148 36 136 30Z", s.lit("#8a5c38", 1.3))
    s.box(93, 30, 14, 14, 4, "#6d7276")
    s.path("M80 42H120Q126 42 126 48V58H74V48Q74 42 80 42Z", s.lit(dark(c, 0.14), 1.5))
    s.box(74, 58, 52, 58, 2, s.lit(c, 1.7))
    s.box(72, 112, 56, 12, 3, s.lit("#8a5c38", 1.4))
    s.path("M74 124H126V164Q126 171 118 171H82Q74 171 74 164Z", s.lit(light(c, 0.05), 1.7))
    for y in (70, 78, 86, 94, 102):
        s.line(f"M80 {y}H120", seam(c), 1.4, "2 3", 0.7)
    s.line("M82 130V162", "#ffffff", 3.4, opacity=0.5)
    for x, y in ((46, 168), (56, 171), (148, 170), (139, 166)):
        s.oval(x, y, 5, 3.6, "#5b3b28")


def kettle(s: Sketch, c: str) -> None:
    s.shadow(170, 62)
    s.box(52, 156, 96, 13, 6, s.lit("#3b3d41", 1.2))
    s.box(88, 159, 24, 7, 2, "#9fd3c0")
    s.line("M72 138Q40 136 42 96Q43 72 28 62", dark(c, 0.06), 7)
    s.line("M72 136Q44 134 45 98Q46 76 32 64", light(c, 0.4), 1.8, opacity=0.5)
    s.path("M72 78Q100 70 128 78L140 140Q142 156 130 156H70Q58 156 60 140Z", s.lit(c, 1.5))
    s.path("M72 80Q76 64 100 62Q124 64 128 80Q100 88 72 80Z", s.lit(light(c, 0.1), 1.2))
    s.box(94, 50, 12, 13, 5, "#8a5c38")
    s.line("M128 84Q166 76 164 104Q162 128 146 134", "#3b3d41", 8)
    s.line("M134 83Q160 78 159 102", "#6d7075", 2)
    s.line("M74 94Q68 118 70 146", "#ffffff", 3.6, opacity=0.4)


def dripper(s: Sketch, c: str) -> None:
    s.shadow(172, 46)
    s.path("M66 44L56 32H144L134 44Z", "#f2e4c8")
    s.path("M54 44H146Q150 44 148 50L116 88H84L52 50Q50 44 54 44Z", s.lit(c, 1.4))
    s.line("M66 52L90 84M84 50L96 84M104 50Q104 70 100 84M124 50L108 84", seam(c), 1.4, opacity=0.6)
    s.box(66, 86, 68, 8, 4, s.lit(dark(c, 0.06), 1.2))
    s.line("M142 54Q164 52 160 66Q156 76 134 74", dark(c, 0.12), 6)
    s.path("M84 94H116V106Q142 122 138 152Q136 170 122 170H78Q64 170 62 152Q58 122 84 106Z", _GLASS, 0.85)
    s.path(
        "M64 134Q100 142 136 134Q140 146 138 154Q136 168 122 168H78Q64 168 62 154Q60 144 64 134Z",
        s.lit(_COFFEE, 1.2),
    )
    s.oval(100, 136, 36, 4.5, "#7a563c")
    s.line("M100 95V132", _COFFEE, 1.8)
    s.line("M76 118Q68 132 70 156", "#ffffff", 3.6, opacity=0.7)
    s.line("M134 116Q158 118 154 140Q150 154 138 152", "#c9dde1", 4)


def _beans(s: Sketch, c: str) -> None:
    s.shadow(170, 46)
    paper = "#e8d9c0"
    s.path("M58 46H142L146 160Q146 169 136 169H64Q54 169 54 160Z", s.lit(paper, 1.3))
    s.path("M60 30H140L142 50H58Z", s.top_lit(dark(paper, 0.06)))
    s.line("M58 50H142M60 40H140", dark(paper, 0.25), 1.6)
    s.line("M70 58L66 158M134 58L138 158", dark(paper, 0.2), 1.4)
    s.box(72, 68, 56, 78, 5, s.top_lit(c))
    s.dot(100, 58, 3.2, dark(paper, 0.4))


def _bean(s: Sketch, x: float, y: float, turn: int, colour: str) -> None:
    with s.moved(f"translate({x:g} {y:g}) rotate({turn})"):
        s.oval(0, 0, 9, 6.4, colour)
        s.line("M-8 0Q-3 -3 0 0Q3 3 8 0", dark(colour, 0.45), 1.4)


def filter_beans(s: Sketch, c: str) -> None:
    _beans(s, c)
    s.path("M76 124L90 100L98 112L110 92L124 124Z", light(c, 0.6))
    s.dot(112, 84, 5, "#f3e3b4")
    s.line("M84 134H116", light(c, 0.7), 2.4)
    for x, y, turn in ((40, 164, 20), (156, 166, -30), (166, 157, 40)):
        _bean(s, x, y, turn, "#8a5c3c")


def espresso_beans(s: Sketch, c: str) -> None:
    _beans(s, c)
    _bean(s, 92, 98, -50, "#f4e4cf")
    _bean(s, 108, 110, -50, "#f4e4cf")
    s.line("M84 132H116M90 139H110", light(c, 0.7), 2.2)
    for x, y, turn in ((38, 160, 20), (46, 168, -10), (160, 166, -30)):
        _bean(s, x, y, turn, "#4f3222")


def filter_papers(s: Sketch, c: str) -> None:
    s.shadow(160, 56)
    paper = light(c, 0.35)
    for index, turn in enumerate((-16, -7, 2)):
        with s.moved(f"rotate({turn} 100 150)"):
            s.path("M42 56Q100 34 158 56L112 150Q100 158 88 150Z", s.lit(light(paper, 0.08 * index), 1.1))
            s.line("M48 62Q100 44 152 62", dark(paper, 0.16), 1.4)
            s.line("M150 62L110 146", dark(paper, 0.2), 3.4, "1.4 2.4")
    s.path("M54 110H146V136H54Z", s.lit("#8a5c38"))
    s.line("M72 120H128M82 128H118", "#f2e4c8", 2.4)


def latte_cup(s: Sketch, c: str) -> None:
    s.shadow(164, 64)
    s.line("M92 52Q86 42 94 34M108 52Q102 40 110 30", "#ffffff", 3, opacity=0.7)
    s.oval(100, 152, 66, 13, s.lit(dark(c, 0.08), 1.2))
    s.oval(100, 149, 66, 12, s.lit(c, 1.2))
    s.oval(100, 149, 38, 6, dark(c, 0.18))
    s.line("M142 92Q170 90 164 110Q158 126 134 124", dark(c, 0.12), 8)
    s.path("M48 82H152Q152 130 122 148H78Q48 130 48 82Z", s.lit(c, 1.4))
    s.oval(100, 82, 52, 14, light(c, 0.3))
    s.oval(100, 83, 46, 11, "#8a5a38")
    s.path("M100 92Q76 86 82 79Q90 74 100 80Q110 74 118 79Q124 86 100 92Z", "#fbf1df")
    s.path("M100 88Q88 84 92 81Q97 79 100 82Q103 79 108 81Q112 84 100 88Z", "#b98458")
    s.path("M58 98Q62 124 80 138Q66 134 58 98Z", "#ffffff", 0.4)
