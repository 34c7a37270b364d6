"""CSV, JSON Lines and Parquet, written in parts that are joined at the end."""

from __future__ import annotations

import csv
import io
import json
import shutil
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter
from pathlib import Path
from typing import Any, BinaryIO, Protocol

from model.errors import InputError
from model.labels import join_labels

__all__ = ["FORMATS", "Format", "format_of"]

Row = Mapping[str, Any]
_TOUCHED = (str, list)
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


class Format(Protocol):
    """How rows become a file."""

    def encode(self, fields: Sequence[str], rows: Sequence[Row]) -> bytes:
        """Return a part: rows whose keys are `fields`."""
        ...

    def join(self, fields: Sequence[str], parts: Iterable[Path], out: BinaryIO) -> None:
        """Write a whole file from parts, in order."""
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

    def join(self, fields: Sequence[str], parts: Iterable[Path], out: BinaryIO) -> None:
        """Write a header and the parts."""
        header = io.StringIO(newline="")
        csv.writer(header).writerow(fields)
        out.write(header.getvalue().encode())
        _append(parts, out)


@dataclass(frozen=True)
class JsonLines:
    """One object a line, the text as it is."""

    def encode(self, fields: Sequence[str], rows: Sequence[Row]) -> bytes:
        """Return lines."""
        lines = (json.dumps({name: row[name] for name in fields}, ensure_ascii=False) + "\n" for row in rows)
        return "".join(lines).encode()

    def join(self, fields: Sequence[str], parts: Iterable[Path], out: BinaryIO) -> None:  # noqa: ARG002 - as the others
        """Write the parts."""
        _append(parts, out)


@dataclass(frozen=True)
class Parquet:
    """A row group a part; needs pyarrow."""

    def encode(self, fields: Sequence[str], rows: Sequence[Row]) -> bytes:
        """Return a Parquet file of one row group."""
        import pyarrow as pa
        import pyarrow.parquet as pq

        schema = pa.schema([(name, _parquet_type(pa, name)) for name in fields])
        buffer = io.BytesIO()
        pq.write_table(pa.Table.from_pylist([dict(row) for row in rows], schema=schema), buffer, compression="zstd")
        return buffer.getvalue()

    def join(self, fields: Sequence[str], parts: Iterable[Path], out: BinaryIO) -> None:
        """Copy the row groups, one in memory at a time."""
        import pyarrow as pa
        import pyarrow.parquet as pq

        schema = pa.schema([(name, _parquet_type(pa, name)) for name in fields])
        with pq.ParquetWriter(out, schema, compression="zstd") as writer:
            for part in parts:
                writer.write_table(pq.read_table(part))


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


def _cell(value: Any) -> Any:
    if isinstance(value, list):
        return join_labels(value)
    if isinstance(value, str) and value.startswith(_FORMULA):
        return "'" + value
    return value


def _append(parts: Iterable[Path], out: BinaryIO) -> None:
    for part in parts:
        with part.open("rb") as stream:
            shutil.copyfileobj(stream, out, 1 << 20)


def _parquet_type(pa: Any, name: str) -> Any:
    """Type of a column, told by its name."""
    if name == "labels":
        return pa.list_(pa.string())
    if name in ("decided", "on_topic"):
        return pa.bool_()
    if name in ("sentence_index", "start", "end", "sentences") or name.startswith("n_"):
        return pa.int64()
    return pa.float64() if name.startswith("p_") or name == "share_undecided" else pa.string()
