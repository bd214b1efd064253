"""What was prepared before a start: where it lies, and opening it. Constructors are light, `warm_up` loads."""

from dataclasses import dataclass
from pathlib import Path

from bot.settings import Settings
from knowledge.encoder import Encoder, OnnxEncoder, open_encoder
from knowledge.index import Index
from knowledge.search import Search, open_search


@dataclass(frozen=True, slots=True)
class Models:
    encoder: Encoder
    search: Search


def index_location(settings: Settings) -> str | Path:
    return settings.chroma_url or settings.data / "chroma"


def classifier_file(settings: Settings) -> Path:
    return settings.data / "intents.npz"


def open_index(settings: Settings) -> tuple[OnnxEncoder, Index]:
    """The encoder and the index made with it, neither loaded yet; the errors name the command that helps."""
    encoder = open_encoder(settings.cache, settings.encoder, threads=settings.threads)
    return encoder, index_of(settings, encoder)


def index_of(settings: Settings, encoder: Encoder) -> Index:
    settings.data.mkdir(parents=True, exist_ok=True)
    return Index(index_location(settings), encoder.fingerprint, cache=settings.data / "index")


def open_models(settings: Settings) -> Models:
    encoder, index = open_index(settings)
    return Models(encoder, open_search(index, encoder))


def loaded_search(settings: Settings, encoder: Encoder) -> Search:
    """Opened and warmed up; blocking."""
    search = open_search(index_of(settings, encoder), encoder)
    search.warm_up()
    return search
