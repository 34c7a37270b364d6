"""Label one part of a job, and keep what came of it: the unit that is never done twice."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from model.batch import LabelledArticle, classify_articles
from model.files import write_bytes_whole
from model.formats import format_of
from model.labels import LABELS
from model.prediction import FIELDS, Prediction
from model.predictor import Predictor
from model.records import Article, BadRecord, Record
from model.report_page import article_html
from model.summary import article_row, sketch

__all__ = ["Filter", "Labelled", "Part", "Plan", "cut_into_parts"]

_CHARACTERS = 1 << 18
_RECORDS = 1000


@dataclass(frozen=True)
class Filter:
    """Which sentences get a row.

    Attributes
    ----------
    only
        One of these labels must hold; all four if empty.
    minimum_probability
        One of the labels that hold (of `only`, if given) must have at least this probability.
    include_none
        Keep sentences without a label, too, though one of the others is set.
    """

    only: tuple[str, ...] = ()
    minimum_probability: float = 0.0
    include_none: bool = False

    def keeps(self, prediction: Prediction) -> bool:
        """Tell whether the sentence gets a row."""
        if not prediction.labels:
            return self.include_none or not (self.only or self.minimum_probability)
        wanted = [label for label in prediction.labels if not self.only or label in self.only]
        return any(prediction.probabilities[label] >= self.minimum_probability for label in wanted)


@dataclass(frozen=True)
class Labelled:
    """What came of a part: the content of its files, and notes on it as JSON."""

    number: int
    files: Mapping[str, bytes]
    notes: bytes
    sentences: int


@dataclass(frozen=True)
class Plan:
    """What is made of every part.

    Attributes
    ----------
    folder
        Where parts are kept until they are joined.
    rows
        The file of rows that is wanted in the end, if any; its ending is the format.
    html
        Whether a report is wanted.
    filter
        Which sentences get a row.
    """

    folder: Path
    rows: Path | None
    html: bool
    filter: Filter

    def file(self, number: int, kind: str) -> Path:
        """Return the file of a part: ``rows``, ``html`` or ``json``."""
        return self.folder / f"{number:08d}.{kind}"

    def keep(self, labelled: Labelled) -> int:
        """Write a part's files, the JSON last: a part whose JSON is there is done. Return its number of sentences."""
        for kind, content in (*labelled.files.items(), ("json", labelled.notes)):
            with write_bytes_whole(self.file(labelled.number, kind)) as file:
                file.write(content)
        return labelled.sentences


@dataclass(frozen=True)
class Part:
    """Some records of the input, in order."""

    number: int
    records: tuple[Record, ...]

    def digest(self) -> str:
        """Return a hash of the content, which tells whether the input has changed."""
        state = hashlib.blake2b(digest_size=16)
        for record in self.records:
            state.update(repr(record).encode("utf-8", "surrogatepass"))
        return state.hexdigest()

    def labelled(self, plan: Plan, predictor: Predictor) -> Labelled:
        """Label the articles and return what is kept of them."""
        articles = list(classify_articles((r for r in self.records if isinstance(r, Article)), predictor))
        rows = list(_rows(articles, plan.filter))
        files = {}
        if plan.rows:
            files["rows"] = format_of(plan.rows).encode(FIELDS, rows)
        if plan.html:
            files["html"] = "".join(article_html(article, predictor) for article in articles).encode()
        notes = {"digest": self.digest()} | self._summary(articles, len(rows))
        return Labelled(self.number, files, json.dumps(notes).encode(), notes["sentences"])

    def _summary(self, articles: Sequence[LabelledArticle], rows: int) -> dict[str, Any]:
        bad = [record for record in self.records if isinstance(record, BadRecord)]
        predictions = [prediction for article in articles for prediction in article.predictions]
        return {
            "rows": rows,
            "sentences": len(predictions),
            "undecided": sum(not prediction.decided for prediction in predictions),
            "labels": {label: sum(label in prediction.labels for prediction in predictions) for label in LABELS},
            "articles": [article_row(article) | {"sketch": sketch(article)} for article in articles],
            "errors": [{"file": each.file, "line": each.line, "reason": each.reason} for each in bad],
        }


def cut_into_parts(records: Iterable[Record]) -> Iterator[Part]:
    """Cut a stream of records into parts, the same for the same records."""
    number, size, some = 0, 0, list[Record]()
    for record in records:
        some.append(record)
        size += len(record.text) if isinstance(record, Article) else 0
        if size >= _CHARACTERS or len(some) >= _RECORDS:
            yield Part(number, tuple(some))
            number, size, some = number + 1, 0, []
    if some:
        yield Part(number, tuple(some))


def _rows(articles: Iterable[LabelledArticle], keep: Filter) -> Iterator[dict[str, Any]]:
    for article in articles:
        for index, prediction in enumerate(article.predictions):
            if keep.keeps(prediction):
                yield prediction.row(article.id, index)
