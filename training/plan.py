"""Where the seeds have gaps: ``python -m training.plan`` counts stories by decade, outlet, kind, country."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import pandas as pd

from model.console import run_command
from model.errors import InputError

__all__ = ["load_plan", "main"]

_NAME = "training.plan"
_COLUMNS = ["file", "story", "sector", "country", "decade", "outlet", "kind"]
_SHOWN = 20


def main(arguments: list[str] | None = None) -> int:
    """Run the command; return its exit status."""
    parser = argparse.ArgumentParser(f"python -m {_NAME}", description=__doc__)
    parser.add_argument("--plan", type=Path, default=Path("seeds/plan/stories.csv"), metavar="FILE")
    options = parser.parse_args(arguments)
    return run_command(_NAME, lambda: _run(options.plan))


def _run(file: Path) -> None:
    plan = load_plan(file)
    print(f"{len(plan)} stories\n")
    for rows in ("outlet", "kind", "country", "sector"):
        table = pd.crosstab(plan[rows], plan["decade"], margins=True, margins_name="all")
        common = table.drop(index="all").sort_values("all", ascending=False).head(_SHOWN)
        print(common.to_string() + "\n")


def load_plan(file: Path) -> pd.DataFrame:
    """Load what kind of story each seed story is.

    Raises
    ------
    InputError
        If the file can't be read or has other columns.
    """
    try:
        plan = pd.read_csv(file, dtype=str, keep_default_na=False)
    except (OSError, ValueError) as error:
        raise InputError(f"{file}: can't be read ({error})") from None
    if list(plan.columns) != _COLUMNS:
        raise InputError(f"{file}:1: the columns must be {','.join(_COLUMNS)}")
    return plan


if __name__ == "__main__":
    sys.exit(main())
