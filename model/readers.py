"""Read one input, whatever its format: text, Markdown, HTML, CSV, TSV, JSONL, Parquet, compressed or not."""

from __future__ import annotations

import csv
import io
import json
import shutil
import tempfile
from collections.abc import Callable, Iterator
from itertools import chain
from pathlib import Path
from typing import Any

from model.encoding import decode_text, is_utf16, is_writable, looks_garbled
from model.errors import InputError
from model.records import Article, BadRecord, Reading, Record, choose_columns
from model.streams import BROKEN, bounded_lines, open_bytes

__all__ = ["COMPRESSED", "KINDS", "read_input"]

KINDS: dict[str, str] = {
    **dict.fromkeys((".txt", ".text", ".md", ".markdown"), "text"),
    **dict.fromkeys((".html", ".htm", ".xhtml"), "html"),
    ".csv": "csv",
    ".tsv": "tsv",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".parquet": "parquet",
}
"""Format by ending; other files given by name are taken for text, HTML or Parquet by their content."""

COMPRESSED = frozenset({".gz", ".bz2", ".xz", ".zst"})
_OTHERS = {b"%PDF": "a PDF", b"PK\x03\x04": "a zip or Word file", b"\xd0\xcf\x11\xe0": "an old Word or Excel file"}
_BATCH = 64
_decode_json = json.JSONDecoder().decode
_START = 1000
_SWALLOWED = 2


def read_input(path: Path | None, name: str, reading: Reading) -> Iterator[Record]:
    """Yield the records of one file, or of standard input where `path` is None.

    Nothing that a file holds raises an error: what can't be read is a `BadRecord`.
    """
    empty = True
    try:
        with open_bytes(path, reading.meter) as stream:
            table = bool(reading.text_column or reading.id_column)
            kind = _kind(name, stream.peek(_START), table=table)
            for record in _READERS[kind](stream, name, reading):
                empty = False
                yield record
        if empty:
            yield BadRecord(name, None, "holds no record")
    except InputError as error:
        yield BadRecord(name, None, str(error))
    except BROKEN as error:
        reason = getattr(error, "strerror", None) or str(error) or "ends too early"
        yield BadRecord(name, None, f"can't be read ({reason})")


def _kind(name: str, start: bytes, *, table: bool) -> str:
    """Tell the format by the ending, or else by the content; `table` says that columns were named."""
    path = Path(name)
    suffix = (Path(path.stem) if path.suffix.lower() in COMPRESSED else path).suffix.lower()
    if suffix in KINDS:
        return KINDS[suffix]
    for magic, what in _OTHERS.items():
        if start.startswith(magic):
            raise InputError(f"is {what}, which isn't read; save it as text")
    if start.startswith(b"PAR1"):
        return "parquet"
    head = start.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if head.startswith((b"<!doctype html", b"<html")):
        return "html"
    if head.startswith(b'{"'):
        return "jsonl"
    if head.startswith((b'[{"', b"[ {", b"[\n")) and suffix == ".json":
        raise InputError("is one JSON array, which isn't read; write one object a line (.jsonl)")
    return "csv" if table else "text"


def _whole(stream: io.BufferedReader, name: str, reading: Reading) -> str:
    parts, size = [], 0
    while part := stream.read(min(1 << 16, reading.limit + 1 - size)):
        parts.append(part)
        size += len(part)
    if size > reading.limit:
        raise InputError(reading.too_long())
    return decode_text(b"".join(parts), lambda warning: reading.say(f"{name}: {warning}"))


def _text(stream: io.BufferedReader, name: str, reading: Reading) -> Iterator[Record]:
    yield Article(name, _whole(stream, name, reading))


def _html(stream: io.BufferedReader, name: str, reading: Reading) -> Iterator[Record]:
    import trafilatura

    page = _whole(stream, name, reading)
    try:
        found: Any = trafilatura.bare_extraction(page, include_comments=False, with_metadata=True)
    except Exception as error:  # noqa: BLE001 - whatever another library's parser raises is this page's fault
        raise InputError(f"not readable as HTML ({error})") from None
    body = (found.text or "").strip() if found else ""
    if not body:
        raise InputError("no article found in this HTML")
    title = (found.title or "").strip()
    yield Article(name, body if not title or body.startswith(title) else f"{title}\n\n{body}")


def _lines(stream: io.BufferedReader, name: str, reading: Reading) -> Iterator[tuple[int, str | BadRecord]]:
    """Yield each line, decoded, with its number; a warning is given once a file."""
    wide = is_utf16(stream.peek(_START))
    said: set[str] = set()
    number = 0

    def warn(warning: str) -> None:
        if warning not in said:
            said.add(warning)
            reading.say(f"{name}:{number}: {warning}, as may be other lines")

    if wide:
        with io.TextIOWrapper(stream, wide, newline="") as text:
            for number, line in enumerate(text, 1):
                if len(line) > reading.limit:
                    raise InputError(reading.too_long())
                yield number, line.lstrip("\ufeff")
        return
    for number, data in bounded_lines(stream, reading.limit):
        if data is None:
            yield number, BadRecord(name, number, reading.too_long())
            continue
        try:
            yield number, decode_text(data, warn)
        except InputError as error:
            yield number, BadRecord(name, number, str(error))


