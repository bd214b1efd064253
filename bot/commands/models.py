"""kefu models prepare, kefu train."""

from pathlib import Path
from typing import Annotated

import typer

from bot.commands.options import Data, out, settings_for

app = typer.Typer(help="Prepare the models.", no_args_is_help=True)


@app.command("prepare")
def prepare() -> None:
    """Build the encoder in the cache folder, or check the one that is there."""
    from knowledge.prepare import prepare as prepare_encoder  # loads torch

    settings = settings_for(None)
    with out.status("Preparing the encoder") as status:
        folder = prepare_encoder(settings.cache, settings.encoder, lambda step: status.update(step))
    out.print(f"Encoder ready in {folder}")


def train(
    data: Data = None,
    examples: Annotated[Path | None, typer.Option(help="Folder of YAML examples.")] = None,
    fine_tune: Annotated[bool, typer.Option(help="Fine-tune the transformer itself; wants a GPU.")] = False,
    report: Annotated[
        bool,
        typer.Option(
            help="Train, cross-validate and print the report; without, the classifier that Kefu brings along is"
            " taken where examples and encoder are its own."
        ),
    ] = True,
) -> None:
    """Learn the intents from the examples: seconds, once the encoder has read each of them."""
    from bot.training import train_intents  # loads scikit-learn

    settings = settings_for(data)
    if fine_tune:
        from bot.training import fine_tune_encoder  # loads torch and transformers

        folder = fine_tune_encoder(settings, examples, progress=out.print)
        out.print(f"Fine-tuned encoder in {folder}. To use it: export KEFU_ENCODER={folder}")
        out.print("then kefu models prepare, kefu train, and kefu ingest --rebuild of your documents.")
        return
    train_intents(settings, examples, out, report=report)
