"""How time and memory of ``classify-news predict`` grow: ``python -m training.scaling`` (extra `benchmark`).

Archives of 10 sentences an article, in paragraphs of one to three, made of seed sentences and no two alike,
are labelled by the command in processes of its own; the memory of all of them together is looked at twice
a second. The bare scorer is given the same sentences, already cut.
"""

from __future__ import annotations

import argparse
import json
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from itertools import pairwise
from pathlib import Path
from typing import Any

from model.artifact import open_artifact
from model.console import run_command
from model.errors import InputError
from model.scorer import CompiledScorer
from training.benchmark_table import add_options, write_figures
from training.corpus import recombined
from training.progress import Steps
from training.seeds import load_seeds

__all__ = ["main", "scaling", "scaling_table"]

_NAME = "training.scaling"
_PER_ARTICLE = 10
_DIFFERENT = 200_000
_LOOK_SECONDS = 0.5
_ROUNDS = 5
_YEAR_OF_ARTICLES, _SENTENCES_OF_AN_ARTICLE = 40_000_000, 25


def main(arguments: list[str] | None = None) -> int:
    """Run the command; return its exit status."""
    parser = argparse.ArgumentParser(f"python -m {_NAME}", description=__doc__)
    add_options(parser)
    parser.add_argument("--largest", type=int, default=10_000_000, help="most sentences (default: 10,000,000)")
    options = parser.parse_args(arguments)
    return run_command(_NAME, lambda: _run(options))


def _run(options: argparse.Namespace) -> None:
    figures = scaling(options.seeds, options.largest)
    write_figures(options.output, "scaling.json", figures, "scaling.md", scaling_table(figures))
    _plot(options.output / "scaling.png", figures)


def scaling(seeds_folder: Path, largest: int) -> dict[str, Any]:
    """Label archives of growing size with one process and two; return seconds and memory of each run.

    Raises
    ------
    InputError
        If the seeds can't be read or the command fails.
    """
    steps = Steps()
    sentences = recombined(load_seeds(seeds_folder).sentences, _DIFFERENT, seed=11)
    sizes = [size for size in (1_000, 10_000, 100_000, 1_000_000, 5_000_000) if size < largest] + [largest]
    steps.say("bare scorer")
    bare = {jobs: _bare(_numbered(sentences, 0), jobs) for jobs in (1, 2)}
    runs = []
    with tempfile.TemporaryDirectory() as name:
        for size in sizes:
            archive = Path(name) / f"{size}.jsonl"
            _write_archive(archive, sentences, size)
            for jobs in (1, 2):
                steps.say(f"{size:,} sentences, {jobs} process{'es' if jobs > 1 else ''}")
                runs.append({"jobs": jobs, **_measured(archive, Path(name) / "rows.csv", jobs)})
            archive.unlink()
    return {"bare_scorer": bare[1], "bare_scorer_two_threads": bare[2], "runs": runs}


def _bare(sentences: Sequence[str], threads: int) -> float:
    """Return sentences a second of the scorer alone, the median of five rounds."""
    scorer = CompiledScorer(open_artifact().weights())
    shares = [sentences[number::threads] for number in range(threads)]
    rates = []
    with ThreadPoolExecutor(threads) as pool:
        for _ in range(_ROUNDS):
            start = time.perf_counter()
            list(pool.map(scorer.decision_function, shares))
            rates.append(len(sentences) / (time.perf_counter() - start))
    return statistics.median(rates)


