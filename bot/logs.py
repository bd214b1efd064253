"""Structured logs: a line of JSON for machines, colours for people; no message text, contact or token in either."""

import logging
import sys

import structlog
from structlog.typing import EventDict, WrappedLogger

_PRIVATE = {"text", "message", "email", "phone", "contact", "token", "address", "authorization", "sender"}


def set_up(level: str, form: str) -> None:
    """`form` is json, text, or auto: text on a terminal."""
    machine = form == "json" or (form == "auto" and not sys.stderr.isatty())
    renderer = (
        structlog.processors.JSONRenderer()
        if machine
        else structlog.dev.ConsoleRenderer(
            # The pretty traceback prints local variables: people's words and contacts.
            exception_formatter=structlog.dev.plain_traceback
        )
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            _without_private,
            structlog.processors.format_exc_info if machine else _keep,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(getattr(logging, level.upper())),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s %(message)s")


def _without_private(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """A value under a name that holds people's words or contacts is never written, whoever logs it."""
    return {key: "[private]" if key in _PRIVATE else value for key, value in event.items()}


def _keep(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    return event