class _Rows:
    """Lines for the csv module, which count themselves, set bad ones aside, and can be given back."""

    def __init__(self, lines: Iterator[tuple[int, str | BadRecord]]) -> None:
        self._lines = lines
        self.number = 0
        self.bad: list[BadRecord] = []
        self.taken: list[tuple[int, str]] = []

    def __iter__(self) -> _Rows:
        return self

    def __next__(self) -> str:
        for number, line in self._lines:
            self.number = number
            if isinstance(line, str):
                self.taken.append((number, line))
                return line
            self.bad.append(line)
        raise StopIteration

    def give_back(self) -> None:
        """Let all lines that were taken but the first be taken again."""
        self._lines = chain(self.taken[1:], self._lines)

    def hold_records(self, delimiter: str, columns: int) -> bool:
        """Tell whether the lines after the first look like records of their own, swallowed by an open quotation mark.

        That is so if there are several, and each but the last, where the next quotation mark stands, has the columns
        of a record and a short first one without a blank.
        """
        inner = [line for _, line in self.taken[1:-1]]
        if columns == 1 or len(inner) < _SWALLOWED:
            return False
        cells = [next(csv.reader([line], delimiter=delimiter), []) for line in inner]
        return all(len(row) == columns and row[0] and " " not in row[0].strip() for row in cells)


def _csv(stream: io.BufferedReader, name: str, reading: Reading, delimiter: str | None = None) -> Iterator[Record]:
    lines = _Rows(_lines(stream, name, reading))
    first = next(lines, "")
    yield from lines.bad
    lines.bad.clear()
    mark = delimiter or max(",;\t|", key=first.count)
    if delimiter is None and mark != ",":
        reading.say(f"{name}: columns are divided by {mark!r}")
    header = next(csv.reader([first], delimiter=mark), [])
    if not header:
        raise InputError("no header line")
    text, identity = choose_columns(reading, name, header)
    rows = csv.reader(lines, delimiter=mark, strict=False)
    while True:
        lines.taken.clear()
        start = lines.number + 1
        try:
            row = _next_row(rows, reading.limit)
        except csv.Error as error:
            yield BadRecord(name, start, f"not readable as CSV ({error}); is a quotation mark missing?")
            rows = csv.reader(lines, delimiter=mark, strict=False)
            continue
        yield from lines.bad
        lines.bad.clear()
        if row is None:
            return
        if lines.hold_records(mark, len(header)):
            yield BadRecord(name, start, "a quotation mark opens here and closes only in a later record; close it")
            lines.give_back()
            rows = csv.reader(lines, delimiter=mark, strict=False)
            continue
        if len(row) == len(header):
            yield _article(dict(zip(header, row, strict=True)), text, identity, (name, start), reading)
        elif row:
            yield BadRecord(name, start, f"has {len(row)} columns, the header has {len(header)}")


def _next_row(rows: Iterator[list[str]], limit: int) -> list[str] | None:
    """Return the next row; the limit is the whole process's, so it's put back."""
    before = csv.field_size_limit(limit)
    try:
        return next(rows, None)
    finally:
        csv.field_size_limit(before)


def _tsv(stream: io.BufferedReader, name: str, reading: Reading) -> Iterator[Record]:
    return _csv(stream, name, reading, "\t")


def _jsonl(stream: io.BufferedReader, name: str, reading: Reading) -> Iterator[Record]:
    columns: tuple[str, str | None] | None = None
    for number, line in _lines(stream, name, reading):
        if isinstance(line, BadRecord):
            yield line
            continue
        if not line.strip():
            continue
        try:
            value = _decode_json(line)
        except (ValueError, RecursionError) as error:
            yield BadRecord(name, number, f"not valid JSON ({error})")
            continue
        if not isinstance(value, dict):
            yield BadRecord(name, number, f"must be an object, not {type(value).__name__}")
            continue
        columns = columns or choose_columns(reading, name, list(value))
        yield _article(value, *columns, (name, number), reading)


def _parquet(stream: io.BufferedReader, name: str, reading: Reading) -> Iterator[Record]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    with tempfile.TemporaryFile() as copy:
        shutil.copyfileobj(stream, copy)
        try:
            file = pq.ParquetFile(copy, pre_buffer=False)
            text, identity = choose_columns(reading, name, file.schema_arrow.names)
            number = 0
            for batch in file.iter_batches(batch_size=_BATCH, columns=[text, *([identity] if identity else [])]):
                for value in batch.to_pylist():
                    number += 1
                    yield _article(value, text, identity, (name, number), reading)
        except (pa.ArrowException, OSError, UnicodeDecodeError) as error:
            yield BadRecord(name, None, f"not readable as Parquet ({str(error).splitlines()[0]})")


def _article(
    value: dict[str, Any], text: str, identity: str | None, place: tuple[str, int], reading: Reading
) -> Record:
    name, line = place
    content = value.get(text)
    if not isinstance(content, str):
        what = "is missing" if text not in value else f"must be a string, not {type(content).__name__}"
        return BadRecord(name, line, f"field {text!r} {what}")
    if len(content) > reading.limit:
        return BadRecord(name, line, reading.too_long())
    key = value.get(identity) if identity else None
    key = f"{name}:{line}" if key is None or key == "" else str(key)
    if not (content.isascii() and key.isascii()):
        if not is_writable(content) or not is_writable(key):
            return BadRecord(name, line, "holds a lone surrogate, which no file can hold")
        if looks_garbled(content) and not looks_garbled(name):
            reading.say(
                f"{name}:{line}: looks garbled, as if it had been decoded with a wrong encoding (left as it is)"
            )
    return Article(key, content)


_READERS: dict[str, Callable[[io.BufferedReader, str, Reading], Iterator[Record]]] = {
    "text": _text,
    "html": _html,
    "csv": _csv,
    "tsv": _tsv,
    "jsonl": _jsonl,
    "parquet": _parquet,
}
