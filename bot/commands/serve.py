"""kefu serve."""

import asyncio
import errno
import gc
import socket
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from typing import Annotated

import typer

from bot.commands.options import Data, settings_for
from bot.errors import KefuError
from bot.logs import set_up
from bot.settings import Settings
from knowledge.encoder import open_encoder


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
        encoder = open_encoder(settings.cache, settings.encoder, threads=settings.threads)
        with ThreadPoolExecutor(2) as beside:
            # A second of other people's machine code, in which Python can import the rest of Kefu. What goes
            # wrong with the encoder goes wrong again where it is asked.
            beside.submit(encoder.warm_up)
            gc.disable()  # among what stays anyway
            from bot.prepared import Models, loaded_search  # with Chroma

            search = beside.submit(loaded_search, settings, encoder)
            from bot.serving import serve_until_stopped

            gc.freeze()
            gc.enable()
        asyncio.run(serve_until_stopped(settings, listener, Models(encoder, search.result())))


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
