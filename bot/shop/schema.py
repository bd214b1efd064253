"""The import format as JSON Schemas, generated from the domain types so that the two cannot drift."""

import ast
import inspect
import json
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from bot.shop import domain

FOLDER = Path(__file__).parent / "schemas"
TYPES: dict[str, Any] = {
    "profile": domain.ShopProfile,
    "products": domain.Product,
    "customers": domain.Customer,
    "orders": domain.Order,
}
"""File name (without its ending) to the type of one row."""


def schema(name: str) -> dict[str, Any]:
    """The JSON Schema of one row of that file."""
    generated = TypeAdapter(TYPES[name]).json_schema()
    for definition in (generated, *generated.get("$defs", {}).values()):
        if "properties" in definition:
            _describe(definition)
    _close(generated)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **generated}


def _describe(definition: dict[str, Any]) -> None:
    if definition.get("description", "").startswith(f"{definition['title']}("):
        del definition["description"]  # a dataclass without a docstring is given its signature
    for field, part in definition["properties"].items():
        note = _field_notes().get((definition["title"], field))
        if note:
            part["description"] = note


def _close(node: Any) -> None:
    """Say in the schema what the importer does: a field or key that is not named is an error."""
    if isinstance(node, dict):
        if "patternProperties" in node or isinstance(node.get("properties"), dict):
            node["additionalProperties"] = False
        for part in node.values():
            _close(part)
    elif isinstance(node, list):
        for part in node:
            _close(part)


def schema_text(name: str) -> str:
    return json.dumps(schema(name), ensure_ascii=False, indent=2) + "\n"


def write_schemas(folder: Path = FOLDER) -> None:
    for name in TYPES:
        (folder / f"{name}.schema.json").write_text(schema_text(name), encoding="utf-8")


@cache
def _field_notes() -> dict[tuple[str, str], str]:
    """(Class, field) to the docstring below the field; Python drops it, so it is read from the source."""
    notes = {}
    for item in ast.parse(inspect.getsource(domain)).body:
        if not isinstance(item, ast.ClassDef):
            continue
        for line, following in zip(item.body, item.body[1:], strict=False):
            if not isinstance(line, ast.AnnAssign) or not isinstance(line.target, ast.Name):
                continue
            if isinstance(following, ast.Expr) and isinstance(following.value, ast.Constant):
                notes[item.name, line.target.id] = inspect.cleandoc(str(following.value.value))
    return notes


if __name__ == "__main__":
    write_schemas()
