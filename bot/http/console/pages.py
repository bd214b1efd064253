"""The console's page and what it loads: files beside it, nothing made here."""

from pathlib import Path, PurePosixPath

from aiohttp import web

import bot.console
from bot.errors import NotFound
from bot.http.console.seat import PREFIX
from bot.http.files import serve

FOLDER = Path(bot.console.__file__).parent / "page"


async def index(request: web.Request) -> web.Response:
    """For every view: which one it is, the page reads from its address."""
    if PurePosixPath(request.path).suffix:
        raise NotFound("There is no such page.")
    return await serve(request, FOLDER, "index.html", seconds=0)


async def file(request: web.Request) -> web.Response:
    return await serve(request, FOLDER, request.match_info["path"], seconds=0)


ROUTES = (
    web.get(PREFIX, index),
    web.get(f"{PREFIX}/page/{{path:.+}}", file),
    web.get(f"{PREFIX}/{{view:(?!api(?:/|$)|page/).*}}", index),
)
