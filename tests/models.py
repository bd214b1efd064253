"""The models, loaded once for all tests of a process: half a second of every Kefu that is built for a test."""

import asyncio
from functools import cache
from typing import Any

from bot.factory import Kefu, build
from bot.prepared import Models, index_of
from bot.settings import Settings
from knowledge.cross_encoder import CrossEncoder, open_cross_encoder
from knowledge.encoder import OnnxEncoder, open_encoder
from knowledge.search import Search
from tests.conftest import CACHE


async def built(settings: Settings, **options: Any) -> Kefu:
    """As `bot.factory.build`, for settings that name no encoder of their own."""
    return await build(settings, models=await asyncio.to_thread(_models, settings), **options)


def _models(settings: Settings) -> Models:
    encoder, cross = _loaded()
    return Models(encoder, Search(index_of(settings, encoder), cross=cross))


@cache
def _loaded() -> tuple[OnnxEncoder, CrossEncoder | None]:
    encoder = open_encoder(CACHE)
    return encoder, open_cross_encoder(encoder)
