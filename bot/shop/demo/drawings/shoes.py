"""Footwear, seen from the side, the second one of the pair behind."""

from collections.abc import Callable

from bot.shop.demo.drawings.colours import dark, light, seam
from bot.shop.demo.drawings.sketch import Sketch

_SOLE_WHITE = "#f7f3ea"


def _pair(s: Sketch, shoe: Callable[[Sketch, str], None], c: str) -> None:
    s.shadow(158, 66)
    with s.moved("translate(26 -20) scale(.94)"):
        shoe(s, dark(c, 0.14))
    with s.moved("translate(-8 4)"):
        shoe(s, c)


def canvas_shoe(s: Sketch, c: str) -> None:
    _pair(s, _canvas_shoe, c)


def _canvas_shoe(s: Sketch, c: str) -> None:
    s.path(
        "M42 140L45 94Q46 88 52 89L80 92Q86 93 90 98L106 114Q114 121 126 122L148 125Q164 128 164 140Z",
        s.lit(c),
    )
    s.path("M78 91L88 84Q94 86 96 92L118 116L108 118Z", light(c, 0.3))
    s.path("M138 123Q164 124 165 142H132Q131 130 138 123Z", _SOLE_WHITE)
    s.path("M40 138H166V146Q166 154 158 154H48Q40 154 40 146Z", s.top_lit(_SOLE_WHITE, 0.6))
    s.line("M42 147H164", "#c4694a", 1.8)
    s.line("M84 96L96 90M90 102L103 97M97 109L110 105M104 115L116 112", "#fffdf8", 3)
    s.line("M60 92Q62 112 58 138M106 116Q98 128 100 138", seam(c), 1.2, "3 2")
    s.box(40, 100, 6, 18, 2, dark(c, 0.3))


def runner(s: Sketch, c: str) -> None:
    _pair(s, _runner, c)


def _runner(s: Sketch, c: str) -> None:
    s.path(
        "M40 138Q34 104 44 86Q48 82 54 87Q66 98 80 90Q86 87 90 93L108 114Q122 122 146 126Q164 130 166 142Z",
        s.lit(c),
    )
    s.path("M44 86Q48 82 54 87Q66 98 80 90L84 100Q66 112 46 100Z", dark(c, 0.3))
    s.path("M58 138Q70 112 96 104L106 113Q88 122 80 138Z", light(c, 0.55))
    s.path("M86 138Q94 126 110 117L120 120Q106 128 102 138Z", light(c, 0.55), 0.6)
    s.line("M86 96L97 91M92 103L104 99M99 110L111 107", "#fffdf8", 2.8)
    s.path(
        "M32 140Q34 130 42 134Q100 142 168 134Q174 144 164 152Q100 162 42 156Q30 152 32 140Z",
        s.top_lit(_SOLE_WHITE, 0.8),
    )
    s.path("M40 154Q100 160 165 151L160 157Q100 164 44 160Z", dark(c, 0.5))
    s.line("M38 146Q70 152 96 147Q130 142 166 144", light(c, 0.2), 1.6)
    s.line("M39 112L42 128", "#fff6c9", 3)


def hiking_boot(s: Sketch, c: str) -> None:
    _pair(s, _hiking_boot, c)


def _hiking_boot(s: Sketch, c: str) -> None:
    s.path(
        "M46 142L48 70Q49 64 55 64L86 66Q92 67 93 73L98 96Q104 108 120 114L146 122Q162 127 163 142Z", s.lit(c)
    )
    s.path("M47 74Q48 60 58 60L84 62Q92 62 93 72L92 80Q70 86 47 80Z", dark(c, 0.38))
    s.path("M136 119Q162 124 163 142H122Q122 126 136 119Z", dark(c, 0.36))
    s.path("M46 118Q62 118 66 142H46Z", dark(c, 0.3))
    s.path("M88 66L98 70L104 96L118 112L108 118Q94 106 90 90Z", dark(c, 0.18))
    s.line("M90 74L101 72M91 84L103 82M94 94L107 92M100 104L114 101M107 112L121 107", "#e0b04c", 2.6)
    s.path("M42 138H168V146L164 156H46L42 150Z", "#3a3733")
    s.path("M42 138H168V143H42Z", "#c9b58f")
    s.line(
        "M52 151V157M64 151V157M76 151V157M88 151V157M112 151V157M124 151V157M136 151V157M148 151V157",
        "#77726a",
        3,
    )
    s.line("M62 84Q60 104 66 118Q90 124 120 126", seam(c), 1.2, "3 2")