def scaling_table(figures: dict[str, Any]) -> str:
    """Return the figures as a Markdown table, and what a year of news would take."""
    rows = ["| sentences | processes | seconds | sentences/s | memory |", "| --- | --- | --- | --- | --- |"]
    for run in figures["runs"]:
        rate = run["sentences"] / run["seconds"]
        cells = (
            f"{run['sentences']:,}",
            run["jobs"],
            f"{run['seconds']:.1f}",
            f"{rate:,.0f}",
            f"{run['memory'] / 1e6:.0f} MB",
        )
        rows.append(f"| {' | '.join(map(str, cells))} |")
    last = max(figures["runs"], key=lambda run: (run["sentences"], run["jobs"]))
    rate = last["sentences"] / last["seconds"]
    hours = _YEAR_OF_ARTICLES * _SENTENCES_OF_AN_ARTICLE / rate / 3600
    bare, both = figures["bare_scorer"], figures["bare_scorer_two_threads"]
    facts = (
        f"The bare scorer does {bare:,.0f} sentences a second in one call, {both:,.0f} in two threads; the command",
        f"with {last['jobs']} processes does {rate:,.0f}, which is {rate / bare:.0%} and {rate / both:.0%} of that.",
        f"A year of news of the size of CC-News, taken as {_YEAR_OF_ARTICLES:,} articles of {_SENTENCES_OF_AN_ARTICLE}",
        f"sentences, would take {hours:,.1f} hours on this machine, {hours * last['jobs']:,.1f} hours of one core.",
    )
    return "\n".join([*rows, "", *facts, ""])


def _numbered(sentences: Sequence[str], first: int) -> list[str]:
    """Return the sentences with a number after the first word, from `first` on, so that none comes twice."""
    return [text.replace(" ", f" {number} ", 1) for number, text in enumerate(sentences, first)]


def _write_archive(path: Path, sentences: Sequence[str], size: int) -> None:
    with path.open("w", encoding="utf-8") as file:
        for place in range(0, size, _PER_ARTICLE):
            start, step = place % _DIFFERENT, 1 + place // _DIFFERENT
            some = _numbered([sentences[(start + k * step) % _DIFFERENT] for k in range(_PER_ARTICLE)], place)
            # Paragraphs of three, one, two, three, and one.
            cuts = [0, 3, 4, 6, 9, _PER_ARTICLE]
            paragraphs = [" ".join(some[first:last]) for first, last in pairwise(cuts)]
            file.write(json.dumps({"id": place // _PER_ARTICLE, "text": "\n\n".join(paragraphs)}) + "\n")


def _measured(archive: Path, output: Path, jobs: int) -> dict[str, float]:
    import psutil

    command = [sys.executable, "-m", "model.cli", "predict", str(archive), "--output", str(output), "--jobs", str(jobs)]
    start = time.perf_counter()
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    family, most = psutil.Process(process.pid), 0
    while process.returncode is None:
        most = max(most, sum(map(_memory, [family, *family.children(recursive=True)])))
        with suppress(subprocess.TimeoutExpired):
            process.wait(_LOOK_SECONDS)
    seconds = time.perf_counter() - start
    _, said = process.communicate()
    found = re.search(r"rows of (\d+) sentences", said)
    if process.returncode or not found:
        raise InputError(f"{archive}: the command failed: {said.strip()}")
    output.unlink()
    return {"sentences": int(found[1]), "seconds": seconds, "memory": most}


def _memory(process: Any) -> int:
    """Return the memory that is this process's alone, 0 if it has just ended."""
    import psutil

    try:
        return int(process.memory_full_info().uss)
    except psutil.Error:
        return 0


def _plot(path: Path, figures: dict[str, Any]) -> None:
    from matplotlib.figure import Figure

    figure = Figure(figsize=(8, 3.5), layout="constrained")
    left, right = figure.subplots(1, 2)
    for jobs, mark in ((1, "o-"), (2, "s--")):
        runs = [run for run in figures["runs"] if run["jobs"] == jobs]
        sizes = [run["sentences"] for run in runs]
        left.plot(sizes, [run["seconds"] for run in runs], mark, label=f"{jobs} process{'es' if jobs > 1 else ''}")
        right.plot(sizes, [run["memory"] / 1e6 for run in runs], mark)
    for axes, name in ((left, "seconds"), (right, "memory of all processes, MB")):
        axes.set_xscale("log")
        axes.set_xlabel("sentences")
        axes.set_title(name, fontsize=10)
        axes.grid(alpha=0.3)
    left.set_yscale("log")
    right.set_ylim(bottom=0)
    left.legend()
    figure.savefig(path, dpi=150)


if __name__ == "__main__":
    sys.exit(main())
