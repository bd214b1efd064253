"""Every product drawing by its name, and the ground it is shown on."""

from collections.abc import Callable

from bot.shop.demo.drawings import (
    bags,
    clothing,
    coffee,
    electronics,
    home,
    kitchen,
    outdoor,
    shoes,
    stationery,
    tops,
)
from bot.shop.demo.drawings.sketch import Sketch

Drawing = Callable[[Sketch, str], None]

DRAWINGS: dict[str, Drawing] = {
    drawing.__name__: drawing
    for drawing in (
        tops.hoodie,
        tops.zip_hoodie,
        tops.light_hoodie,
        tops.tee,
        tops.shirt,
        tops.sweater,
        tops.puffer,
        clothing.jeans,
        clothing.scarf,
        clothing.socks,
        shoes.canvas_shoe,
        shoes.runner,
        shoes.hiking_boot,
        shoes.chelsea,
        shoes.loafer,
        shoes.slipper,
        bags.daypack,
        bags.commuter,
        bags.rolltop,
        bags.hiking_pack,
        bags.tote,
        bags.sling,
        bags.suitcase,
        home.bedding,
        home.pillow,
        home.towels,
        home.candle,
        home.lamp,
        home.throw,
        home.vase,
        home.basket,
        kitchen.bottle,
        kitchen.pot,
        kitchen.pan,
        kitchen.knife,
        kitchen.lunchbox,
        kitchen.mug,
        kitchen.board,
        coffee.espresso_machine,
        coffee.capsule_machine,
        coffee.drip_machine,
        coffee.grinder,
        coffee.kettle,
        coffee.dripper,
        coffee.filter_beans,
        coffee.espresso_beans,
        coffee.filter_papers,
        coffee.latte_cup,
        electronics.charger,
        electronics.power_bank,
        electronics.cable,
        electronics.charging_stand,
        electronics.earbuds,
        electronics.laptop_stand,
        outdoor.tent,
        outdoor.sleeping_bag,
        outdoor.camp_chair,
        outdoor.headlamp,
        outdoor.poles,
        outdoor.umbrella,
        stationery.notebook,
        stationery.fountain_pen,
        stationery.ink_bottle,
        stationery.planner,
        stationery.leather_cover,
        stationery.gel_pens,
    )
}

# Ground and halo by category: related tints, so that the shelf looks like one shop.
GROUNDS = {
    "clothing": ("#efe6dc", "#e5d8ca"),
    "shoes": ("#e8ebe4", "#dbe0d4"),
    "bags": ("#ece7e9", "#dfd7da"),
    "home": ("#f2e8dd", "#e9dac8"),
    "kitchen": ("#e6ecea", "#d6e0dd"),
    "coffee": ("#f0e5d8", "#e4d3c0"),
    "electronics": ("#e5eaef", "#d6dee7"),
    "outdoor": ("#e6ece1", "#d7e1cf"),
    "stationery": ("#f3ebdd", "#e9ddc8"),
}


def draw(shape: str, category: str, colour: str) -> str:
    """The picture as an SVG document; `colour` is `#rrggbb`."""
    sketch = Sketch()
    DRAWINGS[shape](sketch, colour)
    return sketch.svg(*GROUNDS[category])
