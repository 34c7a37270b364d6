"""Bytes of an input: decompressed by content, counted for the progress bar, cut into lines of bounded length."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import sys
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

from model.errors import InputError

__all__ = ["BROKEN", "Meter", "bounded_lines", "open_bytes"]

BROKEN: tuple[type[Exception], ...] = (OSError, EOFError, lzma.LZMAError, zlib.error, ValueError)
"""What reading a damaged or unreadable input may raise."""

_BUFFER = 1 << 18
_MAGIC = 6


class Meter:
    """How many bytes of the inputs have been read, before decompression, and how many there are, where known."""

    def __init__(self) -> None:
        self.read = 0
        self.total: int | None = None


class _Counted(io.RawIOBase):
    """A stream that tells a meter what is read."""

    def __init__(self, raw: io.BufferedReader, meter: Meter) -> None:
        self._raw = raw
        self._meter = meter

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # typeshed has a buffer protocol here
        count = self._raw.readinto(buffer)
        self._meter.read += count
        return count


@contextmanager
def open_bytes(path: Path | None, meter: Meter) -> Iterator[io.BufferedReader]:
    """Open a file (None: standard input) and undo gzip, bzip2, xz or zstd, told by its first bytes.

    Raises
    ------
    OSError, EOFError, lzma.LZMAError, zlib.error, ValueError
        Here or while reading, if it can't be read or is damaged: `BROKEN`.
    """
    raw = cast("io.BufferedReader", sys.stdin.buffer) if path is None else path.open("rb")
    try:
        counted = io.BufferedReader(_Counted(raw, meter), _BUFFER)
        yield _decompressed(counted)
    finally:
        if path is not None:
            raw.close()


def _decompressed(stream: io.BufferedReader[Any]) -> io.BufferedReader:
    magic = stream.peek(_MAGIC)[:_MAGIC]
    if magic.startswith(b"\x1f\x8b"):
        return cast("io.BufferedReader", gzip.GzipFile(fileobj=stream))
    if magic.startswith(b"BZh"):
        return cast("io.BufferedReader", bz2.BZ2File(stream))
    if magic.startswith(b"\xfd7zXZ\0"):
        return cast("io.BufferedReader", lzma.LZMAFile(stream))
    if magic.startswith(b"\x28\xb5\x2f\xfd"):
        return _zstandard(stream)
    return stream


def _zstandard(stream: io.BufferedReader[Any]) -> io.BufferedReader:
    try:
        import zstandard
    except ImportError:
        raise InputError("zstd needs a package that is missing; run pip install zstandard") from None

    class Reader(io.RawIOBase):
        """zstandard's reader with its own error as an OSError."""

        _inner = zstandard.ZstdDecompressor().stream_reader(stream, read_across_frames=True)

        def readable(self) -> bool:
            return True

        def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # as above
            try:
                return int(self._inner.readinto(buffer))
            except zstandard.ZstdError as error:
                raise OSError(str(error)) from None

    return io.BufferedReader(Reader(), _BUFFER)


def bounded_lines(stream: io.BufferedReader, limit: int) -> Iterator[tuple[int, bytes | None]]:
    """Yield (line number, line); None instead of a line of more than `limit` bytes, which is skipped.

    Memory stays under `limit`, whatever the line.
    """
    number = 0
    while line := stream.readline(limit + 1):
        number += 1
        if len(line) <= limit:
            yield number, line
            continue
        while line and not line.endswith(b"\n"):
            line = stream.readline(limit + 1)
        yield number, None
