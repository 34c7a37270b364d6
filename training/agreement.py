"""How far two people agree: ``python -m training.agreement [A B]``; without files, the two readers of the seeds."""

from __future__ import annotations

import argparse
import csv
import io
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.metrics import cohen_kappa_score

from model.console import run_command
from model.errors import InputError
from model.files import read_text, write_bytes_whole
from model.labels import LABELS, split_labels
from training.annotations import Annotation, read_annotations
from training.inputs import check_output
from training.selection import same_words
from training.side_by_side import Difference, print_differences, write_header, write_rows

__all__ = ["Agreement", "Pairs", "Reading", "agreement", "load_readings", "main", "match", "reader_figures"]

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


@dataclass(frozen=True)
class Pairs:
    """What two people said of the same sentences.

    Attributes
    ----------
    both
        One `Difference` for each sentence that both labelled, the labels differing or not.
    only_first, only_second
        How many sentences only one of them labelled.
    """

    both: list[Difference]
    only_first: int
    only_second: int


def main(arguments: list[str] | None = None) -> int:
    """Run the command; return its exit status."""
    parser = argparse.ArgumentParser(f"python -m {_NAME}", description=__doc__)
    parser.add_argument("files", nargs="*", type=Path, metavar="A B", help="what two people labelled, in two files")
    parser.add_argument("--output", type=Path, metavar="FILE.csv", help="with A and B: write where they differ")
    parser.add_argument(
        "--readers", type=Path, default=Path("seeds/readers"), metavar="DIR", help="double labels of the seeds"
    )
    options = parser.parse_args(arguments)
    if len(options.files) not in (0, 2):
        parser.error("name two files, or none")
    if options.output and not options.files:
        parser.error("--output needs two files")
    if options.files:
        return run_command(_NAME, lambda: _compare(*options.files, output=options.output))
    return run_command(_NAME, lambda: _run(options.readers))


def _run(folder: Path) -> None:
    readings = load_readings(folder)
    print(f"{len(readings)} sentences labelled twice")
    _print(agreement(readings))


def _print(figures: Mapping[str, Agreement]) -> None:
    for label, row in figures.items():
        print(f"{label:<20} kappa {row.kappa:.3f}  raw agreement {row.raw:.3f}")


def _compare(first: Path, second: Path, *, output: Path | None) -> None:
    if output:
        check_output(output, (".csv",))
    pairs = match(read_annotations(first), read_annotations(second))
    if not pairs.both:
        raise InputError(f"{first} and {second}: no sentence stands in both")
    differences = [each for each in pairs.both if each.first != each.second]
    print(f"{len(pairs.both)} sentences labelled twice, {len(differences)} differently")
    print(f"only in {first}: {pairs.only_first}, only in {second}: {pairs.only_second}")
    _print(_agreement([each.first for each in pairs.both], [each.second for each in pairs.both]))
    print_differences(differences, (str(first), str(second)))
    if output:
        with write_bytes_whole(output) as out:
            write_header(out)
            write_rows(out, differences)


def match(first: Sequence[Annotation], second: Sequence[Annotation]) -> Pairs:
    """Bring together what two people said of the same sentences, in the order of the first.

    Sentences are the same if they and their articles are; where an annotation names no article, if they alone are.
    """
    by_article = all(each.article for each in (*first, *second))

    def keyed(annotations: Sequence[Annotation]) -> dict[tuple[str, str], Annotation]:
        return {(each.article if by_article else "", same_words(each.sentence)): each for each in annotations}

    one, other = keyed(first), keyed(second)
    shared = [key for key in one if key in other]
    return Pairs(
        [Difference(one[key].article, one[key].sentence, one[key].labels, other[key].labels) for key in shared],
        len(one) - len(shared),
        len(other) - len(shared),
    )


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
    return _agreement([reading.writer for reading in readings], [reading.reader for reading in readings])


def _agreement(first: Sequence[tuple[str, ...]], second: Sequence[tuple[str, ...]]) -> dict[str, Agreement]:
    answer = {}
    for label in LABELS:
        one, other = (np.array([label in labels for labels in reader]) for reader in (first, second))
        same = float((one == other).mean())
        answer[label] = Agreement(1.0 if same == 1 else float(cohen_kappa_score(one, other)), same)
    return answer


if __name__ == "__main__":
    sys.exit(main())
