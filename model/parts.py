"""Label one part of a job, and keep what came of it: the unit that is never done twice."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np

from model.columns import Flags, Verdicts
from model.formats import format_of
from model.labels import LABELS
from model.predictor import Predictor
from model.records import Article, BadRecord, Record
from model.report_page import article_html
from model.summary import article_rows, sketches

__all__ = ["Filter", "Labelled", "Part", "Plan", "cut_into_parts"]

_CHARACTERS = 1 << 20
_END = b"\0"
_RECORDS = 4000
_OF_ARTICLE = len(fields(Article))


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

    def keeps(self, verdicts: Verdicts) -> Flags:
        """Tell which sentences get a row, shape (n,)."""
        wanted = [not self.only or label in self.only for label in LABELS]
        found = (verdicts.holds & wanted & (verdicts.probabilities >= self.minimum_probability)).any(axis=1)
        if self.include_none or not (self.only or self.minimum_probability):
            found = found | ~verdicts.holds.any(axis=1)
        return np.asarray(found)


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
    rows, articles, html
        The files that are wanted in the end, each if wanted: rows, a row for each article, a report.
    filter
        Which sentences get a row.
    """

    folder: Path
    rows: Path | None
    articles: Path | None
    html: Path | None
    filter: Filter

    def file(self, number: int, kind: str) -> Path:
        """Return the file of a part: ``rows``, ``html`` or ``json``."""
        return self.folder / f"{number:08d}.{kind}"

    def keep(self, labelled: Labelled) -> int:
        """Write a part's files, the JSON last, and whole. Return its number of sentences.

        Nothing is forced to the disk, which would take longer than the labels: `notes` sees what a power cut lost.
        """
        for kind, content in labelled.files.items():
            self.file(labelled.number, kind).write_bytes(content)
        unnamed = self.file(labelled.number, "new")
        unnamed.write_bytes(labelled.notes)
        unnamed.replace(self.file(labelled.number, "json"))
        return labelled.sentences

    def notes(self, number: int) -> dict[str, Any] | None:
        """Return the notes on a part that is done, None for one that isn't, or whose files are not as they were."""
        try:
            notes = json.loads(self.file(number, "json").read_bytes())
            whole = all(_check(self.file(number, kind).read_bytes()) == check for kind, check in notes["files"].items())
        except (FileNotFoundError, ValueError):
            return None
        return dict(notes) if whole else None


def _check(content: bytes) -> list[int]:
    return [len(content), zlib.crc32(content)]


@dataclass(frozen=True)
class Part:
    """Some records of the input, in order."""

    number: int
    records: tuple[Record, ...]

    def __reduce__(self) -> tuple[Any, ...]:
        """Travel to another process as plain tuples, which is faster."""
        return _part, (self.number, [tuple(vars(record).values()) for record in self.records])

    def digest(self) -> str:
        """Return a checksum of the content, which tells whether the input has changed."""
        length, checksum = 0, 0
        for record in self.records:
            for each in map(str, vars(record).values()):
                content = each.encode("utf-8", "surrogatepass")
                length, checksum = length + len(content), zlib.crc32(content, zlib.crc32(_END, checksum))
        return f"{length}:{checksum:08x}"

    def labelled(self, plan: Plan, predictor: Predictor) -> Labelled:
        """Label the articles and return what is kept of them."""
        articles = [record for record in self.records if isinstance(record, Article)]
        names = [article.id for article in articles]
        columns = predictor.predict_columns(article.text for article in articles)
        keep = plan.filter.keeps(columns.verdicts)
        files = {}
        if plan.rows:
            files["rows"] = format_of(plan.rows).encode_sentences(names, columns, keep)
        if plan.html:
            sentences = zip(articles, columns.predictions(), strict=True)
            files["html"] = "".join(article_html(*article, predictor) for article in sentences).encode()
        verdicts = columns.verdicts
        notes = {
            "digest": self.digest(),
            "files": {kind: _check(content) for kind, content in files.items()},
            "rows": int(keep.sum()),
            "sentences": len(columns.texts),
            "undecided": int((~verdicts.decided).sum()),
            "labels": dict(zip(LABELS, verdicts.holds.sum(axis=0).tolist(), strict=True)),
            "articles": len(articles),
            "article_rows": article_rows(names, columns) if plan.articles else [],
            "sketches": sketches(columns) if plan.articles else [],
            "errors": [asdict(record) for record in self.records if isinstance(record, BadRecord)],
        }
        return Labelled(self.number, files, json.dumps(notes).encode(), len(columns.texts))


def _part(number: int, records: list[tuple[Any, ...]]) -> Part:
    return Part(number, tuple(Article(*each) if len(each) == _OF_ARTICLE else BadRecord(*each) for each in records))


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
