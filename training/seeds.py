"""Load the labelled seed sentences, checking every row."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from model.console import counted
from model.errors import InputError
from model.labels import LABELS, split_labels
from training.near_duplicates import near_duplicates

__all__ = ["COLUMNS", "Seed", "Seeds", "SeedsError", "load_seeds", "read_rows"]

COLUMNS = ["story", "sentence", "labels"]


class SeedsError(InputError):
    """Seed files have problems; `problems` lists them all, the message joins them."""

    def __init__(self, problems: Sequence[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join([f"{counted(len(problems), 'problem')} in labelled sentences", *problems]))


@dataclass(frozen=True)
class Seed:
    """One labelled sentence and where it stands."""

    story: str
    sentence: str
    labels: tuple[str, ...]
    file: str
    line: int

    @property
    def place(self) -> str:
        """File and line, for messages."""
        return f"{self.file}:{self.line}"


@dataclass(frozen=True)
class Seeds:
    """All seed sentences, stories in one piece, in the order of the files."""

    rows: tuple[Seed, ...]

    @property
    def sentences(self) -> list[str]:
        """The sentences, n strings."""
        return [row.sentence for row in self.rows]

    @property
    def stories(self) -> NDArray[np.str_]:
        """The story of each sentence, shape (n,)."""
        return np.array([row.story for row in self.rows])

    @property
    def targets(self) -> NDArray[np.bool_]:
        """Which labels hold, shape (n, 4), columns in label order."""
        return np.array([[label in row.labels for label in LABELS] for row in self.rows], dtype=bool)

    @property
    def fingerprint(self) -> str:
        """The sha256 of all stories, sentences and labels."""
        content = "\n".join("\t".join((row.story, row.sentence, ";".join(row.labels))) for row in self.rows)
        return hashlib.sha256(content.encode()).hexdigest()

    def counts(self) -> dict[str, int]:
        """Sentences per label, without any, and with two or more."""
        targets = self.targets
        return {label: int(targets[:, column].sum()) for column, label in enumerate(LABELS)} | {
            "none": int((~targets.any(axis=1)).sum()),
            "two or more": int((targets.sum(axis=1) > 1).sum()),
        }


def load_seeds(folder: str | Path = "seeds") -> Seeds:
    """Load and check every ``*.csv`` of a folder.

    A file is UTF-8 with the columns ``story,sentence,labels``. Refused are unknown labels, `none`
    beside a label, empty and duplicate sentences, near-duplicates (the same but for names and
    numbers), and a story that stands in two files.

    Raises
    ------
    SeedsError
        With every problem found, each with file and line.
    """
    folder = Path(folder)
    files = sorted(folder.glob("*.csv"))
    if not folder.is_dir():
        raise InputError(f"{folder}: no such folder")
    if not files:
        raise InputError(f"{folder}: no seed file (*.csv) in this folder")
    problems: list[str] = []
    rows = [row for file in files for row in _read(file, problems)]
    problems += _split_stories(rows)
    problems += [f"{b.place}: {why} as {a.place}" for a, b, why in _repeats(rows)]
    if problems:
        raise SeedsError(problems)
    return Seeds(tuple(rows))


def read_rows(file: str | Path) -> list[Seed]:
    """Load one seed file without comparing its sentences with each other.

    Raises
    ------
    SeedsError
        With every problem found, each with file and line.
    """
    problems: list[str] = []
    rows = list(_read(Path(file), problems))
    if problems:
        raise SeedsError(problems)
    return rows


def _read(file: Path, problems: list[str]) -> Iterator[Seed]:
    try:
        text = file.read_bytes().decode("utf-8-sig")
    except OSError as error:
        problems.append(f"{file}: can't be read ({error.strerror})")
        return
    except UnicodeDecodeError as error:
        line = file.read_bytes().count(b"\n", 0, error.start) + 1
        problems.append(f"{file}:{line}: byte {error.start} isn't UTF-8")
        return
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    end = 0
    try:
        for cells in reader:
            start, end = end + 1, reader.line_num
            if start == 1:
                if cells != COLUMNS:
                    problems.append(f"{file}:1: the columns must be {','.join(COLUMNS)}, not {','.join(cells)}")
                    return
            elif cells:
                seed = _seed(cells, str(file), start, problems)
                if seed:
                    yield seed
    except csv.Error as error:
        problems.append(f"{file}:{reader.line_num}: not valid CSV ({error})")
    if not end:
        problems.append(f"{file}:1: the file is empty; the columns must be {','.join(COLUMNS)}")


def _seed(cells: list[str], file: str, line: int, problems: list[str]) -> Seed | None:
    if len(cells) != len(COLUMNS):
        problems.append(f"{file}:{line}: {len(cells)} columns instead of {len(COLUMNS)} (a missing quote?)")
        return None
    story, sentence, field = (cell.strip() for cell in cells)
    before = len(problems)
    if not story:
        problems.append(f"{file}:{line}: no story")
    if not sentence:
        problems.append(f"{file}:{line}: empty sentence")
    labels: tuple[str, ...] = ()
    try:
        labels = split_labels(field)
    except ValueError as error:
        problems.append(f"{file}:{line}: {error}")
    return Seed(story, sentence, labels, file, line) if len(problems) == before else None


def _split_stories(rows: Sequence[Seed]) -> Iterator[str]:
    ended: dict[str, str] = {}
    previous = None
    for row in rows:
        if previous and row.story != previous.story:
            ended[previous.story] = previous.place
            if row.story in ended:
                yield f"{row.place}: story {row.story!r} goes on after another; it ended at {ended[row.story]}"
        previous = row


def _repeats(rows: Sequence[Seed]) -> Iterator[tuple[Seed, Seed, str]]:
    first: dict[str, Seed] = {}
    distinct = []
    for row in rows:
        key = " ".join(row.sentence.casefold().split())
        if key in first:
            yield first[key], row, "the same sentence"
        else:
            first[key] = row
            distinct.append(row)
    for a, b in near_duplicates([row.sentence for row in distinct]):
        yield distinct[a], distinct[b], "the same but for names and numbers"
