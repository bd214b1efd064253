"""Which processor works at what, on a machine with two.

Threads that run Python take turns at the interpreter, so one processor is enough for all of them. The
scheduler does not know that: it wakes them where there seems to be room, often where the encoder is at
work. That waits for a millisecond or two of a turn, then, beside a processor that idles.
"""

import asyncio
import os
import threading
from collections.abc import Set
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

_ALL = os.sched_getaffinity(0) if hasattr(os, "sched_getaffinity") else frozenset[int]()
_BESIDE = "beside"
_AS_ASYNCIO = min(32, len(_ALL) + 4)
"""Threads that asyncio gives its own executor."""


def share_one() -> None:
    """Keep the threads that exist, and those that they make, on one of two processors; on other machines, do nothing.

    Not those of `executor_beside`, as which the loop's own goes on. Only for a process that serves alone:
    two would crowd on one processor.
    """
    if len(_ALL) != 2:
        return
    asyncio.get_running_loop().set_default_executor(executor_beside(_AS_ASYNCIO, "loop"))
    for thread in threading.enumerate():
        if not thread.name.startswith(_BESIDE) and thread.native_id is not None:
            _keep(thread.native_id, {max(_ALL)})


def executor_beside(threads: int, name: str) -> ThreadPoolExecutor:
    """For work that mostly leaves the interpreter to others: on any processor."""
    return ThreadPoolExecutor(threads, f"{_BESIDE}-{name}", initializer=_keep, initargs=(0, _ALL))


def _keep(thread: int, processors: Set[int]) -> None:
    """A hint: what cannot be had is done without. The calling thread is 0."""
    if processors:
        with suppress(OSError):
            os.sched_setaffinity(thread, processors)
