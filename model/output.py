"""Write labelled sentences: CSV, JSON Lines, or a table on the terminal."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from model.errors import InputError
from model.files import write_whole
from model.labels import LABELS, NONE
from model.prediction import FIELDS, Prediction

__all__ = ["check_output", "print_table", "write_rows"]

Labelled = tuple[str, list[Prediction]]
_FORMATS = (".csv", ".jsonl")


def check_output(path: Path) -> None:
    """Refuse an output file that can't be written, before any work is done.

    Raises
    ------
    InputError
        If the ending is unknown, the folder is missing, or a folder stands in its place.
    """
    if path.suffix.lower() not in _FORMATS:
        raise InputError(f"{path}: unknown ending {path.suffix!r}; use {' or '.join(_FORMATS)}")
    if not path.parent.is_dir():
        raise InputError(f"{path}: its folder {path.parent} doesn't exist; make it first")
    if path.is_dir():
        raise InputError(f"{path}: is a folder; name a file")


def write_rows(path: Path, labelled: Iterable[Labelled]) -> int:
    """Write one row a sentence, in the format that the file's ending names; return their number."""
    check_output(path)
    flat = path.suffix.lower() == ".csv"
    count = 0
    with write_whole(path) as handle:
        writer = csv.DictWriter(handle, FIELDS)
        if flat:
            writer.writeheader()
        for row in _rows(labelled, flat=flat):
            count += 1
            if flat:
                writer.writerow(row)
            else:
                handle.write(json.dumps(row, ensure_ascii=False) + "\n")
    return count


def _rows(labelled: Iterable[Labelled], *, flat: bool) -> Iterator[dict[str, Any]]:
    for article, predictions in labelled:
        for index, prediction in enumerate(predictions):
            yield prediction.flat_row(article, index) if flat else prediction.row(article, index)


def print_table(labelled: Iterable[Labelled], width: int | None = None) -> int:
    """Print a table for people: sentence, labels, probability, decided; return the number of sentences.

    A label with an asterisk holds only through the context.
    """
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console(width=width, highlight=False)
    count = 0
    for article, predictions in labelled:
        table = Table("sentence", "labels", "probability", "decided", title=Text(article), title_justify="left")
        for prediction in predictions:
            names = [f"{label}*" if label in prediction.through_context else label for label in prediction.labels]
            decided = "yes" if prediction.decided else "review"
            table.add_row(Text(prediction.sentence), "\n".join(names) or NONE, _figures(prediction), decided)
        console.print(table)
        count += len(predictions)
    console.print("* only through the context of the article; review: a person should look")
    return count


def _figures(prediction: Prediction) -> str:
    """Give the probability of each label that holds; for none, that of the likeliest label."""
    if not prediction.recognised:
        return "unknown"
    if prediction.labels:
        return "\n".join(f"{prediction.probabilities[label]:.2f}" for label in prediction.labels)
    likeliest = max(LABELS, key=lambda label: prediction.probabilities[label])
    return f"{likeliest} {prediction.probabilities[likeliest]:.2f}"
