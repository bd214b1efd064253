"""kefu serve."""

import asyncio
import errno
import gc
import signal
import socket
from contextlib import ExitStack
from typing import Annotated

import structlog
import typer
from aiohttp import web

from bot.commands.options import Data, out, settings_for
from bot.errors import KefuError
from bot.factory import Kefu, build
from bot.http.address import is_loopback
from bot.http.app import make_app
from bot.logs import report_lost_errors, set_up
from bot.settings import Settings

_SHUTDOWN_SECONDS = 3.0

log = structlog.get_logger()


def serve(
    data: Data = None,
    host: Annotated[str | None, typer.Option(help="Address to listen on.", show_default="127.0.0.1")] = None,
    port: Annotated[int | None, typer.Option(help="Port; 0 picks a free one.", show_default="8765")] = None,
    demo: Annotated[bool | None, typer.Option("--demo", help="Serve the demo shop's page.")] = None,
) -> None:
    """Serve the widget, the API and the live connections."""
    settings = settings_for(data, host=host, port=port, demo=demo)
    set_up(settings.log_level, settings.log_format)
    # The port comes first: whoever cannot have it has not touched the data of the one who does.
    with _bound(settings) as listener:
        asyncio.run(_serve(settings, listener))


async def _serve(settings: Settings, listener: socket.socket) -> None:
    report_lost_errors(asyncio.get_running_loop())
    stop = _when_told_to_stop()
    kefu = await build(settings)
    try:
        await kefu.start()
        # What was loaded stays: looking through it for garbage would stop every turn for a quarter of a second.
        gc.freeze()
        await _serve_until(stop, kefu, settings, listener)
    finally:
        await kefu.stop()


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


def _bound(settings: Settings) -> socket.socket:
    """The port taken, not listening yet.

    Raises:
        KefuError: it is in use or not ours to have; the text says what to do.
    """
    try:
        family, kind, _, _, address = socket.getaddrinfo(
            settings.host, settings.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        with ExitStack() as unless_bound:
            listener = unless_bound.enter_context(socket.socket(family, kind))
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind(address)
            unless_bound.pop_all()
        return listener
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise KefuError(
                f"Port {settings.port} is in use. Choose another one with --port or KEFU_PORT."
            ) from error
        raise KefuError(
            f"Cannot listen on {settings.host}:{settings.port}: {error.strerror}. Choose with --host and --port."
        ) from error


def _when_told_to_stop() -> asyncio.Event:
    stop = asyncio.Event()
    for sign in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(sign, stop.set)
    return stop
