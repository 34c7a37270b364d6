"""Which sentences two models label differently: ``python -m training.diff A B --corpus INPUT...``."""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import nullcontext
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from model.articles import find_inputs, read_articles
from model.console import run_command
from model.errors import InputError
from model.files import write_bytes_whole
from model.labels import LABELS
from model.predictor import Predictor
from model.records import Article, Reading
from training.inputs import articles_only, check_output, say_on_stderr
from training.side_by_side import Difference, print_differences, write_header, write_rows

__all__ = ["Tally", "flips", "main"]

_NAME = "training.diff"
_AT_ONCE = 64


@dataclass
class Tally:
    """How many articles and sentences were compared, and how often B gives a label that A doesn't, and the reverse."""

    articles: int = 0
    sentences: int = 0
    flipped: int = 0
    gained: Counter[str] = field(default_factory=Counter)
    lost: Counter[str] = field(default_factory=Counter)

    def __str__(self) -> str:
        counts = ", ".join(f"{label} +{self.gained[label]} -{self.lost[label]}" for label in LABELS)
        return f"{self.flipped} of {self.sentences} sentences in {self.articles} articles differ; from A to B: {counts}"


def main(arguments: list[str] | None = None) -> int:
    """Run the command; return its exit status."""
    parser = argparse.ArgumentParser(f"python -m {_NAME}", description=__doc__)
    parser.add_argument("a", metavar="A", help="model folder")
    parser.add_argument("b", metavar="B", help="the other one")
    parser.add_argument("--corpus", nargs="+", required=True, metavar="INPUT", help="as classify-news predict reads")
    parser.add_argument("--output", type=Path, metavar="FILE.csv", help="write the differences")
    parser.add_argument("--text-column", metavar="NAME", help="column or field that holds the text")
    parser.add_argument("--id-column", metavar="NAME", help="column or field that holds the article's id")
    options = parser.parse_args(arguments)
    return run_command(_NAME, lambda: _run(options))


def _run(options: argparse.Namespace) -> None:
    output: Path | None = options.output
    if output:
        check_output(output, (".csv",))
    files = find_inputs(options.corpus, [output] if output else [])
    models = (Predictor.load(options.a), Predictor.load(options.b))
    reading = Reading(options.text_column, options.id_column, say=say_on_stderr(_NAME))
    tally = Tally()
    with write_bytes_whole(output) if output else nullcontext() as out:
        if out:
            write_header(out)
        for differences in flips(models, articles_only(read_articles(files, reading), reading), tally):
            print_differences(differences, (options.a, options.b))
            if out:
                write_rows(out, differences)
        if not tally.articles:
            raise InputError("no article could be read")
    print(tally)


def flips(models: tuple[Predictor, Predictor], articles: Iterable[Article], tally: Tally) -> Iterator[list[Difference]]:
    """Yield the sentences that two models label differently in context, batch by batch, in order.

    Parameters
    ----------
    models
        A and B.
    articles
        What to label.
    tally
        Is added to.
    """
    source = iter(articles)
    while some := list(islice(source, _AT_ONCE)):
        first, second = (model.predict_articles(article.text for article in some) for model in models)
        differences = []
        for article, one, other in zip(some, first, second, strict=True):
            tally.articles += 1
            for a, b in zip(one.predictions, other.predictions, strict=True):
                tally.sentences += 1
                if a.labels != b.labels:
                    tally.flipped += 1
                    tally.gained.update(set(b.labels) - set(a.labels))
                    tally.lost.update(set(a.labels) - set(b.labels))
                    differences.append(Difference(article.id, a.sentence, a.labels, b.labels))
        yield differences


if __name__ == "__main__":
    sys.exit(main())
