"""How far the two readers of the seeds agree: ``python -m training.agreement [--readers DIR]``."""

from __future__ import annotations

import argparse
import csv
import io
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.metrics import cohen_kappa_score

from model.console import run_command
from model.errors import InputError
from model.files import read_text
from model.labels import LABELS, split_labels

__all__ = ["Agreement", "Reading", "agreement", "load_readings", "main", "reader_figures"]

_NAME = "training.agreement"
_COLUMNS = ["story", "position", "writer", "reader", "settled", "needs_context"]


@dataclass(frozen=True)
class Reading:
    """How one seed sentence was labelled: by its writer, blind by a second reader, and in the end.

    `needs_context` are the settled labels that hold only thanks to neighbouring sentences.
    """

    story: str
    position: int
    writer: tuple[str, ...]
    reader: tuple[str, ...]
    settled: tuple[str, ...]
    needs_context: tuple[str, ...]


@dataclass(frozen=True)
class Agreement:
    """Cohen's kappa and raw agreement of two readers on one label."""

    kappa: float
    raw: float


def main(arguments: list[str] | None = None) -> int:
    """Run the command; return its exit status."""
    parser = argparse.ArgumentParser(f"python -m {_NAME}", description=__doc__)
    parser.add_argument("--readers", type=Path, default=Path("seeds/readers"), metavar="DIR")
    options = parser.parse_args(arguments)
    return run_command(_NAME, lambda: _run(options.readers))


def _run(folder: Path) -> None:
    readings = load_readings(folder)
    print(f"{len(readings)} sentences labelled twice")
    for label, row in agreement(readings).items():
        print(f"{label:<20} kappa {row.kappa:.3f}  raw agreement {row.raw:.3f}")


def load_readings(folder: str | Path = "seeds/readers") -> list[Reading]:
    """Load the double labels of the seeds.

    Raises
    ------
    InputError
        If a file can't be read or a row isn't as it should be; the message names file and line.
    """
    files = sorted(Path(folder).glob("*.csv"))
    if not files:
        raise InputError(f"{folder}: no file of double labels (*.csv) in this folder")
    return [reading for file in files for reading in _read(file)]


def reader_figures(folder: Path) -> dict[str, Any]:
    """Return how many seeds were labelled twice and the kappa per label, for the report."""
    if not folder.is_dir():
        return {"sentences": 0}
    readings = load_readings(folder)
    kappa = {label: round(row.kappa, 3) for label, row in agreement(readings).items()}
    return {"sentences": len(readings), "kappa": kappa}


def _read(file: Path) -> list[Reading]:
    reader = csv.DictReader(io.StringIO(read_text(file), newline=""), strict=True)
    if reader.fieldnames != _COLUMNS:
        raise InputError(f"{file}:1: the columns must be {','.join(_COLUMNS)}")
    readings = []
    for row in reader:
        try:
            labels = [split_labels(row[column] or "none") for column in _COLUMNS[2:]]
            readings.append(Reading(row["story"], int(row["position"]), *labels))
        except (TypeError, ValueError) as error:
            raise InputError(f"{file}:{reader.line_num}: {error}") from None
    return readings


def agreement(readings: Sequence[Reading]) -> dict[str, Agreement]:
    """Compare writers and blind readers, label by label."""
    answer = {}
    for label in LABELS:
        writer = np.array([label in reading.writer for reading in readings])
        reader = np.array([label in reading.reader for reading in readings])
        same = float((writer == reader).mean())
        answer[label] = Agreement(1.0 if same == 1 else float(cohen_kappa_score(writer, reader)), same)
    return answer


if __name__ == "__main__":
    sys.exit(main())
