"""The shop's end state: what a dialogue changed, and that it changed nothing else."""

import json
import sqlite3
from pathlib import Path
from typing import Any

import yaml

from bot.shop import policy

DEFAULT_POLICY = Path(policy.__file__).with_name(policy.FILE)

_KEYS = {"orders": "number", "variants": "sku", "customers": "id", "products": "id"}
_REST = ("state", "contacts", "order_items")
_TABLES = (*_KEYS, *_REST, "receipts", "restock_notices")


class ShopState:
    """Reads the shop behind the bot's back, moves it, and puts it back as it was."""

    def __init__(self, data: Path) -> None:
        self._file = data / "kefu.db"
        self._before = {table: self._rows(f"SELECT * FROM shop_{table} ORDER BY 1, 2") for table in _TABLES}
        self._documents = self._read()

    def check(self, changes: dict[str, Any] | None) -> None:
        """Everything is as it was, but for what `changes` names: there at least what it says."""
        now, expected = self._read(), changes or {}
        for table in _KEYS:
            wanted = expected.get({"variants": "stock"}.get(table, table), {})
            before = self._documents[table]
            touched = {
                key
                for key in before.keys() | now[table].keys()
                if before.get(key) != now[table].get(key) and _loaded(before, key) != _loaded(now[table], key)
            }
            assert touched == {str(key) for key in wanted}, f"{table}: {touched or 'nothing'} changed"
            for key, values in wanted.items():
                if table == "variants":
                    moved = int(now[table][str(key)]) - int(before[str(key)])
                    assert moved == values, f"stock of {key} moved by {moved}"
                else:
                    fits(_loaded(now[table], str(key)), values, str(key))
        count = len(self._rows("SELECT 1 FROM shop_receipts"))
        assert count - len(self._before["receipts"]) == expected.get("receipts", 1 if changes else 0), (
            "receipts"
        )

    def meanwhile(self, moves: dict[str, Any]) -> None:
        """What happens in the shop while a card is open: `stock`, `price` by sku, `status` by order number.

        `broken` orders cannot be read. `policy` names keys of the default policy that are otherwise, section by section.
        """
        with sqlite3.connect(self._file, timeout=10) as connection:
            if "policy" in moves:
                rules = yaml.safe_load(DEFAULT_POLICY.read_text(encoding="utf-8"))
                for section, values in moves["policy"].items():
                    rules[section] |= values
                text = yaml.safe_dump(rules, allow_unicode=True)
                connection.execute("UPDATE shop_state SET policy = ?", (text,))
            for sku, stock in moves.get("stock", {}).items():
                connection.execute("UPDATE shop_variants SET stock = ? WHERE sku = ?", (stock, sku))
            for sku, price in moves.get("price", {}).items():
                query = "SELECT p.id, p.document FROM shop_products p JOIN shop_variants v ON v.product_id = p.id WHERE v.sku = ?"
                product_id, text = connection.execute(query, (sku,)).fetchone()
                document = json.loads(text)
                for variant in document["variants"]:
                    if variant["sku"] == sku:
                        variant["price"] = price
                connection.execute(
                    "UPDATE shop_products SET document = ? WHERE id = ?",
                    (json.dumps(document, ensure_ascii=False), product_id),
                )
            for number in moves.get("broken", []):
                connection.execute(
                    "UPDATE shop_orders SET document = '{\"number\": 1}' WHERE number = ?", (str(number),)
                )
            for number, status in moves.get("status", {}).items():
                (text,) = connection.execute(
                    "SELECT document FROM shop_orders WHERE number = ?", (str(number),)
                ).fetchone()
                document = json.loads(text) | {"status": status}
                connection.execute(
                    "UPDATE shop_orders SET document = ?, status = ?, version = version + 1 WHERE number = ?",
                    (json.dumps(document, ensure_ascii=False), status, str(number)),
                )
            connection.execute("UPDATE shop_state SET generation = generation + 1")
        connection.close()
        self._documents = self._read()

    def restore(self) -> None:
        with sqlite3.connect(self._file, timeout=10) as connection:
            (generation,) = connection.execute("SELECT generation FROM shop_state").fetchone()
            connection.execute("PRAGMA defer_foreign_keys = ON")
            for table, rows in self._before.items():
                connection.execute(f"DELETE FROM shop_{table}")
                if rows:
                    marks = ", ".join("?" * len(rows[0]))
                    connection.executemany(f"INSERT INTO shop_{table} VALUES ({marks})", rows)
            connection.execute("UPDATE shop_state SET generation = ?", (generation + 1,))
        connection.close()
        self._documents = self._read()

    def _read(self) -> dict[str, dict[str, str]]:
        """Documents as they are stored: most are the same, to the letter, and need not be parsed to know it."""
        return {
            "orders": dict(self._rows("SELECT number, document FROM shop_orders")),
            "customers": dict(self._rows("SELECT id, document FROM shop_customers")),
            "products": dict(self._rows("SELECT id, document FROM shop_products")),
            "variants": dict(self._rows("SELECT sku, CAST(stock AS TEXT) FROM shop_variants")),
        }

    def _rows(self, statement: str) -> list[tuple[Any, ...]]:
        connection = sqlite3.connect(f"file:{self._file}?mode=ro", uri=True)
        rows = connection.execute(statement).fetchall()
        connection.close()
        return rows


def _loaded(documents: dict[str, str], key: str) -> Any:
    return json.loads(documents[key]) if key in documents else None


def fits(actual: Any, wanted: Any, path: str) -> None:
    """Each value that is named is there; a list has as many entries; `payments.-1` is the last one."""
    if isinstance(wanted, dict):
        for key, value in wanted.items():
            fits(_at(actual, str(key)), value, f"{path}.{key}")
    elif isinstance(wanted, list):
        assert isinstance(actual, list), path
        assert len(actual) == len(wanted), f"{path} has {len(actual)} entries: {actual}"
        for place, (one, value) in enumerate(zip(actual, wanted, strict=True)):
            fits(one, value, f"{path}.{place}")
    else:
        assert actual == wanted, f"{path} is {actual!r}, not {wanted!r}"


def _at(value: Any, path: str) -> Any:
    for part in path.split("."):
        value = value[int(part)] if isinstance(value, list) else value[part]
    return value
