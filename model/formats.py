"""CSV, JSON Lines and Parquet, written in parts that are joined at the end."""

from __future__ import annotations

import csv
import io
import json
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from functools import partial
from operator import itemgetter
from pathlib import Path
from typing import Any, BinaryIO, Protocol

import numpy as np

from model.columns import Columns, Flags
from model.errors import InputError
from model.labels import CHOICES, NAMES, join_labels
from model.prediction import FIELDS

try:
    from model._rows import encode_rows
except ImportError:  # no C compiler when the package was installed
    encode_rows = None  # type: ignore[assignment]

__all__ = ["FORMATS", "Format", "RowStyle", "format_of", "rows"]

Row = Mapping[str, Any]
_TOUCHED = (str, list)
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True)
class RowStyle:
    """How the compiled writer writes a row; everything but text and numbers, as bytes.

    Attributes
    ----------
    json
        Whether strings are written as JSON has them, and not as CSV.
    before, end
        What stands before each field of `FIELDS`, and after the last one.
    decided, labels, choices
        How False and True, each primary label, and each of `CHOICES` are written.
    """

    json: bool
    before: list[bytes]
    end: bytes
    decided: list[bytes]
    labels: list[bytes]
    choices: list[bytes]


_CSV = RowStyle(
    json=False,
    before=[b"", *[b","] * (len(FIELDS) - 1)],
    end=b"\r\n",
    decided=[b"False", b"True"],
    labels=[name.encode() for name in NAMES],
    choices=[join_labels(names).encode() for names in CHOICES],
)
_JSON_LINES = RowStyle(
    json=True,
    before=[f'{", " if number else "{"}"{name}": '.encode() for number, name in enumerate(FIELDS)],
    end=b"}\n",
    decided=[b"false", b"true"],
    labels=[json.dumps(name).encode() for name in NAMES],
    choices=[json.dumps(names).encode() for names in CHOICES],
)


class Format(Protocol):
    """How rows become a file."""

    def encode(self, fields: Sequence[str], rows: Sequence[Row]) -> bytes:
        """Return a part: rows whose keys are `fields`."""
        ...

    def encode_sentences(self, articles: list[str], columns: Columns, keep: Flags) -> bytes:
        """Return a part: the rows of sentences, those that are kept, given the articles' ids."""
        ...

    def joining(self, fields: Sequence[str], out: BinaryIO) -> AbstractContextManager[Callable[[Path], None]]:
        """Begin a whole file; the function that is yielded adds a part."""
        ...


@dataclass(frozen=True)
class Csv:
    """Lists are joined by ``;``, ``none`` where empty; text that a spreadsheet would run gets an apostrophe."""

    def encode(self, fields: Sequence[str], rows: Sequence[Row]) -> bytes:
        """Return lines without a header."""
        buffer = io.StringIO(newline="")
        values = itemgetter(*fields)
        csv.writer(buffer).writerows(
            [_cell(value) if type(value) in _TOUCHED else value for value in values(row)] for row in rows
        )
        return buffer.getvalue().encode()

    def encode_sentences(self, articles: list[str], columns: Columns, keep: Flags) -> bytes:
        """Return lines without a header."""
        if encode_rows is None:
            return self.encode(FIELDS, rows(articles, columns, keep))
        return encode_rows(_CSV, articles, columns, keep)

    @contextmanager
    def joining(self, fields: Sequence[str], out: BinaryIO) -> Iterator[Callable[[Path], None]]:
        """Write a header, then the parts."""
        header = io.StringIO(newline="")
        csv.writer(header).writerow(fields)
        out.write(header.getvalue().encode())
        yield partial(_append, out)


@dataclass(frozen=True)
class JsonLines:
    """One object a line, the text as it is."""

    def encode(self, fields: Sequence[str], rows: Sequence[Row]) -> bytes:
        """Return lines."""
        lines = (json.dumps({name: row[name] for name in fields}, ensure_ascii=False) + "\n" for row in rows)
        return "".join(lines).encode()

    def encode_sentences(self, articles: list[str], columns: Columns, keep: Flags) -> bytes:
        """Return lines."""
        if encode_rows is None:
            return self.encode(FIELDS, rows(articles, columns, keep))
        return encode_rows(_JSON_LINES, articles, columns, keep)

    @contextmanager
    def joining(self, fields: Sequence[str], out: BinaryIO) -> Iterator[Callable[[Path], None]]:  # noqa: ARG002 - as the others
        """Write the parts."""
        yield partial(_append, out)


