"""A table of labelled sentences, for people."""

from __future__ import annotations

from collections.abc import Iterable

from model.labels import LABELS, NONE
from model.prediction import Prediction

__all__ = ["print_table"]

Labelled = tuple[str, list[Prediction]]


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
