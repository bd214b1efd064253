"""docs/webhooks.md: its programs take its vectors and refuse what was tampered with; its events are those that are sent."""

import json
import re
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bot.store.happenings import TYPES
from bot.webhooks.schedule import DELAYS
from connectors.webhook.signing import sign

PAGE = (Path(__file__).parents[3] / "docs" / "webhooks.md").read_text(encoding="utf-8")
NOW = 1795399200


def block(language: str) -> str:
    found = re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)
    return str(found[0])


VECTORS: list[dict[str, Any]] = json.loads(block("json"))


def cases() -> Iterator[tuple[dict[str, Any], int, bool]]:
    """A vector or what somebody made of it, the time at the receiver, and whether it is to be taken."""
    for vector in VECTORS:
        headers = vector["headers"]
        yield vector, NOW, True
        yield vector, NOW + 300, True
        yield vector, NOW + 301, False
        yield vector, NOW - 301, False
        yield vector | {"secret": "whsec_" + "A" * 43 + "="}, NOW, False
        yield vector | {"body": vector["body"].replace("data", "date")}, NOW, False
        yield vector | {"headers": headers | {"webhook-id": "evt_x"}}, NOW, False
        yield vector | {"headers": headers | {"webhook-timestamp": str(NOW + 1)}}, NOW, False
        yield vector | {"headers": headers | {"webhook-timestamp": f"{NOW}x"}}, NOW, False
        for signature in ("", "v1", "v1,", headers["webhook-signature"].replace("v1,", "v2,"), "v1,短"):
            yield vector | {"headers": headers | {"webhook-signature": signature}}, NOW, False


def test_the_vectors_are_ours() -> None:
    for vector in VECTORS:
        headers = vector["headers"]
        ours = sign(vector["secret"], headers["webhook-id"], NOW, vector["body"].encode())
        assert ours in headers["webhook-signature"].split(" ")


def test_the_python_program() -> None:
    names: dict[str, Any] = {}
    exec(block("python"), names)
    for case, now, good in cases():
        try:
            taken = names["verify"](case["secret"], case["headers"], case["body"].encode(), now)
        except ValueError:
            taken = None
        assert taken == (case["headers"]["webhook-id"] if good else None), case
    with sqlite3.connect(":memory:") as db:
        db.execute("CREATE TABLE webhook_ids (id TEXT PRIMARY KEY)")
        assert [names["is_new"](db, id) for id in ("evt_1", "evt_1", "evt_2")] == [True, False, True]
    db.close()


def answers(program: list[str]) -> list[Any]:
    told = json.dumps([[case, now] for case, now, _ in cases()])
    done = subprocess.run(program, input=told, capture_output=True, text=True, check=True)
    answered: list[Any] = json.loads(done.stdout)
    return answered


EXPECTED = [case["headers"]["webhook-id"] if good else None for case, _, good in cases()]


@pytest.mark.skipif(shutil.which("node") is None, reason="needs node")
def test_the_javascript_program(tmp_path: Path) -> None:
    (tmp_path / "verify.mjs").write_text(block("javascript"))
    (tmp_path / "run.mjs").write_text("""
        import { readFileSync } from "node:fs";
        import { verify } from "./verify.mjs";
        const told = JSON.parse(readFileSync(0, "utf8")).map(([one, now]) => {
            try { return verify(one.secret, one.headers, Buffer.from(one.body), now); } catch { return null; }
        });
        console.log(JSON.stringify(told));
    """)
    assert answers(["node", str(tmp_path / "run.mjs")]) == EXPECTED


@pytest.mark.skipif(shutil.which("php") is None, reason="needs php")
def test_the_php_program(tmp_path: Path) -> None:
    (tmp_path / "run.php").write_text(
        block("php")
        + """
        $told = array_map(function ($case) {
            [$one, $now] = $case;
            try { return verify($one["secret"], $one["headers"], $one["body"], $now); } catch (Exception $e) { return null; }
        }, json_decode(file_get_contents("php://stdin"), true));
        echo json_encode($told);
    """
    )
    assert answers(["php", str(tmp_path / "run.php")]) == EXPECTED


def test_the_schedule_is_the_one_told() -> None:
    seconds = [int(delay.total_seconds()) for delay in DELAYS]
    told = [
        f"{one // 3600} h" if one >= 3600 else f"{one // 60} min" if one >= 60 else f"{one} s"
        for one in seconds
    ]
    assert ", ".join(told) in PAGE


def test_every_event_has_its_section() -> None:
    assert set(re.findall(r"^### (\S+)$", PAGE, re.MULTILINE)) == set(TYPES)
