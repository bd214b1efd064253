"""The dials: Prometheus counters and timings of one server."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from bot.store.base import Turn

_SECONDS = (0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0)

_spent: ContextVar[dict[str, float] | None] = ContextVar("spent", default=None)
"""Of the turn that this task is at."""


class Metrics:
    """Each server has its own registry, so that two in one process do not mix."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._step_timings: dict[str, Histogram] = {}
        """By step; finding a label's child again costs more than counting in it."""
        self._turns = Counter(
            "kefu_turns_total", "Turns saved.", ["language", "intent", "floor"], registry=self._registry
        )
        self._steps = Histogram(
            "kefu_step_seconds",
            "Time by step of a turn.",
            ["step"],
            registry=self._registry,
            buckets=_SECONDS,
        )
        self._unanswered = Counter(
            "kefu_unanswered_total", "Questions without an answer.", ["language"], registry=self._registry
        )
        self._handovers = Counter(
            "kefu_handovers_total", "Requests for a person.", ["reason"], registry=self._registry
        )
        self._tools = Counter(
            "kefu_tool_runs_total", "Tools run.", ["tool", "outcome"], registry=self._registry
        )
        self._failures = Counter(
            "kefu_failures_total", "Turns answered with an apology.", registry=self._registry
        )
        self._requests = Counter(
            "kefu_http_requests_total", "Requests.", ["route", "status"], registry=self._registry
        )
        self._depths = Gauge("kefu_rows", "Rows waiting in the database.", ["queue"], registry=self._registry)

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Time a step of the path of a message."""
        start = time.perf_counter()
        try:
            yield
        finally:
            seconds = time.perf_counter() - start
            if name not in self._step_timings:
                self._step_timings[name] = self._steps.labels(name)
            self._step_timings[name].observe(seconds)
            if (spent := _spent.get()) is not None:
                spent[name] = spent.get(name, 0.0) + seconds

    @contextmanager
    def turn(self) -> Iterator[dict[str, float]]:
        """Collects the seconds of each step within; a step that runs again adds to its time."""
        spent: dict[str, float] = {}
        outer = _spent.set(spent)
        try:
            yield spent
        finally:
            _spent.reset(outer)

    def turn_done(self, turn: Turn) -> None:
        for reply in turn.replies:
            intent = reply.intent.name if reply.intent else "none"
            self._turns.labels(reply.language, intent, reply.floor).inc()
            for run in reply.tools:
                self._tools.labels(run.name, run.outcome).inc()
        for question in turn.unanswered:
            self._unanswered.labels(question.language).inc()
        if turn.handover:
            self._handovers.labels(turn.handover.reason).inc()

    def failure(self) -> None:
        self._failures.inc()

    def request(self, route: str, status: int) -> None:
        self._requests.labels(route, str(status)).inc()

    def render(self, depths: dict[str, int]) -> bytes:
        """The exposition format of Prometheus; `depths` is rows by queue."""
        for queue, rows in depths.items():
            self._depths.labels(queue).set(rows)
        return generate_latest(self._registry)
