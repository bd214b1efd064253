"""Files for browsers: the widget, the demo shop's page, the shop's images."""

from pathlib import PurePosixPath

from aiohttp import web

from bot.errors import NotFound
from bot.http.context import context
from bot.http.files import serve
from connectors.web import assets

_IMAGES = {".svg", ".png", ".jpg", ".jpeg", ".webp", ".gif", ".avif"}


async def script(request: web.Request) -> web.Response:
    """The widget, or what it loads for those who go on on another channel."""
    response = await serve(request, assets.WIDGET.parent, request.path.removeprefix("/"), seconds=300)
    # Any page may load them; what they may talk to is checked at the API.
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


async def home(request: web.Request) -> web.Response:
    page = assets.DEMO / "index.html" if context(request).settings.demo else assets.STATUS
    return await serve(request, page.parent, page.name, seconds=0)


async def go_on(request: web.Request) -> web.Response:
    """Nothing but the widget, which finds the link's token behind the # and tells it nobody but us."""
    return await serve(request, assets.CONTINUE.parent, assets.CONTINUE.name, seconds=0)


async def demo_file(request: web.Request) -> web.Response:
    """What the demo shop's page loads."""
    return await serve(request, assets.DEMO, request.match_info["path"], seconds=60)


async def media(request: web.Request) -> web.Response:
    """An image of the shop; pages that embed the widget show it too."""
    name = request.match_info["path"]
    if PurePosixPath(name).suffix.lower() not in _IMAGES:
        raise NotFound("There is no such image.")
    response = await serve(request, context(request).kefu.media, name, seconds=3600)
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    # A drawing opened on its own must not run anything in our name.
    response.headers["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    return response


ROUTES = (
    web.get("/", home),
    web.get("/continue", go_on),
    web.get("/widget.js", script),
    web.get("/elsewhere.js", script),
    web.get("/media/{path:.+}", media),
)
DEMO_ROUTES = (web.get("/shop/{path:.+}", demo_file),)
