"""The README cannot rot: every setting, command and room of the map stands in it as it is."""

import re
from pathlib import Path

import pytest
import typer.main
from typer.core import TyperGroup

from bot.cli import make_app
from bot.settings import Settings
from bot.tools.registry import TOOLS

ROOT = Path(__file__).parent.parent
READMES = ("README.md", "README.zh.md")


def setting_names() -> list[str]:
    return [f"KEFU_{name.upper()}" for name in Settings.model_fields]


def setting_row(name: str) -> str:
    """`| name | default | description |`, as the English README has it."""
    field = Settings.model_fields[name.removeprefix("KEFU_").lower()]
    default = field.default
    written = ",".join(default) if isinstance(default, tuple) else "" if default is None else str(default)
    shown = written.replace(str(Path.home()), "~")
    return f"| `{name}` | {f'`{shown}`' if shown else ''} | {field.description} |"


def commands() -> list[str]:
    group = typer.main.get_command(make_app())
    assert isinstance(group, TyperGroup)
    names = []
    for name, command in group.commands.items():
        names += [f"{name} {sub}" for sub in command.commands] if isinstance(command, TyperGroup) else [name]
    return names


@pytest.mark.parametrize("name", setting_names())
def test_setting_is_in_the_readme(name: str) -> None:
    assert setting_row(name) in (ROOT / "README.md").read_text(encoding="utf-8")
    assert f"`{name}`" in (ROOT / "README.zh.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("readme", READMES)
def test_no_setting_is_made_up(readme: str) -> None:
    named = set(re.findall(r"KEFU_[A-Z_]+", (ROOT / readme).read_text(encoding="utf-8")))
    assert named <= {*setting_names(), "KEFU_ENV_FILE"}


@pytest.mark.parametrize("readme", READMES)
def test_commands_are_those_of_the_readme(readme: str) -> None:
    rows = re.findall(r"^\| `kefu ([a-z ]+)` \|", (ROOT / readme).read_text(encoding="utf-8"), re.MULTILINE)
    assert sorted(rows) == sorted(commands())


@pytest.mark.parametrize("readme", READMES)
def test_links_and_folders_exist(readme: str) -> None:
    text = (ROOT / readme).read_text(encoding="utf-8")
    for link in re.findall(r"\]\(([^)#]+)\)", text):
        assert link.startswith("http") or (ROOT / link).exists(), link
    for folder in re.findall(r"`((?:bot|knowledge|intents|connectors|tests)/[a-z_/]*)`", text):
        assert (ROOT / folder).is_dir(), folder


@pytest.mark.parametrize("page", sorted((ROOT / "docs").glob("*.md")), ids=lambda page: page.name)
def test_pages_are_linked_and_their_links_lead_somewhere(page: Path) -> None:
    for readme in READMES:
        assert f"(docs/{page.name})" in (ROOT / readme).read_text(encoding="utf-8")
    for link in re.findall(r"\]\(([^)#]+)\)", page.read_text(encoding="utf-8")):
        assert link.startswith("http") or (page.parent / link).exists(), link


def test_every_tool_describes_itself_in_both_languages() -> None:
    for tool in TOOLS:
        assert tool.description.endswith(".")
        assert {"en", "zh"} <= set(tool.texts)
        assert set(tool.texts["en"]) == set(tool.texts["zh"]), tool.name
