"""Measure predictions against gold labels: the figures that every report shows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from training.gold import Gold
from training.metrics import Flags, Floats, calibration_error, summary

__all__ = ["Answer", "evaluate"]

_SURE = 0.9


@dataclass(frozen=True)
class Answer:
    """What a model said of n sentences.

    Attributes
    ----------
    labels
        Which labels were given, shape (n, 4).
    primary
        Place of the primary label of each sentence in `LABELS`, their number for none, shape (n,).
    probabilities
        Calibrated probabilities, shape (n, 4).
    decided
        Which sentences need no second look, shape (n,).
    """

    labels: Flags
    primary: NDArray[np.uint8]
    probabilities: Floats
    decided: Flags


def evaluate(gold: Gold, answer: Answer) -> dict[str, Any]:
    """Return every figure of one measurement."""
    figures = summary(gold.stories, gold.labels, answer.labels)
    alone = summary(gold.stories, *_without_context(gold, answer.labels))
    return figures | {
        "without_context_labels": {
            "macro_f1": alone["macro_f1"],
            "f1": {label: figure["f1"] for label, figure in alone["labels"].items()},
        },
        "primary_accuracy": round(_primary_accuracy(gold, answer.primary), 4),
        "expected_calibration_error": calibration_error(gold.labels, answer.probabilities),
        "sure": _sure(gold, answer.probabilities),
        "decided": _decided(gold, answer),
    }


def _without_context(gold: Gold, labels: Flags) -> tuple[Flags, Flags]:
    """Leave out sentence-label pairs that need context: neither right nor wrong."""
    return gold.labels & ~gold.needs_context, labels & ~gold.needs_context


def _primary_accuracy(gold: Gold, primary: NDArray[np.uint8]) -> float:
    """Share of sentences whose primary label is one of the true ones (none: there is none)."""
    true = np.column_stack([gold.labels, ~gold.labels.any(axis=1)])
    return float(np.take_along_axis(true, primary[:, None], axis=1).mean())


def _sure(gold: Gold, probabilities: Floats) -> dict[str, float]:
    """Precision of "a label holds" and how many true labels it covers, where probability >= 0.9."""
    sure = probabilities >= _SURE
    return {
        "from_probability": _SURE,
        "precision": round(float((gold.labels & sure).sum() / max(sure.sum(), 1)), 4),
        "coverage": round(float((gold.labels & sure).sum() / max(gold.labels.sum(), 1)), 4),
    }


def _decided(gold: Gold, answer: Answer) -> dict[str, float]:
    """Share of sentences decided; precision of their answers; recall, counting the others as missed.

    An answer is a label, or none.
    """
    given, true = [np.column_stack([x, ~x.any(axis=1)]) for x in (answer.labels, gold.labels)]
    hits = (given & true)[answer.decided].sum()
    return {
        "share": round(float(answer.decided.mean()), 4),
        "precision": round(float(hits / max(given[answer.decided].sum(), 1)), 4),
        "recall": round(float((answer.labels & gold.labels)[answer.decided].sum() / max(gold.labels.sum(), 1)), 4),
    }
