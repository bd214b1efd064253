"""A file as a browser wants it: with an ETag, packed when it is text, and never from outside its folder."""

import asyncio
import gzip
import hashlib
import mimetypes
from dataclasses import dataclass
from pathlib import Path

from aiohttp import hdrs, web

from bot.errors import NotFound

_KINDS = {".js": "text/javascript", ".css": "text/css", ".html": "text/html", ".svg": "image/svg+xml"}
_LARGEST = 5 * 2**20


@dataclass(frozen=True, slots=True)
class File:
    content: bytes
    packed: bytes | None
    """gzip; None when packing gains nothing."""
    tag: str
    kind: str


async def serve(request: web.Request, folder: Path, name: str, *, seconds: int) -> web.Response:
    """The file `name` below `folder`, to be kept by browsers for `seconds`.

    Raises:
        NotFound: there is none, it lies elsewhere, or it is too large.
    """
    try:
        file = await asyncio.to_thread(_read, folder, name)
    except (OSError, ValueError) as error:
        raise NotFound("There is no such file.") from error
    headers = {
        "ETag": f'"{file.tag}"',
        "Cache-Control": f"public, max-age={seconds}" if seconds else "no-cache",
        "Vary": "Accept-Encoding",
    }
    if any(tag.value in (file.tag, "*") for tag in request.if_none_match or ()):
        return web.Response(status=304, headers=headers)
    body = file.content
    if file.packed is not None and "gzip" in request.headers.get(hdrs.ACCEPT_ENCODING, ""):
        body = file.packed
        headers["Content-Encoding"] = "gzip"
    charset = "utf-8" if file.kind.startswith("text/") else None
    return web.Response(body=body, content_type=file.kind, charset=charset, headers=headers)


def _read(folder: Path, name: str) -> File:
    """Raises OSError or ValueError."""
    path = (folder / name).resolve()
    if not path.is_relative_to(folder.resolve()):
        raise ValueError(f"{name!r} leads out of its folder")
    if not path.is_file() or path.stat().st_size > _LARGEST:
        raise ValueError(f"{name!r} is no file that is served")
    content = path.read_bytes()
    kind = _KINDS.get(path.suffix.lower()) or mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    packed = gzip.compress(content, 9, mtime=0) if kind.startswith("text/") or "svg" in kind else None
    return File(content, packed, hashlib.sha256(content).hexdigest()[:16], kind)
