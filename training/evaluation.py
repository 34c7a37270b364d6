"""Measure predictions against gold labels: the figures that every report shows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from model.labels import LABELS, NONE
from training.gold import Gold
from training.metrics import Flags, Floats, calibration_error, summary

__all__ = ["evaluate"]

_SURE = 0.9


def evaluate(gold: Gold, labels: Flags, primary: Sequence[str], probabilities: Floats) -> dict[str, Any]:
    """Return every figure of one measurement.

    Parameters
    ----------
    gold
        n sentences and what is true of them.
    labels
        Which labels were predicted, shape (n, 4).
    primary
        The predicted primary label of each sentence.
    probabilities
        Calibrated probabilities, shape (n, 4).
    """
    figures = summary(gold.stories, gold.labels, labels)
    alone = summary(gold.stories, *_without_context(gold, labels))
    return figures | {
        "without_context_labels": {
            "macro_f1": alone["macro_f1"],
            "f1": {label: figure["f1"] for label, figure in alone["labels"].items()},
        },
        "primary_accuracy": round(_primary_accuracy(gold, primary), 4),
        "expected_calibration_error": calibration_error(gold.labels, probabilities),
        "sure": _sure(gold, probabilities),
    }


def _without_context(gold: Gold, labels: Flags) -> tuple[Flags, Flags]:
    """Leave out sentence-label pairs that need context: neither right nor wrong."""
    return gold.labels & ~gold.needs_context, labels & ~gold.needs_context


def _primary_accuracy(gold: Gold, primary: Sequence[str]) -> float:
    """Share of sentences whose primary label is one of the true ones (`none`: there is none)."""
    true = [{label for label, held in zip(LABELS, row, strict=True) if held} or {NONE} for row in gold.labels]
    return float(np.mean([name in names for name, names in zip(primary, true, strict=True)]))


def _sure(gold: Gold, probabilities: Floats) -> dict[str, float]:
    """Precision of "a label holds" and how many true labels it covers, where probability >= 0.9."""
    sure = probabilities >= _SURE
    return {
        "from_probability": _SURE,
        "precision": round(float((gold.labels & sure).sum() / max(sure.sum(), 1)), 4),
        "coverage": round(float((gold.labels & sure).sum() / max(gold.labels.sum(), 1)), 4),
    }
