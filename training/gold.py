"""Read labelled sentences to measure against: JSON Lines, or the seeds' CSV."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from model.errors import InputError
from model.files import read_text
from model.labels import LABELS, labels_in
from training.metrics import Flags
from training.seeds import read_rows

__all__ = ["Gold", "load_gold"]


Row = tuple[str, str, tuple[str, ...], tuple[str, ...]]


@dataclass(frozen=True)
class Gold:
    """Sentences with their true labels, in the order of the file.

    Attributes
    ----------
    stories
        Story of each sentence, shape (n,).
    sentences
        n strings.
    labels
        Which labels hold, shape (n, 4).
    needs_context
        Which of them hold only thanks to neighbouring sentences, shape (n, 4).
    """

    stories: NDArray[np.str_]
    sentences: Sequence[str]
    labels: Flags
    needs_context: Flags


def load_gold(path: str | Path) -> Gold:
    """Load a gold file: ``.csv`` as the seeds are, anything else JSON Lines.

    A line of JSON holds ``story``, ``position``, ``sentence``, ``labels`` and optionally
    ``needs_context``, both lists of labels.

    Raises
    ------
    InputError
        If the file can't be read, or a line isn't as described; the message names file and line.
    """
    path = Path(path)
    if path.suffix.lower() == ".csv":
        rows: list[Row] = [(row.story, row.sentence, row.labels, ()) for row in read_rows(path)]
    else:
        lines = read_text(path).split("\n")
        rows = [_row(line, f"{path}:{number}") for number, line in enumerate(lines, 1) if line.strip()]
    if not rows:
        raise InputError(f"{path}: holds no sentence")
    stories, sentences, labels, context = zip(*rows, strict=True)
    return Gold(np.array(stories), sentences, _flags(labels), _flags(context))


def _row(line: str, place: str) -> Row:
    try:
        record = json.loads(line)
    except ValueError as error:
        raise InputError(f"{place}: not valid JSON ({error})") from None
    if not isinstance(record, dict):
        raise InputError(f"{place}: must be a JSON object")
    for field in ("story", "sentence"):
        if not isinstance(record.get(field), str):
            raise InputError(f"{place}: field {field!r} must be a string")
    labels = labels_in(record, "labels", place)
    context = labels_in({"needs_context": [], **record}, "needs_context", place)
    if not set(context) <= set(labels):
        raise InputError(f"{place}: 'needs_context' names a label that isn't in 'labels'")
    return record["story"], record["sentence"], labels, context


def _flags(rows: Sequence[tuple[str, ...]]) -> Flags:
    return np.array([[label in held for label in LABELS] for held in rows], dtype=bool)
