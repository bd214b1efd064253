"""kefu eval: measure retrieval and intents on cases of your own."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from bot.commands.options import Data, out, settings_for
from bot.evaluation.run import run_evaluation
from bot.prepared import classifier_file, open_index
from intents.classifier import IntentClassifier


def evaluate(
    which: Annotated[Literal["retrieval", "intents"], typer.Argument(help="What to measure.")],
    cases: Annotated[Path, typer.Argument(help="YAML file of cases; tests/evaluation/ has examples.")],
    data: Data = None,
    part: Annotated[str | None, typer.Option(help="Only cases of this part, like tune or held_back.")] = None,
    json_out: Annotated[Path | None, typer.Option("--json", help="Write the figures here, too.")] = None,
) -> None:
    """Ask every case and print what came right, by language and part, with the failures."""
    settings = settings_for(data)
    encoder, index = open_index(settings)
    classifier = None
    if which == "intents":
        classifier = IntentClassifier.load(classifier_file(settings), encoder.fingerprint)
    report = run_evaluation(which, cases, encoder=encoder, index=index, classifier=classifier, part=part)
    report.print(out)
    if json_out is not None:
        json_out.write_text(report.to_json(), encoding="utf-8")
