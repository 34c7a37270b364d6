"""Sentences that two models or two people label differently: as a table for people, and as CSV."""

from __future__ import annotations

import csv
import io
import shutil
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import BinaryIO

from rich.console import Console
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from model.formats import FORMATS
from model.labels import join_labels

__all__ = ["Difference", "print_differences", "write_header", "write_rows"]

_FIELDS = ("article", "sentence", "labels_a", "labels_b")
_PIPE_WIDTH = 120


@dataclass(frozen=True)
class Difference:
    """One sentence, the article it stands in (may be empty), and what each of the two says."""

    article: str
    sentence: str
    first: tuple[str, ...]
    second: tuple[str, ...]


def print_differences(differences: Sequence[Difference], names: tuple[str, str]) -> None:
    """Print a table, headed by the names of the two; nothing if there are no differences."""
    if not differences:
        return
    console = Console(width=None if sys.stdout.isatty() else shutil.get_terminal_size((_PIPE_WIDTH, 0)).columns)
    table = Table("article", "sentence", *map(escape, names))
    for each in differences:
        labels = (join_labels(each.first), join_labels(each.second))
        table.add_row(Text(each.article), Text(each.sentence), *(text.replace(";", "\n") for text in labels))
    console.print(table)


def write_header(out: BinaryIO) -> None:
    """Begin a CSV file with the columns ``article,sentence,labels_a,labels_b``."""
    header = io.StringIO(newline="")
    csv.writer(header).writerow(_FIELDS)
    out.write(header.getvalue().encode())


def write_rows(out: BinaryIO, differences: Iterable[Difference]) -> None:
    """Write lines of CSV; text that a spreadsheet would run gets an apostrophe."""
    rows = [
        dict(zip(_FIELDS, (each.article, each.sentence, list(each.first), list(each.second)), strict=True))
        for each in differences
    ]
    out.write(FORMATS[".csv"].encode(_FIELDS, rows))
