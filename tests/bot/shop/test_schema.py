"""The published schemas say what the importer does."""

import json
import re
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from bot.shop.changes.requests import KINDS
from bot.shop.importer import read_folder
from bot.shop.policy import read_policy
from bot.shop.schema import FOLDER, TYPES, schema_text
from tests.bot.shop import foreign, sample

PAGE = (Path(__file__).parents[3] / "docs" / "import.md").read_text(encoding="utf-8")
ROWS = {
    "profile": sample.shop_profile(),
    "products": sample.product(),
    "customers": sample.customer(),
    "orders": sample.order(),
}


def validator(name: str) -> Draft202012Validator:
    schema = json.loads((FOLDER / f"{name}.schema.json").read_text())
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


@pytest.mark.parametrize("name", TYPES)
def test_the_schema_in_the_repository_is_the_generated_one(name: str) -> None:
    written = (FOLDER / f"{name}.schema.json").read_text(encoding="utf-8")
    assert written == schema_text(name), "run: python -m bot.shop.schema"


@pytest.mark.parametrize("name", TYPES)
def test_the_schema_takes_a_good_row_and_refuses_a_field_it_does_not_name(name: str) -> None:
    assert list(validator(name).iter_errors(ROWS[name])) == []
    assert list(validator(name).iter_errors({**ROWS[name], "colour": "red"}))


def test_the_schema_refuses_what_the_importer_refuses() -> None:
    assert list(validator("products").iter_errors({**ROWS["products"], "name": {"chinese": "衬衫"}}))
    assert list(validator("orders").iter_errors({**ROWS["orders"], "items": []}))


def test_fields_carry_their_docstrings() -> None:
    schema = json.loads((FOLDER / "orders.schema.json").read_text())
    assert schema["$defs"]["Fulfilment"]["properties"]["events"]["description"] == "Oldest first."


def fields_of(schema: Any, node: Any = None, prefix: str = "") -> Iterator[tuple[str, bool]]:
    """(`variants[].sku`, whether it is required) of every field; an address has a table of its own."""
    node = schema if node is None else node
    for name, part in node["properties"].items():
        yield f"{prefix}{name}", name in node["required"]
        reference = part.get("items", {}).get("$ref", "")
        if reference and not reference.endswith("/Address"):
            definition = schema["$defs"][reference.rpartition("/")[2]]
            yield from fields_of(schema, definition, f"{prefix}{name}[].")


def documented(heading: str) -> dict[str, bool]:
    section = re.split(r"\n#{2,4} ", PAGE.split(heading)[1])[0]
    rows = re.findall(r"^\| (`.+?) \|", section, re.MULTILINE)
    names = [(name, "●" in row) for row in rows for name in re.findall(r"`(.+?)`", row)]
    assert len(names) == len(dict(names)), "a field is there twice"
    return dict(names)


@pytest.mark.parametrize("name", TYPES)
def test_the_page_names_every_field_and_whether_it_is_required(name: str) -> None:
    file = "profile.json" if name == "profile" else f"{name}.jsonl"
    assert documented(f"### `{file}`") == dict(fields_of(json.loads(schema_text(name))))


def test_the_page_names_every_field_of_an_address() -> None:
    address = json.loads(schema_text("orders"))["$defs"]["Address"]
    assert documented("#### Address") == dict(fields_of(address))


def test_the_page_s_examples_can_be_imported(tmp_path: Path) -> None:
    for name in ("profile.json", "products.jsonl", "customers.jsonl", "orders.jsonl"):
        example = PAGE.split(f"### `{name}`")[1].split("```json\n")[1].split("```")[0]
        rows = [json.loads(block) for block in example.split("\n\n")]
        (tmp_path / name).write_text("".join(json.dumps(row) + "\n" for row in rows))
    (tmp_path / "images").mkdir()
    for image in ("images/tee.webp", "images/tee-black.webp", "images/logo.svg"):
        (tmp_path / image).write_bytes(b"-")
    data = read_folder(tmp_path)
    assert data.products
    assert data.customers
    assert data.orders


def test_the_page_s_policy_is_one() -> None:
    policy = read_policy(foreign.simple_policy())
    assert policy.cancel_order.reasons.keys() == {"no_longer_needed", "ordered_by_mistake"}
    assert policy.request_invoice.states == ()
    sections = PAGE.split("## `policy.yaml`")[1].split("## Calling")[0]
    for name in (*KINDS.keys() - {"undo"}, "delivery", "refunds"):
        assert re.search(rf"^\| .*`{name}`", sections, re.MULTILINE), name


def test_the_page_names_every_kind_of_change_and_its_fields() -> None:
    table = PAGE.split("| kind | fields")[1]
    for kind, request in KINDS.items():
        (row,) = re.findall(rf"^\| `{kind}` \| (.*) \|$", table, re.MULTILINE)
        named = set(re.findall(r"`(\w+)`", row)) | (set() if "no order" in row else {"order_number"})
        assert named == {field.name for field in fields(request)}
