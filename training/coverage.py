"""Which ordinary wordings the seeds lack or overuse: ``python -m training.coverage --ngrams FILE``."""

from __future__ import annotations

import argparse
import csv
import io
import re
import sys
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from model.console import run_command
from model.errors import InputError
from model.files import read_text
from training.seeds import Seeds, load_seeds

__all__ = ["Usage", "compare_usage", "load_ngrams", "main"]

_NAME = "training.coverage"
_TOKEN = re.compile(r"\w+")
_SMOOTHING = 1.0


@dataclass(frozen=True)
class Usage:
    """In how many real stories and in how many seed stories a word or pair stands.

    `ratio` is the share of seed stories over the share of real stories that hold it, with one
    story added on both sides: below 1 the seeds use it too rarely, above 1 too often.
    """

    ngram: str
    real: int
    seeds: int
    ratio: float


def main(arguments: list[str] | None = None) -> int:
    """Run the command; return its exit status."""
    parser = argparse.ArgumentParser(f"python -m {_NAME}", description=__doc__)
    parser.add_argument("--ngrams", type=Path, required=True, metavar="FILE", help="CSV with columns ngram,articles")
    parser.add_argument("--seeds", type=Path, default=Path("seeds"), metavar="DIR")
    parser.add_argument("--count", type=int, default=40, help="rows per list (default: 40)")
    options = parser.parse_args(arguments)
    return run_command(_NAME, lambda: _run(options.ngrams, options.seeds, options.count))


def _run(ngrams: Path, seeds: Path, count: int) -> None:
    usage = compare_usage(load_ngrams(ngrams), load_seeds(seeds))
    used = sum(row.seeds > 0 for row in usage)
    print(f"{used} of {len(usage)} frequent words and pairs stand in the seeds")
    _print("never used", [row for row in usage if not row.seeds][:count])
    by_ratio = sorted((row for row in usage if row.seeds), key=lambda row: row.ratio)
    _print("used too rarely", [row for row in by_ratio if row.ratio < 1][:count])
    _print("overused", [row for row in reversed(by_ratio) if row.ratio > 1][:count])


def _print(title: str, rows: Iterable[Usage]) -> None:
    print(f"\n{title}\n{'real':>8}{'seeds':>8}{'ratio':>8}  ngram")
    for row in rows:
        print(f"{row.real:>8}{row.seeds:>8}{row.ratio:>8.2f}  {row.ngram}")


def load_ngrams(file: Path) -> dict[str, int]:
    """Load in how many real stories each word and word pair stands, the most frequent first.

    Raises
    ------
    InputError
        If the file can't be read, has other columns or a count that is no number.
    """
    reader = csv.DictReader(io.StringIO(read_text(file), newline=""))
    if reader.fieldnames != ["ngram", "articles"]:
        raise InputError(f"{file}:1: the columns must be ngram,articles")
    try:
        counts = {row["ngram"]: int(row["articles"]) for row in reader}
    except (TypeError, ValueError):
        raise InputError(f"{file}:{reader.line_num}: 'articles' must be a whole number") from None
    return dict(sorted(counts.items(), key=lambda item: -item[1]))


def compare_usage(real: dict[str, int], seeds: Seeds) -> list[Usage]:
    """Count the same words and pairs in the seeds, by story; in the order of `real`."""
    stories: dict[str, set[str]] = {}
    for row in seeds.rows:
        words = _TOKEN.findall(row.sentence.lower())
        stories.setdefault(row.story, set()).update(words, (f"{a} {b}" for a, b in pairwise(words)))
    held = Counter(ngram for ngrams in stories.values() for ngram in ngrams)
    total = max(real.values(), default=1)
    return [
        Usage(
            ngram,
            count,
            held[ngram],
            (held[ngram] + _SMOOTHING) / (len(stories) + _SMOOTHING) * (total + _SMOOTHING) / (count + _SMOOTHING),
        )
        for ngram, count in real.items()
    ]


if __name__ == "__main__":
    sys.exit(main())
