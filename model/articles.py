"""Find the articles that a user named: files, folders, standard input."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from model.errors import InputError
from model.files import decode, read_text

__all__ = ["Article", "read_articles"]

SUFFIXES = frozenset({".txt", ".md", ".text", ".markdown"})


@dataclass(frozen=True)
class Article:
    """One text to be labelled. `id` is its path as given, or ``-`` for standard input."""

    id: str
    text: str


def read_articles(inputs: Iterable[str]) -> Iterator[Article]:
    """Yield the articles of text files, folders (their text files, sorted) and ``-`` (standard input).

    Raises
    ------
    InputError
        If an input is missing, isn't UTF-8 text, or a folder holds no text file.
    """
    for name in inputs:
        if name == "-":
            yield Article("-", decode(sys.stdin.buffer.read(), "standard input"))
        else:
            for path in _paths(Path(name)):
                yield Article(str(path), _text(path))


def _paths(path: Path) -> list[Path]:
    if path.is_dir():
        found = sorted(p for p in path.rglob("*") if p.suffix.lower() in SUFFIXES and p.is_file())
        if not found:
            raise InputError(f"{path}: no text file in this folder ({', '.join(sorted(SUFFIXES))})")
        return found
    if not path.exists():
        raise InputError(f"{path}: no such file or folder")
    return [path]


def _text(path: Path) -> str:
    text = read_text(path)
    if "\0" in text:
        raise InputError(f"{path}: holds NUL bytes, so it isn't a text file")
    return text
