"""Pick the sentences of new articles most worth labelling: ``python -m training.suggest INPUT... --output FILE``.

The file opens in Label Studio (``.json``, ``.csv``; set the project up with ``docs/labelstudio.xml``), in doccano
(``.jsonl``) or in a spreadsheet (``.csv``). What comes back is read by `training.annotations`.
"""

from __future__ import annotations

import argparse
import csv
import io
import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice
from pathlib import Path
from typing import Any

from model.articles import find_inputs, read_articles
from model.columns import Columns
from model.console import counted, run_command
from model.errors import InputError
from model.files import write_whole
from model.formats import FORMATS
from model.labels import CHOICES, LABELS, NONE
from model.predictor import Predictor
from model.records import Article, Reading
from training.annotations import CONTROL, OBJECT, read_annotations
from training.inputs import articles_only, check_output, say_on_stderr
from training.seeds import load_seeds
from training.selection import Pool, uncertainty

__all__ = ["FIELDS", "main", "suggest"]

_NAME = "training.suggest"
_AT_ONCE = 64
_ENDINGS = (".csv", ".jsonl", ".json")

FIELDS: tuple[str, ...] = (
    "id",
    "article",
    "sentence_index",
    "start",
    "end",
    "before",
    "text",
    "after",
    "label",
    *(f"p_{label}" for label in LABELS),
    "uncertainty",
)
"""The fields of a pick; `before` and `after` are its neighbours, `label` holds the labels that the model gave."""

Row = dict[str, Any]


def main(arguments: list[str] | None = None) -> int:
    """Run the command; return its exit status."""
    parser = argparse.ArgumentParser(f"python -m {_NAME}", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("inputs", nargs="+", metavar="INPUT", help="articles, as classify-news predict reads them")
    parser.add_argument("--output", type=Path, required=True, metavar="FILE", help=f"{', '.join(_ENDINGS)}")
    parser.add_argument("--count", type=_count, default=200, metavar="N", help="sentences to pick (default: 200)")
    parser.add_argument("--artifact", metavar="DIR", help="model folder (the shipped model if not given)")
    parser.add_argument(
        "--also", type=Path, action="append", default=[], metavar="FILE", help="leave out what is labelled in this file"
    )
    parser.add_argument("--seeds", type=Path, metavar="DIR", help="leave out what stands in these seeds")
    parser.add_argument("--text-column", metavar="NAME", help="column or field that holds the text")
    parser.add_argument("--id-column", metavar="NAME", help="column or field that holds the article's id")
    options = parser.parse_args(arguments)
    return run_command(_NAME, lambda: _run(options))


def _count(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} isn't a number of sentences")
    return int(text)


def _run(options: argparse.Namespace) -> None:
    check_output(options.output, _ENDINGS)
    files = find_inputs(options.inputs, [options.output])
    known = [each.sentence for file in options.also for each in read_annotations(file)]
    if options.seeds:
        known += load_seeds(options.seeds).sentences
    predictor = Predictor.load(options.artifact)
    reading = Reading(options.text_column, options.id_column, say=say_on_stderr(_NAME))
    articles = articles_only(read_articles(files, reading), reading)
    first = next(articles, None)
    if first is None:
        raise InputError("no article could be read")
    rows = suggest(chain([first], articles), predictor, options.count, known)
    with write_whole(options.output) as file:
        file.write(_WRITERS[options.output.suffix.lower()](rows, predictor.manifest.name))
    fewer = "" if len(rows) == options.count else f"; no more are left of the {options.count} asked for"
    reading.say(f"{counted(len(rows), 'sentence')} written to {options.output}{fewer}")


def suggest(articles: Iterable[Article], predictor: Predictor, count: int, known: Sequence[str] = ()) -> list[Row]:
    """Pick sentences, the best pick first.

    Parameters
    ----------
    articles
        New articles, read one batch after the other; memory doesn't grow with their number.
    predictor
        Labels them, each sentence in its article.
    count
        How many to pick at most; see `training.selection`.
    known
        Sentences that are labelled already; they and their near-copies are left out.

    Returns
    -------
    Rows with the fields of `FIELDS`, `label` as a list.
    """
    pool: Pool[Row] = Pool(count, known)
    source = iter(articles)
    while some := list(islice(source, _AT_ONCE)):
        columns = predictor.predict_columns(article.text for article in some)
        values = uncertainty(columns.verdicts.probabilities, predictor.manifest.in_context)
        places = list(_places([article.id for article in some], columns))
        for number in pool.admitted(values):
            row = _row(number, *places[number], columns) | {"uncertainty": round(float(values[number]), 6)}
            pool.offer(float(values[number]), columns.texts[number], row)
    return pool.pick()


def _places(articles: list[str], columns: Columns) -> Iterator[tuple[str, range]]:
    """Yield for each sentence the id of its article, and the numbers of all sentences in that."""
    return chain.from_iterable(
        [(article, range(start, end))] * (end - start)
        for article, (start, end) in zip(articles, columns.places(), strict=True)
    )


def _row(number: int, article: str, article_range: range, columns: Columns) -> Row:
    texts, verdicts = columns.texts, columns.verdicts
    index = number - article_range.start
    start, end = columns.spans[number]
    return {
        "id": f"{article}#{index}",
        "article": article,
        "sentence_index": index,
        "start": start,
        "end": end,
        "before": texts[number - 1] if number - 1 in article_range else "",
        "text": texts[number],
        "after": texts[number + 1] if number + 1 in article_range else "",
        "label": list(CHOICES[verdicts.choice[number]]),
    } | {f"p_{label}": round(float(verdicts.probabilities[number, column]), 6) for column, label in enumerate(LABELS)}


def _csv(rows: list[Row], _: str) -> str:
    header = io.StringIO(newline="")
    csv.writer(header).writerow(FIELDS)
    return header.getvalue() + FORMATS[".csv"].encode(FIELDS, rows).decode()


def _jsonl(rows: list[Row], _: str) -> str:
    return FORMATS[".jsonl"].encode(FIELDS, rows).decode()


def _label_studio(rows: list[Row], model: str) -> str:
    """Write tasks with the model's labels as predictions, which Label Studio shows as already chosen."""
    tasks = [
        {
            "data": row,
            "predictions": [
                {
                    "model_version": model,
                    "result": [
                        {
                            "from_name": CONTROL,
                            "to_name": OBJECT,
                            "type": "choices",
                            "value": {"choices": row["label"] or [NONE]},
                        }
                    ],
                }
            ],
        }
        for row in rows
    ]
    return json.dumps(tasks, ensure_ascii=False, indent=1) + "\n"


_WRITERS = {".csv": _csv, ".jsonl": _jsonl, ".json": _label_studio}


if __name__ == "__main__":
    sys.exit(main())