def chelsea(s: Sketch, c: str) -> None:
    _pair(s, _chelsea, c)


def _chelsea(s: Sketch, c: str) -> None:
    s.path(
        "M48 144L52 62Q53 57 58 57H94Q99 57 99 62L100 92Q102 106 120 112L146 120Q164 126 164 144Z",
        s.lit(c, 1.3),
    )
    s.path("M64 58H88L84 104Q76 112 69 104Z", dark(c, 0.45))
    s.line("M69 62L72 104M74 62L75 107M79 62L79 107M84 62L82 104", light(c, 0.16), 1.1)
    s.path("M50 50H58V64H50Z", light(c, 0.18))
    s.line("M84 106Q92 118 90 143", seam(c), 1.3)
    s.path("M118 116Q140 120 152 130Q132 128 116 122Z", light(c, 0.7), 0.3)
    s.path("M44 142H168V147Q168 151 162 151H78L74 158H46Q44 150 44 142Z", "#3b2d24")
    s.line("M46 143H166", "#c8a878", 1.2, "2 2")


def loafer(s: Sketch, c: str) -> None:
    _pair(s, _loafer, c)


def _loafer(s: Sketch, c: str) -> None:
    s.path(
        "M40 144Q36 116 44 106Q50 102 58 107Q76 118 92 108Q98 104 104 108Q124 122 148 126Q166 130 166 144Z",
        s.lit(c, 1.2),
    )
    s.path("M44 106Q50 102 58 107Q76 118 92 108L96 113Q76 126 46 118Z", dark(c, 0.5))
    s.path("M96 106Q104 104 110 112Q128 122 146 127Q130 134 108 128Q96 122 92 112Z", light(c, 0.1))
    s.line("M110 130Q132 137 150 129", seam(c), 1.5, "2.5 2")
    s.path("M84 114L96 106L110 122L98 136Q90 126 84 114Z", dark(c, 0.16))
    s.line("M92 116L102 127", light(c, 0.5), 2.4)
    s.path("M38 142H168V147Q168 151 162 151H72V155H44Q38 152 38 142Z", "#3f3128")


def slipper(s: Sketch, c: str) -> None:
    s.shadow(156, 64)
    for shift, colour in (("translate(22 -26) scale(.94)", dark(c, 0.14)), ("translate(-8 2)", c)):
        with s.moved(shift):
            _slipper(s, colour)


def _slipper(s: Sketch, c: str) -> None:
    s.path("M36 144Q30 112 44 108Q54 106 62 120L112 126L120 144Z", dark(c, 0.36))
    s.path("M40 138Q44 130 60 130L108 132L116 144H42Z", "#efe6d6")
    s.path("M36 146Q30 114 44 108Q48 107 52 110Q46 126 54 140L60 150H40Z", s.lit(c))
    s.path("M84 148Q80 114 104 108Q146 106 166 136Q172 146 164 152H92Z", s.lit(c, 1.3))
    s.path("M84 148Q80 114 104 108L110 108Q94 120 98 151H92Z", light(c, 0.28))
    s.line("M101 149Q97 122 112 109", seam(c), 1.4, "3 2.4")
    s.path("M36 146H168Q168 157 158 157H46Q37 155 36 146Z", s.top_lit("#8a6a4d"))
