"""What the predictor answers for one sentence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from model.labels import LABELS

__all__ = ["FIELDS", "LabelledText", "Prediction"]

FIELDS: tuple[str, ...] = (
    "article",
    "sentence_index",
    "start",
    "end",
    "sentence",
    "label",
    "labels",
    "decided",
    *(f"p_{label}" for label in LABELS),
)
"""The fields of a row, in CSV, JSONL and the terminal alike."""


@dataclass(frozen=True)
class Prediction:
    """The labels of one sentence.

    Attributes
    ----------
    sentence
        The text that was judged.
    labels
        Every label that holds, in the order of `model.LABELS`; empty for none.
    label
        The primary label: the one with the highest margin over its threshold, or ``"none"``.
    probabilities
        Calibrated probability of each of the four labels, 0 to 1.
    start, end
        Place in the article, in characters: ``text[start:end] == sentence``.
    decided
        False if a person should look: a probability lies where too many answers were wrong in
        cross-validation.
    through_context
        Those of the labels that the sentence alone would not have been given.
    recognised
        False if the model knows nothing of the sentence (empty, blank, or no known word). It then
        has no label, and its probabilities are 0.
    """

    sentence: str
    labels: tuple[str, ...]
    label: str
    probabilities: Mapping[str, float]
    start: int
    end: int
    decided: bool = True
    through_context: tuple[str, ...] = ()
    recognised: bool = True

    def row(self, article: str, sentence_index: int) -> dict[str, Any]:
        """Return the fields of `FIELDS`, `labels` as a list."""
        return {
            "article": article,
            "sentence_index": sentence_index,
            "start": self.start,
            "end": self.end,
            "sentence": self.sentence,
            "label": self.label,
            "labels": list(self.labels),
            "decided": self.decided,
        } | {f"p_{label}": round(self.probabilities[label], 6) for label in LABELS}


@dataclass(frozen=True)
class LabelledText:
    """The sentences of one article, and whether it is about firms that cut, close, move or grow."""

    predictions: list[Prediction]
    on_topic: bool
