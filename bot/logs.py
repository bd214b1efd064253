"""Structured logs: a line of JSON for machines, colours for people; no message text, contact or token in either."""

import asyncio
import logging
import sys
import traceback
from typing import Any

import structlog
from structlog.typing import EventDict, WrappedLogger

_PRIVATE = {"text", "message", "email", "phone", "contact", "token", "address", "authorization", "sender"}
_MOST_FRAMES = 12


def set_up(level: str, form: str) -> None:
    """`form` is json, text, or auto: text on a terminal."""
    machine = form == "json" or (form == "auto" and not sys.stderr.isatty())
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            without_private,
            where_it_broke,
            structlog.processors.JSONRenderer(ensure_ascii=False)
            if machine
            else structlog.dev.ConsoleRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(getattr(logging, level.upper())),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )
    logging.basicConfig(level=logging.WARNING, handlers=[_FromLibraries()], force=True)


def report_lost_errors(loop: asyncio.AbstractEventLoop) -> None:
    """Errors that no task awaited, in our own words: asyncio's would print the error's text."""
    loop.set_exception_handler(_lost)


def without_private(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """A value under a name that holds people's words or contacts is never written, whoever logs it."""
    return {key: "[private]" if key in _PRIVATE else value for key, value in event.items()}


def where_it_broke(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Kinds and places of an error instead of its text, which may repeat what a shopper wrote."""
    given = event.pop("exc_info", None)
    if given is True:
        given = sys.exc_info()[1]
    elif isinstance(given, tuple):
        given = given[1]
    if isinstance(given, BaseException):
        event["error"] = _kinds(given)
        event["at"] = _places(given)
    return event


def _kinds(error: BaseException) -> str:
    """The error and what caused it, outermost first."""
    kinds: list[str] = []
    following: BaseException | None = error
    while following is not None and len(kinds) < _MOST_FRAMES:
        kinds.append(type(following).__name__)
        following = following.__cause__ or following.__context__
    return " < ".join(kinds)


def _places(error: BaseException) -> list[str]:
    """File, line and function, the innermost last."""
    frames = traceback.extract_tb(error.__traceback__)[-_MOST_FRAMES:]
    return [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]


class _FromLibraries(logging.Handler):
    """What libraries log, through the same renderer: who and where, and the words only without an error in them."""

    def emit(self, record: logging.LogRecord) -> None:
        # `msg` is the library's own sentence; its arguments may be anybody's words.
        log = structlog.get_logger()
        method = "error" if record.levelno >= logging.ERROR else "warning"
        getattr(log, method)(str(record.msg), logger=record.name, exc_info=record.exc_info)


def _lost(_loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    structlog.get_logger().error(
        "lost_error", what=str(context.get("message", ""))[:200], exc_info=context.get("exception")
    )
