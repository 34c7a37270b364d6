"""``classify-news predict``: a table for people, or files."""

from __future__ import annotations

import argparse
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from model.console import counted
from model.labels import LABELS

if TYPE_CHECKING:
    from model.job import Done, Job
    from model.prediction import Prediction
    from model.records import Reading

__all__ = ["add_predict_options", "predict_command"]

_PIPE_WIDTH = 120
_BAD_RECORDS = 3


def add_predict_options(parser: argparse.ArgumentParser) -> None:
    """Declare the options of the command."""
    parser.add_argument(
        "inputs",
        nargs="+",
        metavar="INPUT",
        help="text, Markdown, HTML, CSV, TSV, JSONL or Parquet file, compressed or not; folder; pattern; - for "
        "standard input",
    )
    files = parser.add_argument_group("files to write (a table is printed if none is named)")
    files.add_argument("--output", type=Path, metavar="FILE", help="one row a sentence: .csv, .jsonl or .parquet")
    files.add_argument("--articles", type=Path, metavar="FILE", help="one row an article: .csv, .jsonl or .parquet")
    files.add_argument("--html", type=Path, metavar="FILE", help="a report to read and print")
    which = parser.add_argument_group("which sentences get a row")
    which.add_argument("--only", type=_labels, default=(), metavar="LABELS", help="such as layoff,cause")
    which.add_argument("--minimum-probability", type=_probability, default=0.0, metavar="P", help="0 to 1")
    which.add_argument("--include-none", action="store_true", help="with these, keep sentences without a label, too")
    how = parser.add_argument_group("how inputs are read")
    how.add_argument("--text-column", metavar="NAME", help="column or field that holds the text")
    how.add_argument("--id-column", metavar="NAME", help="column or field that holds the article's id")
    how.add_argument(
        "--maximum-megabytes", type=_size, default=20.0, metavar="MB", help="longest article (default: 20)"
    )
    how.add_argument("--strict", action="store_true", help="exit with status 3 if a record couldn't be read")
    run = parser.add_argument_group("how it runs")
    run.add_argument("--jobs", type=_count, default=1, metavar="N", help="processes (default: 1)")
    run.add_argument(
        "--dask", metavar="ADDRESS", help="run on a Dask cluster: its scheduler's address, or local for --jobs workers"
    )
    run.add_argument("--resume", action="store_true", help="go on with a run that was interrupted")
    run.add_argument("--quiet", action="store_true", help="no progress bar")


def predict_command(options: argparse.Namespace) -> int:
    """Run the command; return its exit status."""
    from model.records import Reading

    reading = Reading(options.text_column, options.id_column, options.maximum_megabytes)
    if not (options.output or options.articles or options.html):
        bad = _print_table(options, reading)
    else:
        bad = _write_files(options, reading)
    return _BAD_RECORDS if bad and options.strict else 0


def _print_table(options: argparse.Namespace, reading: Reading) -> int:
    """Print the sentences of all articles; return the number of bad records."""
    from model.articles import find_inputs, read_articles
    from model.errors import InputError
    from model.output import print_table
    from model.parts import Filter
    from model.predictor import Predictor
    from model.records import Article

    if options.resume or options.dask or options.jobs > 1:
        raise InputError("--resume, --jobs and --dask need a file to write; name one with --output")
    keep = Filter(options.only, options.minimum_probability, options.include_none)
    files = find_inputs(options.inputs)
    predictor = Predictor.load(options.artifact)
    bad = 0

    def labelled() -> Iterator[tuple[str, list[Prediction]]]:
        nonlocal bad
        for record in read_articles(files, reading):
            if isinstance(record, Article):
                columns = predictor.predict_columns([record.text])
                kept = keep.keeps(columns.verdicts).tolist()
                yield record.id, [p for p, wanted in zip(columns.predictions()[0], kept, strict=True) if wanted]
            else:
                bad += 1
                print(f"classify-news: {record}", file=sys.stderr)

    print_table(labelled(), None if sys.stdout.isatty() else shutil.get_terminal_size((_PIPE_WIDTH, 0)).columns)
    return bad


def _write_files(options: argparse.Namespace, reading: Reading) -> int:
    """Write the files that were asked for; return the number of bad records."""
    from model.job import Job, run_job
    from model.parts import Filter

    job = Job(
        inputs=tuple(options.inputs),
        output=options.output,
        articles=options.articles,
        html=options.html,
        artifact=options.artifact,
        filter=Filter(options.only, options.minimum_probability, options.include_none),
        reading=reading,
        jobs=options.jobs,
        dask=options.dask,
        resume=options.resume,
    )
    done = run_job(job) if options.quiet or not sys.stderr.isatty() else _run_with_bar(job)
    print(_last_line(job, done), file=sys.stderr)
    return done.bad


def _last_line(job: Job, done: Done) -> str:
    files = ", ".join(str(path) for path in (job.output, job.articles, job.html) if path)
    what = (counted(done.rows, "row"), counted(done.sentences, "sentence"), counted(done.articles, "article"))
    answer = f"{what[0]} of {what[1]} in {what[2]} written to {files}"
    if done.copies:
        answer += f"; {counted(done.copies, 'near-copy')} of earlier articles (copy_of)"
    if done.bad:
        answer += f"; {counted(done.bad, 'bad record')}, see {job.errors} (first: {done.first_bad})"
    return answer


def _run_with_bar(job: Job) -> Done:
    from model.job import run_job

    with _bar(job.reading) as track:
        return run_job(job, track)


@contextmanager
def _bar(reading: Reading) -> Iterator[Callable[[int], None]]:
    """Show how much of the inputs has been read, sentences per second, and the time that remains."""
    from time import monotonic

    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

    columns = (BarColumn(), TaskProgressColumn(), TextColumn("{task.fields[rate]}"), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("", total=None, rate="")
        start, count = monotonic(), 0

        def track(sentences: int) -> None:
            nonlocal count
            count += sentences
            rate = f"{count / max(1e-9, monotonic() - start):,.0f} sentences/s"
            progress.update(task, total=reading.meter.total, completed=reading.meter.read, rate=rate)

        yield track


def _labels(text: str) -> tuple[str, ...]:
    wanted = tuple(name.strip() for name in text.split(","))
    if unknown := [name for name in wanted if name not in LABELS]:
        raise argparse.ArgumentTypeError(f"unknown label {unknown[0]!r}; there are {', '.join(LABELS)}")
    return wanted


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} isn't a number") from None


def _probability(text: str) -> float:
    number = _number(text)
    if not 0 <= number <= 1:
        raise argparse.ArgumentTypeError(f"{text} doesn't lie between 0 and 1")
    return number


def _size(text: str) -> float:
    number = _number(text)
    if not 0 < number < 1e6:  # noqa: PLR2004 - a terabyte
        raise argparse.ArgumentTypeError(f"{text} isn't a size in megabytes")
    return number


def _count(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} isn't a number of processes")
    return int(text)