@dataclass(frozen=True)
class Parquet:
    """A row group a part; needs pyarrow."""

    def encode(self, fields: Sequence[str], rows: Sequence[Row]) -> bytes:
        """Return a Parquet file of one row group."""
        import pyarrow as pa
        import pyarrow.parquet as pq

        buffer = io.BytesIO()
        table = pa.Table.from_pylist([dict(row) for row in rows], schema=_schema(fields))
        pq.write_table(table, buffer, compression="none")
        return buffer.getvalue()

    def encode_sentences(self, articles: list[str], columns: Columns, keep: Flags) -> bytes:
        """Return a Parquet file of one row group."""
        import pyarrow as pa
        import pyarrow.parquet as pq

        verdicts = columns.verdicts
        starts, ends = np.array(columns.spans, dtype=np.int64).reshape(-1, 2).T
        index = np.concatenate([np.arange(size) for size in columns.sizes] or [np.arange(0)])
        values = [
            pa.array(articles, pa.string()).take(pa.array(np.repeat(np.arange(len(articles)), columns.sizes))),
            *(pa.array(column) for column in (index, starts, ends)),
            pa.array(columns.texts, pa.string()),
            pa.array(NAMES).take(pa.array(verdicts.primary)),
            pa.array(CHOICES, pa.list_(pa.string())).take(pa.array(verdicts.choice)),
            pa.array(verdicts.decided),
            *(pa.array(column) for column in (verdicts.millionths() / 1_000_000).T),
        ]
        table = pa.table(values, schema=_schema(FIELDS)).filter(pa.array(keep))
        buffer = io.BytesIO()
        pq.write_table(table, buffer, compression="none")
        return buffer.getvalue()

    @contextmanager
    def joining(self, fields: Sequence[str], out: BinaryIO) -> Iterator[Callable[[Path], None]]:
        """Copy the row groups, one in memory at a time, and compress them."""
        import pyarrow.parquet as pq

        with pq.ParquetWriter(out, _schema(fields), compression="zstd") as writer:
            yield lambda part: writer.write_table(pq.read_table(part))


FORMATS: dict[str, Format] = {".csv": Csv(), ".jsonl": JsonLines(), ".parquet": Parquet()}


def format_of(path: Path) -> Format:
    """Return the format that a file's ending names.

    Raises
    ------
    InputError
        If it names none.
    """
    if path.suffix.lower() not in FORMATS:
        *others, last = FORMATS
        raise InputError(f"{path}: unknown ending {path.suffix!r}; use {', '.join(others)} or {last}")
    return FORMATS[path.suffix.lower()]


def rows(articles: list[str], columns: Columns, keep: Flags) -> list[Row]:
    """Return the rows of sentences, those that are kept, given the articles' ids."""
    wanted = iter(keep.tolist())
    return [
        prediction.row(article, index)
        for article, predictions in zip(articles, columns.predictions(), strict=True)
        for index, prediction in enumerate(predictions)
        if next(wanted)
    ]


def _cell(value: Any) -> Any:
    if isinstance(value, list):
        return join_labels(value)
    if isinstance(value, str) and value.startswith(_FORMULA):
        return "'" + value
    return value


def _append(out: BinaryIO, part: Path) -> None:
    with part.open("rb") as stream:
        shutil.copyfileobj(stream, out, 1 << 20)


def _schema(fields: Sequence[str]) -> Any:
    import pyarrow as pa

    return pa.schema([(name, _parquet_type(pa, name)) for name in fields])


def _parquet_type(pa: Any, name: str) -> Any:
    """Type of a column, told by its name."""
    if name == "labels":
        return pa.list_(pa.string())
    if name in ("decided", "on_topic"):
        return pa.bool_()
    if name in ("sentence_index", "start", "end", "sentences") or name.startswith("n_"):
        return pa.int64()
    return pa.float64() if name.startswith("p_") or name == "share_undecided" else pa.string()
