"""Plots of the report, as PNG."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.metrics import precision_recall_curve

from model.labels import LABELS
from model.manifest import Cut
from training.metrics import Flags, Floats

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = ["plot_learning_curve", "plot_precision_recall", "plot_reliability"]


_COLOURS = dict(zip(LABELS, ("#c0392b", "#1e8449", "#1f618d", "#b9770e"), strict=True))
_MARKS = dict(zip(LABELS, "osD^", strict=True))
_BINS = 10


def plot_precision_recall(file: Path, gold: Flags, scores: Floats, cuts: Mapping[str, Cut]) -> None:
    """Draw precision over recall for each label, with the place of its threshold."""
    figure, axes = _figure("recall", "precision", "Precision and recall, out of fold (mark: threshold)")
    for column, label in enumerate(LABELS):
        precision, recall, steps = precision_recall_curve(gold[:, column], scores[:, column])
        axes.plot(recall, precision, color=_COLOURS[label], label=label)
        place = min(int(np.searchsorted(steps, cuts[label].threshold)), len(steps) - 1)
        axes.plot(recall[place], precision[place], _MARKS[label], color=_COLOURS[label], markersize=9)
    axes.set(xlim=(0, 1), ylim=(0, 1.02))
    _save(figure, axes, file)


def plot_reliability(file: Path, gold: Flags, scores: Floats) -> None:
    """Draw how often a label holds over the probability that was given to it."""
    figure, axes = _figure("probability given", "share that holds", "Reliability, out of fold")
    axes.plot([0, 1], [0, 1], color="#999999", linestyle="--", linewidth=1)
    edges = np.linspace(0, 1, _BINS + 1)
    for column, label in enumerate(LABELS):
        which = np.clip(np.digitize(scores[:, column], edges) - 1, 0, _BINS - 1)
        filled = [b for b in range(_BINS) if (which == b).any()]
        axes.plot(
            [scores[which == b, column].mean() for b in filled],
            [gold[which == b, column].mean() for b in filled],
            marker=_MARKS[label],
            color=_COLOURS[label],
            label=label,
        )
    axes.set(xlim=(0, 1), ylim=(0, 1))
    _save(figure, axes, file)


def plot_learning_curve(file: Path, sizes: Sequence[int], curves: Mapping[str, Sequence[float]], title: str) -> None:
    """Draw F1 over the number of seed sentences, one line per label and a thick one for the mean."""
    figure, axes = _figure("seed sentences", "F1", title)
    for label in LABELS:
        axes.plot(sizes, curves[label], color=_COLOURS[label], marker=_MARKS[label], markersize=4, label=label)
    axes.plot(sizes, curves["macro_f1"], color="black", linewidth=2.5, label="macro-F1")
    axes.set(ylim=(0, 1), xlim=(0, None))
    _save(figure, axes, file)


def _figure(x: str, y: str, title: str) -> tuple[Figure, Any]:
    from matplotlib.figure import Figure

    figure = Figure(figsize=(7, 5), layout="constrained")
    axes = figure.subplots()
    axes.set(xlabel=x, ylabel=y, title=title)
    axes.grid(color="#e5e5e5", linewidth=0.8)
    axes.set_axisbelow(True)
    return figure, axes


def _save(figure: Figure, axes: Any, file: Path) -> None:
    axes.legend()
    figure.savefig(file, dpi=110, metadata={"Software": None})
