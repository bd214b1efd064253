"""kefu ingest, kefu search."""

from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from bot.commands.options import Data, out, settings_for
from bot.console.faq import faq_folder
from bot.prepared import index_location, open_index
from bot.progress import progress_bar
from bot.settings import Settings
from knowledge.clearing import clear
from knowledge.encoder import Encoder, open_encoder
from knowledge.index import Index
from knowledge.ingest import IngestReport
from knowledge.ingest import ingest as ingest_paths
from knowledge.search import DOCUMENTS, PRODUCTS, open_search, words_found


def ingest(
    paths: Annotated[list[Path], typer.Argument(help="Files and folders.")],
    data: Data = None,
    rebuild: Annotated[bool, typer.Option(help="Empty the index first, whatever encoder made it.")] = False,
) -> None:
    """Read documents and product feeds into the index; only what changed is embedded again.

    Answers that were reviewed in the console come along.
    """
    settings = settings_for(data)
    if rebuild:
        _empty(settings, paths)
    encoder, index = open_index(settings)
    reviewed = faq_folder(settings)
    report = with_progress([*paths, *([reviewed] if reviewed.is_dir() else [])], index, encoder)
    for problem in report.failed:
        out.print(f"[red]{problem.path}[/red]: {problem.reason}")
    if report.failed:
        raise typer.Exit(1)


def _empty(settings: Settings, paths: list[Path]) -> None:
    """Not before it is sure that there is something to read, and to read it with."""
    if missing := [path for path in paths if not path.exists()]:
        raise typer.BadParameter(f"{missing[0]} does not exist, and the index would stay empty.")
    open_encoder(settings.cache, settings.encoder)
    clear(index_location(settings))


def with_progress(paths: list[Path], index: Index, encoder: Encoder) -> IngestReport:
    with progress_bar("Embedding", out) as bar:
        task = bar.add_task("passages", total=None)
        report = ingest_paths(
            paths, index, encoder, lambda done, total: bar.update(task, completed=done, total=total)
        )
    out.print(
        f"{report.added} added, {report.changed} changed, {report.unchanged} unchanged, "
        f"{report.removed} removed; {report.passages} passages embedded."
    )
    return report


def search(
    question: str,
    data: Data = None,
    language: Annotated[str | None, typer.Option(help="zh, en, …; detected when not given.")] = None,
    products: Annotated[bool, typer.Option(help="Search products instead of documents.")] = False,
    limit: Annotated[int, typer.Option(min=1, max=20, help="How many passages.")] = 5,
) -> None:
    """Show what the index finds for a question, and why it ranks where it does."""
    from intents.language import detect_language

    settings = settings_for(data)
    encoder, index = open_index(settings)
    finder = open_search(index, encoder)
    chosen = language or detect_language(question, fallback="en")
    found = finder.explain(
        encoder.embed_queries([question])[0],
        question,
        language=chosen,
        kinds=PRODUCTS if products else DOCUMENTS,
        limit=limit,
    )
    table = Table(title=f"{question} [{chosen}]", show_lines=True)
    for column in ("confidence", "score", "cosine", "question", "keywords", "read", "words found", "passage"):
        table.add_column(column)
    for one in found:
        passage = one.hit.passage
        style = "bold" if one.hit.confidence >= finder.threshold else "dim"
        table.add_row(
            f"{one.hit.confidence:.2f}",
            f"{one.score:.2f}",
            f"{one.hit.dense:.3f}",
            f"{one.features.question:.3f}" if one.features.asked else "–",
            f"{one.hit.keyword:.2f}",
            f"{one.logit:+.1f}" if one.logit is not None else "–",
            " ".join(words_found(question, passage)),
            f"{passage.title} › {passage.section}\n{passage.text[:300]}\n{passage.source}",
            style=style,
        )
    out.print(table)
    out.print(
        f"Answered from confidence {finder.threshold:.2f} on, without a hedge from {finder.sure:.2f} on."
    )
