"""What people said of the model's answers: an append-only JSON Lines file that several writers may share."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from model.errors import InputError, OutputError
from model.files import read_text
from model.labels import labels_in

__all__ = ["Correction", "append_correction", "check_corrections", "latest", "read_corrections"]

_WAIT_SECONDS = 10.0
_TEXTS = ("time", "model", "article", "sentence")


@dataclass(frozen=True)
class Correction:
    """What a person said of one sentence; it confirms the answer if `labels` equals `given`.

    Attributes
    ----------
    time
        When, in UTC, such as ``2026-11-29T16:20:00Z``.
    model
        Which model had answered; see `model.manifest.Manifest.name`.
    article
        Id of the article it stands in, may be empty.
    sentence
        The text.
    given, labels
        The labels that the model gave, and the right ones.
    """

    time: str
    model: str
    article: str
    sentence: str
    given: tuple[str, ...]
    labels: tuple[str, ...]

    @classmethod
    def now(cls, model: str, article: str, sentence: str, given: Iterable[str], labels: Iterable[str]) -> Correction:
        """Make one of this moment."""
        time = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        return cls(time, model, article, sentence, tuple(given), tuple(labels))


def append_correction(path: Path, correction: Correction) -> None:
    """Add a line; it is on the disk when this returns, and whole or not there after a crash.

    Raises
    ------
    OutputError
        If the file can't be written, or another writer holds it for ten seconds.
    """
    _check_folder(path)
    line = json.dumps(asdict(correction)).encode() + b"\n"
    try:
        with FileLock(path.with_name(f"{path.name}.lock"), timeout=_WAIT_SECONDS), path.open("a+b") as file:
            if _ends_in_mid_line(file):
                line = b"\n" + line
            file.write(line)
            file.flush()
            os.fsync(file.fileno())
    except Timeout:
        raise OutputError(f"{path}: another program has held its lock for {_WAIT_SECONDS:g} s; try again") from None
    except OSError as error:
        raise OutputError(f"{path}: can't be written ({error.strerror or error})") from None


def check_corrections(path: Path) -> list[Correction]:
    """Return what stands in the file, after seeing that it can be added to; nothing if there is no file yet.

    Raises
    ------
    InputError
        If it isn't a file of corrections, or can't be written.
    """
    _check_folder(path)
    known = read_corrections(path) if path.exists() else []
    if not os.access(path if path.exists() else path.absolute().parent, os.W_OK):
        raise OutputError(f"{path}: can't be written; change its permissions or name another file")
    return known


def _check_folder(path: Path) -> None:
    if not path.absolute().parent.is_dir():
        raise OutputError(f"{path}: its folder doesn't exist; make it first")


def _ends_in_mid_line(file: Any) -> bool:
    """Tell whether a crash cut the last line short."""
    if file.seek(0, os.SEEK_END) == 0:
        return False
    file.seek(-1, os.SEEK_END)
    return bool(file.read(1) != b"\n")


def read_corrections(path: Path) -> list[Correction]:
    """Return every line, in order; a line that a crash cut short is left out.

    Raises
    ------
    InputError
        If the file can't be read, or a line isn't as it should be; the message names file and line.
    """
    corrections = []
    for number, line in enumerate(read_text(path).split("\n"), 1):
        if not line.strip():
            continue
        try:
            value = json.loads(line)
        except ValueError:
            if line.startswith('{"time": '):
                continue
            raise InputError(f"{path}:{number}: not valid JSON; is it a file of corrections?") from None
        corrections.append(_correction(value, f"{path}:{number}"))
    return corrections


def latest(corrections: Iterable[Correction]) -> list[Correction]:
    """Return what was said last of each sentence of each article, in the order of its first mention."""
    return list({(each.article, each.sentence): each for each in corrections}.values())


def _correction(value: Any, place: str) -> Correction:
    if not isinstance(value, dict):
        raise InputError(f"{place}: must be a JSON object")
    for field in _TEXTS:
        if not isinstance(value.get(field), str):
            raise InputError(f"{place}: field {field!r} must be a string")
    time, model, article, sentence = (value[field] for field in _TEXTS)
    given, labels = (labels_in(value, field, place) for field in ("given", "labels"))
    return Correction(time, model, article, sentence, given, labels)
