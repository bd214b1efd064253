"""Who may run where, in a process of its own: pytest's keeps its processors."""

import json
import os
import subprocess
import sys

import pytest

_PROGRAM = """
import asyncio, json, os, sys, threading
os.sched_setaffinity(0, json.loads(sys.argv[1]))
from bot.processors import executor_beside, share_one

where = lambda: sorted(os.sched_getaffinity(0))
found = {}
asked, said = threading.Event(), threading.Event()

def old_thread():
    asked.wait()
    found["old"] = where()
    said.set()

def new_thread():
    found["new"] = where()

async def main():
    beside = executor_beside(2, "models")
    beside.submit(where).result()
    before = threading.Thread(target=old_thread)
    before.start()
    share_one()
    asked.set()
    said.wait()
    found["loop"] = where()
    after = threading.Thread(target=new_thread)
    after.start()
    after.join()
    found["beside"] = beside.submit(where).result()
    found["to_thread"] = await asyncio.to_thread(where)

asyncio.run(main())
print(json.dumps(found))
"""

pytestmark = pytest.mark.skipif(
    not hasattr(os, "sched_setaffinity"), reason="Linux alone says who runs where"
)


def affinities(processors: list[int]) -> dict[str, list[int]]:
    ran = subprocess.run(
        [sys.executable, "-c", _PROGRAM, json.dumps(processors)], capture_output=True, text=True, check=True
    )
    found: dict[str, list[int]] = json.loads(ran.stdout)
    return found


def test_of_two_processors_python_takes_one_and_the_models_both() -> None:
    two = sorted(os.sched_getaffinity(0))[:2]
    if len(two) < 2:
        pytest.skip("one processor")
    one = [max(two)]
    assert affinities(two) == {"old": one, "new": one, "loop": one, "beside": two, "to_thread": two}


def test_on_other_machines_nothing_is_changed() -> None:
    (one, *_) = os.sched_getaffinity(0)
    assert set(map(tuple, affinities([one]).values())) == {(one,)}
