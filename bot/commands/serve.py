"""kefu serve."""

import asyncio
import errno
import signal
from typing import Annotated

import typer
from aiohttp import web

from bot.commands.options import Data, out, settings_for
from bot.errors import KefuError
from bot.factory import build
from bot.http.app import make_app
from bot.logs import set_up
from bot.settings import Settings

_SHUTDOWN_SECONDS = 5.0


def serve(
    data: Data = None,
    host: Annotated[str | None, typer.Option(help="Address to listen on.", show_default="127.0.0.1")] = None,
    port: Annotated[int | None, typer.Option(help="Port; 0 picks a free one.", show_default="8765")] = None,
    demo: Annotated[bool | None, typer.Option("--demo", help="Serve the demo shop's page.")] = None,
) -> None:
    """Serve the widget, the API and the live connections."""
    settings = settings_for(data, host=host, port=port, demo=demo)
    set_up(settings.log_level, settings.log_format)
    asyncio.run(_serve(settings))


async def _serve(settings: Settings) -> None:
    kefu = await build(settings)
    runner = web.AppRunner(
        make_app(kefu, settings), access_log=None, shutdown_timeout=_SHUTDOWN_SECONDS, handle_signals=False
    )
    await runner.setup()
    try:
        site = web.TCPSite(runner, settings.host, settings.port)
        await _listen(site, settings)
        # The port that was given, or the free one that was found.
        address = runner.addresses[0]
        out.print(f"Kefu is ready: http://{_host(address[0])}:{address[1]}  (Ctrl+C stops it)")
        await _until_told_to_stop()
    finally:
        await runner.cleanup()


async def _listen(site: web.TCPSite, settings: Settings) -> None:
    try:
        await site.start()
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise KefuError(
                f"Port {settings.port} is in use. Choose another one with --port or KEFU_PORT."
            ) from error
        raise KefuError(f"Cannot listen on {settings.host}:{settings.port}: {error.strerror}.") from error


def _host(host: str) -> str:
    return f"[{host}]" if ":" in host else host


async def _until_told_to_stop() -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for sign in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(sign, stop.set)
    await stop.wait()
