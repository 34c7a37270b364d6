"""What the commands that read new articles share: bad records said aloud, outputs checked before the work."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

from model.errors import InputError
from model.files import check_place
from model.records import Article, Reading, Record

__all__ = ["articles_only", "check_output", "say_on_stderr"]


def say_on_stderr(command: str) -> Callable[[str], None]:
    """Return what prints a line on stderr, behind the command's name."""
    return lambda message: print(f"{command}: {message}", file=sys.stderr)


def articles_only(records: Iterable[Record], reading: Reading) -> Iterator[Article]:
    """Yield the articles; what couldn't be read is said aloud and left out."""
    for record in records:
        if isinstance(record, Article):
            yield record
        else:
            reading.say(f"left out: {record}")


def check_output(path: Path, endings: Sequence[str]) -> None:
    """Check that a file can be written, before the work is done.

    Raises
    ------
    InputError
        If its ending is another, it is a folder, or its folder doesn't exist.
    """
    if path.suffix.lower() not in endings:
        raise InputError(f"{path}: unknown ending {path.suffix!r}; use {' or '.join(endings)}")
    check_place(path)
