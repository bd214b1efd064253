"""Files for browsers: the widget, the demo shop's page, the shop's images. Read once, served with an ETag."""

import hashlib
import mimetypes
from pathlib import Path

from aiohttp import web

from bot.errors import NotFound
from bot.http.context import context
from connectors.web import assets

_KINDS = {".js": "text/javascript", ".css": "text/css", ".html": "text/html", ".svg": "image/svg+xml"}
_IMAGES = {".svg", ".png", ".jpg", ".jpeg", ".webp", ".gif", ".avif"}
_LARGEST_IMAGE = 5 * 1024 * 1024


async def widget(request: web.Request) -> web.Response:
    response = _file(request, assets.WIDGET, seconds=300)
    # Any page may load the script; what it may talk to is checked at the API.
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


async def home(request: web.Request) -> web.Response:
    page = assets.DEMO / "index.html" if context(request).settings.demo else assets.STATUS
    return _file(request, page, seconds=0)


async def demo_file(request: web.Request) -> web.Response:
    if not context(request).settings.demo:
        raise NotFound("There is no demo shop here.")
    return _file(request, _below(assets.DEMO, request.match_info["path"]), seconds=60)


async def media(request: web.Request) -> web.Response:
    """An image of the shop; pages that embed the widget show it too."""
    path = _below(context(request).kefu.media, request.match_info["path"])
    if path.suffix.lower() not in _IMAGES:
        raise NotFound("There is no such image.")
    response = _file(request, path, seconds=3600)
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    # A drawing opened on its own must not run anything in our name.
    response.headers["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    return response


def _below(folder: Path, name: str) -> Path:
    path = (folder / name).resolve()
    if not path.is_relative_to(folder.resolve()):
        raise NotFound("There is no such file.")
    return path


def _file(request: web.Request, path: Path, *, seconds: int) -> web.Response:
    try:
        if path.stat().st_size > _LARGEST_IMAGE:
            raise NotFound("The file is too large.")
        content = path.read_bytes()
    except (OSError, ValueError) as error:
        raise NotFound("There is no such file.") from error
    tag = hashlib.sha256(content).hexdigest()[:16]
    headers = {"ETag": f'"{tag}"', "Cache-Control": f"public, max-age={seconds}" if seconds else "no-cache"}
    if f'"{tag}"' in request.headers.get("If-None-Match", ""):
        return web.Response(status=304, headers=headers)
    kind = _KINDS.get(path.suffix.lower()) or mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    charset = "utf-8" if kind.startswith("text/") else None
    return web.Response(body=content, content_type=kind, charset=charset, headers=headers)


ROUTES = (
    web.get("/", home),
    web.get("/widget.js", widget),
    web.get("/shop/{path:.+}", demo_file),
    web.get("/media/{path:.+}", media),
)
