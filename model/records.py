"""What is read from inputs: articles, and records that couldn't be read."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from model.errors import InputError
from model.streams import Meter

__all__ = ["Article", "BadRecord", "Reading", "Record", "choose_columns"]

_TEXT_NAMES = ("text", "body", "content", "article", "article_text", "full_text", "fulltext", "story", "main_text")
_ID_NAMES = ("id", "article_id", "articleid", "doc_id", "document_id", "uuid", "guid", "url", "link", "uri")
_MEGABYTE = 1_000_000


@dataclass(frozen=True)
class Article:
    """One text to be labelled.

    `id` is its path as given, ``-`` for standard input, the value of the id column, or ``file:line``.
    """

    id: str
    text: str


@dataclass(frozen=True)
class BadRecord:
    """A record that couldn't be read: where it stands, and why. `line` is None for a whole file."""

    file: str
    line: int | None
    reason: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.reason}" if self.line else f"{self.file}: {self.reason}"


Record = Article | BadRecord


def _to_stderr(message: str) -> None:
    print(f"classify-news: {message}", file=sys.stderr)


@dataclass(frozen=True)
class Reading:
    """How inputs are read.

    Attributes
    ----------
    text_column, id_column
        Fields of CSV, TSV, JSONL and Parquet; guessed from their names where not given.
    maximum_megabytes
        Longest article, decompressed; a longer one is a bad record.
    say
        Is called with what the user should know: guesses, warnings. Prints to stderr by default.
    meter
        Counts the bytes read.
    """

    text_column: str | None = None
    id_column: str | None = None
    maximum_megabytes: float = 20
    say: Callable[[str], None] = _to_stderr
    meter: Meter = field(default_factory=Meter)

    @property
    def limit(self) -> int:
        """Most bytes of one article."""
        return int(self.maximum_megabytes * _MEGABYTE)

    def too_long(self) -> str:
        """Return the reason for a record over the limit."""
        return f"longer than {self.maximum_megabytes:g} MB; give --maximum-megabytes to allow more"


def choose_columns(reading: Reading, file: str, names: Mapping[str, str] | list[str]) -> tuple[str, str | None]:
    """Return the columns of text and id, given or guessed; a guess is said aloud.

    Raises
    ------
    InputError
        If a column that was asked for is missing, or none looks like text.
    """
    columns = list(names)
    for wanted in (reading.text_column, reading.id_column):
        if wanted is not None and wanted not in columns:
            raise InputError(
                f"no column {wanted!r} (upper and lower case count); it has {', '.join(map(repr, columns))}"
            )
    text = reading.text_column or _first(columns, _TEXT_NAMES) or (columns[0] if len(columns) == 1 else None)
    if text is None:
        raise InputError(f"which column holds the text? Give --text-column, one of {', '.join(map(repr, columns))}")
    identity = reading.id_column or _first([name for name in columns if name != text], _ID_NAMES)
    if reading.text_column is None or (reading.id_column is None and identity):
        ids = f"ids from {identity!r}" if identity else "ids are file:line"
        reading.say(f"{file}: text from column {text!r}, {ids} (--text-column and --id-column change this)")
    return text, identity


def _first(columns: list[str], names: tuple[str, ...]) -> str | None:
    lowered = {column.strip().lower(): column for column in reversed(columns)}
    return next((lowered[name] for name in names if name in lowered), None)
