"""Serving until told to stop: everything is wired, started, shown at the door, and stopped again."""

import asyncio
import gc
import signal
import socket

import structlog
from aiohttp import web

from bot.commands.options import out
from bot.factory import Kefu, build
from bot.http.address import is_loopback
from bot.http.app import make_app
from bot.logs import report_lost_errors
from bot.prepared import Models
from bot.processors import share_one
from bot.settings import Settings

_SHUTDOWN_SECONDS = 3.0

log = structlog.get_logger()


async def serve_until_stopped(settings: Settings, listener: socket.socket, models: Models) -> None:
    """`listener` is bound, not listening yet."""
    report_lost_errors(asyncio.get_running_loop())
    stop = _when_told_to_stop()
    kefu = await build(settings, models=models)
    try:
        await kefu.start()
        settle(settings)
        await _serve_until(stop, kefu, settings, listener)
    finally:
        await kefu.stop()


def settle(settings: Settings) -> None:
    """Everything is loaded; what comes is turns."""
    # What was loaded stays: looking through it for garbage would stop every turn for a quarter of a second.
    gc.freeze()
    if settings.database.startswith("sqlite"):  # else there may be several of us
        share_one()


async def _serve_until(stop: asyncio.Event, kefu: Kefu, settings: Settings, listener: socket.socket) -> None:
    app = await asyncio.to_thread(make_app, kefu, settings)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=_SHUTDOWN_SECONDS, handle_signals=False)
    await runner.setup()
    try:
        await web.SockSite(runner, listener).start()
        host, port = listener.getsockname()[:2]
        out.print(f"Kefu is ready: http://{f'[{host}]' if ':' in host else host}:{port}  (Ctrl+C stops it)")
        for one in kefu.office.demo:
            out.print(
                f"Try the console at /console as {one['login']}, password {one['password']}", highlight=False
            )
        if settings.demo and not is_loopback(host):
            log.warning(
                "demo_is_open",
                what="whoever reaches this server can sign in as any customer of its shop, and as its demo agents",
            )
        await stop.wait()
    finally:
        await runner.cleanup()


def _when_told_to_stop() -> asyncio.Event:
    stop = asyncio.Event()
    for sign in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(sign, stop.set)
    return stop
