"""Measure a model against labelled sentences: ``python -m training.evaluate --gold FILE``."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

import numpy as np

from model.console import run_command
from model.files import write_whole
from model.labels import LABELS, NAMES
from model.prediction import Prediction
from model.predictor import Predictor
from training.evaluation import Answer, evaluate
from training.gold import Gold, load_gold

__all__ = ["as_text", "main", "predict_stories"]

_NAME = "training.evaluate"


def main(arguments: list[str] | None = None) -> int:
    """Run the command; return its exit status."""
    parser = argparse.ArgumentParser(f"python -m {_NAME}", description=__doc__)
    parser.add_argument("--gold", type=Path, required=True, metavar="FILE", help="JSON Lines, or CSV like the seeds")
    parser.add_argument("--artifact", type=Path, metavar="DIR", help="model folder (default: the shipped model)")
    parser.add_argument("--json", type=Path, metavar="OUT", help="write the figures to this file")
    parser.add_argument("--predictions", type=Path, metavar="OUT", help="write one line of JSON per gold line")
    options = parser.parse_args(arguments)
    return run_command(_NAME, lambda: _run(options))


def _run(options: argparse.Namespace) -> None:
    gold = load_gold(options.gold)
    predictor = Predictor.load(options.artifact)
    alone = predictor.predict(gold.sentences)
    together = predict_stories(predictor, gold)
    figures = {name: evaluate(gold, _answer(each)) for name, each in (("alone", alone), ("in_context", together))}
    print("sentences alone\n" + as_text(figures["alone"]))
    print("\narticles in order\n" + as_text(figures["in_context"]))
    if options.json:
        with write_whole(options.json) as handle:
            handle.write(json.dumps(figures, indent=2) + "\n")
    if options.predictions:
        with write_whole(options.predictions) as handle:
            handle.writelines(map(_line, together, alone))


def predict_stories(predictor: Predictor, gold: Gold) -> list[Prediction]:
    """Predict each story as one article; answers in the order of the gold sentences."""
    answers: list[Prediction | None] = [None] * len(gold.sentences)
    for story in dict.fromkeys(gold.stories):
        rows = np.flatnonzero(gold.stories == story).tolist()
        for row, prediction in zip(rows, predictor.predict_sequence(gold.sentences[i] for i in rows), strict=True):
            answers[row] = prediction
    return [answer for answer in answers if answer]


def _answer(predictions: list[Prediction]) -> Answer:
    return Answer(
        np.array([[label in p.labels for label in LABELS] for p in predictions], dtype=bool),
        np.array([NAMES.index(p.label) for p in predictions], dtype=np.uint8),
        np.array([[p.probabilities[label] for label in LABELS] for p in predictions]),
        np.array([p.decided for p in predictions], dtype=bool),
    )


def as_text(figures: dict[str, Any]) -> str:
    """Write figures of `training.evaluation.evaluate` as a readable table."""
    low, high = figures["macro_f1_interval"]
    lines = [
        f"{figures['sentences']} sentences in {figures['stories']} stories",
        f"macro-F1 {figures['macro_f1']:.3f} (95 % interval by story {low:.3f} to {high:.3f})",
        "",
        f"{'label':<20}{'precision':>10}{'recall':>8}{'F1':>7}{'interval':>17}{'sentences':>11}",
    ]
    for label, row in figures["labels"].items():
        low, high = row["f1_interval"]
        lines.append(
            f"{label:<20}{row['precision']:>10.3f}{row['recall']:>8.3f}{row['f1']:>7.3f}"
            f"{f'{low:.3f} to {high:.3f}':>17}{row['sentences']:>11}"
        )
    alone = figures["without_context_labels"]
    f1 = ", ".join(f"{label} {value:.3f}" for label, value in alone["f1"].items())
    sure = figures["sure"]
    lines += [
        "",
        f"without the labels that need context: macro-F1 {alone['macro_f1']:.3f} ({f1})",
        f"F1 of none {figures['none_f1']:.3f}, accuracy of the primary label {figures['primary_accuracy']:.3f}",
        f"expected calibration error {figures['expected_calibration_error']:.3f}",
        f"where probability is {sure['from_probability']} or more: precision {sure['precision']:.3f}",
        f"and {sure['coverage']:.3f} of the true labels are covered",
        "decided: {share:.3f} of the sentences, precision {precision:.3f}, recall {recall:.3f} of all labels".format(
            **figures["decided"]
        ),
    ]
    return "\n".join(lines)


def _line(together: Prediction, alone: Prediction) -> str:
    """Give one line: the answer in context, and beside it the answer on the sentence alone."""
    return json.dumps(_fields(together) | {"alone": _fields(alone)}) + "\n"


def _fields(prediction: Prediction) -> dict[str, Any]:
    return {"labels": list(prediction.labels), "probabilities": dict(prediction.probabilities)}


if __name__ == "__main__":
    sys.exit(main())
