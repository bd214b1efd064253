"""The map of the house: every module has its place, and imports point down only."""

import ast
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent

# Lower floors first; a module may import from its own floor's package or from below.
FLOORS = (
    ("intents",),
    ("knowledge",),
    ("connectors",),
    (
        "bot.errors",
        "bot.conflicts",
        "bot.channels_file",
        "bot.filled",
        "bot.settings",
        "bot.logs",
        "bot.actions",
        "bot.cues",
        "bot.handover.actions",
        "bot.handover.topics",
        "bot.link_words",
        "bot.mail",
        "bot.photos",
        "bot.postman",
        "bot.prepared",
        "bot.processors",
        "bot.progress",
        "bot.secret",
        "bot.shipped",
    ),
    ("bot.conversation", "bot.shop", "bot.asker"),
    ("bot.texts", "bot.shop_file"),
    ("bot.store", "bot.tools", "bot.openers"),
    (
        "bot.metrics",
        "bot.live",
        "bot.lines",
        "bot.understanding",
        "bot.answers",
        "bot.steps",
        "bot.parts",
        "bot.quoting",
    ),
    ("bot.scene", "bot.product_finder", "bot.codes", "bot.credentials", "bot.floor", "bot.guard"),
    ("bot.identification", "bot.forms"),
    ("bot.in_change",),
    ("bot.told_by_words",),
    (
        "bot.decide",
        "bot.slots",
        "bot.compose",
        "bot.handover",
        "bot.identifying",
        "bot.link_offers",
        "bot.link_turns",
        "bot.elsewhere",
        "bot.joining",
    ),
    ("bot.tool_round",),
    ("bot.tool_calls", "bot.tool_arguments"),
    ("bot.confirming",),
    ("bot.saying",),
    ("bot.looking_up",),
    ("bot.acting",),
    ("bot.dialogue",),
    ("bot.desk", "bot.outbox", "bot.timers", "bot.alerts"),
    ("bot.restock", "bot.attachments"),
    ("bot.channels",),
    ("bot.staff", "bot.webhooks"),
    ("bot.linked_shop",),
    ("bot.served_shop",),
    ("bot.console",),
    ("bot.factory",),
    ("bot.http", "bot.evaluation", "bot.training"),
    ("bot.commands.options",),
    ("bot.serving",),
    ("bot.commands",),
    ("bot.cli",),
    ("bot.launch",),
)
LEAVES = ("intents", "knowledge", "connectors")


@cache
def modules() -> dict[str, Path]:
    found = {}
    for package in ("bot", "knowledge", "intents", "connectors"):
        for path in sorted((ROOT / package).rglob("*.py")):
            name = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
            found[name] = path
    return found


def floor_of(module: str) -> int | None:
    matches = [
        (len(room), number)
        for number, rooms in enumerate(FLOORS)
        for room in rooms
        if module == room or module.startswith(room + ".")
    ]
    return max(matches)[1] if matches else None


@cache
def imports(path: Path) -> set[str]:
    """Every module imported anywhere in the file, function bodies included."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            names.update({node.module or ""} | {f"{node.module}.{alias.name}" for alias in node.names})
    return {name for name in names if name.split(".")[0] in ("bot", *LEAVES)}


@pytest.mark.parametrize("module", [name for name in modules() if name != "bot"])
def test_module_is_on_the_map(module: str) -> None:
    assert floor_of(module) is not None


@pytest.mark.parametrize("module", modules())
def test_imports_point_down(module: str) -> None:
    for name in imports(modules()[module]):
        package, other = module.split(".")[0], name.split(".")[0]
        if package in LEAVES:
            assert other == package, f"{module} imports {name}: a leaf package knows only itself"
        elif name in modules() and name != "bot":
            own, target = floor_of(module), floor_of(name)
            assert own is not None
            assert target is not None
            assert target <= own, f"{module} imports {name}, a floor above it"
