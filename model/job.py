"""Batch prediction that never loses a row: parts are labelled, kept, and joined only when all are there.

While a job runs, its parts lie in ``FILE.partial/``; the output appears whole, under its name, at the
end. A job that was interrupted in any way goes on from there, part by part.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from model.articles import find_inputs, read_articles
from model.artifact import MANIFEST, default_path
from model.cluster import label_parts_on_dask
from model.errors import InputError, OutputError
from model.files import check_place, write_whole
from model.formats import format_of
from model.joining import Done, Joiner, joining
from model.parts import Filter, Part, Plan, cut_into_parts
from model.records import Reading
from model.version import __version__
from model.workers import label_parts

__all__ = ["Done", "Job", "run_job"]


@dataclass(frozen=True)
class Job:
    """What a user asked for.

    Attributes
    ----------
    inputs
        Files, folders, patterns, ``-``.
    output, articles, html
        Files to write, each if wanted: rows, one row per article, a report to read.
    artifact
        Model folder; None for the shipped one.
    filter, reading
        Which sentences get a row, and how inputs are read.
    jobs
        Number of processes.
    dask
        Address of a Dask scheduler, or ``local`` for a cluster of `jobs` processes; None for neither.
    resume
        Go on with an interrupted job.
    """

    inputs: tuple[str, ...]
    output: Path | None = None
    articles: Path | None = None
    html: Path | None = None
    artifact: str | None = None
    filter: Filter = field(default_factory=Filter)
    reading: Reading = field(default_factory=Reading)
    jobs: int = 1
    dask: str | None = None
    resume: bool = False

    @property
    def first(self) -> Path:
        """The output that gives the folder of parts and the file of errors their names."""
        found = self.output or self.articles or self.html
        if found is None:
            raise InputError("name at least one output")
        return found

    @property
    def errors(self) -> Path:
        """Where bad records are written, if there are any."""
        return self.first.with_name(f"{self.first.name}.errors.jsonl")


def run_job(job: Job, track: Callable[[int], None] = lambda _: None) -> Done:
    """Run a job to its end.

    Parameters
    ----------
    job
        What to do.
    track
        Called with the number of sentences of each part that is done, for a progress bar.

    Raises
    ------
    InputError
        If an output can't be written, another run writes it, or what is to be resumed was another job.
    """
    files = _checked(job)
    folder = job.first.with_name(f"{job.first.name}.partial")
    try:
        unfinished = folder.is_dir() and any(folder.glob("job.json"))
        folder.mkdir(exist_ok=True)
        with FileLock(folder / "lock", timeout=0):
            _begin(job, folder, files, unfinished=unfinished)
            done = _label(job, Plan(folder, job.output, job.articles, job.html, job.filter), files, track)
        shutil.rmtree(folder)
    except Timeout:
        raise InputError(f"{job.first}: another run is writing it; wait for it, or name another file") from None
    except OutputError as error:
        raise OutputError(f"{error}; mend that and add --resume to go on") from None
    except InputError:
        if not unfinished and not any(folder.glob("0*")):
            shutil.rmtree(folder)
        raise
    except OSError as error:
        reason = error.strerror or str(error)
        raise InputError(f"{job.first}: can't be written ({reason}); mend that and add --resume to go on") from None
    return done


def _label(job: Job, plan: Plan, files: list[str], track: Callable[[int], None]) -> Done:
    """Label what isn't labelled, and join it."""
    with joining(plan, job.errors) as joiner:
        parts = _unfinished_parts(plan, joiner, cut_into_parts(read_articles(files, job.reading)))
        if job.dask:
            labelled = label_parts_on_dask(plan, parts, job.artifact, job.dask, job.jobs)
        else:
            labelled = label_parts(plan, parts, job.artifact, job.jobs)
        for sentences in labelled:
            track(sentences)
            joiner.take()
        joiner.take()
    return joiner.done


def _checked(job: Job) -> list[str]:
    """Return the inputs, after seeing that the outputs can be written."""
    outputs = [path for path in (job.output, job.articles, job.html) if path]
    if len({path.resolve() for path in outputs}) < len(outputs):
        raise InputError(f"{job.first}: named for two outputs; give each a file of its own")
    files = find_inputs(job.inputs, [*outputs, job.errors])
    job.reading.meter.total = sum(path.stat().st_size for path in map(Path, files) if path.is_file()) or None
    for path in (job.output, job.articles):
        if path:
            format_of(path)
            check_place(path)
    if job.html:
        check_place(job.html)
    return files


def _begin(job: Job, folder: Path, files: list[str], *, unfinished: bool) -> None:
    """Write down what this job is, or compare it with what was written down."""
    wanted = _identity(job, files)
    notes = folder / "job.json"
    if not unfinished:
        with write_whole(notes) as file:
            json.dump(wanted, file)
        return
    if not job.resume:
        raise InputError(f"{folder}: holds an unfinished run; add --resume to go on with it, or delete the folder")
    try:
        found = json.loads(notes.read_text(encoding="utf-8"))
    except ValueError:
        raise InputError(f"{notes}: is damaged; delete {folder} and start again") from None
    for name, value in wanted.items():
        if found.get(name) != value:
            raise InputError(
                f"{folder}: can't be resumed, the {name} changed since it was begun; delete the folder to start again"
            )


def _identity(job: Job, files: list[str]) -> dict[str, Any]:
    """Everything that the output depends on, but for the texts, which each part compares."""
    manifest = (Path(job.artifact) if job.artifact else default_path()) / MANIFEST
    stamps = {name: _stamp(Path(name)) for name in files if name != "-"}
    content = {
        "input": stamps,
        "version": __version__,
        "model": hashlib.sha256(manifest.read_bytes()).hexdigest() if manifest.is_file() else None,
        "filter": asdict(job.filter),
        "outputs": [str(path) if path else None for path in (job.output, job.articles, job.html)],
        "columns and limits": [
            job.reading.text_column,
            job.reading.id_column,
            job.reading.maximum_megabytes,
        ],
    }
    return dict(json.loads(json.dumps(content)))


def _stamp(path: Path) -> list[int]:
    try:
        found = path.stat()
    except OSError:
        return []
    return [found.st_size, found.st_mtime_ns]


def _unfinished_parts(plan: Plan, joiner: Joiner, parts: Iterable[Part]) -> Iterator[Part]:
    """Pass on the parts that aren't done; those that are must be of the same texts."""
    for part in parts:
        notes = plan.notes(part.number)
        if notes and notes["digest"] != part.digest():
            raise InputError(
                f"{plan.folder}: can't be resumed, the input changed since it was begun; delete the folder"
            )
        if not notes:
            plan.file(part.number, "json").unlink(missing_ok=True)
        joiner.ready = part.number + 1
        if not notes:
            yield part
    if plan.file(joiner.ready, "json").exists():
        raise InputError(f"{plan.folder}: can't be resumed, the input is shorter than it was; delete the folder")
