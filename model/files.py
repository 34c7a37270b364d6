"""Read text safely and write files whole or not at all."""

from __future__ import annotations

import io
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, BinaryIO, cast

from model.errors import InputError, OutputError

__all__ = ["check_place", "decode", "read_text", "write_bytes_whole", "write_whole"]


def read_text(path: Path) -> str:
    """Return the text of a UTF-8 file, with or without a byte order mark.

    Raises
    ------
    InputError
        If the file can't be read or isn't UTF-8; the message names file and line.
    """
    try:
        return decode(path.read_bytes(), str(path))
    except OSError as error:
        raise InputError(f"{path}: can't be read ({error.strerror})") from None


def decode(data: bytes, name: str) -> str:
    """Decode UTF-8 bytes; `name` stands in the message of the error."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise InputError(
            f"{name}:{line}: byte {error.start} isn't UTF-8; save the file as UTF-8 and try again"
        ) from None


def check_place(path: Path) -> None:
    """See, before the work is done, that a file can be written there.

    Raises
    ------
    InputError
        If it is a folder, or its folder doesn't exist.
    """
    if not path.parent.is_dir():
        raise InputError(f"{path}: its folder {path.parent} doesn't exist; make it first")
    if path.is_dir():
        raise InputError(f"{path}: is a folder; name a file")


@contextmanager
def write_whole(path: Path) -> Iterator[IO[str]]:
    """Open a text file that appears under its name only when the block ends without an error.

    Raises
    ------
    OutputError
        If the file can't be written.
    """
    with write_bytes_whole(path) as raw:
        handle = io.TextIOWrapper(raw, encoding="utf-8", newline="")
        try:
            yield handle
        finally:
            handle.detach()


@contextmanager
def write_bytes_whole(path: Path, scratch: Path | None = None) -> Iterator[BinaryIO]:
    """Open a binary file that appears under its name only when the block ends without an error.

    Parameters
    ----------
    path
        The file.
    scratch
        Folder to write it in before, on the same file system; the file's own if not given.

    Raises
    ------
    OutputError
        If the file can't be written.
    """
    try:
        handle = tempfile.NamedTemporaryFile(dir=scratch or path.parent, prefix=f".{path.name}.", delete=False)  # noqa: SIM115
    except OSError as error:
        raise OutputError(f"{path}: can't be written ({error.strerror})") from None
    try:
        with handle:
            yield cast("BinaryIO", handle)
            handle.flush()
            os.fsync(handle.fileno())
        Path(handle.name).chmod(0o666 & ~_umask())
        Path(handle.name).replace(path)
    except OSError as error:
        Path(handle.name).unlink(missing_ok=True)
        raise OutputError(f"{path}: can't be written ({error.strerror or error})") from None
    except BaseException:
        Path(handle.name).unlink(missing_ok=True)
        raise


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
