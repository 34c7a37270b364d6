"""Find what a user named: files, folders, patterns, standard input; and read the articles in it."""

from __future__ import annotations

import glob
import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from model.errors import InputError
from model.readers import COMPRESSED, KINDS, read_input
from model.records import BadRecord, Reading, Record

__all__ = ["find_inputs", "read_articles"]

_STANDARD_INPUT = "-"


def find_inputs(inputs: Iterable[str], outputs: Iterable[Path] = ()) -> list[str]:
    """Return the files that are meant, in order, folders and patterns resolved; ``-`` stays.

    Hidden folders and files, and the files that are to be written, are left out where a folder is searched.

    Raises
    ------
    InputError
        If one doesn't exist, is to be written, too, or a folder or pattern gives no file of a known format.
    """
    written = {os.path.realpath(path) for path in outputs}
    found: list[str] = []
    for name in inputs:
        path = Path(name)
        if name == _STANDARD_INPUT or (os.path.lexists(path) and not path.is_dir()):
            if os.path.realpath(path) in written:
                raise InputError(f"{path}: would be overwritten by the output; name another file to write")
            found.append(name)
        elif path.is_dir():
            inside = sorted(file for file in _files(path) if os.path.realpath(file) not in written)
            if not inside:
                raise InputError(f"{path}: no readable file in this folder ({', '.join(sorted(KINDS))})")
            found += inside
        else:
            matches = sorted(glob.glob(name, recursive=True))  # noqa: PTH207 - the pattern may be absolute
            if not matches:
                raise InputError(f"{path}: no such file or folder, and no file matches it as a pattern")
            found += find_inputs(matches, outputs)
    return found


def read_articles(files: Iterable[str], reading: Reading | None = None) -> Iterator[Record]:
    """Yield the records of files that `find_inputs` returned: an `Article`, or a `BadRecord` in its place."""
    reading = reading or Reading()
    for name in files:
        if name == _STANDARD_INPUT:
            yield from read_input(None, name, reading)
        elif Path(name).is_dir():
            yield BadRecord(name, None, "is a folder")
        else:
            yield from read_input(Path(name), name, reading)


def _files(folder: Path) -> Iterator[str]:
    """Yield the files of known formats under a folder; links are followed, loops and hidden ones left."""
    seen = set()
    for where, folders, names in os.walk(folder, followlinks=True):
        real = os.path.realpath(where)
        if real in seen:
            folders.clear()
            continue
        seen.add(real)
        folders[:] = [name for name in folders if not name.startswith(".")]
        for name in names:
            if name.startswith("."):
                continue
            path = Path(where) / name
            inner = Path(path.stem) if path.suffix.lower() in COMPRESSED else path
            if inner.suffix.lower() in KINDS:
                yield str(path)
