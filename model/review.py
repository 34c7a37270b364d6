"""``classify-news review``: go through sentences in the terminal, and say which labels are right."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from model.labels import LABELS, join_labels

if TYPE_CHECKING:
    from rich.console import Console

    from model.batch import LabelledArticle
    from model.prediction import Prediction
    from model.predictor import Predictor
    from model.records import Reading

__all__ = ["add_review_options", "review_command"]

_KEYS = {label[0]: label for label in LABELS}
_SKIP = ("skip",)
_HELP = "Enter: right as it is.  l, i, p, c: these labels, such as lc.  n: none.  s: skip.  q: stop."


@dataclass(frozen=True)
class _Question:
    """A sentence to be asked about, with its neighbours."""

    article: str
    before: str
    prediction: Prediction
    after: str


def add_review_options(parser: argparse.ArgumentParser) -> None:
    """Declare the options of the command."""
    parser.add_argument("inputs", nargs="+", metavar="INPUT", help="as for predict, but for standard input")
    parser.add_argument("--corrections", type=Path, required=True, metavar="FILE", help="where answers are added")
    parser.add_argument("--all", action="store_true", help="ask about every sentence, not only those for review")
    parser.add_argument("--text-column", metavar="NAME", help="column or field that holds the text")
    parser.add_argument("--id-column", metavar="NAME", help="column or field that holds the article's id")


def review_command(options: argparse.Namespace) -> int:
    """Run the command; return its exit status."""
    from rich.console import Console

    from model.articles import find_inputs
    from model.console import counted
    from model.corrections import Correction, append_correction, check_corrections
    from model.errors import InputError
    from model.predictor import Predictor
    from model.records import Reading

    if "-" in options.inputs:
        raise InputError("-: review reads its answers from standard input; give the articles as files")
    files = find_inputs(options.inputs)
    answered = {(each.article, each.sentence) for each in check_corrections(options.corrections)}
    predictor = Predictor.load(options.artifact)
    console, count = Console(highlight=False), 0
    console.print(_HELP)
    for question in _questions(files, Reading(options.text_column, options.id_column), predictor, every=options.all):
        place = (question.article, question.prediction.sentence)
        if place in answered:
            continue
        answered.add(place)
        labels = _asked(console, question)
        if labels is None:
            break
        if labels != _SKIP:
            given = question.prediction.labels
            append_correction(options.corrections, Correction.now(predictor.manifest.name, *place, given, labels))
            count += 1
    console.print(f"{counted(count, 'answer')} added to {options.corrections}")
    return 0


def _questions(files: list[str], reading: Reading, predictor: Predictor, *, every: bool) -> Iterator[_Question]:
    """Yield the sentences to be asked about."""
    from model.articles import read_articles
    from model.batch import classify_articles
    from model.records import Article

    def readable() -> Iterator[Article]:
        for record in read_articles(files, reading):
            if isinstance(record, Article):
                yield record
            else:
                print(f"classify-news: {record}", file=sys.stderr)

    for article in classify_articles(readable(), predictor):
        yield from _of_article(article, every=every)


def _of_article(article: LabelledArticle, *, every: bool) -> Iterator[_Question]:
    texts = ["", *(prediction.sentence for prediction in article.predictions), ""]
    for index, prediction in enumerate(article.predictions):
        if every or not prediction.decided:
            yield _Question(article.id, texts[index], prediction, texts[index + 2])


def _asked(console: Console, question: _Question) -> tuple[str, ...] | None:
    """Ask about a sentence; return the right labels, `_SKIP`, or None to stop."""
    from rich.text import Text

    prediction = question.prediction
    console.print()
    console.print(Text(question.article, style="dim"))
    for text, style in ((question.before, "dim"), (prediction.sentence, "bold"), (question.after, "dim")):
        if text:
            console.print(Text(text, style=style))
    figures = ", ".join(f"{label} {prediction.probabilities[label]:.2f}" for label in LABELS)
    console.print(f"{join_labels(prediction.labels)}  ({figures})")
    while True:
        try:
            answer = input("> ").strip().lower()
        except EOFError:
            return None
        if answer == "q":
            return None
        if answer in ("", "n", "s"):
            return {"": prediction.labels, "n": (), "s": _SKIP}[answer]
        if set(answer) <= _KEYS.keys():
            return tuple(label for label in LABELS if label[0] in answer)
        console.print(_HELP)
