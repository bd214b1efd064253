"""Killed at every statement and commit of the turn that makes a change: done once, its receipt given once."""

import json
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

CUSTOMER = "C002"
ORDER = "118624"
MOST = 120
"""More moments than the turn has."""
SOME = (3, 17, 23, 41)
"""Tried in the fast tier."""


class Mortal:
    def __init__(self, data: Path, log: Path) -> None:
        self._data = data
        with log.open("w") as errors:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.hardening.mortal_talk"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
            )

    def say(self, text: str, number: str, *, moment: int = 0) -> list[Any] | None:
        """The tools of each reply; None: it died before it was told."""
        line = {"data": str(self._data), "text": text, "id": number, "customer": CUSTOMER, "moment": moment}
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        print(json.dumps(line), file=self._process.stdin, flush=True)
        told = self._process.stdout.readline().strip()
        if told == "end":
            return None
        assert self._process.stdout.readline().strip() == "end"
        replies: list[Any] = json.loads(told)
        return replies

    def stop(self) -> None:
        self._process.communicate()


def rows(data: Path, query: str) -> list[tuple[Any, ...]]:
    with sqlite3.connect(data / "kefu.db") as connection:
        found = connection.execute(query).fetchall()
    connection.close()
    return found


def keep(data: Path, kept: Path) -> None:
    """The database alone: nothing else changes in a conversation."""
    source, target = sqlite3.connect(data / "kefu.db"), sqlite3.connect(kept)
    source.backup(target)
    source.close()
    target.close()


def put_back(data: Path, kept: Path) -> None:
    for path in data.glob("kefu.db*"):
        path.unlink()
    shutil.copy(kept, data / "kefu.db")


def check(data: Path) -> None:
    receipts = rows(data, "SELECT number, kind FROM shop_receipts")
    assert [kind for _, kind in receipts] == ["cancel_order"]
    ((status, document),) = rows(data, f"SELECT status, document FROM shop_orders WHERE number = '{ORDER}'")
    assert status == "cancelled"
    assert len(json.loads(document)["payments"]) == 0, "it was never paid"
    replies = [json.loads(text) for (text,) in rows(data, "SELECT reply FROM messages WHERE author = 'bot'")]
    told = [card["id"] for reply in replies for card in reply["cards"] if card["kind"] == "receipt"]
    assert told == [receipts[0][0]], "the receipt is given once"
    answered = [one for reply in replies for one in reply["in_reply_to"]]
    assert sorted(answered) == ["m1", "m2"]
    done = rows(data, "SELECT outcome, receipt FROM tool_attempts WHERE outcome = 'done'")
    assert done == [("done", receipts[0][0])], "one line in the audit"


@pytest.mark.parametrize(
    "moments", [SOME, pytest.param(tuple(range(1, MOST)), marks=pytest.mark.slow)], ids=["some", "every"]
)
def test_a_change_killed_at_any_moment_is_made_once(
    moments: tuple[int, ...], demo_data: Path, tmp_path: Path
) -> None:
    data, kept = tmp_path / "data", tmp_path / "kept.db"
    shutil.copytree(demo_data, data)
    mortal = Mortal(data, tmp_path / "log")
    try:
        first = mortal.say(f"cancel order {ORDER}, I ordered it by mistake", "m1")
        assert first == [[["cancel_order", "proposed"]]], (tmp_path / "log").read_text()[-2000:]
        keep(data, kept)
        for moment in moments:
            put_back(data, kept)
            survived = mortal.say("yes", "m2", moment=moment)
            if survived is None:
                # The next start answers what is open; the shopper's own retry changes nothing.
                assert mortal.say("yes", "m2") == [[["cancel_order", "ok"]]], f"moment {moment}"
            check(data)
            if survived is not None:
                break
        else:
            assert moments == SOME, "the turn has more moments than were tried"
    finally:
        mortal.stop()
