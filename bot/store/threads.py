"""SQLite in threads: one writes, and commits together what arrived together; a few read beside it."""

import asyncio
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from functools import cached_property
from queue import Empty, SimpleQueue
from threading import Lock, Thread
from typing import Any, TypeVar

from sqlalchemy import URL, Connection, Engine
from sqlalchemy.exc import DBAPIError

from bot.errors import Unavailable
from bot.store.database import MISTAKES, Work, unavailable
from bot.store.engine import create_sqlite

T = TypeVar("T")
READERS = 2
MOST_TOGETHER = 64
"""Transactions under one commit at most, so that the first does not wait long for the last."""

_Job = tuple[Work[Any], Future[Any]]


class ThreadedDatabase:
    """SQLite takes one writer at a time: a single thread queues them without waiting for locks.

    Transactions that queue up while one is being committed share the next commit, each under its
    own savepoint: a slow disk is asked once for all of them.
    """

    def __init__(self, url: URL) -> None:
        self._url = url
        self._readers = ThreadPoolExecutor(READERS, thread_name_prefix="kefu-read")
        self._jobs: SimpleQueue[_Job | None] = SimpleQueue()
        self._closing = Lock()
        self._writer: Thread | None = None
        self._kept: Connection | None = None
        """The writer's, from one transaction to the next: fetching it from a pool each time costs a statement's time."""

    # Made in the threads that use them: making one asks the file system.
    @cached_property
    def _reading(self) -> Engine:
        return create_sqlite(self._url, pool_size=READERS)

    @cached_property
    def _writing(self) -> Engine:
        return create_sqlite(self._url, writes=True, pool_size=1)

    async def read(self, work: Work[T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._readers, self._read, work)

    async def write(self, work: Work[T]) -> T:
        future: Future[T] = Future()
        self._start()
        self._jobs.put((work, future))
        return await asyncio.wrap_future(future)

    async def close(self) -> None:
        await asyncio.to_thread(self._stop)

    def _read(self, work: Work[T]) -> T:
        try:
            with self._reading.begin() as connection:
                return work(connection)
        except MISTAKES:
            raise
        except DBAPIError as error:
            raise unavailable(error) from error

    def _start(self) -> None:
        if self._writer is None:
            self._writer = Thread(target=self._serve, name="kefu-write", daemon=True)
            self._writer.start()

    def _stop(self) -> None:
        """Ends what is queued first; a second call finds nothing to do."""
        with self._closing:
            if self._writer is not None:
                self._jobs.put(None)
                self._writer.join()
                self._writer = None
            self._readers.shutdown()
            self._drop_kept()
            self._reading.dispose()
            self._writing.dispose()

    def _serve(self) -> None:
        going = True
        while going:
            batch, going = self._next_batch()
            claimed = [job for job in batch if job[1].set_running_or_notify_cancel()]
            if claimed:
                self._commit(claimed)

    def _next_batch(self) -> tuple[list[_Job], bool]:
        """Waits for a job and takes all that queued behind it; False when the last has been taken."""
        batch: list[_Job] = []
        job = self._jobs.get()
        while job is not None:
            batch.append(job)
            if len(batch) == MOST_TOGETHER:
                return batch, True
            try:
                job = self._jobs.get_nowait()
            except Empty:
                return batch, True
        return batch, False

    def _commit(self, batch: Sequence[_Job]) -> None:
        """Run the batch and tell every caller how it ended, after the commit and not before."""
        try:
            if self._kept is None:
                self._kept = self._writing.connect()
            with self._kept.begin():
                results = [_attempt(self._kept, work, alone=len(batch) == 1) for work, _ in batch]
        except Exception as error:
            if isinstance(error, DBAPIError):
                self._drop_kept()  # whatever state the error left it in
            if len(batch) > 1:
                # A full disk makes SQLite roll back everything: one by one, each gets its own answer.
                for job in batch:
                    self._commit([job])
                return
            batch[0][1].set_exception(_explained(error))
            return
        for (_, future), (result, failure) in zip(batch, results, strict=True):
            if failure is None:
                future.set_result(result)
            else:
                future.set_exception(failure)

    def _drop_kept(self) -> None:
        kept, self._kept = self._kept, None
        if kept is not None:
            with suppress(DBAPIError):
                kept.close()


def _attempt(connection: Connection, work: Work[Any], *, alone: bool) -> tuple[Any, Exception | None]:
    """The result, or what the work raised once its own changes are rolled back."""
    if alone:
        return work(connection), None
    savepoint = connection.begin_nested()
    try:
        result = work(connection)
    except Exception as error:
        if isinstance(error, DBAPIError) and not isinstance(error, MISTAKES):
            raise  # the whole transaction may be gone already: nothing more may run in it
        savepoint.rollback()
        return None, error
    savepoint.commit()
    return result, None


def _explained(error: Exception) -> Exception | Unavailable:
    if isinstance(error, DBAPIError) and not isinstance(error, MISTAKES):
        explained = unavailable(error)
        explained.__cause__ = error
        return explained
    return error
